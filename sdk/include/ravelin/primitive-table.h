/* SPDX-License-Identifier: MIT */
/* The primitives that a crypto backend serves, by name. */
#pragma once

#include <glib.h>
#include <ravelin/macros.h>

G_BEGIN_DECLS

/**
 * RvlPrimitiveTable:
 *
 * What a backend's look-ups and its list of names are made from. Filled while the backend loads, and
 * constant from then on.
 *
 * Thread: any, once it is filled.
 */
typedef struct RvlPrimitiveTable RvlPrimitiveTable;

RvlPrimitiveTable *rvl_primitive_table_new(void);
void rvl_primitive_table_free(RvlPrimitiveTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlPrimitiveTable, rvl_primitive_table_free)

/**
 * rvl_primitive_table_add:
 * @name: (transfer none): `shape/name`, new in this table; stays valid as long as it
 * @primitive: (transfer none): RvlHash for `hash/`, RvlMac for `mac/`, and so on
 */
void rvl_primitive_table_add(RvlPrimitiveTable *table, const char *name, const void *primitive);

/**
 * rvl_primitive_table_find:
 * @shape: `hash/`: other shapes' primitives are not found, since they are of another type
 *
 * Returns: (transfer none) (nullable): the primitive of that name
 */
const void *rvl_primitive_table_find(const RvlPrimitiveTable *table,
                                     const char *shape,
                                     const char *name);

/** rvl_primitive_table_names: (transfer none): in the order of their adding, NULL-terminated. */
const char *const *rvl_primitive_table_names(const RvlPrimitiveTable *table);

G_END_DECLS
