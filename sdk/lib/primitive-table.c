/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The primitives that a crypto backend serves, by name. */
#include "config.h"

#include <ravelin/primitive-table.h>

struct RvlPrimitiveTable {
    GHashTable *by_name;
    GPtrArray *names; /* ends in NULL */
};

RvlPrimitiveTable *
rvl_primitive_table_new(void)
{
    RvlPrimitiveTable *table = g_new0(RvlPrimitiveTable, 1);

    table->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    table->names = g_ptr_array_new();
    g_ptr_array_add(table->names, NULL);
    return table;
}

void
rvl_primitive_table_free(RvlPrimitiveTable *table)
{
    if (table == NULL)
        return;
    g_hash_table_unref(table->by_name);
    g_ptr_array_unref(table->names);
    g_free(table);
}

void
rvl_primitive_table_add(RvlPrimitiveTable *table, const char *name, const void *primitive)
{
    g_return_if_fail(!g_hash_table_contains(table->by_name, name));
    g_hash_table_insert(table->by_name, (void *)name, (void *)primitive);
    g_ptr_array_insert(table->names, (gint)table->names->len - 1, (void *)name);
}

const void *
rvl_primitive_table_find(const RvlPrimitiveTable *table, const char *shape, const char *name)
{
    return g_str_has_prefix(name, shape) ? g_hash_table_lookup(table->by_name, name) : NULL;
}

const char *const *
rvl_primitive_table_names(const RvlPrimitiveTable *table)
{
    return (const char *const *)table->names->pdata;
}
