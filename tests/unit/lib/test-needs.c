/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Needs are refused by the name of their field; structs of other lengths are copied as far as both know. */
#include "config.h"

#include <ravelin/needs.h>

#include <ravelin/authenticator.h>
#include <ravelin/error.h>
#include <ravelin/installer.h>
#include <ravelin/sized.h>

static const struct {
    const char *name;
    const char *structure;
    uint32_t needs;
    uint32_t served;
    RvlCause cause; /* NONE: it is served */
    const char *found;
} rows[] = {
    {"nothing", "RvlSaAdd", 0, 0, RVL_CAUSE_NONE, NULL},
    {"served", "RvlSaAdd", RVL_SA_NEEDS_MTU, RVL_SA_NEEDS_MTU | RVL_SA_NEEDS_MARK, RVL_CAUSE_NONE,
     NULL},
    {"known", "RvlSaAdd", RVL_SA_NEEDS_MTU | RVL_SA_NEEDS_MARK, RVL_SA_NEEDS_MTU,
     RVL_CAUSE_KERNEL_UNSUPPORTED, "mark"},
    {"unknown", "RvlPolicyAdd", 1u << 31, UINT32_MAX >> 1, RVL_CAUSE_KERNEL_UNSUPPORTED, "bit 31"},
    {"both", "RvlAuthRequest", RVL_AUTH_NEEDS_STATE | 1u << 30, 0, RVL_CAUSE_PLUGIN_INCOMPATIBLE,
     "state, bit 30"},
};

static void
need_is_judged(gconstpointer data)
{
    const typeof(rows[0]) *row = data;
    g_autoptr(GError) error = NULL;
    bool is_served = rvl_needs_check(row->structure, row->needs, row->served, &error);

    g_assert_cmpint(is_served, ==, row->cause == RVL_CAUSE_NONE);
    g_assert_cmpint(rvl_error_cause(error), ==, row->cause);
    g_assert_cmpstr(rvl_error_found(error), ==, row->found);
}

typedef struct {
    uint32_t a;
    uint32_t b;
} Short;

typedef struct {
    uint32_t a;
    uint32_t b;
    uint32_t c;
} Long;

static void
sized_copy_goes_as_far_as_both_know(void)
{
    const Short shorter = {1, 2};
    const Long longer = {1, 2, 3};
    Long wide = {9, 9, 9};
    Short narrow = {9, 9};

    rvl_sized_copy(&wide, sizeof(wide), &shorter, sizeof(shorter));
    g_assert_cmpuint(wide.b, ==, 2);
    g_assert_cmpuint(wide.c, ==, 0);
    rvl_sized_copy(&narrow, sizeof(narrow), &longer, sizeof(longer));
    g_assert_cmpuint(narrow.a, ==, 1);
    g_assert_cmpuint(narrow.b, ==, 2);
    rvl_sized_copy(&wide, sizeof(wide), &longer, RVL_END_OF(Long, a));
    g_assert_cmpuint(wide.a, ==, 1);
    g_assert_cmpuint(wide.b, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/lib/needs/%s", rows[i].name);

        g_test_add_data_func(path, &rows[i], need_is_judged);
    }
    g_test_add_func("/lib/sized/copy-goes-as-far-as-both-know",
                    sized_copy_goes_as_far_as_both_know);
    return g_test_run();
}
