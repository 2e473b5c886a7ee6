/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two engines, a link in memory, virtual time. */
#include "config.h"

#include "pair.h"

#include <string.h>

#include "crypto/crypto.h"
#include "pair-services.h"
#include "toy-registry.h"

#define START (1000 * RVL_SECOND)
#define WALL 1750000000
#define PORT 500
#define ENCAP_PORT 4500

RvlNow
pair_now(const Pair *pair)
{
    return (RvlNow){pair->now, {WALL + pair->wall_ahead_s + (pair->now - START) / RVL_SECOND}};
}

/* A deterministic generator: SplitMix64. */
static bool
random_octets(void *context, uint8_t *out, size_t octets)
{
    PairEnd *end = context;

    for (size_t i = 0; i < octets; i += 8) {
        uint64_t z = end->random += UINT64_C(0x9e3779b97f4a7c15);

        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        z ^= z >> 31;
        memcpy(out + i, &z, MIN(8, octets - i));
    }
    return true;
}

static void
sa_free(void *data)
{
    PairSa *sa = data;

    g_bytes_unref(sa->key);
    g_free(sa->selectors);
    g_free(sa);
}

static void
end_init(PairEnd *end, const char *name, const char *address, uint64_t seed)
{
    RvlEngineServices services;

    end->name = name;
    g_assert_true(rvl_address_parse(address, &end->address));
    end->policy = rvl_fake_policy_new(toy_registry_new());
    end->events = fake_events_new();
    end->toy = toy_backend_new(seed);
    end->crypto = rvl_crypto_new_over(end->policy->registry, toy_backend_primitives(end->toy));
    end->random = seed * 7919;
    end->last_spi = (uint32_t)(seed << 16);
    end->verdict = RVL_AUTH_PROVED;
    end->held_spis = g_hash_table_new(NULL, NULL);
    end->sas = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, sa_free);
    end->policies = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    end->rules = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    end->deployed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    end->replies = g_ptr_array_new();
    end->steps = g_string_new(NULL);
    end->acquires = g_string_new(NULL);
    end->installer = (RvlInstallerCapabilities){
        .size = sizeof end->installer,
        .has_esn = true,
        .largest_window = 4096,
    };
    services = (RvlEngineServices){
        .crypto = end->crypto,
        .registry = end->policy->registry,
        .schema = end->policy->schema,
        .secrets = rvl_secret_store_services(end->policy->store),
        .events = fake_events_sink(end->events),
        .random = random_octets,
        .random_context = end,
        .installer = &end->installer,
        .owner = name,
        .shards = 1,
    };
    end->engine = rvl_engine_new(&services);
}

static void
reply_free(void *error)
{
    if (error != NULL)
        g_error_free(error);
}

static void
end_clear(PairEnd *end)
{
    rvl_engine_free(end->engine);
    g_clear_pointer(&end->snapshot, rvl_snapshot_unref);
    rvl_crypto_free(end->crypto);
    toy_backend_free(end->toy);
    rvl_fake_policy_free(end->policy);
    fake_events_free(end->events);
    g_hash_table_unref(end->held_spis);
    g_hash_table_unref(end->sas);
    g_hash_table_unref(end->policies);
    g_hash_table_unref(end->rules);
    g_hash_table_unref(end->deployed);
    for (guint i = 0; i < end->replies->len; i++)
        reply_free(g_ptr_array_index(end->replies, i));
    g_ptr_array_unref(end->replies);
    g_string_free(end->steps, TRUE);
    g_string_free(end->acquires, TRUE);
}

/* Datagrams */

static void
datagram_free(void *data)
{
    PairDatagram *datagram = data;

    g_bytes_unref(datagram->octets);
    g_free(datagram);
}

static int
by_time(const void *a, const void *b, void *user_data)
{
    const PairDatagram *x = a;
    const PairDatagram *y = b;

    (void)user_data;
    return x->at <= y->at ? -1 : 1; /* equal ones stay in their order */
}

void
pair_sort_datagrams(Pair *pair)
{
    g_queue_sort(&pair->datagrams, by_time, NULL);
}

static void
send_datagram(Pair *pair, int from, const RvlPath *path, GBytes *octets)
{
    PairDatagram *datagram = g_new0(PairDatagram, 1);

    pair->sent[from]++;
    pair->octets[from] += g_bytes_get_size(octets);
    datagram->at = pair->now + pair->latency;
    datagram->to = 1 - from;
    datagram->path = *path;
    datagram->path.local = path->remote;
    datagram->path.remote = path->local;
    datagram->octets = g_bytes_ref(octets);
    if (g_bytes_get_size(octets) <= 1 ||
        (pair->filter != NULL && !pair->filter(pair, datagram, pair->user_data)))
        datagram_free(datagram);
    else
        g_queue_insert_sorted(&pair->datagrams, datagram, by_time, NULL);
}

void
pair_inject_on(Pair *pair, int to, const RvlPath *path, const void *octets, size_t n)
{
    RvlNow now = pair_now(pair);

    rvl_engine_datagram(pair->ends[to].engine, path, octets, n, &now);
    pair_take_actions(pair, to);
}

void
pair_inject(Pair *pair, int to, const void *octets, size_t n)
{
    RvlPath path = {
        .local = {.address = pair->ends[to].address, .port = PORT},
        .remote = {.address = pair->ends[1 - to].address, .port = PORT},
        .transport = RVL_TRANSPORT_UDP,
    };

    pair_inject_on(pair, to, &path, octets, n);
}

/* Actions */

void
pair_take_actions(Pair *pair, int end)
{
    PairEnd *at = &pair->ends[end];
    RvlEngineAction action;

    while (rvl_engine_next_action(at->engine, &action)) {
        switch (action.kind) {
        case RVL_ENGINE_SEND:
            send_datagram(pair, end, &action.path, action.octets);
            break;
        case RVL_ENGINE_START_JOB:
            pair_serve(pair, end, g_steal_pointer(&action.job));
            break;
        case RVL_ENGINE_CANCEL_JOB:
            pair_cancel(pair, end, action.job_id);
            break;
        case RVL_ENGINE_REPLY:
            g_ptr_array_add(at->replies, g_steal_pointer(&action.error));
            break;
        case RVL_ENGINE_PROGRESS:
            g_string_append_printf(at->steps, "%s,", action.step);
            break;
        case RVL_ENGINE_ACQUIRE_DONE:
            g_string_append_printf(at->acquires, "%" G_GUINT64_FORMAT " %s,", action.acquire,
                                   action.succeeded ? "served" : "failed");
            break;
        }
        rvl_engine_action_clear(&action);
    }
}

/* Time */

static RvlTime
next_time(Pair *pair)
{
    const PairDatagram *datagram = g_queue_peek_head(&pair->datagrams);
    RvlTime next = datagram != NULL ? datagram->at : RVL_TIME_NEVER;

    next = MIN(next, pair_next_result(pair));
    for (int i = 0; i < 2; i++)
        next = MIN(next, rvl_engine_next_wakeup(pair->ends[i].engine));
    return next;
}

static void
deliver(Pair *pair)
{
    PairDatagram *datagram = g_queue_pop_head(&pair->datagrams);
    RvlNow now = pair_now(pair);
    size_t n;
    const uint8_t *octets = g_bytes_get_data(datagram->octets, &n);

    rvl_engine_datagram(pair->ends[datagram->to].engine, &datagram->path, octets, n, &now);
    pair_take_actions(pair, datagram->to);
    datagram_free(datagram);
}

static void
observe(Pair *pair, int end)
{
    if (pair->observer != NULL)
        pair->observer(pair, end, pair->user_data);
}

/* One thing that is due at pair->now; false: nothing is. */
static bool
run_one(Pair *pair)
{
    const PairDatagram *datagram = g_queue_peek_head(&pair->datagrams);
    int end;

    if (pair_next_result(pair) <= pair->now) {
        observe(pair, pair_complete_next(pair));
        return true;
    }
    if (datagram != NULL && datagram->at <= pair->now) {
        end = datagram->to;
        deliver(pair);
        observe(pair, end);
        return true;
    }
    for (int i = 0; i < 2; i++) {
        if (rvl_engine_next_wakeup(pair->ends[i].engine) <= pair->now) {
            RvlNow now = pair_now(pair);

            rvl_engine_timer(pair->ends[i].engine, &now);
            pair_take_actions(pair, i);
            observe(pair, i);
            return true;
        }
    }
    return false;
}

void
pair_run(Pair *pair, RvlTime duration)
{
    RvlTime end = pair->now + duration;

    for (;;) {
        RvlTime next;

        if (run_one(pair))
            continue;
        next = next_time(pair);
        if (next > end)
            break;
        pair->now = MAX(pair->now, next);
    }
    pair->now = end;
}

/* Making one */

void
pair_configure(Pair *pair, int end, const char *conf, const char *secret)
{
    PairEnd *at = &pair->ends[end];
    RvlNow now = pair_now(pair);
    RvlSnapshot *snapshot = rvl_fake_policy_compile(at->policy, conf, secret, at->snapshot);

    g_assert_cmpstr(at->policy->report, ==, NULL);
    g_clear_pointer(&at->snapshot, rvl_snapshot_unref);
    at->snapshot = snapshot;
    rvl_engine_set_snapshot(at->engine, snapshot, &now);
    pair_take_actions(pair, end);
    at->secrets = pair_secrets(at);
}

Pair *
pair_new_conf(const char *conf_a, const char *secret_a, const char *conf_b, const char *secret_b)
{
    Pair *pair = g_new0(Pair, 1);

    pair->now = START;
    pair->latency = RVL_MILLISECOND;
    end_init(&pair->ends[PAIR_A], "a", "192.0.2.1", 1);
    end_init(&pair->ends[PAIR_B], "b", "192.0.2.2", 2);
    pair_configure(pair, PAIR_A, conf_a, secret_a);
    pair_configure(pair, PAIR_B, conf_b, secret_b);
    pair_run(pair, RVL_MILLISECOND);
    return pair;
}

static char *
with_more(const char *conf, const char *more)
{
    bool has_keep = more != NULL && strstr(more, "keep =") != NULL;

    return g_strconcat(conf, has_keep ? "" : "keep = none\n", more, NULL);
}

Pair *
pair_new(const char *more_a, const char *more_b)
{
    g_autofree char *conf_a = with_more(PAIR_CONF_A, more_a);
    g_autofree char *conf_b = with_more(PAIR_CONF_B, more_b);

    return pair_new_conf(conf_a, PAIR_SECRET_A, conf_b, PAIR_SECRET_B);
}

void
pair_free(Pair *pair)
{
    pair_drop_results(pair);
    g_queue_clear_full(&pair->datagrams, datagram_free);
    end_clear(&pair->ends[PAIR_A]);
    end_clear(&pair->ends[PAIR_B]);
    g_free(pair);
}

void
pair_command(Pair *pair, int end, RvlCommandKind kind, const char *name)
{
    static RvlCommandId last;
    RvlNow now = pair_now(pair);
    const RvlCommand command = {.kind = kind, .id = ++last, .name = name};

    rvl_engine_command(pair->ends[end].engine, &command, &now);
    pair_take_actions(pair, end);
}

void
pair_address_goes(Pair *pair, int end)
{
    RvlNow now = pair_now(pair);

    rvl_engine_address_change(pair->ends[end].engine, &pair->ends[end].address, false, &now);
    pair_take_actions(pair, end);
}

void
pair_report(Pair *pair, int end, const RvlInstallerReport *report)
{
    RvlNow now = pair_now(pair);

    rvl_engine_installer_report(pair->ends[end].engine, report, &now);
    pair_take_actions(pair, end);
}

/* What stands */

typedef struct {
    bool established_only;
    unsigned n;
    uint64_t spi;
} IkeCount;

static bool
count_ike(const RvlIkeStatus *status, void *user_data)
{
    IkeCount *count = user_data;

    if (status->is_established || !count->established_only) {
        count->n++;
        count->spi = status->local_spi;
    }
    return true;
}

unsigned
pair_ike_sas(const Pair *pair, int end, bool established_only)
{
    IkeCount count = {.established_only = established_only};

    rvl_engine_visit_ike_sas(pair->ends[end].engine, count_ike, &count);
    return count.n;
}

uint64_t
pair_ike_spi(const Pair *pair, int end)
{
    IkeCount count = {.established_only = true};

    rvl_engine_visit_ike_sas(pair->ends[end].engine, count_ike, &count);
    return count.spi;
}

typedef struct {
    unsigned n;
    uint32_t spi;
} ChildCount;

static bool
count_child(const RvlChildStatus *status, void *user_data)
{
    ChildCount *count = user_data;

    if (strcmp(status->state, "installed") == 0 && count->n++ == 0)
        count->spi = status->spi_in;
    return true;
}

unsigned
pair_children(const Pair *pair, int end)
{
    ChildCount count = {0};

    rvl_engine_visit_child_sas(pair->ends[end].engine, count_child, &count);
    return count.n;
}

uint32_t
pair_child_spi(const Pair *pair, int end)
{
    ChildCount count = {0};

    rvl_engine_visit_child_sas(pair->ends[end].engine, count_child, &count);
    return count.spi;
}

static const PairSa *
find_spi(const PairEnd *end, uint8_t direction, uint32_t spi)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, end->sas);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const PairSa *sa = value;

        if (sa->direction == direction && sa->spi == spi)
            return sa;
    }
    return NULL;
}

static void
assert_mirrored(const PairEnd *here, const PairEnd *there)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, here->sas);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const PairSa *sa = value;
        const PairSa *other = find_spi(
            there, sa->direction == RVL_DIRECTION_IN ? RVL_DIRECTION_OUT : RVL_DIRECTION_IN,
            sa->spi);

        g_assert_nonnull(other);
        g_assert_true(g_bytes_equal(sa->key, other->key));
        if (sa->direction == RVL_DIRECTION_OUT)
            g_assert_true(sa->is_active);
    }
}

void
pair_assert_agree(Pair *pair, unsigned children)
{
    for (int i = 0; i < 2; i++) {
        g_assert_cmpuint(pair_ike_sas(pair, i, false), ==, 1);
        g_assert_cmpuint(pair_ike_sas(pair, i, true), ==, 1);
        g_assert_cmpuint(pair_children(pair, i), ==, children);
        g_assert_cmpuint(g_hash_table_size(pair->ends[i].sas), ==, 2 * children);
        g_assert_cmpuint(g_hash_table_size(pair->ends[i].held_spis), ==, 0);
    }
    assert_mirrored(&pair->ends[PAIR_A], &pair->ends[PAIR_B]);
    assert_mirrored(&pair->ends[PAIR_B], &pair->ends[PAIR_A]);
}

void
pair_assert_clean(Pair *pair)
{
    for (int i = 0; i < 2; i++) {
        RvlEngineCounts counts = rvl_engine_counts(pair->ends[i].engine);

        g_assert_cmpuint(counts.ike_sas, ==, 0);
        g_assert_cmpuint(counts.half_open, ==, 0);
        g_assert_cmpuint(counts.child_sas, ==, 0);
        g_assert_cmpuint(counts.jobs, ==, 0);
        g_assert_cmpuint(counts.exchanges, ==, 0);
        g_assert_cmpuint(g_hash_table_size(pair->ends[i].sas), ==, 0);
        g_assert_cmpuint(g_hash_table_size(pair->ends[i].held_spis), ==, 0);
        g_assert_cmpuint(pair_secrets(&pair->ends[i]), ==, pair->ends[i].secrets);
        g_assert_cmpuint(pair->ends[i].jobs, ==, 0);
    }
}

const char *
pair_field(Pair *pair, int end, RvlEventId id, const char *name)
{
    size_t n = fake_events_count(pair->ends[end].events, id);

    return n > 0 ? fake_events_field(pair->ends[end].events, id, n - 1, name) : NULL;
}

size_t
pair_events(Pair *pair, int end, RvlEventId id)
{
    return fake_events_count(pair->ends[end].events, id);
}

void
pair_print_events(Pair *pair)
{
    for (int i = 0; i < 2; i++) {
        for (size_t n = 0; n < fake_events_count(pair->ends[i].events, RVL_EVENT_NONE); n++)
            g_test_message("%s: %s", pair->ends[i].name,
                           fake_events_sentence(pair->ends[i].events, RVL_EVENT_NONE, n));
    }
}
