/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Forgery immunity: after every event of every scenario, all that somebody without keys can send with
 * the right SPIs comes in, and nothing changes. A run under attack sends the same octets at the same
 * times as one without.
 */
#include "config.h"

#include <string.h>

#include "attack.h"
#include "ike/core/engine-state.h"
#include "support/heap.h"

#define JOB_DELAY (3 * RVL_MILLISECOND)
#define LATENCY (7 * RVL_MILLISECOND)

/* Scenarios */

typedef struct {
    int end;
    RvlCommandKind kind;
    const char *name;
    RvlTime wait; /* until the next act */
} Act;

#define SOON (8 * RVL_MILLISECOND)
#define SETTLED (20 * RVL_SECOND)
#define UP                                                                                         \
    {                                                                                              \
        PAIR_A, RVL_COMMAND_UP, "ab", SETTLED                                                      \
    }
#define DOWN_BY_A                                                                                  \
    {                                                                                              \
        PAIR_A, RVL_COMMAND_DOWN, "ab", SETTLED                                                    \
    }
#define DOWN_BY_B                                                                                  \
    {                                                                                              \
        PAIR_B, RVL_COMMAND_DOWN, "ba", SETTLED                                                    \
    }

static const struct {
    const char *name;
    const char *more_a;
    const char *more_b;
    const char *daemon_b; /* settings of B's daemon */
    size_t certificate_octets;
    bool loses;
    int refused_by; /* the end whose checks of proofs fail, plus 1 */
    Act acts[5];
} scenarios[] = {
    {.name = "set-up-and-delete", .acts = {UP, DOWN_BY_A}},
    {.name = "delete-by-the-responder", .acts = {UP, DOWN_BY_B}},
    {.name = "cookie", .daemon_b = "cookie-threshold = 0\n", .acts = {UP, DOWN_BY_A}},
    {.name = "other-group",
     .more_a = "ike-proposals = aes256gcm16-sha384-curve25519-ecp256\n",
     .more_b = "ike-proposals = aes256gcm16-sha384-ecp256\n",
     .acts = {UP, DOWN_BY_A}},
    {.name = "cookie-and-other-group",
     .more_a = "ike-proposals = aes256-sha256-curve25519-ecp256\n",
     .more_b = "ike-proposals = aes256-sha256-ecp256\n",
     .daemon_b = "cookie-threshold = 0\n",
     .acts = {UP, DOWN_BY_A}},
    {.name = "fragments", .certificate_octets = 3000, .acts = {UP, DOWN_BY_A}},
    {.name = "encapsulated", .more_a = "encapsulation = always\n", .acts = {UP, DOWN_BY_B}},
    {.name = "refused-by-the-responder", .refused_by = PAIR_B + 1, .acts = {UP}},
    {.name = "refused-by-the-initiator", .refused_by = PAIR_A + 1, .acts = {UP}},
    {.name = "child-refused",
     .more_a = "child-proposals = aes256gcm16\n",
     .more_b = "child-proposals = aes256-sha256\n",
     .acts = {UP, DOWN_BY_A}},
    {.name = "child-rekeys-by-either",
     .acts = {UP,
              {PAIR_A, RVL_COMMAND_REKEY, "ab/ab", SETTLED},
              {PAIR_B, RVL_COMMAND_REKEY, "ba/ba", SETTLED},
              DOWN_BY_A}},
    {.name = "child-rekeys-with-key-exchange",
     .more_a = "pfs = require\n",
     .more_b = "pfs = require\n",
     .acts = {UP, {PAIR_B, RVL_COMMAND_REKEY, "ba/ba", SETTLED}, DOWN_BY_A}},
    {.name = "ike-rekeys-by-either",
     .acts = {UP,
              {PAIR_A, RVL_COMMAND_REKEY, "ab", SETTLED},
              {PAIR_B, RVL_COMMAND_REKEY, "ba", SETTLED},
              DOWN_BY_B}},
    {.name = "child-deleted-and-made-anew",
     .acts = {UP,
              {PAIR_B, RVL_COMMAND_DOWN, "ba/ba", SETTLED},
              {PAIR_B, RVL_COMMAND_UP, "ba", SETTLED},
              {PAIR_A, RVL_COMMAND_DOWN, "ab/ab", SETTLED},
              {PAIR_A, RVL_COMMAND_UP, "ab/ab", SETTLED}}},
    {.name = "child-made-anew-by-the-initiator",
     .acts = {UP,
              {PAIR_A, RVL_COMMAND_DOWN, "ab/ab", SETTLED},
              {PAIR_A, RVL_COMMAND_UP, "ab", SETTLED},
              DOWN_BY_A}},
    {.name = "child-rekeys-cross",
     .acts = {UP,
              {PAIR_A, RVL_COMMAND_REKEY, "ab/ab", SOON},
              {PAIR_B, RVL_COMMAND_REKEY, "ba/ba", SETTLED},
              DOWN_BY_A}},
    {.name = "ike-rekeys-cross",
     .acts = {UP,
              {PAIR_A, RVL_COMMAND_REKEY, "ab", SOON},
              {PAIR_B, RVL_COMMAND_REKEY, "ba", SETTLED},
              DOWN_BY_A}},
    {.name = "deletes-cross",
     .acts = {UP, {PAIR_A, RVL_COMMAND_DOWN, "ab", 0}, {PAIR_B, RVL_COMMAND_DOWN, "ba", SETTLED}}},
    {.name = "liveness",
     .more_a = "liveness = 10s\n",
     .more_b = "liveness = 15s\n",
     .acts = {UP, DOWN_BY_A}},
    {.name = "liveness-of-the-responder", .more_b = "liveness = 10s\n", .acts = {UP, DOWN_BY_A}},
    {.name = "losses",
     .loses = true,
     .acts = {UP,
              {PAIR_A, RVL_COMMAND_REKEY, "ab/ab", SETTLED},
              {PAIR_B, RVL_COMMAND_REKEY, "ba", SETTLED},
              DOWN_BY_A}},
};

/* Runs */

static Pair *
scenario_new(const typeof(scenarios[0]) *s)
{
    g_autofree char *conf_a =
        g_strconcat(PAIR_CONF_A "keep = none\n", s->more_a != NULL ? s->more_a : "", NULL);
    g_autofree char *conf_b =
        g_strconcat(s->daemon_b != NULL ? "[daemon]\n" : "", s->daemon_b != NULL ? s->daemon_b : "",
                    PAIR_CONF_B "keep = none\n", s->more_b != NULL ? s->more_b : "", NULL);
    Pair *pair = pair_new_conf(conf_a, PAIR_SECRET_A, conf_b, PAIR_SECRET_B);

    pair->latency = LATENCY;
    pair->job_delay = JOB_DELAY;
    pair->certificate_octets = s->certificate_octets;
    return pair;
}

/* Digest of all that was sent. */
static uint64_t
run_scenario(size_t i, bool attacks, AttackCoverage *coverage, unsigned *forgeries)
{
    const typeof(scenarios[0]) *s = &scenarios[i];
    g_autoptr(Pair) pair = scenario_new(s);
    Attack attack = {
        .name = s->name,
        .attacks = attacks,
        .loses = s->loses,
        .refused_by = s->refused_by,
        .coverage = coverage,
    };

    attack_begin(&attack, pair);
    for (size_t a = 0; a < G_N_ELEMENTS(s->acts) && s->acts[a].kind != 0; a++) {
        const Act *act = &s->acts[a];

        attack_command(&attack, pair, act->end, act->kind, act->name);
        pair_run(pair, act->wait);
    }
    *forgeries = attack.forgeries;
    return attack_end(&attack, pair);
}

typedef struct {
    size_t scenario;
    AttackCoverage *coverage;
} Case;

static void
attack_changes_nothing(gconstpointer data)
{
    const Case *c = data;
    unsigned forgeries;
    uint64_t plain = run_scenario(c->scenario, false, c->coverage, &forgeries);
    uint64_t attacked = run_scenario(c->scenario, true, c->coverage, &forgeries);

    g_test_message("%u forgeries, %u situations so far", forgeries,
                   g_hash_table_size(c->coverage->situations));
    g_assert_cmphex(attacked, ==, plain);
}

/* What came before its keys did is taken as if it came then, on the path on which it came. */
static bool
take_auth_request(Pair *pair, PairDatagram *datagram, void *user_data)
{
    PairDatagram *auth = user_data;
    gsize n;
    const uint8_t *octets = g_bytes_get_data(datagram->octets, &n);
    RvlIsakmpHeader header;

    (void)pair;
    g_assert_true(rvl_isakmp_header_parse(octets, n, &header, NULL));
    if (header.exchange == RVL_EXCHANGE_IKE_AUTH && datagram->to == PAIR_B &&
        auth->octets == NULL) {
        auth->path = datagram->path;
        auth->octets = g_bytes_ref(datagram->octets);
    }
    return true;
}

static void
parked_message_keeps_its_path(void)
{
    PairDatagram auth = {0};
    const RvlIkeSa *ike;
    RvlPath other;
    gsize n;
    const uint8_t *octets;

    for (int run = 0; run < 2; run++) { /* both are the same, octet by octet */
        g_autoptr(Pair) pair = pair_new(NULL, NULL);

        pair->job_delay = JOB_DELAY;
        pair->latency = LATENCY;
        pair->filter = take_auth_request;
        pair->user_data = &auth;
        pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
        if (run == 0) {
            pair_run(pair, RVL_SECOND);
            continue;
        }
        pair_run(pair, 2 * JOB_DELAY + LATENCY + RVL_MILLISECOND);
        ike = pair->ends[PAIR_B].engine->sas.head->data;
        g_assert_cmpint(ike->state, ==, RVL_IKE_SA_BEGUN);
        octets = g_bytes_get_data(auth.octets, &n);
        other = attack_elsewhere(&auth.path);
        pair_inject_on(pair, PAIR_B, &auth.path, octets, n);
        pair_inject_on(pair, PAIR_B, &other, octets, n);
        pair_inject_on(pair, PAIR_B, &other, octets, n - 1);
        g_assert_cmpuint(ike->parked.datagrams->len, ==, 2);
        pair_run(pair, JOB_DELAY);
        g_assert_cmpint(ike->state, ==, RVL_IKE_SA_KEYED);
        g_assert_nonnull(ike->exchanges.answering);
        g_assert_true(rvl_path_equal(&ike->path.current, &auth.path));
        pair_run(pair, RVL_SECOND);
        pair_assert_agree(pair, 1);
    }
    g_bytes_unref(auth.octets);
}

/* Situations that some run must have entered, and so been attacked in; as situation_of() has them. */
static const char *const wanted[] = {
    "initiator begun, asks sa-init prepares 1, answers -",
    "initiator begun, asks sa-init sent 0, answers -",
    "initiator begun, asks sa-init takes 1, answers -",
    "initiator begun (sent back), asks sa-init prepares 1, answers -",
    "initiator begun (sent back), asks sa-init sent 0, answers -",
    "initiator begun (sent back), asks sa-init takes 1, answers -",
    "initiator keyed, asks auth prepares 1, answers -",
    "initiator keyed, asks auth sent 0, answers -",
    "initiator keyed, asks auth sent 0 again, answers -",
    "initiator keyed, asks auth takes 1, answers -",
    "initiator keyed, asks auth takes 2, answers -",
    "responder begun, asks -, answers sa-init answers 1",
    "responder keyed, asks -, answers -",
    "responder keyed, asks -, answers auth answers 1",
    "responder keyed, asks -, answers auth answers 2",
    "responder keyed, asks -, answers auth answers 3",
    "initiator established, asks -, answers -",
    "initiator established, asks -, answers create-child answers 2",
    "initiator established, asks -, answers create-child answers 3",
    "initiator established, asks -, answers rekey-child answers 2",
    "initiator established, asks -, answers rekey-child answers 3",
    "initiator established, asks -, answers rekey-ike answers 1",
    "initiator established, asks create-child prepares 2, answers -",
    "initiator established, asks create-child sent 0, answers -",
    "initiator established, asks create-child takes 1, answers -",
    "initiator established, asks create-child takes 2, answers -",
    "initiator established, asks delete-child sent 0, answers -",
    "initiator established, asks liveness prepares 1, answers -",
    "initiator established, asks liveness sent 0, answers -",
    "initiator established, asks rekey-child prepares 1, answers -",
    "initiator established, asks rekey-child sent 0, answers -",
    "initiator established, asks rekey-child sent 0 again, answers -",
    "initiator established, asks rekey-child takes 1, answers -",
    "initiator established, asks rekey-child takes 2, answers -",
    "initiator established, asks rekey-child sent 0, answers rekey-child answers 2",
    "initiator established, asks rekey-child takes 1, answers rekey-child answers 3",
    "initiator established, asks rekey-ike prepares 1, answers -",
    "initiator established, asks rekey-ike sent 0, answers -",
    "initiator established, asks rekey-ike takes 1, answers -",
    "initiator established, asks rekey-ike sent 0, answers rekey-ike answers 1",
    "initiator established, asks rekey-ike takes 1, answers rekey-ike answers 1",
    "initiator replaced, asks -, answers -",
    "initiator deleting, asks delete-ike sent 0, answers -",
    "responder established, asks -, answers -",
    "responder established, asks -, answers create-child answers 2",
    "responder established, asks -, answers create-child answers 3",
    "responder established, asks -, answers rekey-child answers 2",
    "responder established, asks -, answers rekey-child answers 3",
    "responder established, asks -, answers rekey-ike answers 1",
    "responder established, asks create-child prepares 2, answers -",
    "responder established, asks create-child sent 0, answers -",
    "responder established, asks create-child takes 1, answers -",
    "responder established, asks create-child takes 2, answers -",
    "responder established, asks delete-child sent 0, answers -",
    "responder established, asks liveness prepares 1, answers -",
    "responder established, asks liveness sent 0, answers -",
    "responder established, asks rekey-child prepares 1, answers -",
    "responder established, asks rekey-child sent 0, answers -",
    "responder established, asks rekey-child takes 1, answers -",
    "responder established, asks rekey-child takes 2, answers -",
    "responder established, asks rekey-child prepares 1, answers rekey-child answers 2",
    "responder established, asks rekey-child sent 0, answers rekey-child answers 3",
    "responder established, asks rekey-ike prepares 1, answers -",
    "responder established, asks rekey-ike sent 0, answers -",
    "responder established, asks rekey-ike sent 0 again, answers -",
    "responder established, asks rekey-ike takes 1, answers -",
    "responder established, asks rekey-ike sent 0, answers rekey-ike answers 1",
    "responder replaced, asks -, answers -",
    "responder deleting, asks delete-ike sent 0, answers -",
};

static void
every_situation_was_attacked(gconstpointer data)
{
    const AttackCoverage *coverage = data;
    g_autoptr(GList) keys =
        g_list_sort(g_hash_table_get_keys(coverage->situations), (GCompareFunc)strcmp);

    for (GList *link = keys; link != NULL; link = link->next)
        g_test_message("%s", (const char *)link->data);
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        if (!g_hash_table_contains(coverage->situations, wanted[i]))
            g_error("no run entered: %s", wanted[i]);
    }
}

static void
nothing_stays_allocated(gconstpointer data)
{
    const AttackCoverage *coverage = data;
    size_t octets;

    if (rvl_test_heap_octets(&octets))
        g_assert_cmpint(coverage->held, ==, 0);
    else
        g_test_skip("nobody counts the heap: configure --enable-sanitizers");
}

/* A part that never changes tests nothing. */
static void
every_part_of_the_digest_moved(gconstpointer data)
{
    const AttackCoverage *coverage = data;

    g_assert_cmphex(coverage->moved, ==, (1u << SA_PARTS) - 1);
}

int
main(int argc, char **argv)
{
    g_autoptr(GHashTable) situations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    AttackCoverage coverage = {.situations = situations};
    Case cases[G_N_ELEMENTS(scenarios)];

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
        g_autofree char *path = g_strdup_printf("/ike/forgery/%s", scenarios[i].name);

        cases[i] = (Case){i, &coverage};
        g_test_add_data_func(path, &cases[i], attack_changes_nothing);
    }
    g_test_add_func("/ike/forgery/parked-message-keeps-its-path", parked_message_keeps_its_path);
    g_test_add_data_func("/ike/forgery/every-situation-was-attacked", &coverage,
                         every_situation_was_attacked);
    g_test_add_data_func("/ike/forgery/every-part-of-the-digest-moved", &coverage,
                         every_part_of_the_digest_moved);
    g_test_add_data_func("/ike/forgery/nothing-stays-allocated", &coverage,
                         nothing_stays_allocated);
    return g_test_run();
}
