/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The installer's contract, with workers, sockets and threads: policies, acquires, rekeys under load. */
#include "config.h"

#include "test-plane-rig.h"

#include <string.h>
#include <unistd.h>

#include "crypto/built-backends.h"
#include "waiting.h"

static const BuiltBackend *backend;

typedef struct {
    PlaneRig *rig;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->rig = plane_rig_new(&backend->primitives);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_clear_pointer(&fixture->rig, plane_rig_free);
}

static void
assert_passes(PlaneRig *rig, uint32_t number)
{
    uint32_t got = 0;

    plane_rig_send(rig, number);
    g_assert_true(plane_rig_receive(rig, 5000, &got));
    g_assert_cmpuint(got, ==, number);
}

static void
assert_silent(PlaneRig *rig)
{
    uint32_t got;

    g_assert_false(plane_rig_receive(rig, 30, &got));
}

static unsigned
count_of_acquires(TestCalls *calls)
{
    unsigned n;

    pthread_mutex_lock(&calls->mutex);
    n = calls->acquires;
    pthread_mutex_unlock(&calls->mutex);
    return n;
}

static void
packet_goes_round(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;
    uint32_t spi = plane_rig_reserve(rig);

    (void)data;
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, false);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, spi, NULL), ==, RVL_CAUSE_NONE);
    plane_rig_activate(rig, 10);
    for (uint32_t i = 0; i < 100; i++)
        assert_passes(rig, i);
    plane_rig_remove(rig, 10);
    g_assert_cmpuint(rig->removed->len, ==, 1);
    g_assert_cmpuint(g_array_index(rig->removed, RvlSaCounters, 0).packets, ==, 100);
    g_assert_cmpuint(g_array_index(rig->removed, RvlSaCounters, 0).octets, ==, 100 * 92);
    g_assert_cmpuint(g_array_index(rig->removed, RvlSaCounters, 0).sequence, ==, 100);
    plane_rig_remove(rig, 11);
    g_assert_cmpint(g_array_index(rig->removed, RvlSaCounters, 0).last_inbound, !=, RVL_TIME_NEVER);
}

/* Nothing passes in the clear, whatever is missing; each is counted by its cause. */
static void
what_has_no_sa_is_dropped_and_counted(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;

    (void)data;
    plane_rig_send(rig, 1);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_NO_POLICY, 1), ==, 1);
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, false);
    plane_rig_send(rig, 2);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_NO_SA, 1), ==, 1);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, 0x1000, NULL), ==, RVL_CAUSE_NONE);
    plane_rig_send(rig, 3); /* installed, not yet used */
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_NO_SA, 2), ==, 2);
    plane_rig_activate(rig, 10);
    assert_passes(rig, 4);
    plane_rig_remove(rig, 10);
    plane_rig_send(rig, 5);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_NO_SA, 3), ==, 3);
    assert_silent(rig);
}

static void
discard_policy_discards(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;

    (void)data;
    plane_rig_add_policy(rig, RVL_ACTION_DISCARD, false);
    plane_rig_send(rig, 1);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_DISCARD, 1), ==, 1);
    g_assert_cmpuint(count_of_acquires(&rig->host->calls), ==, 0);
}

/* Routing leads it elsewhere; what comes by the interface all the same isn't let out, nor protected. */
static void
bypass_in_the_interface_is_dropped_and_counted(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;

    (void)data;
    plane_rig_add_policy(rig, RVL_ACTION_BYPASS, false);
    plane_rig_send(rig, 1);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_BYPASS, 1), ==, 1);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_DISCARD, 0), ==, 0);
    assert_silent(rig);
}

/* A discard that is narrower than what an SA protects: nothing of it comes in by the SA either. */
static void
discard_counts_inbound_too(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;
    g_autoptr(RvlSelectors) local = test_selectors("10.82.0.0/16[udp]");
    g_autoptr(RvlSelectors) remote = test_selectors("10.81.0.0/24");
    RvlPolicyAdd policy = {
        .size = sizeof policy,
        .id = 7,
        .owner = "test/rules",
        .action = RVL_ACTION_DISCARD,
        .local = local,
        .remote = remote,
    };
    RvlOperation add = {.kind = RVL_OPERATION_POLICY_ADD, .policy = &policy};
    RvlOperation removal = {.kind = RVL_OPERATION_POLICY_REMOVE, .id = 7};

    (void)data;
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, false);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, plane_rig_reserve(rig), NULL), ==, RVL_CAUSE_NONE);
    plane_rig_activate(rig, 10);
    assert_passes(rig, 1); /* and is remembered as a flow that may pass */
    g_assert_cmpint(plane_rig_apply(rig, &add, 1), ==, RVL_CAUSE_NONE);
    plane_rig_send(rig, 2);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_DISCARD, 1), ==, 1);
    assert_silent(rig);
    g_assert_cmpint(plane_rig_apply(rig, &removal, 1), ==, RVL_CAUSE_NONE);
    assert_passes(rig, 3);
}

/* RFC 4301 5.2: what an SA carried must lie within its selectors. */
static void
inbound_outside_selectors_is_dropped(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;
    g_autoptr(RvlSelectors) other_far = test_selectors("10.82.9.0/24");
    g_autoptr(RvlSelectors) other_near = test_selectors("10.81.9.0/24");
    RvlSaAdd wrong_local = {.local = other_far}, wrong_remote = {.remote = other_near};

    (void)data;
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, false);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, 0x1000, &wrong_local), ==, RVL_CAUSE_NONE);
    plane_rig_activate(rig, 10);
    plane_rig_send(rig, 1);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_SELECTOR, 1), ==, 1);
    g_assert_cmpint(plane_rig_add_sa(rig, 20, 0x1001, &wrong_remote), ==, RVL_CAUSE_NONE);
    plane_rig_activate(rig, 20);
    plane_rig_send(rig, 2);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_SELECTOR, 2), ==, 2);
    assert_silent(rig);
}

static bool
has_acquire(void *user_data)
{
    return count_of_acquires(user_data) > 0;
}

/* One acquire for many packets; a bounded number of them waits, and goes once the SA stands. */
static void
trap_asks_once_and_keeps_packets(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;
    TestCalls *calls = &rig->host->calls;
    uint32_t got;

    (void)data;
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, true);
    for (uint32_t i = 0; i < WAITING_PER_ACQUIRE + 5; i++)
        plane_rig_send(rig, i);
    g_assert_true(test_host_await(rig->host, has_acquire, calls));
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_QUEUE_FULL, 5), ==, 5);
    g_assert_cmpuint(count_of_acquires(calls), ==, 1);
    g_assert_cmpuint(calls->last_policy, ==, 1);
    g_assert_cmpuint(calls->last_flow.destination_port, ==, 2000);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, 0x1000, NULL), ==, RVL_CAUSE_NONE);
    plane_rig_activate(rig, 10);
    userspace_installer.acquire_done(rig->plane, calls->last_acquire, true);
    for (uint32_t i = 0; i < WAITING_PER_ACQUIRE; i++) {
        g_assert_true(plane_rig_receive(rig, 5000, &got));
        g_assert_cmpuint(got, ==, i);
    }
    assert_passes(rig, 99);
}

static void
failed_acquire_drops_what_waits(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;
    TestCalls *calls = &rig->host->calls;

    (void)data;
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, true);
    plane_rig_send(rig, 1);
    g_assert_true(test_host_await(rig->host, has_acquire, calls));
    userspace_installer.acquire_done(rig->plane, calls->last_acquire, false);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_NO_SA, 1), ==, 1);
    plane_rig_send(rig, 2); /* and doesn't ask again at once */
    assert_silent(rig);
    g_assert_cmpuint(count_of_acquires(calls), ==, 1);
}

static bool
has_second_acquire(void *user_data)
{
    return count_of_acquires(user_data) >= 2;
}

/* After an acquire ended none is asked for a second: packets of that time are kept, a few, and then ask. */
static void
packets_wait_until_the_trap_may_ask_again(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;
    TestCalls *calls = &rig->host->calls;
    RvlTime ended;

    (void)data;
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, true);
    plane_rig_send(rig, 1);
    g_assert_true(test_host_await(rig->host, has_acquire, calls));
    ended = plane_now(rig->plane);
    userspace_installer.acquire_done(rig->plane, calls->last_acquire, false);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_NO_SA, 1), ==, 1);
    for (uint32_t i = 0; i < WAITING_PER_ACQUIRE + 5; i++)
        plane_rig_send(rig, i);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_QUEUE_FULL, 5), ==, 5);
    g_assert_true(test_host_await(rig->host, has_second_acquire, calls));
    g_assert_cmpint(plane_now(rig->plane), >=, ended + ACQUIRE_QUIET);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, 0x1000, NULL), ==, RVL_CAUSE_NONE);
    plane_rig_activate(rig, 10);
    userspace_installer.acquire_done(rig->plane, calls->last_acquire, true);
    for (uint32_t i = 0; i < WAITING_PER_ACQUIRE; i++) {
        uint32_t got;

        g_assert_true(plane_rig_receive(rig, 5000, &got));
        g_assert_cmpuint(got, ==, i);
    }
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_NO_SA, 1), ==, 1);
    g_assert_cmpuint(count_of_acquires(calls), ==, 2);
}

/* A packet that waited for the time and then for an acquire in vain ends: none stays for ever. */
static void
packet_that_waited_in_vain_ends(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;
    TestCalls *calls = &rig->host->calls;

    (void)data;
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, true);
    plane_rig_send(rig, 1);
    g_assert_true(test_host_await(rig->host, has_acquire, calls));
    userspace_installer.acquire_done(rig->plane, calls->last_acquire, true); /* with no SA for it */
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_NO_SA, 1), ==, 1);
    plane_rig_send(rig, 2);
    g_assert_true(test_host_await(rig->host, has_second_acquire, calls));
    userspace_installer.acquire_done(rig->plane, calls->last_acquire, true);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_NO_SA, 2), ==, 2);
    g_assert_cmpuint(count_of_acquires(calls), ==, 2);
}

static void
full_core_is_asked_again(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;

    (void)data;
    rig->host->calls.refuses_acquires = true;
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, true);
    plane_rig_send(rig, 1);
    plane_rig_send(rig, 2);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_QUEUE_FULL, 2), ==, 2);
    g_assert_cmpuint(count_of_acquires(&rig->host->calls), ==, 2);
}

static bool
has_expired(void *user_data)
{
    TestCalls *calls = user_data;
    bool has_both;

    pthread_mutex_lock(&calls->mutex);
    has_both = calls->soft >= 2 && calls->hard >= 1;
    pthread_mutex_unlock(&calls->mutex);
    return has_both;
}

static void
lifetimes_end_an_sa(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;
    RvlSaAdd limits = {.needs = RVL_SA_NEEDS_LIFETIME_PACKETS,
                       .soft_packets = 3,
                       .hard_packets = 5,
                       .replay_window = 64};

    (void)data;
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, false);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, 0x1000, &limits), ==, RVL_CAUSE_NONE);
    plane_rig_activate(rig, 10);
    for (uint32_t i = 0; i < 5; i++)
        assert_passes(rig, i);
    plane_rig_send(rig, 5);
    plane_rig_send(rig, 6);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_LIFETIME, 2), ==, 2);
    g_assert_true(test_host_await(rig->host, has_expired, &rig->host->calls));
    g_assert_cmpuint(rig->host->calls.soft, ==, 2); /* each direction */
    g_assert_cmpuint(rig->host->calls.hard, ==, 1);
}

static bool
has_soft(void *user_data)
{
    TestCalls *calls = user_data;
    bool is_told;

    pthread_mutex_lock(&calls->mutex);
    is_told = calls->soft >= 1;
    pthread_mutex_unlock(&calls->mutex);
    return is_told;
}

/* Without ESN 2^32 - 1 numbers are all: a new SA is asked for once while a tenth is left, and packets go on. */
static void
few_sequence_numbers_ask_for_a_rekey(Fixture *fixture, gconstpointer data)
{
    enum { BEFORE = 3 };
    PlaneRig *rig = fixture->rig;
    TestCalls *calls = &rig->host->calls;
    const uint32_t soft = UINT32_MAX / 10 * 9;
    RvlSaAdd late = {
        .needs = RVL_SA_NEEDS_SEQUENCE, .sequence = soft - 1 - BEFORE, .replay_window = 64};
    const RvlSaCounters *counters;

    (void)data;
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, false);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, 0x1000, &late), ==, RVL_CAUSE_NONE);
    plane_rig_activate(rig, 10);
    for (uint32_t i = 0; i < BEFORE; i++)
        assert_passes(rig, i);
    g_assert_cmpuint(calls->soft, ==, 0);
    for (uint32_t i = BEFORE; i < 2 * BEFORE; i++)
        assert_passes(rig, i);
    g_assert_true(test_host_await(rig->host, has_soft, calls));
    g_assert_cmpuint(calls->soft, ==, 1);
    g_assert_cmpuint(calls->hard, ==, 0);
    g_assert_cmpuint(calls->last_cause, ==, RVL_CAUSE_SEQUENCE_EXHAUSTED);
    plane_rig_remove(rig, 10);
    counters = &g_array_index(rig->removed, RvlSaCounters, 0);
    g_assert_cmpuint(counters->limit, ==, RVL_SA_LIMIT_SOFT); /* as whoever lost the report asks */
    g_assert_cmpuint(counters->limit_cause, ==, RVL_CAUSE_SEQUENCE_EXHAUSTED);
}

/* Workers remember flows: a handshake concerns those of its policy alone, a policy all. */
static void
handshake_leaves_flows_of_others_remembered(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;
    const Plane *plane = rig->plane;
    const RvlPolicyId id = 1;
    const Policy *policy;
    unsigned before, of_policy;

    (void)data;
    before = atomic_load(&plane->generation);
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, false);
    g_assert_cmpuint(atomic_load(&plane->generation), ==, before + 1);
    policy = g_hash_table_lookup(plane->policies, &id);
    of_policy = atomic_load(&policy->generation);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, 0x1000, NULL), ==, RVL_CAUSE_NONE);
    g_assert_cmpuint(atomic_load(&policy->generation), ==, of_policy);
    plane_rig_activate(rig, 10);
    g_assert_cmpuint(atomic_load(&policy->generation), ==, of_policy + 1);
    assert_passes(rig, 1); /* and is remembered */
    g_assert_cmpint(plane_rig_add_sa(rig, 20, 0x1001, NULL), ==, RVL_CAUSE_NONE);
    plane_rig_activate(rig, 20);
    plane_rig_remove(rig, 11); /* what goes on by the old SA finds nobody */
    assert_passes(rig, 2);
    plane_rig_remove(rig, 10);
    assert_passes(rig, 3);
    plane_rig_remove(rig, 20);
    plane_rig_send(rig, 4);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_NO_SA, 1), ==, 1);
    g_assert_cmpuint(atomic_load(&plane->generation), ==, before + 1);
}

/* What is asked for and not served is refused by its name, and leaves nothing behind. */
static void
refused_batch_leaves_nothing(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;
    RvlSaAdd marked = {.needs = RVL_SA_NEEDS_MARK, .mark = 3};
    RvlSaAdd unknown = {.needs = 1u << 30};
    RvlSaAdd transport = {.mode = RVL_MODE_TRANSPORT};
    RvlSaAdd ah = {.protocol = RVL_PROTOCOL_AH};
    uint32_t spi = plane_rig_reserve(rig);

    (void)data;
    g_assert_cmpint(plane_rig_add_sa(rig, 10, spi, NULL), ==, RVL_CAUSE_INSTALL_FAILED);
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, false);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, spi, &marked), ==, RVL_CAUSE_KERNEL_UNSUPPORTED);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, spi, &unknown), ==, RVL_CAUSE_KERNEL_UNSUPPORTED);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, spi, &transport), ==, RVL_CAUSE_KERNEL_UNSUPPORTED);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, spi, &ah), ==, RVL_CAUSE_KERNEL_UNSUPPORTED);
    g_assert_cmpuint(g_hash_table_size(rig->plane->sas), ==, 0);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, spi, NULL), ==, RVL_CAUSE_NONE);
    g_assert_cmpint(plane_rig_add_sa(rig, 20, spi, NULL), ==, RVL_CAUSE_INSTALL_FAILED);
    g_assert_cmpuint(g_hash_table_size(rig->plane->sas), ==, 2);
    plane_rig_remove(rig, 10);
    plane_rig_remove(rig, 11);
    plane_rig_remove(rig, 12); /* was never there */
    g_assert_cmpuint(rig->removed->len, ==, 0);
    g_assert_cmpuint(rig->plane->table.n_used, ==, 0);
}

static bool
has_ike(void *user_data)
{
    TestCalls *calls = user_data;
    unsigned n;

    pthread_mutex_lock(&calls->mutex);
    n = calls->ike;
    pthread_mutex_unlock(&calls->mutex);
    return n > 0;
}

/* IKE on the shared port goes up; a keep-alive goes nowhere; noise is counted. */
static void
datagrams_are_told_apart(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;
    const uint8_t ike[] = {0, 0, 0, 0, 'i', 'k', 'e'};
    const uint8_t keep_alive[] = {0xff};
    const uint8_t noise[40] = {1, 2, 3, 4};
    const uint8_t scrap[] = {1, 2, 3};
    struct sockaddr_storage address;
    socklen_t octets = endpoint_to_sockaddr(&rig->local, &address);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    (void)data;
    g_assert_cmpint(connect(fd, (const struct sockaddr *)&address, octets), ==, 0);
    g_assert_cmpint(send(fd, keep_alive, sizeof keep_alive, 0), ==, 1);
    g_assert_cmpint(send(fd, scrap, sizeof scrap, 0), ==, 3);
    g_assert_cmpint(send(fd, noise, sizeof noise, 0), ==, 40);
    g_assert_cmpint(send(fd, ike, sizeof ike, 0), ==, 7);
    g_assert_true(test_host_await(rig->host, has_ike, &rig->host->calls));
    g_assert_cmpuint(rig->host->calls.ike, ==, 1);
    g_assert_cmpmem(rig->host->calls.ike_octets, rig->host->calls.n_ike_octets, "ike", 3);
    g_assert_true(rvl_endpoint_equal(&rig->host->calls.last_path.local, &rig->local));
    g_assert_cmpint(rig->host->calls.last_path.transport, ==, RVL_TRANSPORT_UDP_ENCAP);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_UNKNOWN_SPI, 1), ==, 1);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_SHORT, 1), ==, 1);
    close(fd);
}

static bool
has_mapping(void *user_data)
{
    TestCalls *calls = user_data;
    unsigned n;

    pthread_mutex_lock(&calls->mutex);
    n = calls->mappings;
    pthread_mutex_unlock(&calls->mutex);
    return n > 0;
}

/* A packet that is authentic and newer, from elsewhere: told once. A replay from elsewhere: not at all. */
static void
only_newer_packets_move_the_peer(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;
    RvlPath path = {.local = rig->local,
                    .remote = test_endpoint("127.0.0.2", 9),
                    .transport = RVL_TRANSPORT_UDP_ENCAP};
    RvlOperation operation = {.kind = RVL_OPERATION_SA_MIGRATE, .id = 11, .path = &path};

    (void)data;
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, false);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, 0x1000, NULL), ==, RVL_CAUSE_NONE);
    plane_rig_activate(rig, 10);
    assert_passes(rig, 1);
    g_assert_cmpuint(rig->host->calls.mappings, ==, 0);
    /* From now on the inbound SA takes its peer to be somewhere else. */
    g_assert_cmpint(plane_rig_apply(rig, &operation, 1), ==, RVL_CAUSE_NONE);
    assert_passes(rig, 2);
    g_assert_true(test_host_await(rig->host, has_mapping, &rig->host->calls));
    g_assert_true(rvl_endpoint_equal(&rig->host->calls.last_mapping, &rig->local));
    assert_passes(rig, 3);
    g_assert_cmpuint(rig->host->calls.mappings, ==, 1);
}

/* ---- rekeys under load ---- */

typedef struct {
    PlaneRig *rig;
    atomic_bool is_over;
    atomic_uint rounds;
    uint32_t lost, doubled;
} Load;

enum { AT_ONCE = 16, REKEYS = 150 };

/* Sends a few, waits until they are back, and looks that each came once. */
static void *
carry_load(void *user_data)
{
    Load *load = user_data;
    uint32_t number = 0, got;

    while (!atomic_load(&load->is_over)) {
        uint32_t first = number, seen = 0;

        for (unsigned i = 0; i < AT_ONCE; i++)
            plane_rig_send(load->rig, number++);
        for (unsigned i = 0; i < AT_ONCE; i++) {
            if (!plane_rig_receive(load->rig, 5000, &got) || got - first >= AT_ONCE) {
                load->lost++;
                continue;
            }
            load->doubled += (seen & 1u << (got - first)) != 0;
            seen |= 1u << (got - first);
        }
        atomic_fetch_add(&load->rounds, 1);
    }
    return NULL;
}

static bool
has_moved_on(void *user_data)
{
    Load *load = user_data;

    return atomic_load(&load->rounds) >= 1;
}

/*
 * The new pair is installed, activated, and the old one removed, again and again while packets go
 * through both workers: none is lost or doubled, and no key is used after its remove is done.
 */
static void
rekeys_under_load_lose_nothing(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;
    Load load = {.rig = rig};
    GThread *thread;

    (void)data;
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, false);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, plane_rig_reserve(rig), NULL), ==, RVL_CAUSE_NONE);
    plane_rig_activate(rig, 10);
    thread = g_thread_new("load", carry_load, &load);
    for (RvlSaId id = 20; id < 20 + REKEYS * 10; id += 10) {
        g_assert_cmpint(plane_rig_add_sa(rig, id, plane_rig_reserve(rig), NULL), ==,
                        RVL_CAUSE_NONE);
        plane_rig_activate(rig, id);
        plane_rig_remove(rig, id - 10);
        g_assert_cmpuint(rig->removed->len, ==, 1);
        /* What the old SA sent is still under way: its inbound end stays until that has come. */
        atomic_store(&load.rounds, 0);
        g_assert_true(test_host_await(rig->host, has_moved_on, &load));
        plane_rig_remove(rig, id - 9);
        g_assert_cmpuint(rig->removed->len, ==, 1);
    }
    atomic_store(&load.is_over, true);
    g_thread_join(thread);
    g_assert_cmpuint(load.lost, ==, 0);
    g_assert_cmpuint(load.doubled, ==, 0);
    g_assert_cmpuint(g_hash_table_size(rig->plane->sas), ==, 2);
}

static void
endpoint_gone(const GError *error, void *user_data)
{
    PlaneRig *rig = user_data;

    g_assert_no_error(error);
    rig->is_answered = true;
}

static bool
is_answered(void *user_data)
{
    const PlaneRig *rig = user_data;

    return rig->is_answered;
}

static void
removed_endpoint_is_not_touched(Fixture *fixture, gconstpointer data)
{
    PlaneRig *rig = fixture->rig;

    (void)data;
    plane_rig_add_policy(rig, RVL_ACTION_PROTECT, false);
    g_assert_cmpint(plane_rig_add_sa(rig, 10, 0x1000, NULL), ==, RVL_CAUSE_NONE);
    plane_rig_activate(rig, 10);
    assert_passes(rig, 1);
    userspace_installer.endpoint_remove(rig->plane, 5, endpoint_gone, rig);
    g_assert_true(test_host_await(rig->host, is_answered, rig));
    rig->is_answered = false;
    plane_rig_send(rig, 2);
    g_assert_cmpuint(plane_rig_drops(rig, RVL_DROP_SEND_FAILED, 1), ==, 1);
    g_assert_cmpint(plane_rig_add_sa(rig, 20, 0x1001, NULL), ==, RVL_CAUSE_INSTALL_FAILED);
}

int
main(int argc, char **argv)
{
    size_t n_backends;
    BuiltBackend *backends = built_backends(&n_backends);

    g_test_init(&argc, &argv, NULL);
    backend = &backends[0];
#define CASE(name, function)                                                                       \
    g_test_add("/userspace/plane/" name, Fixture, NULL, set_up, function, tear_down)
    CASE("packet-goes-round", packet_goes_round);
    CASE("what-has-no-sa-is-dropped-and-counted", what_has_no_sa_is_dropped_and_counted);
    CASE("discard-policy-discards", discard_policy_discards);
    CASE("bypass-in-the-interface-is-dropped-and-counted",
         bypass_in_the_interface_is_dropped_and_counted);
    CASE("discard-counts-inbound-too", discard_counts_inbound_too);
    CASE("inbound-outside-selectors-is-dropped", inbound_outside_selectors_is_dropped);
    CASE("trap-asks-once-and-keeps-packets", trap_asks_once_and_keeps_packets);
    CASE("failed-acquire-drops-what-waits", failed_acquire_drops_what_waits);
    CASE("packets-wait-until-the-trap-may-ask-again", packets_wait_until_the_trap_may_ask_again);
    CASE("packet-that-waited-in-vain-ends", packet_that_waited_in_vain_ends);
    CASE("full-core-is-asked-again", full_core_is_asked_again);
    CASE("lifetimes-end-an-sa", lifetimes_end_an_sa);
    CASE("few-sequence-numbers-ask-for-a-rekey", few_sequence_numbers_ask_for_a_rekey);
    CASE("handshake-leaves-flows-of-others-remembered",
         handshake_leaves_flows_of_others_remembered);
    CASE("refused-batch-leaves-nothing", refused_batch_leaves_nothing);
    CASE("datagrams-are-told-apart", datagrams_are_told_apart);
    CASE("only-newer-packets-move-the-peer", only_newer_packets_move_the_peer);
    CASE("rekeys-under-load-lose-nothing", rekeys_under_load_lose_nothing);
    CASE("removed-endpoint-is-not-touched", removed_endpoint_is_not_touched);
    return g_test_run();
}
