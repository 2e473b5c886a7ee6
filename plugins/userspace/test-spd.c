/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The SPD's index beside a plain search, order and interfaces, and the table of SPIs. */
#include "config.h"

#include <string.h>

#include "sa-table.h"
#include "spd.h"
#include "steering.h"
#include "test-host.h"

static Policy *
policy_new(uint64_t id, uint32_t order, const char *local, const char *remote)
{
    Policy *policy = g_new0(Policy, 1);

    policy->id = id;
    policy->sequence = id;
    policy->order = order;
    policy->action = RVL_ACTION_PROTECT;
    policy->local = test_selectors(local);
    policy->remote = test_selectors(remote);
    return policy;
}

static Spd *
index_of(Policy *const *policies, size_t n)
{
    Spd *spd = spd_new(NULL);

    for (size_t i = 0; i < n; i++)
        spd_add(spd, policies[i]);
    return spd;
}

static FlowKey
flow(const char *source, const char *destination, uint16_t port)
{
    RvlAddress a, b;
    FlowKey key = {.protocol = PROTOCOL_TCP, .ports_known = true, .destination_port = port};

    g_assert_true(rvl_address_parse(source, &a) && rvl_address_parse(destination, &b));
    key.family = a.family;
    memcpy(key.source, a.octets, 16);
    memcpy(key.destination, b.octets, 16);
    return key;
}

static uint64_t
found(const Spd *spd, const FlowKey *key, uint32_t interface)
{
    const Policy *policy = spd_find(spd, key, interface);

    return policy != NULL ? policy->id : 0;
}

static void
first_in_order_decides(void)
{
    Policy *policies[] = {
        policy_new(1, 20, "10.1.0.0/16", "10.2.0.0/16"),
        policy_new(2, 10, "10.1.0.0/16", "10.2.3.0/24[tcp/22]"),
        policy_new(3, 30, "0.0.0.0/0", "0.0.0.0/0"),
        policy_new(4, 20, "10.1.0.0/16", "10.2.0.0/16"), /* as 1, but later */
        policy_new(5, 5, "10.9.0.0/16", "10.2.0.0/16"),
        policy_new(6, 20, "fd01::/64", "fd02::1-fd02::9"),
    };
    g_autoptr(Spd) spd = index_of(policies, G_N_ELEMENTS(policies));
    FlowKey key = flow("10.1.0.1", "10.2.3.4", 22);

    g_assert_cmpuint(found(spd, &key, 1), ==, 2);
    key = flow("10.1.0.1", "10.2.3.4", 23);
    g_assert_cmpuint(found(spd, &key, 1), ==, 1);
    key = flow("10.9.0.1", "10.2.3.4", 23);
    g_assert_cmpuint(found(spd, &key, 1), ==, 5);
    key = flow("192.0.2.1", "10.2.3.4", 23);
    g_assert_cmpuint(found(spd, &key, 1), ==, 3);
    key = flow("fd01::5", "fd02::9", 1);
    g_assert_cmpuint(found(spd, &key, 1), ==, 6);
    key = flow("fd01::5", "fd02::a", 1); /* within the covering prefix, outside the range */
    g_assert_cmpuint(found(spd, &key, 1), ==, 0);
    policies[1]->interface = 7;
    key = flow("10.1.0.1", "10.2.3.4", 22);
    g_assert_cmpuint(found(spd, &key, 1), ==, 1);
    g_assert_cmpuint(found(spd, &key, 7), ==, 2);
    for (size_t i = 0; i < G_N_ELEMENTS(policies); i++)
        policy_free(policies[i]);
}

/* Ports that a later fragment doesn't show match only selectors without ports. */
static void
unknown_ports_match_only_any(void)
{
    Policy *policy = policy_new(1, 1, "10.1.0.0/16", "10.2.0.0/16[tcp/80]");
    g_autoptr(Spd) spd = index_of(&policy, 1);
    FlowKey key = flow("10.1.0.1", "10.2.3.4", 0);

    key.ports_known = false;
    g_assert_cmpuint(found(spd, &key, 1), ==, 0);
    policy_free(policy);
}

static void
index_agrees_with_a_plain_search(void)
{
    GRand *random = g_rand_new_with_seed(1);
    Policy *policies[300];

    for (size_t i = 0; i < G_N_ELEMENTS(policies); i++) {
        uint32_t a = g_rand_int_range(random, 0, 65536), b = g_rand_int_range(random, 0, 65536);
        g_autofree char *remote = g_strdup_printf("10.2.%u.%u-10.2.%u.%u", MIN(a, b) >> 8,
                                                  MIN(a, b) & 255, MAX(a, b) >> 8, MAX(a, b) & 255);

        policies[i] = policy_new(i + 1, (uint32_t)g_rand_int_range(random, 0, 10),
                                 i % 3 != 0 ? "10.1.0.0/16" : "10.1.0.0/17", remote);
    }

    g_autoptr(Spd) spd = index_of(policies, G_N_ELEMENTS(policies));

    for (unsigned i = 0; i < 5000; i++) {
        g_autofree char *source = g_strdup_printf("10.1.%d.1", g_rand_int_range(random, 0, 256));
        g_autofree char *destination = g_strdup_printf(
            "10.2.%d.%d", g_rand_int_range(random, 0, 256), g_rand_int_range(random, 0, 256));
        FlowKey key = flow(source, destination, 80);
        const Policy *best = NULL;

        for (size_t k = 0; k < G_N_ELEMENTS(policies); k++)
            if (flow_matches(&key, policies[k]->local, policies[k]->remote) &&
                (best == NULL || policies[k]->order < best->order))
                best = policies[k];
        g_assert_true(spd_find(spd, &key, 1) == best);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(policies); i++)
        policy_free(policies[i]);
    g_rand_free(random);
}

/* Of the policies whose bit is set in @present. */
static void
assert_plain(const Spd *spd, Policy *const *policies, size_t n, uint64_t present)
{
    for (unsigned third = 0; third < 256; third++) {
        g_autofree char *destination = g_strdup_printf("10.2.%u.7", third);
        FlowKey key = flow("10.1.0.1", destination, 80);
        const Policy *best = NULL;

        for (size_t k = 0; k < n; k++)
            if ((present >> k & 1) != 0 &&
                flow_matches(&key, policies[k]->local, policies[k]->remote) &&
                (best == NULL || policies[k]->order < best->order))
                best = policies[k];
        g_assert_true(spd_find(spd, &key, 1) == best);
    }
}

/* Workers may still search the index that another was made from. */
static void
changed_copy_leaves_its_origin_alone(void)
{
    GRand *random = g_rand_new_with_seed(2);
    g_autoptr(Spd) spd = spd_new(NULL);
    uint64_t present = 0;
    Policy *policies[60];

    for (size_t i = 0; i < G_N_ELEMENTS(policies); i++) {
        g_autofree char *remote =
            i % 5 == 0 ? g_strdup_printf("10.2.%zu.0-10.2.%zu.9,10.2.%zu.0-10.2.%zu.9", i, i, i, i)
                       : g_strdup_printf("10.2.%d.0/%d", g_rand_int_range(random, 0, 256) & ~7,
                                         g_rand_int_range(random, 21, 25));

        policies[i] =
            policy_new(i + 1, (uint32_t)g_rand_int_range(random, 0, 10), "10.1.0.0/16", remote);
    }
    for (unsigned round = 0; round < 300; round++) {
        size_t i = (size_t)g_rand_int_range(random, 0, G_N_ELEMENTS(policies));
        g_autoptr(Spd) before = g_steal_pointer(&spd);
        uint64_t changed = present ^ UINT64_C(1) << i;

        spd = spd_new(before);
        if ((changed >> i & 1) != 0)
            spd_add(spd, policies[i]);
        else
            spd_remove(spd, policies[i]);
        assert_plain(before, policies, G_N_ELEMENTS(policies), present);
        assert_plain(spd, policies, G_N_ELEMENTS(policies), changed);
        present = changed;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(policies); i++) {
        spd_remove(spd, policies[i]); /* also those that are not in it */
        policy_free(policies[i]);
    }
    assert_plain(spd, policies, 0, 0);
    g_rand_free(random);
}

static void
newest_sa_that_fits_serves(void)
{
    Policy *policy = policy_new(1, 1, "10.1.0.0/16", "10.2.0.0/16");
    FlowKey key = flow("10.1.0.1", "10.2.3.4", 80);
    Sa wide = {.local = test_selectors("10.1.0.0/16"), .remote = test_selectors("10.2.0.0/16")};
    Sa narrow = {.local = test_selectors("10.1.0.0/16"), .remote = test_selectors("10.2.9.0/24")};
    g_autofree SaList *one = sa_list_with(NULL, &wide);
    g_autofree SaList *two = sa_list_with(one, &narrow);
    g_autofree SaList *again = sa_list_with(two, &wide);
    g_autofree SaList *shorter = sa_list_without(again, &wide);

    g_assert_cmpuint(again->n, ==, 2);
    g_assert_true(again->sas[0] == &wide);
    g_assert_null(sa_list_without(shorter, &narrow));
    atomic_store(&policy->sas, two);
    g_assert_true(policy_find_sa(policy, &key) == &wide);
    key = flow("10.1.0.1", "10.2.9.4", 80);
    g_assert_true(policy_find_sa(policy, &key) == &narrow);
    atomic_store(&policy->sas, shorter);
    key = flow("10.1.0.1", "10.2.3.4", 80);
    g_assert_null(policy_find_sa(policy, &key));
    atomic_store(&policy->sas, NULL);
    policy_free(policy);
    rvl_selectors_unref(wide.local);
    rvl_selectors_unref(wide.remote);
    rvl_selectors_unref(narrow.local);
    rvl_selectors_unref(narrow.remote);
}

static void
reserved_spis_are_the_workers_and_distinct(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    SaTable table;

    g_assert_true(sa_table_init(&table, NULL));
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t spi = sa_table_reserve(&table, g_random_int(), i % 3, 3);

        g_assert_cmpuint(spi, >=, LEAST_SPI);
        g_assert_cmpuint(steering_worker(spi, 3), ==, i % 3);
        g_assert_true(g_hash_table_add(seen, GUINT_TO_POINTER(spi)));
    }
    sa_table_clear(&table);
}

static void
only_the_whole_spi_finds_its_sa(void)
{
    Sa sa = {0};
    SaTable table;

    g_assert_true(sa_table_init(&table, NULL));
    sa.spi = sa_table_reserve(&table, 0x12345678, 0, 1);
    g_assert_null(sa_table_find(&table, sa.spi));
    g_assert_true(sa_table_may_add(&table, sa.spi));
    g_assert_false(sa_table_may_add(&table, sa.spi ^ 1u << SA_SLOT_BITS)); /* same slot */
    g_assert_false(sa_table_may_add(&table, 255));
    sa_table_add(&table, &sa);
    g_assert_true(sa_table_find(&table, sa.spi) == &sa);
    for (unsigned bit = 0; bit < 32; bit++)
        g_assert_null(sa_table_find(&table, sa.spi ^ 1u << bit));
    sa_table_release(&table, sa.spi); /* in use: stays */
    g_assert_true(sa_table_find(&table, sa.spi) == &sa);
    g_assert_false(sa_table_may_add(&table, sa.spi));
    sa_table_remove(&table, &sa);
    g_assert_null(sa_table_find(&table, sa.spi));
    g_assert_cmpuint(table.n_used, ==, 0);
    sa_table_clear(&table);
}

/* Slots are used up to the last, and come back. */
static void
full_table_gives_zero(void)
{
    uint32_t last = 0;
    SaTable table;

    g_assert_true(sa_table_init(&table, NULL));
    for (uint32_t i = 0; i < SA_SLOTS; i++) {
        uint32_t spi = sa_table_reserve(&table, 0xffffffff, 0, 1);

        if (spi == 0)
            g_error("slot %u of %d", i, SA_SLOTS);
        last = spi;
    }
    g_assert_cmpuint(sa_table_reserve(&table, 0, 0, 1), ==, 0);
    sa_table_release(&table, last);
    g_assert_cmpuint(sa_table_reserve(&table, 0xffffffff, 0, 1), ==, last);
    sa_table_clear(&table);
}

static void
numbers_end_before_they_repeat(void)
{
    g_autoptr(Sa) sa = sa_new();
    uint64_t first;

    atomic_store(&sa->sequence, 0xfffffffd);
    g_assert_false(sa_take_sequence(sa, 3, &first));
    g_assert_true(sa_take_sequence(sa, 2, &first));
    g_assert_cmpuint(first, ==, 0xfffffffe);
    g_assert_false(sa_take_sequence(sa, 1, &first));
    sa->has_esn = true;
    g_assert_true(sa_take_sequence(sa, 5, &first));
    g_assert_cmpuint(first, ==, UINT64_C(1) << 32);
}

static void
lifetimes_are_told_once(void)
{
    g_autoptr(Sa) sa = sa_new();

    sa->limits = (SaLimits){.soft_packets = 10, .hard_packets = 20, .hard_octets = 100000};
    g_assert_cmpint(sa_count(sa, 10, 1000), ==, SA_LIVES);
    g_assert_cmpint(sa_count(sa, 1, 100), ==, SA_SOFT);
    g_assert_cmpint(sa_count(sa, 1, 100), ==, SA_LIVES);
    g_assert_cmpint(sa_count(sa, 9, 100), ==, SA_HARD);
    g_assert_cmpint(sa_count(sa, 1, 1000000), ==, SA_SPENT);
    g_assert_cmpuint(atomic_load(&sa->counts.packets), ==, 12);
    g_assert_cmpint(sa_count(sa, 8, 100), ==, SA_LIVES); /* up to the limit */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func("/userspace/" name, function)
    CASE("spd/first-in-order-decides", first_in_order_decides);
    CASE("spd/unknown-ports-match-only-any", unknown_ports_match_only_any);
    CASE("spd/index-agrees-with-a-plain-search", index_agrees_with_a_plain_search);
    CASE("spd/changed-copy-leaves-its-origin-alone", changed_copy_leaves_its_origin_alone);
    CASE("spd/newest-sa-that-fits-serves", newest_sa_that_fits_serves);
    CASE("sa-table/reserved-spis-are-the-workers-and-distinct",
         reserved_spis_are_the_workers_and_distinct);
    CASE("sa-table/only-the-whole-spi-finds-its-sa", only_the_whole_spi_finds_its_sa);
    CASE("sa-table/full-table-gives-zero", full_table_gives_zero);
    CASE("sa/numbers-end-before-they-repeat", numbers_end_before_they_repeat);
    CASE("sa/lifetimes-are-told-once", lifetimes_are_told_once);
    return g_test_run();
}
