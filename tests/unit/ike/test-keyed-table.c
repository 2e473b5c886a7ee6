/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keyed hash table: SipHash's own vectors, and entries by the hundred. */
#include "config.h"

#include "ike/core/keyed-table.h"

typedef struct {
    uint64_t key;
    RvlTableLink link;
} Entry;

/* Reference vectors of SipHash-2-4 by its authors: key 00..0f, message 00, 01, … of the length. */
static void
hash_is_siphash(void)
{
    static const struct {
        size_t n;
        uint64_t hash;
    } rows[] = {
        {0, UINT64_C(0x726fdb47dd0e0e31)},
        {1, UINT64_C(0x74f839c593dc67fd)},
        {8, UINT64_C(0x93f5f5799a932462)},
        {15, UINT64_C(0xa129ca6149be45e5)},
    };
    uint8_t octets[16];

    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)i;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmphex(rvl_keyed_hash(octets, octets, rows[i].n), ==, rows[i].hash);
}

static Entry *
find(const RvlKeyedTable *table, uint64_t key)
{
    RvlTableLink *link =
        rvl_keyed_table_first(table, rvl_keyed_table_hash(table, &key, sizeof key));

    while (link != NULL && rvl_table_entry(link, Entry, link)->key != key)
        link = rvl_keyed_table_next(link);
    return rvl_table_entry(link, Entry, link);
}

static void
finds_what_was_added(void)
{
    uint8_t secret[RVL_TABLE_KEY_OCTETS] = {1, 2, 3};
    g_autoptr(RvlKeyedTable) table = rvl_keyed_table_new(secret);
    g_autofree Entry *entries = g_new0(Entry, 1000);

    for (size_t i = 0; i < 1000; i++) {
        entries[i].key = i * 7919;
        rvl_keyed_table_add(table, &entries[i].link,
                            rvl_keyed_table_hash(table, &entries[i].key, sizeof(uint64_t)));
    }
    g_assert_cmpuint(rvl_keyed_table_count(table), ==, 1000);
    for (size_t i = 0; i < 1000; i += 2)
        rvl_keyed_table_remove(table, &entries[i].link);
    rvl_keyed_table_remove(table, &entries[0].link); /* a second time: nothing */
    g_assert_cmpuint(rvl_keyed_table_count(table), ==, 500);
    for (size_t i = 0; i < 1000; i++)
        g_assert_true(find(table, entries[i].key) == (i % 2 == 1 ? &entries[i] : NULL));
}

static void
equal_hashes_stand_beside_each_other(void)
{
    uint8_t secret[RVL_TABLE_KEY_OCTETS] = {0};
    g_autoptr(RvlKeyedTable) table = rvl_keyed_table_new(secret);
    Entry a = {.key = 1};
    Entry b = {.key = 2};

    rvl_keyed_table_add(table, &a.link, 5);
    rvl_keyed_table_add(table, &b.link, 5);
    g_assert_true(rvl_keyed_table_first(table, 5) == &b.link);
    g_assert_true(rvl_keyed_table_next(&b.link) == &a.link);
    g_assert_null(rvl_keyed_table_next(&a.link));
    rvl_keyed_table_remove(table, &b.link);
    g_assert_true(rvl_keyed_table_first(table, 5) == &a.link);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ike/core/keyed-table/hash-is-siphash", hash_is_siphash);
    g_test_add_func("/ike/core/keyed-table/finds-what-was-added", finds_what_was_added);
    g_test_add_func("/ike/core/keyed-table/equal-hashes-stand-beside-each-other",
                    equal_hashes_stand_beside_each_other);
    return g_test_run();
}
