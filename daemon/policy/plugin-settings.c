/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings as one plugin sees them, and whether two are the same. */
#include "config.h"

#include "policy/plugin-settings.h"

RvlSettings *
rvl_settings_of_plugin(const RvlConfigGroup *group,
                       const RvlSchema *schema,
                       const char *plugin,
                       const RvlSetting *more,
                       size_t n_more)
{
    size_t count = rvl_settings_count(group->settings);
    g_autofree RvlSetting *settings = g_new0(RvlSetting, count + n_more + 1);
    size_t n = 0;

    for (; n < n_more; n++)
        settings[n] = more[n];
    for (size_t i = 0; i < count; i++) {
        const RvlSetting *setting = rvl_settings_get(group->settings, i);
        const RvlSchemaRow *row = rvl_schema_find(schema, group->kind, setting->key);

        if (row != NULL && g_strcmp0(row->plugin, plugin) == 0)
            settings[n++] = *setting;
    }
    return rvl_settings_new(group->head, settings, n);
}

static bool
secret_same(const RvlSecretServices *store, RvlSecretId a, RvlSecretId b)
{
    g_autoptr(RvlSecret) x = store->get(store->context, a);
    g_autoptr(RvlSecret) y = store->get(store->context, b);

    if (x == NULL || y == NULL)
        return x == y;
    return rvl_secret_size(x) == rvl_secret_size(y) &&
           rvl_secret_equal(rvl_secret_octets(x), rvl_secret_octets(y), rvl_secret_size(x));
}

bool
rvl_settings_same(const RvlSettings *a, const RvlSettings *b, const RvlSecretServices *store)
{
    const RvlSetting *x;
    size_t n = 0;

    if (a == b)
        return true;
    for (; (x = rvl_settings_get(a, n)) != NULL; n++) {
        const RvlSetting *y = rvl_settings_find(b, x->key);

        if (y == NULL || x->type != y->type || g_strcmp0(x->text, y->text) != 0)
            return false;
        if (x->type == RVL_KEY_SECRET && !secret_same(store, x->secret, y->secret))
            return false;
        if (x->text == NULL && x->texts != NULL &&
            (y->texts == NULL || !g_strv_equal(x->texts, y->texts)))
            return false;
    }
    return rvl_settings_count(b) == n;
}
