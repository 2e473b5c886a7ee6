/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets by the identity that they are shared with. */
#include "config.h"

#include "policy/identity-secrets.h"

#include "policy/plugin-settings.h"

typedef struct {
    RvlIdentity *identity;
    RvlConfigGroup *group; /* keeps the secrets in the store */
    GHashTable *by_plugin; /* name -> RvlSettings */
} Entry;

struct RvlIdentitySecrets {
    gatomicrefcount references;
    GHashTable *entries; /* RvlIdentity -> Entry */
};

guint
rvl_identity_hash(gconstpointer identity)
{
    size_t n;
    const uint8_t *octets = rvl_identity_octets(identity, &n);
    guint hash = 5381 + rvl_identity_type(identity);

    for (size_t i = 0; i < n; i++)
        hash = hash * 33 + (guint)g_ascii_tolower((char)octets[i]);
    return hash;
}

gboolean
rvl_identity_equal_keys(gconstpointer a, gconstpointer b)
{
    return rvl_identity_equal(a, b);
}

static void
entry_free(gpointer data)
{
    Entry *entry = data;

    g_hash_table_unref(entry->by_plugin);
    rvl_config_group_unref(entry->group);
    rvl_identity_unref(entry->identity);
    g_free(entry);
}

/* Names of the plugins that claim keys of [secret]. */
static GPtrArray *
claiming_plugins(const RvlSchema *schema)
{
    GPtrArray *plugins = g_ptr_array_new();
    const RvlSchemaRow *row;

    for (size_t i = 0; (row = rvl_schema_at(schema, "secret", i)) != NULL; i++) {
        if (row->plugin != NULL && !g_ptr_array_find(plugins, row->plugin, NULL))
            g_ptr_array_add(plugins, (char *)row->plugin);
    }
    return plugins;
}

static Entry *
entry_new(const RvlConfigGroup *group, const RvlSchema *schema, const GPtrArray *plugins)
{
    const char *id = rvl_settings_text(group->settings, "id", NULL);
    RvlIdentity *identity = id != NULL ? rvl_identity_parse(id, NULL) : NULL;
    Entry *entry;

    if (identity == NULL)
        return NULL;
    entry = g_new0(Entry, 1);
    entry->identity = identity;
    entry->group = rvl_config_group_ref(group);
    entry->by_plugin =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)rvl_settings_unref);
    for (guint i = 0; i < plugins->len; i++) {
        const char *plugin = g_ptr_array_index(plugins, i);

        g_hash_table_insert(entry->by_plugin, g_strdup(plugin),
                            rvl_settings_of_plugin(group, schema, plugin));
    }
    return entry;
}

RvlIdentitySecrets *
rvl_identity_secrets_new(const RvlConfiguration *configuration,
                         const RvlSchema *schema,
                         RvlProblems *problems)
{
    g_autoptr(RvlIdentitySecrets) secrets = g_new0(RvlIdentitySecrets, 1);
    g_autoptr(GPtrArray) plugins = claiming_plugins(schema);
    const RvlConfigGroup *group;

    g_atomic_ref_count_init(&secrets->references);
    secrets->entries =
        g_hash_table_new_full(rvl_identity_hash, rvl_identity_equal_keys, NULL, entry_free);
    for (size_t i = 0; (group = rvl_configuration_at(configuration, "secret", i)) != NULL; i++) {
        Entry *entry = entry_new(group, schema, plugins);
        const Entry *other =
            entry != NULL ? g_hash_table_lookup(secrets->entries, entry->identity) : NULL;

        if (other != NULL) {
            RvlPlace place = rvl_config_group_place(group, "id");

            rvl_problems_say(problems, &place, NULL, "[%s] has a secret for this identity already",
                             other->group->head);
            entry_free(entry);
        } else if (entry != NULL) {
            g_hash_table_insert(secrets->entries, entry->identity, entry);
        }
    }
    return g_hash_table_size(secrets->entries) > 0 ? g_steal_pointer(&secrets) : NULL;
}

RvlIdentitySecrets *
rvl_identity_secrets_ref(const RvlIdentitySecrets *secrets)
{
    RvlIdentitySecrets *shared = (RvlIdentitySecrets *)secrets; /* counting changes nothing else */

    g_atomic_ref_count_inc(&shared->references);
    return shared;
}

void
rvl_identity_secrets_unref(RvlIdentitySecrets *secrets)
{
    if (secrets == NULL || !g_atomic_ref_count_dec(&secrets->references))
        return;
    g_hash_table_unref(secrets->entries);
    g_free(secrets);
}

const RvlSettings *
rvl_identity_secrets_find(const RvlIdentitySecrets *secrets,
                          const char *plugin,
                          const RvlIdentity *identity)
{
    const Entry *entry = g_hash_table_lookup(secrets->entries, identity);

    return entry != NULL ? g_hash_table_lookup(entry->by_plugin, plugin) : NULL;
}

bool
rvl_identity_secrets_equal(const RvlIdentitySecrets *a, const RvlIdentitySecrets *b)
{
    GHashTableIter iter;
    gpointer value;

    if (a == b)
        return true;
    if (a == NULL || b == NULL || g_hash_table_size(a->entries) != g_hash_table_size(b->entries))
        return false;
    g_hash_table_iter_init(&iter, a->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Entry *x = value;
        const Entry *y = g_hash_table_lookup(b->entries, x->identity);

        if (y == NULL ||
            !rvl_settings_same(x->group->settings, y->group->settings, x->group->secrets))
            return false;
    }
    return true;
}
