/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reassembly: order, repeats, smaller fragments, illegal numbers, bounds (RFC 7383 2.5, 2.6). */
#include "config.h"

#include <string.h>

#include "ike/core/fragments.h"

static bool
add(RvlReassembly *reassembly, uint32_t id, uint16_t fragment, uint16_t total, const char *text)
{
    return rvl_reassembly_add(reassembly, id, false, fragment, total, 33, 100u + fragment,
                              RVL_OCTETS(text, strlen(text)));
}

static void
any_order_gives_the_whole(void)
{
    RvlReassembly reassembly = {0};
    g_autoptr(GBytes) whole = NULL;
    uint8_t first;
    uint64_t digest;

    g_assert_true(add(&reassembly, 5, 3, 3, "c"));
    g_assert_true(add(&reassembly, 5, 1, 3, "a"));
    g_assert_false(rvl_reassembly_is_complete(&reassembly));
    g_assert_true(add(&reassembly, 5, 2, 3, "bb"));
    g_assert_true(rvl_reassembly_is_complete(&reassembly));
    whole = rvl_reassembly_take(&reassembly, &first, &digest);
    g_assert_cmpmem(g_bytes_get_data(whole, NULL), g_bytes_get_size(whole), "abbc", 4);
    g_assert_cmpuint(first, ==, 33);
    g_assert_cmpuint(digest, ==, 101); /* of fragment 1: 2.6.1 */
    g_assert_false(rvl_reassembly_is_complete(&reassembly));
}

static void
numbers_are_judged_before_anything_is_opened(void)
{
    RvlReassembly reassembly = {0};

    static const struct {
        uint32_t id;
        uint16_t fragment;
        uint16_t total;
        RvlFragmentVerdict verdict;
    } rows[] = {
        {5, 0, 3, RVL_FRAGMENT_ILLEGAL},         {5, 4, 3, RVL_FRAGMENT_ILLEGAL},
        {5, 1, 0, RVL_FRAGMENT_ILLEGAL},         {5, 1, 65535, RVL_FRAGMENT_ILLEGAL},
        {5, 65535, 65535, RVL_FRAGMENT_ILLEGAL}, {5, 1, 3, RVL_FRAGMENT_KNOWN},
        {5, 2, 3, RVL_FRAGMENT_WANTED},          {5, 1, 2, RVL_FRAGMENT_KNOWN},
        {5, 1, 4, RVL_FRAGMENT_WANTED},          {6, 1, 2, RVL_FRAGMENT_WANTED},
    };

    g_assert_true(add(&reassembly, 5, 1, 3, "a"));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(
            rvl_reassembly_judge(&reassembly, rows[i].id, false, rows[i].fragment, rows[i].total),
            ==, rows[i].verdict);
    g_assert_cmpint(rvl_reassembly_judge(&reassembly, 5, true, 1, 3), ==, RVL_FRAGMENT_WANTED);
    rvl_reassembly_clear(&reassembly);
}

/* The sender found a smaller MTU and cuts the message anew (2.5.2). */
static void
more_fragments_begin_anew(void)
{
    RvlReassembly reassembly = {0};
    g_autoptr(GBytes) whole = NULL;
    uint8_t first;
    uint64_t digest;

    g_assert_true(add(&reassembly, 5, 1, 2, "old"));
    for (uint16_t i = 1; i <= 3; i++)
        g_assert_true(add(&reassembly, 5, i, 3, "n"));
    whole = rvl_reassembly_take(&reassembly, &first, &digest);
    g_assert_cmpmem(g_bytes_get_data(whole, NULL), g_bytes_get_size(whole), "nnn", 3);
}

static void
memory_is_bounded(void)
{
    RvlReassembly reassembly = {0};
    g_autofree uint8_t *octets = g_malloc0(40000);

    g_assert_true(
        rvl_reassembly_add(&reassembly, 5, false, 1, 3, 33, 1, RVL_OCTETS(octets, 40000)));
    g_assert_false(
        rvl_reassembly_add(&reassembly, 5, false, 2, 3, 33, 1, RVL_OCTETS(octets, 40000)));
    g_assert_cmpuint(reassembly.octets, ==, 0);
    g_assert_cmpuint(reassembly.total, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ike/core/fragments/any-order-gives-the-whole", any_order_gives_the_whole);
    g_test_add_func("/ike/core/fragments/numbers-are-judged-before-anything-is-opened",
                    numbers_are_judged_before_anything_is_opened);
    g_test_add_func("/ike/core/fragments/more-fragments-begin-anew", more_fragments_begin_anew);
    g_test_add_func("/ike/core/fragments/memory-is-bounded", memory_is_bounded);
    return g_test_run();
}
