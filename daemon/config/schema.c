/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The schema: rows by kind of group. */
#include "config.h"

#include "config/schema.h"

#include <string.h>

#include <ravelin/error.h>
#include <ravelin/macros.h>

#include "config/core-keys.h"
#include "config/nearest.h"
#include "config/value.h"

/* A row with its own copy of the key, of the length that this contract knows. */
typedef struct {
    RvlSchemaRow shown;
    RvlKey key;
} Row;

/* What is known of one kind of group. */
typedef struct {
    char *kind;
    GPtrArray *rows;       /* Row, owned */
    RvlSettings *defaults; /* made when first asked for */
} Kind;

struct RvlSchema {
    GHashTable *kinds; /* kind -> Kind */
};

static void
kind_free(gpointer data)
{
    Kind *kind = data;

    g_free(kind->kind);
    g_ptr_array_unref(kind->rows);
    g_clear_pointer(&kind->defaults, rvl_settings_unref);
    g_free(kind);
}

/* Returns the kind, which is made where it isn't there yet. */
static Kind *
ensure_kind(RvlSchema *schema, const char *name)
{
    Kind *kind = g_hash_table_lookup(schema->kinds, name);

    if (kind != NULL)
        return kind;
    kind = g_new0(Kind, 1);
    kind->kind = g_strdup(name);
    kind->rows = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_insert(schema->kinds, kind->kind, kind);
    return kind;
}

static void
add_row(Kind *kind, const RvlKey *key, const char *plugin)
{
    Row *row = g_new0(Row, 1);

    row->key = *key;
    row->shown = (RvlSchemaRow){&row->key, plugin};
    g_ptr_array_add(kind->rows, row);
    g_clear_pointer(&kind->defaults, rvl_settings_unref);
}

RvlSchema *
rvl_schema_new(void)
{
    RvlSchema *schema = g_new0(RvlSchema, 1);

    schema->kinds = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, kind_free);
    for (size_t i = 0; i < rvl_core_n_kinds; i++)
        (void)ensure_kind(schema, rvl_core_kinds[i].kind);
    for (size_t i = 0; i < rvl_core_n_keys; i++)
        add_row(ensure_kind(schema, rvl_core_keys[i].group), &rvl_core_keys[i], NULL);
    return schema;
}

void
rvl_schema_free(RvlSchema *schema)
{
    if (schema == NULL)
        return;
    g_hash_table_unref(schema->kinds);
    g_free(schema);
}

static char *
kind_of(const RvlKey *key, const char *plugin)
{
    return key->group != NULL ? g_strdup(key->group) : g_strconcat("plugin ", plugin, NULL);
}

/* A row that a plugin brings is checked as strictly as a value: its author reads the report. */
static bool
check_row(const RvlSchema *schema, const RvlKey *key, const char *plugin, GError **error)
{
    g_autofree char *kind = kind_of(key, plugin);
    const RvlSchemaRow *other = rvl_schema_find(schema, kind, key->name);
    RvlSetting setting = {0};
    bool is_good = true;

    if (key->group != NULL && rvl_schema_kind(schema, key->group) == NULL) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "key '%s' extends no group: there is no [%s]",
                      key->name, key->group);
        return false;
    }
    if (other != NULL) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "key '%s' of [%s] belongs to %s already",
                      key->name, kind, other->plugin != NULL ? other->plugin : "the core");
        return false;
    }
    if ((key->type == RVL_KEY_WORD && key->words == NULL) || key->type < RVL_KEY_TEXT ||
        key->type > RVL_KEY_LIFETIME) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "key '%s' of [%s] has no type that fits it",
                      key->name, kind);
        return false;
    }
    if (key->default_text != NULL && key->type != RVL_KEY_SECRET)
        is_good = rvl_value_check(key, key->default_text, &setting, error);
    g_strfreev((char **)setting.texts);
    if (!is_good)
        rvl_error_prefix_where(error, "default of key '%s' of [%s]", key->name, kind);
    return is_good;
}

/* The @i-th option as this contract knows it: what a shorter row lacks is zero. */
static RvlKey
option_at(const RvlKey *options, size_t stride, size_t i)
{
    RvlKey key = {0};

    memcpy(&key, RVL_STRIDE(options, stride, i), MIN(stride, sizeof(key)));
    return key;
}

bool
rvl_schema_add_plugin(RvlSchema *schema,
                      const char *plugin,
                      const RvlKey *options,
                      size_t n,
                      size_t stride,
                      GError **error)
{
    g_autofree char *own = g_strconcat("plugin ", plugin, NULL);
    Kind *kind;

    for (size_t i = 0; i < n; i++) {
        RvlKey key = option_at(options, stride, i);

        if (!check_row(schema, &key, plugin, error)) {
            rvl_error_prefix_where(error, "plugin %s", plugin);
            return false;
        }
    }
    kind = ensure_kind(schema, own);
    for (size_t i = 0; i < n; i++) {
        RvlKey key = option_at(options, stride, i);
        Kind *extended = key.group != NULL ? ensure_kind(schema, key.group) : kind;

        add_row(extended, &key, kind->kind + strlen("plugin "));
    }
    return true;
}

const RvlGroupKind *
rvl_schema_kind_at(const RvlSchema *schema, size_t i)
{
    (void)schema;
    return i < rvl_core_n_kinds ? &rvl_core_kinds[i] : NULL;
}

const RvlGroupKind *
rvl_schema_kind(const RvlSchema *schema, const char *kind)
{
    (void)schema;
    for (size_t i = 0; i < rvl_core_n_kinds; i++) {
        if (strcmp(rvl_core_kinds[i].kind, kind) == 0)
            return &rvl_core_kinds[i];
    }
    return NULL;
}

bool
rvl_schema_has_plugin(const RvlSchema *schema, const char *name)
{
    g_autofree char *kind = g_strconcat("plugin ", name, NULL);

    return g_hash_table_contains(schema->kinds, kind);
}

static const RvlSchemaRow *
row_at(const Kind *kind, size_t i)
{
    return kind != NULL && i < kind->rows->len
               ? &((const Row *)g_ptr_array_index(kind->rows, i))->shown
               : NULL;
}

const RvlSchemaRow *
rvl_schema_at(const RvlSchema *schema, const char *kind, size_t i)
{
    return row_at(g_hash_table_lookup(schema->kinds, kind), i);
}

const RvlSchemaRow *
rvl_schema_find(const RvlSchema *schema, const char *kind, const char *key)
{
    const Kind *found = g_hash_table_lookup(schema->kinds, kind);
    const RvlSchemaRow *row;

    for (size_t i = 0; (row = row_at(found, i)) != NULL; i++) {
        if (strcmp(row->key->name, key) == 0)
            return row;
    }
    return NULL;
}

static RvlSettings *
make_defaults(const Kind *kind)
{
    g_autofree RvlSetting *settings = g_new0(RvlSetting, kind->rows->len + 1);
    RvlSettings *made;
    size_t n = 0;

    for (guint i = 0; i < kind->rows->len; i++) {
        const RvlKey *key = &((const Row *)g_ptr_array_index(kind->rows, i))->key;

        if (key->default_text == NULL)
            continue;
        if (rvl_value_check(key, key->default_text, &settings[n], NULL))
            n++;
        else
            g_strfreev((char **)settings[n].texts);
    }
    made = rvl_settings_new(NULL, settings, n);
    for (size_t i = 0; i < n; i++)
        g_strfreev((char **)settings[i].texts);
    return made;
}

const RvlSettings *
rvl_schema_defaults(RvlSchema *schema, const char *kind)
{
    Kind *found = ensure_kind(schema, kind);

    if (found->defaults == NULL)
        found->defaults = make_defaults(found);
    return found->defaults;
}

char *
rvl_schema_nearest_key(const RvlSchema *schema, const char *kind, const char *key)
{
    const RvlSchemaRow *row;
    RvlNearest nearest;

    rvl_nearest_init(&nearest, key);
    for (size_t i = 0; (row = rvl_schema_at(schema, kind, i)) != NULL; i++)
        rvl_nearest_offer(&nearest, row->key->name);
    return rvl_nearest_remedy(&nearest);
}

char *
rvl_schema_nearest_kind(const RvlSchema *schema, const char *kind)
{
    RvlNearest nearest;

    (void)schema;
    rvl_nearest_init(&nearest, kind);
    for (size_t i = 0; i < rvl_core_n_kinds; i++)
        rvl_nearest_offer(&nearest, rvl_core_kinds[i].kind);
    return rvl_nearest_remedy(&nearest);
}
