/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration, checked against the schema. */
#include "config.h"

#include "config/configuration.h"

#include <string.h>

#include "config/value.h"

struct RvlConfiguration {
    GHashTable *by_kind; /* kind -> GPtrArray of RvlConfigGroup, by name */
    GHashTable *by_head;
};

RvlConfigGroup *
rvl_config_group_ref(const RvlConfigGroup *group)
{
    RvlConfigGroup *shared = (RvlConfigGroup *)group; /* counting changes nothing else */

    g_atomic_ref_count_inc(&shared->references);
    return shared;
}

static void
release_secrets(const RvlConfigGroup *group)
{
    const RvlSetting *setting;

    /* What is written comes first; no default is a secret. */
    for (size_t i = 0; (setting = rvl_settings_get(group->settings, i)) != NULL; i++) {
        if (setting->file == NULL)
            return;
        if (setting->secret != RVL_SECRET_ID_NONE)
            group->secrets->release(group->secrets->context, setting->secret);
    }
}

void
rvl_config_group_unref(RvlConfigGroup *group)
{
    if (group == NULL || !g_atomic_ref_count_dec(&group->references))
        return;
    release_secrets(group);
    rvl_settings_unref(group->settings);
    g_free(group->head);
    g_free(group->kind);
    g_free(group->file);
    g_free(group);
}

RvlPlace
rvl_config_group_place(const RvlConfigGroup *group, const char *key)
{
    const RvlSetting *setting = key != NULL ? rvl_settings_find(group->settings, key) : NULL;

    if (setting != NULL && setting->file != NULL)
        return (RvlPlace){setting->file, setting->line, group->head, key};
    return (RvlPlace){group->file, group->line, group->head, key};
}

static RvlPlace
place_of(const RvlRawGroup *group, const RvlRawKey *raw)
{
    return (RvlPlace){raw->file, raw->line, group->head, raw->key};
}

static void
say_unknown(const RvlChecking *checking,
            const char *kind,
            const RvlRawGroup *group,
            const RvlRawKey *raw)
{
    RvlPlace place = place_of(group, raw);
    g_autofree char *remedy = rvl_schema_nearest_key(checking->schema, kind, raw->key);

    rvl_problems_say(checking->problems, &place,
                     remedy != NULL ? remedy : "no loaded plugin has it either: ravelinctl plugins",
                     "there is no such key");
}

/* Reads a secret into the store. */
static bool
check_secret(const RvlChecking *checking,
             const RvlKey *row,
             const RvlRawKey *raw,
             RvlSetting *setting,
             GError **error)
{
    g_autoptr(RvlSecret) secret = NULL;

    if (raw->source != RVL_SOURCE_SECRETS) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "secrets stand only in files of secrets.d");
        rvl_error_set_remedy(error, "move the group there, and change the secret: this file was "
                                    "open to others");
        return false;
    }
    secret = rvl_secret_value_read(raw->value, &checking->places, error);
    if (secret == NULL)
        return false;
    *setting = (RvlSetting){
        .key = row->name,
        .type = row->type,
        .secret = checking->store->put(checking->store->context, secret),
    };
    return true;
}

/* Checks one key; what is wrong becomes a problem. */
static bool
check_key(const RvlChecking *checking,
          const char *kind,
          const RvlRawGroup *group,
          const RvlRawKey *raw,
          RvlSetting *setting)
{
    const RvlSchemaRow *row = rvl_schema_find(checking->schema, kind, raw->key);
    RvlPlace place = place_of(group, raw);
    GError *error = NULL;
    bool is_good;

    if (row == NULL) {
        say_unknown(checking, kind, group, raw);
        return false;
    }
    if (row->key->is_reserved) {
        rvl_problems_say(checking->problems, &place, "remove it",
                         "this release does not serve the key yet");
        return false;
    }
    if (raw->value == NULL) /* the default holds */
        return false;
    is_good = row->key->type == RVL_KEY_SECRET
                  ? check_secret(checking, row->key, raw, setting, &error)
                  : rvl_value_check(row->key, raw->value, setting, &error);
    if (!is_good) {
        rvl_problems_add(checking->problems, &place, error);
        g_strfreev((char **)setting->texts);
        return false;
    }
    setting->file = raw->file;
    setting->line = raw->line;
    return true;
}

/* @kind is the schema's: `plugin userspace` for that plugin's own. */
static RvlConfigGroup *
check_group(const RvlChecking *checking, const char *kind, const RvlRawGroup *raw)
{
    RvlConfigGroup *group = g_new0(RvlConfigGroup, 1);
    guint n_raw = raw != NULL ? raw->keys->len : 0;
    g_autofree RvlSetting *settings = g_new0(RvlSetting, n_raw + 1);
    size_t n = 0;

    for (guint i = 0; i < n_raw; i++) {
        if (check_key(checking, kind, raw, &g_array_index(raw->keys, RvlRawKey, i), &settings[n]))
            n++;
        else
            settings[n] = (RvlSetting){0};
    }
    g_atomic_ref_count_init(&group->references);
    group->head = g_strdup(raw != NULL ? raw->head : kind);
    group->kind = g_strdup(raw != NULL ? raw->kind : kind);
    group->name = strchr(group->head, ' ') != NULL ? strchr(group->head, ' ') + 1 : NULL;
    group->file = raw != NULL ? g_strdup(raw->file) : NULL;
    group->line = raw != NULL ? raw->line : 0;
    group->secrets = checking->store;
    group->settings = rvl_settings_new_over(group->head, settings, n,
                                            rvl_schema_defaults(checking->schema, kind));
    for (size_t i = 0; i < n; i++)
        g_strfreev((char **)settings[i].texts);
    return group;
}

RvlConfigGroup *
rvl_configuration_group(const RvlChecking *checking, const char *kind, const char *name)
{
    g_autofree char *head = name != NULL ? g_strconcat(kind, " ", name, NULL) : g_strdup(kind);

    /* Only a plugin's own group has a schema for each name. */
    return check_group(checking, strcmp(kind, "plugin") == 0 ? head : kind,
                       rvl_tree_find(checking->tree, kind, name));
}

/* Whether the head is one that there may be; says what is wrong. */
static bool
check_head(const RvlChecking *checking, const RvlRawGroup *raw)
{
    const RvlGroupKind *kind = rvl_schema_kind(checking->schema, raw->kind);
    RvlPlace place = {raw->file, raw->line, raw->head, NULL};
    bool is_child = strcmp(raw->kind, "child") == 0;

    if (kind == NULL) {
        g_autofree char *remedy = rvl_schema_nearest_kind(checking->schema, raw->kind);

        rvl_problems_say(checking->problems, &place, remedy, "there is no such group");
        return false;
    }
    if (kind->is_reserved) {
        rvl_problems_say(checking->problems, &place, "remove it",
                         "this release does not serve the group yet");
        return false;
    }
    if (kind->is_named != (raw->name != NULL)) {
        rvl_problems_say(checking->problems, &place, NULL,
                         kind->is_named ? "the group needs a name" : "the group takes no name");
        return false;
    }
    if (raw->name != NULL && is_child != (strchr(raw->name, '/') != NULL)) {
        rvl_problems_say(checking->problems, &place, NULL,
                         is_child ? "write [child CONNECTION/NAME]" : "the name takes no '/'");
        return false;
    }
    if (strcmp(raw->kind, "plugin") == 0 && !rvl_schema_has_plugin(checking->schema, raw->name)) {
        rvl_problems_say(checking->problems, &place,
                         "ravelinctl plugins lists those that are there",
                         "no such plugin is loaded");
        return false;
    }
    return true;
}

/* Profiles' files hold profiles and nothing else: they are data, not configuration. */
static void
check_sources(const RvlChecking *checking, const RvlRawGroup *raw)
{
    for (guint i = 0; i < raw->keys->len; i++) {
        const RvlRawKey *key = &g_array_index(raw->keys, RvlRawKey, i);
        RvlPlace place = place_of(raw, key);

        if (key->source == RVL_SOURCE_PROFILES && strcmp(raw->kind, "profile") != 0)
            rvl_problems_say(checking->problems, &place, NULL,
                             "a file of profiles holds only [profile NAME]");
    }
}

RvlConfiguration *
rvl_configuration_new(const RvlChecking *checking)
{
    RvlConfiguration *configuration = g_new0(RvlConfiguration, 1);
    size_t n = rvl_tree_count(checking->tree);

    configuration->by_kind =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    configuration->by_head = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < n; i++) {
        const RvlRawGroup *raw = rvl_tree_get(checking->tree, i);
        RvlConfigGroup *group;
        GPtrArray *groups;

        check_sources(checking, raw);
        if (!check_head(checking, raw) || strcmp(raw->kind, "daemon") == 0 ||
            strcmp(raw->kind, "plugin") == 0)
            continue;
        group = check_group(checking, raw->kind, raw);
        groups = g_hash_table_lookup(configuration->by_kind, raw->kind);
        if (groups == NULL) {
            groups = g_ptr_array_new_with_free_func((GDestroyNotify)rvl_config_group_unref);
            g_hash_table_insert(configuration->by_kind, group->kind, groups);
        }
        g_ptr_array_add(groups, group);
        g_hash_table_insert(configuration->by_head, group->head, group);
    }
    return configuration;
}

void
rvl_configuration_free(RvlConfiguration *configuration)
{
    if (configuration == NULL)
        return;
    g_hash_table_unref(configuration->by_head);
    g_hash_table_unref(configuration->by_kind);
    g_free(configuration);
}

const RvlConfigGroup *
rvl_configuration_at(const RvlConfiguration *configuration, const char *kind, size_t i)
{
    const GPtrArray *groups = g_hash_table_lookup(configuration->by_kind, kind);

    return groups != NULL && i < groups->len ? g_ptr_array_index(groups, i) : NULL;
}

const RvlConfigGroup *
rvl_configuration_find(const RvlConfiguration *configuration, const char *kind, const char *name)
{
    g_autofree char *head = name != NULL ? g_strconcat(kind, " ", name, NULL) : g_strdup(kind);

    return g_hash_table_lookup(configuration->by_head, head);
}
