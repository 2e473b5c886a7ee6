/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The schema: which groups and keys there are, of the core and of plugins. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <ravelin/settings.h>

/**
 * RvlGroupKind:
 * @kind: first word of the head: `connection`
 * @is_named: whether a name follows
 * @is_reserved: known, not served yet: refused by name
 * @help: one line, no full stop
 */
typedef struct {
    const char *kind;
    bool is_named;
    bool is_reserved;
    const char *help;
} RvlGroupKind;

/** RvlSchemaRow: a key, and the plugin that brought it (NULL: the core). */
typedef struct {
    const RvlKey *key;
    const char *plugin;
} RvlSchemaRow;

/**
 * RvlSchema: rows of the core, and of the plugins that were added. A plugin's own group is of the
 * kind `plugin NAME`.
 */
typedef struct RvlSchema RvlSchema;

RvlSchema *rvl_schema_new(void);
void rvl_schema_free(RvlSchema *schema);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlSchema, rvl_schema_free)

/**
 * rvl_schema_add_plugin:
 * @plugin: name; copied
 * @options: (array length=n): walked with @stride and copied; their strings live as long as the
 *   schema
 *
 * Makes `[plugin NAME]` known, also without options.
 *
 * Errors: RVL_CAUSE_PLUGIN_FAILED where two claim one key or a row makes no sense: nothing is
 * added then.
 */
bool rvl_schema_add_plugin(RvlSchema *schema,
                           const char *plugin,
                           const RvlKey *options,
                           size_t n,
                           size_t stride,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_schema_kind: (transfer none) (nullable). */
const RvlGroupKind *rvl_schema_kind(const RvlSchema *schema, const char *kind);
/** rvl_schema_kind_at: enumerates the core's; NULL past the last. */
const RvlGroupKind *rvl_schema_kind_at(const RvlSchema *schema, size_t i);
/** rvl_schema_has_plugin: whether `[plugin NAME]` is known. */
bool rvl_schema_has_plugin(const RvlSchema *schema, const char *name);

/** rvl_schema_find: (transfer none) (nullable): @kind: `connection`, `plugin userspace`. */
const RvlSchemaRow *rvl_schema_find(const RvlSchema *schema, const char *kind, const char *key);
/** rvl_schema_at: enumerates the rows of @kind: the core's, then plugins'; NULL past the last. */
const RvlSchemaRow *rvl_schema_at(const RvlSchema *schema, const char *kind, size_t i);

/**
 * rvl_schema_defaults: (transfer none): what holds in a group of @kind where nothing is written;
 * empty for unknown kinds.
 */
const RvlSettings *rvl_schema_defaults(RvlSchema *schema, const char *kind);

/** rvl_schema_nearest_key, rvl_schema_nearest_kind: (transfer full) (nullable): "did you mean". */
char *rvl_schema_nearest_key(const RvlSchema *schema, const char *kind, const char *key);
char *rvl_schema_nearest_kind(const RvlSchema *schema, const char *kind);
