/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ravelinctl config: what is written where, and what holds where nothing is. */
#include "config.h"

#include <string.h>

#include "config/schema.h"
#include "config/tree.h"

#include "command.h"
#include "output.h"

static const CtlColumn columns[] = {{"group", "GROUP"},
                                    {"key", "KEY"},
                                    {"value", "VALUE"},
                                    {"origin", "ORIGIN"},
                                    {"help", "HELP"}};

static void
add(GVariantBuilder *rows,
    const char *group,
    const char *key,
    const char *value,
    const char *origin,
    const char *help)
{
    GVariantDict row;

    g_variant_dict_init(&row, NULL);
    g_variant_dict_insert(&row, "group", "s", group);
    g_variant_dict_insert(&row, "key", "s", key);
    if (value != NULL)
        g_variant_dict_insert(&row, "value", "s", value);
    g_variant_dict_insert(&row, "origin", "s", origin);
    if (help != NULL)
        g_variant_dict_insert(&row, "help", "s", help);
    g_variant_builder_add_value(rows, g_variant_dict_end(&row));
}

static void
add_defaults(GVariantBuilder *rows, const char *wanted)
{
    g_autoptr(RvlSchema) schema = rvl_schema_new();
    const RvlGroupKind *kind;
    const RvlSchemaRow *row;

    for (size_t i = 0; (kind = rvl_schema_kind_at(schema, i)) != NULL; i++) {
        if (wanted != NULL && strcmp(kind->kind, wanted) != 0)
            continue;
        for (size_t k = 0; (row = rvl_schema_at(schema, kind->kind, k)) != NULL; k++) {
            if (!row->key->is_reserved)
                add(rows, kind->kind, row->key->name, row->key->default_text, "default",
                    row->key->help);
        }
    }
}

/* Secrets are files' own business: this prints what everybody may see in a bug report. */
static void
add_written(GVariantBuilder *rows, const RvlTree *tree, const char *wanted)
{
    for (size_t i = 0; i < rvl_tree_count(tree); i++) {
        const RvlRawGroup *group = rvl_tree_get(tree, i);

        if (wanted != NULL && strcmp(group->kind, wanted) != 0 && strcmp(group->head, wanted) != 0)
            continue;
        for (guint k = 0; k < group->keys->len; k++) {
            const RvlRawKey *key = &g_array_index(group->keys, RvlRawKey, k);
            g_autofree char *origin = g_strdup_printf("%s:%u", key->file, key->line);

            add(rows, group->head, key->key,
                key->source == RVL_SOURCE_SECRETS ? "(secret)" : key->value, origin, NULL);
        }
    }
}

static char *
instance_folder(const char *folder, const char *instance)
{
    return instance != NULL ? g_strconcat(folder, "-", instance, NULL) : g_strdup(folder);
}

static CtlStatus
read_files(GVariantBuilder *rows, const CtlInvocation *invocation)
{
    g_autofree char *runtime = instance_folder(RVL_RUNTIME_DIR, invocation->instance);
    g_autofree char *config = instance_folder(RVL_CONFIG_DIR, invocation->instance);
    const RvlPlaces places = {.vendor = RVL_VENDOR_DIR, .runtime = runtime, .config = config};
    g_autoptr(RvlProblems) problems = rvl_problems_new();
    g_autoptr(RvlTree) tree = rvl_tree_read(&places, problems);
    g_autofree char *text = NULL;

    add_written(rows, tree, invocation->words[0]);
    if (rvl_problems_count(problems) == 0)
        return CTL_DONE;
    text = rvl_problems_format(problems);
    g_printerr("%s", text);
    return CTL_CONFIGURATION;
}

CtlStatus
ctl_config(const CtlInvocation *invocation)
{
    g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
    CtlStatus status = CTL_DONE;
    g_autoptr(GVariant) rows = NULL;

    if (invocation->defaults)
        add_defaults(&builder, invocation->words[0]);
    else
        status = read_files(&builder, invocation);
    rows = g_variant_ref_sink(g_variant_builder_end(&builder));
    if (invocation->is_json)
        ctl_print_json("key", rows);
    else
        ctl_print_table(rows, columns, G_N_ELEMENTS(columns));
    return status;
}
