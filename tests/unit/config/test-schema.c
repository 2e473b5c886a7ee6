/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The schema: complete rows, defaults that pass their own checks, plugins' rows. */
#include "config.h"

#include "config/schema.h"

#include <string.h>

#include <ravelin/error.h>

#include "config/core-keys.h"

static const RvlKey options[] = {
    {.name = "workers", .type = RVL_KEY_INTEGER, .default_text = "4", .help = "threads"},
    {.group = "secret", .name = "psk", .type = RVL_KEY_SECRET, .help = "key"},
};

static bool
add(RvlSchema *schema, const char *plugin, const RvlKey *rows, size_t n, GError **error)
{
    return rvl_schema_add_plugin(schema, plugin, rows, n, sizeof(rows[0]), error);
}

static void
core_rows_are_complete(void)
{
    for (size_t i = 0; i < rvl_core_n_keys; i++) {
        const RvlKey *key = &rvl_core_keys[i];

        g_assert_nonnull(key->group);
        g_assert_nonnull(key->help);
        g_assert_false(g_str_has_suffix(key->help, "."));
        g_assert_cmpuint(strspn(key->name, "abcdefghijklmnopqrstuvwxyz-"), ==, strlen(key->name));
        if (key->type == RVL_KEY_WORD)
            g_assert_nonnull(key->words);
        for (size_t j = 0; j < i; j++)
            g_assert_false(strcmp(rvl_core_keys[j].group, key->group) == 0 &&
                           strcmp(rvl_core_keys[j].name, key->name) == 0);
    }
}

static void
core_defaults_pass_their_own_checks(void)
{
    g_autoptr(RvlSchema) schema = rvl_schema_new();
    const RvlGroupKind *kind;

    for (size_t k = 0; (kind = rvl_schema_kind_at(schema, k)) != NULL; k++) {
        const RvlSettings *defaults = rvl_schema_defaults(schema, kind->kind);
        const RvlSchemaRow *row;

        for (size_t i = 0; (row = rvl_schema_at(schema, kind->kind, i)) != NULL; i++) {
            const RvlSetting *setting = rvl_settings_find(defaults, row->key->name);

            g_assert_cmpstr(setting != NULL ? setting->text : NULL, ==, row->key->default_text);
        }
    }
}

static void
plugins_extend_groups(void)
{
    g_autoptr(RvlSchema) schema = rvl_schema_new();
    g_autoptr(GError) error = NULL;
    const RvlSchemaRow *psk;

    g_assert_false(rvl_schema_has_plugin(schema, "toy"));
    g_assert_cmpuint(rvl_settings_count(rvl_schema_defaults(schema, "plugin toy")), ==, 0);
    g_assert_true(add(schema, "toy", options, 2, &error));
    g_assert_true(rvl_schema_has_plugin(schema, "toy"));
    psk = rvl_schema_find(schema, "secret", "psk");
    g_assert_cmpstr(psk->plugin, ==, "toy");
    g_assert_null(rvl_schema_find(schema, "plugin toy", "psk"));
    g_assert_cmpint(rvl_settings_number(rvl_schema_defaults(schema, "plugin toy"), "workers", 0),
                    ==, 4);
}

/* A plugin that was compiled with longer rows than ours. */
static void
rows_are_walked_with_their_stride(void)
{
    g_autoptr(RvlSchema) schema = rvl_schema_new();
    struct {
        RvlKey key;
        char later[24];
    } longer[2] = {{options[0], ""}, {options[1], ""}};

    g_assert_true(rvl_schema_add_plugin(schema, "toy", &longer[0].key, 2, sizeof(longer[0]), NULL));
    g_assert_nonnull(rvl_schema_find(schema, "secret", "psk"));
}

/* And one with shorter rows: what it lacks is absent, whatever lies behind. */
static void
shorter_rows_lack_what_came_later(void)
{
    g_autoptr(RvlSchema) schema = rvl_schema_new();
    struct {
        char row[G_STRUCT_OFFSET(RvlKey, cost)];
    } shorter[2];

    memcpy(shorter[0].row, &options[0], sizeof(shorter[0]));
    memcpy(shorter[1].row, &options[1], sizeof(shorter[1]));
    g_assert_true(rvl_schema_add_plugin(schema, "toy", (const RvlKey *)(const void *)shorter, 2,
                                        sizeof(shorter[0]), NULL));
    g_assert_nonnull(rvl_schema_find(schema, "secret", "psk"));
    g_assert_cmpuint(rvl_schema_find(schema, "plugin toy", "workers")->key->cost, ==, 0);
    g_assert_null(rvl_schema_find(schema, "plugin toy", "workers")->key->help);
}

static void
rows_that_make_no_sense_are_refused(void)
{
    static const struct {
        RvlKey key;
        const char *message;
    } rows[] = {
        {{.group = "connection", .name = "protect", .type = RVL_KEY_TEXT},
         "plugin other: key 'protect' of [connection] belongs to the core already; see the "
         "plugin's own reason"},
        {{.group = "secret", .name = "psk", .type = RVL_KEY_SECRET},
         "plugin other: key 'psk' of [secret] belongs to toy already; see the plugin's own reason"},
        {{.group = "conection", .name = "x", .type = RVL_KEY_TEXT},
         "plugin other: key 'x' extends no group: there is no [conection]; see the plugin's own "
         "reason"},
        {{.name = "x", .type = 77},
         "plugin other: key 'x' of [plugin other] has no type that fits it; see the plugin's own "
         "reason"},
        {{.name = "x", .type = RVL_KEY_WORD},
         "plugin other: key 'x' of [plugin other] has no type that fits it; see the plugin's own "
         "reason"},
        {{.name = "x", .type = RVL_KEY_DURATION, .default_text = "5"},
         "plugin other: default of key 'x' of [plugin other]: '5' is no duration; write a number "
         "and ms, s, min, h or d"},
    };
    g_autoptr(RvlSchema) schema = rvl_schema_new();

    g_assert_true(add(schema, "toy", options, 2, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(add(schema, "other", &rows[i].key, 1, &error));
        g_assert_cmpstr(error->message, ==, rows[i].message);
        g_assert_false(rvl_schema_has_plugin(schema, "other")); /* nothing was added */
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/config/schema/core-rows-are-complete", core_rows_are_complete);
    g_test_add_func("/config/schema/core-defaults-pass-their-own-checks",
                    core_defaults_pass_their_own_checks);
    g_test_add_func("/config/schema/plugins-extend-groups", plugins_extend_groups);
    g_test_add_func("/config/schema/rows-are-walked-with-their-stride",
                    rows_are_walked_with_their_stride);
    g_test_add_func("/config/schema/shorter-rows-lack-what-came-later",
                    shorter_rows_lack_what_came_later);
    g_test_add_func("/config/schema/rows-that-make-no-sense-are-refused",
                    rows_that_make_no_sense_are_refused);
    return g_test_run();
}
