/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Datagrams that are lost, doubled, late or altered: both ends still agree, and nothing is left behind. */
#include "config.h"

#include "pair.h"

/* Seeds of a case in `make check`; the simulator runs thousands. */
#define SEEDS 40

typedef struct {
    uint64_t state;
    unsigned lost_percent;
    bool doubles;
    bool delays;
} Weather;

static uint32_t
draw(Weather *weather, uint32_t below)
{
    weather->state = weather->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(weather->state >> 33) % below;
}

static bool
bad_weather(Pair *pair, PairDatagram *datagram, void *user_data)
{
    Weather *weather = user_data;

    if (weather->doubles && draw(weather, 4) == 0) {
        PairDatagram *twin = g_memdup2(datagram, sizeof *datagram);

        twin->octets = g_bytes_ref(datagram->octets);
        twin->at = pair->now + pair->latency + draw(weather, 300) * RVL_MILLISECOND;
        g_queue_push_tail(&pair->datagrams, twin);
        pair_sort_datagrams(pair);
    }
    if (weather->delays)
        datagram->at += draw(weather, 400) * RVL_MILLISECOND;
    return draw(weather, 100) >= weather->lost_percent;
}

static const struct {
    const char *name;
    RvlCommandKind kind;
    bool is_child;
    bool both; /* ends at once */
} acts[] = {
    {"child-rekey", RVL_COMMAND_REKEY, true, false},
    {"child-rekeys", RVL_COMMAND_REKEY, true, true},
    {"ike-rekey", RVL_COMMAND_REKEY, false, false},
    {"ike-rekeys", RVL_COMMAND_REKEY, false, true},
};

static void
act(Pair *pair, Weather *weather, size_t i)
{
    static const char *const names[2][2] = {{"ab", "ab/ab"}, {"ba", "ba/ba"}};
    int end = (int)draw(weather, 2);

    pair_command(pair, end, acts[i].kind, names[end][acts[i].is_child]);
    pair_run(pair, draw(weather, 100) * RVL_MILLISECOND);
    if (acts[i].both)
        pair_command(pair, 1 - end, acts[i].kind, names[1 - end][acts[i].is_child]);
}

static void
ends_agree_in_bad_weather(gconstpointer data)
{
    size_t i = GPOINTER_TO_SIZE(data);

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        g_autoptr(Pair) pair = pair_new("keep = up\n", NULL);
        Weather weather = {.state = seed, .lost_percent = 20, .doubles = true, .delays = true};

        pair->filter = bad_weather;
        pair->user_data = &weather;
        pair->job_delay = (seed % 3) * 20 * RVL_MILLISECOND;
        pair_run(pair, 2 * RVL_MINUTE);
        for (int round = 0; round < 3; round++) {
            act(pair, &weather, i);
            pair_run(pair, 2 * RVL_MINUTE);
        }
        pair->filter = NULL; /* the weather clears */
        pair_run(pair, 4 * RVL_MINUTE);
        pair_assert_agree(pair, 1);
        pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
        pair_run(pair, RVL_MINUTE);
        pair_assert_clean(pair);
    }
}

/* The first Child SA is replaced at once, by whichever end; whatever is lost, one with PFS stands. */
static void
ends_agree_on_required_pfs(void)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        g_autoptr(Pair) pair = pair_new("keep = up\npfs = require\n", "pfs = require\n");
        Weather weather = {.state = seed, .lost_percent = 20, .doubles = true, .delays = true};

        pair->filter = bad_weather;
        pair->user_data = &weather;
        pair->job_delay = (seed % 4) * 400 * RVL_MILLISECOND;
        pair_run(pair, 2 * RVL_MINUTE);
        pair->filter = NULL;
        pair_run(pair, 10 * RVL_MINUTE);
        pair_assert_agree(pair, 1);
        g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_CHILD_SA_REKEYED), >=, 1);
        pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
        pair_run(pair, RVL_MINUTE);
        pair_assert_clean(pair);
    }
}

/* Rekeys by both ends and deletes by the one that doesn't keep it up, all within a second or two. */
static void
ends_agree_after_anything(void)
{
    static const struct {
        int end;
        RvlCommandKind kind;
        const char *name;
    } any[] = {
        {PAIR_A, RVL_COMMAND_REKEY, "ab"},   {PAIR_A, RVL_COMMAND_REKEY, "ab/ab"},
        {PAIR_B, RVL_COMMAND_REKEY, "ba"},   {PAIR_B, RVL_COMMAND_REKEY, "ba/ba"},
        {PAIR_B, RVL_COMMAND_DOWN, "ba/ba"}, {PAIR_B, RVL_COMMAND_DOWN, "ba"},
        {PAIR_A, RVL_COMMAND_UP, "ab"},      {PAIR_B, RVL_COMMAND_UP, "ba"},
    };

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        g_autoptr(Pair) pair = pair_new("keep = up\n", NULL);
        Weather weather = {.state = seed, .lost_percent = 15, .doubles = true, .delays = true};

        pair->filter = bad_weather;
        pair->user_data = &weather;
        pair->job_delay = (seed % 4) * 15 * RVL_MILLISECOND;
        pair_run(pair, RVL_MINUTE);
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 5; i++) {
                uint32_t c = draw(&weather, G_N_ELEMENTS(any));

                pair_command(pair, any[c].end, any[c].kind, any[c].name);
                pair_run(pair, draw(&weather, 300) * RVL_MILLISECOND);
            }
            pair_run(pair, RVL_MINUTE);
        }
        pair->filter = NULL;
        pair_run(pair, 10 * RVL_MINUTE);
        pair_assert_agree(pair, 1);
        pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
        pair_run(pair, RVL_MINUTE);
        pair_assert_clean(pair);
    }
}

static bool
all_lost(Pair *pair, PairDatagram *datagram, void *user_data)
{
    (void)pair;
    (void)datagram;
    (void)user_data;
    return false;
}

static void
silent_peer_is_found_dead(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair->filter = all_lost;
    pair_run(pair, 3 * RVL_MINUTE);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_IKE_SA_DOWN, "cause"), ==, "liveness-lost");
    pair_assert_clean(pair);
}

static void
peer_that_never_answers_is_given_up(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);

    pair->filter = all_lost;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 3 * RVL_MINUTE);
    g_assert_cmpuint(pair->ends[PAIR_A].replies->len, ==, 1);
    g_assert_error((GError *)g_ptr_array_index(pair->ends[PAIR_A].replies, 0), RVL_ERROR,
                   RVL_CAUSE_PEER_SILENT);
    g_assert_cmpuint(pair->sent[PAIR_A], ==, 6); /* retransmit = …, 6 */
    pair_assert_clean(pair);
}

/* What goes to B is kept as it was then; everything is lost. */
static bool
keep_requests(Pair *pair, PairDatagram *datagram, void *user_data)
{
    gsize n;
    gconstpointer octets = g_bytes_get_data(datagram->octets, &n);

    (void)pair;
    if (datagram->to == PAIR_B)
        g_ptr_array_add(user_data, g_bytes_new(octets, n));
    return false;
}

/* Each copy of a request has the octets of the first: by them the peer knows it again (2.1). */
static void
requests_come_again_octet_by_octet(gconstpointer data)
{
    bool is_protected = GPOINTER_TO_INT(data) != 0;
    g_autoptr(Pair) pair = pair_new(NULL, NULL);
    g_autoptr(GPtrArray) sent = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    if (is_protected) {
        pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
        pair_run(pair, RVL_SECOND);
        pair_assert_agree(pair, 1);
    }
    pair->filter = keep_requests;
    pair->user_data = sent;
    pair_command(pair, PAIR_A, is_protected ? RVL_COMMAND_REKEY : RVL_COMMAND_UP,
                 is_protected ? "ab/ab" : "ab");
    pair_run(pair, 3 * RVL_MINUTE);
    g_assert_cmpuint(sent->len, ==, 6); /* retransmit = …, 6 */
    for (guint i = 1; i < sent->len; i++)
        g_assert_true(g_bytes_equal(sent->pdata[i], sent->pdata[0]));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(acts); i++) {
        g_autofree char *path = g_strdup_printf("/ike/loss/ends-agree-after-%s", acts[i].name);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), ends_agree_in_bad_weather);
    }
    g_test_add_func("/ike/loss/ends-agree-after-anything", ends_agree_after_anything);
    g_test_add_func("/ike/loss/ends-agree-on-required-pfs", ends_agree_on_required_pfs);
    g_test_add_func("/ike/loss/silent-peer-is-found-dead", silent_peer_is_found_dead);
    g_test_add_func("/ike/loss/peer-that-never-answers-is-given-up",
                    peer_that_never_answers_is_given_up);
    g_test_add_data_func("/ike/loss/clear-requests-come-again-octet-by-octet", GINT_TO_POINTER(0),
                         requests_come_again_octet_by_octet);
    g_test_add_data_func("/ike/loss/protected-requests-come-again-octet-by-octet",
                         GINT_TO_POINTER(1), requests_come_again_octet_by_octet);
    return g_test_run();
}
