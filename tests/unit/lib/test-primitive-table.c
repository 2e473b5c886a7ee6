/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A crypto backend's table of primitives. */
#include "config.h"

#include <ravelin/primitive-table.h>

static const int digest, seal;

static RvlPrimitiveTable *
filled(void)
{
    RvlPrimitiveTable *table = rvl_primitive_table_new();

    rvl_primitive_table_add(table, "hash/toy", &digest);
    rvl_primitive_table_add(table, "aead/example.com:toy", &seal);
    return table;
}

static void
primitive_is_found_by_shape_and_name(void)
{
    g_autoptr(RvlPrimitiveTable) table = filled();

    g_assert_true(rvl_primitive_table_find(table, "hash/", "hash/toy") == &digest);
    g_assert_true(rvl_primitive_table_find(table, "aead/", "aead/example.com:toy") == &seal);
    g_assert_null(rvl_primitive_table_find(table, "hash/", "hash/toys"));
}

/* A caller that asks for a hash would call the AEAD as one. */
static void
another_shape_is_not_found(void)
{
    g_autoptr(RvlPrimitiveTable) table = filled();

    g_assert_null(rvl_primitive_table_find(table, "aead/", "hash/toy"));
    g_assert_null(rvl_primitive_table_find(table, "hash/", "aead/example.com:toy"));
}

static void
names_are_in_the_order_of_adding(void)
{
    static const char *const none[] = {NULL};
    static const char *const both[] = {"hash/toy", "aead/example.com:toy", NULL};
    g_autoptr(RvlPrimitiveTable) empty = rvl_primitive_table_new();
    g_autoptr(RvlPrimitiveTable) table = filled();

    g_assert_cmpstrv(rvl_primitive_table_names(empty), none);
    g_assert_cmpstrv(rvl_primitive_table_names(table), both);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lib/primitive-table/is-found-by-shape-and-name",
                    primitive_is_found_by_shape_and_name);
    g_test_add_func("/lib/primitive-table/another-shape-is-not-found", another_shape_is_not_found);
    g_test_add_func("/lib/primitive-table/names-are-in-the-order-of-adding",
                    names_are_in_the_order_of_adding);
    return g_test_run();
}
