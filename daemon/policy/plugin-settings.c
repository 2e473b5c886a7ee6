/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings as one plugin sees them, and whether two are the same. */
#include "config.h"

#include "policy/plugin-settings.h"

void
rvl_settings_append_claimed(GArray *settings,
                            const RvlConfigGroup *group,
                            const RvlSchema *schema,
                            const char *plugin)
{
    const RvlSchemaRow *row;

    for (size_t i = 0; (row = rvl_schema_at(schema, group->kind, i)) != NULL; i++) {
        const RvlSetting *setting = g_strcmp0(row->plugin, plugin) == 0
                                        ? rvl_settings_find(group->settings, row->key->name)
                                        : NULL;

        if (setting != NULL)
            g_array_append_vals(settings, setting, 1);
    }
}

RvlSettings *
rvl_settings_of_plugin(const RvlConfigGroup *group, const RvlSchema *schema, const char *plugin)
{
    g_autoptr(GArray) settings = g_array_new(FALSE, FALSE, sizeof(RvlSetting));

    rvl_settings_append_claimed(settings, group, schema, plugin);
    return rvl_settings_new(group->head, (const RvlSetting *)(const void *)settings->data,
                            settings->len);
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
