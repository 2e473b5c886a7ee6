/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rekeys of Child and IKE SA by either end, alone, at once, and crossed by deletes (RFC 7296 2.8, 2.25). */
#include "config.h"

#include "pair.h"
#include "wire/isakmp-header.h"

/* Long enough for lingering SAs to go (5 s) and for what was put off to be tried again. */
#define SETTLE (20 * RVL_SECOND)

static const char *const names[] = {"ab", "ba"};
static const char *const children[] = {"ab/ab", "ba/ba"};

static Pair *
established(void)
{
    Pair *pair = pair_new(NULL, NULL);

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
    return pair;
}

static void
child_gets_new_spis(gconstpointer data)
{
    g_autoptr(Pair) pair = established();
    int end = GPOINTER_TO_INT(data);
    uint32_t spi = pair_child_spi(pair, end);

    for (int i = 0; i < 5; i++) {
        pair_command(pair, end, RVL_COMMAND_REKEY, children[end]);
        pair_run(pair, SETTLE);
        pair_assert_agree(pair, 1);
        g_assert_cmphex(pair_child_spi(pair, end), !=, spi);
        spi = pair_child_spi(pair, end);
    }
    g_assert_cmpuint(pair_events(pair, end, RVL_EVENT_CHILD_SA_REKEYED), ==, 5);
    g_assert_cmpstr(pair_field(pair, 1 - end, RVL_EVENT_CHILD_SA_REKEYED, "by"), ==, "the peer");
}

static void
ike_sa_gets_new_spis(gconstpointer data)
{
    g_autoptr(Pair) pair = established();
    int end = GPOINTER_TO_INT(data);
    uint32_t child = pair_child_spi(pair, end);
    uint64_t spi = pair_ike_spi(pair, end);

    for (int i = 0; i < 5; i++) {
        pair_command(pair, end, RVL_COMMAND_REKEY, names[end]);
        pair_run(pair, SETTLE);
        pair_assert_agree(pair, 1);
        g_assert_cmphex(pair_ike_spi(pair, end), !=, spi);
        spi = pair_ike_spi(pair, end);
    }
    g_assert_cmphex(pair_child_spi(pair, end), ==, child); /* it moved, and wasn't made anew */
    pair_command(pair, end, RVL_COMMAND_DOWN, names[end]);
    pair_run(pair, SETTLE);
    pair_assert_clean(pair);
}

/* What both ends begin within one another's way; the second begins @gap later. */
static const struct {
    const char *name;
    RvlCommandKind first;
    bool first_is_child;
    RvlCommandKind second;
    bool second_is_child;
    RvlTime gap;
    unsigned children; /* that stand in the end */
} crossed[] = {
    {"child-rekeys", RVL_COMMAND_REKEY, true, RVL_COMMAND_REKEY, true, 0, 1},
    {"child-rekeys-one-half-way", RVL_COMMAND_REKEY, true, RVL_COMMAND_REKEY, true, RVL_MILLISECOND,
     1},
    {"child-rekeys-one-late", RVL_COMMAND_REKEY, true, RVL_COMMAND_REKEY, true, 2 * RVL_MILLISECOND,
     1},
    {"ike-rekeys", RVL_COMMAND_REKEY, false, RVL_COMMAND_REKEY, false, 0, 1},
    {"ike-rekeys-one-half-way", RVL_COMMAND_REKEY, false, RVL_COMMAND_REKEY, false, RVL_MILLISECOND,
     1},
    {"ike-rekeys-one-late", RVL_COMMAND_REKEY, false, RVL_COMMAND_REKEY, false, 2 * RVL_MILLISECOND,
     1},
    {"child-rekey-and-ike-rekey", RVL_COMMAND_REKEY, true, RVL_COMMAND_REKEY, false, 0, 1},
    {"ike-rekey-and-child-rekey", RVL_COMMAND_REKEY, false, RVL_COMMAND_REKEY, true, 0, 1},
    {"child-rekey-and-child-delete", RVL_COMMAND_REKEY, true, RVL_COMMAND_DOWN, true, 0, 0},
    {"child-delete-and-child-delete", RVL_COMMAND_DOWN, true, RVL_COMMAND_DOWN, true, 0, 0},
    {"child-delete-and-ike-rekey", RVL_COMMAND_DOWN, true, RVL_COMMAND_REKEY, false, 0, 0},
};

static void
crossing_ends_with_one_of_each(gconstpointer data)
{
    const typeof(crossed[0]) *c = data;

    for (int first = PAIR_A; first <= PAIR_B; first++) {
        g_autoptr(Pair) pair = established();
        int second = 1 - first;

        pair_command(pair, first, c->first, c->first_is_child ? children[first] : names[first]);
        pair_run(pair, c->gap);
        pair_command(pair, second, c->second,
                     c->second_is_child ? children[second] : names[second]);
        pair_run(pair, 2 * SETTLE);
        pair_assert_agree(pair, c->children);
        pair_command(pair, first, RVL_COMMAND_DOWN, names[first]);
        pair_run(pair, SETTLE);
        pair_assert_clean(pair);
    }
}

static bool
is_answer(const PairDatagram *datagram, int to, RvlExchangeType exchange)
{
    gsize n;
    const uint8_t *octets = g_bytes_get_data(datagram->octets, &n);
    RvlIsakmpHeader header;

    return datagram->to == to && rvl_isakmp_header_parse(octets, n, &header, NULL) &&
           header.exchange == exchange && rvl_isakmp_header_is_response(&header);
}

/* SPI of the outbound SA that @end sends with; 0: none. */
static uint32_t
sends_with(const Pair *pair, int end)
{
    GHashTableIter iter;
    gpointer value;
    uint32_t spi = 0;

    g_hash_table_iter_init(&iter, pair->ends[end].sas);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const PairSa *sa = value;

        if (sa->direction == RVL_DIRECTION_OUT && sa->is_active)
            spi = sa->spi;
    }
    return spi;
}

/* A's requests for Child SAs are never answered, as long as @user_data says so. */
static bool
lose_answers_to_a(Pair *pair, PairDatagram *datagram, void *user_data)
{
    const bool *loses = user_data;

    (void)pair;
    return !*loses || !is_answer(datagram, PAIR_A, RVL_EXCHANGE_CREATE_CHILD_SA);
}

/* Who answered a rekey can't know that the peer has the new pair, and sends on the old one till it does (2.8). */
static void
responder_sends_on_the_old_pair_until_the_peer_has_the_new(void)
{
    g_autoptr(Pair) pair = established();
    uint32_t old = sends_with(pair, PAIR_B);
    bool loses = true;

    g_assert_cmphex(old, ==, pair_child_spi(pair, PAIR_A));
    pair->filter = lose_answers_to_a;
    pair->user_data = &loses;
    pair_command(pair, PAIR_A, RVL_COMMAND_REKEY, children[PAIR_A]);
    pair_run(pair, RVL_SECOND);
    g_assert_cmpuint(g_hash_table_size(pair->ends[PAIR_B].sas), ==, 4); /* both pairs stand */
    g_assert_cmphex(sends_with(pair, PAIR_B), ==, old);
    loses = false;
    pair_run(pair, SETTLE);
    pair_assert_agree(pair, 1);
    g_assert_cmphex(sends_with(pair, PAIR_B), !=, old);
    g_assert_cmphex(sends_with(pair, PAIR_B), ==, pair_child_spi(pair, PAIR_A));
}

/* The IKE SA goes while an SPI is being reserved for a rekey: nobody waits for it, so it is given back. */
static void
spi_for_a_rekey_that_is_gone_is_released(void)
{
    for (int end = PAIR_A; end <= PAIR_B; end++) {
        g_autoptr(Pair) pair = established();
        uint32_t last = pair->ends[end].last_spi;

        pair->job_delay = 20 * RVL_MILLISECOND; /* the delete is there before the SPI is */
        pair_command(pair, 1 - end, RVL_COMMAND_DOWN, names[1 - end]);
        pair_command(pair, end, RVL_COMMAND_REKEY, children[end]);
        pair_run(pair, SETTLE);
        g_assert_cmpuint(pair->ends[end].last_spi, ==, last + 1);
        pair_assert_clean(pair);
    }
}

/* B's INFORMATIONAL requests are never answered, as long as @user_data says so. */
static bool
lose_answers_to_b(Pair *pair, PairDatagram *datagram, void *user_data)
{
    const bool *loses = user_data;

    (void)pair;
    return !*loses || !is_answer(datagram, PAIR_B, RVL_EXCHANGE_INFORMATIONAL);
}

/*
 * B works on A's rekey of the IKE SA when it is told to end the Child SA. Its delete goes out on the old
 * IKE SA, A carries it out as 2.25.2 has it, and the answer is lost with that SA: B asks once more on
 * the new one, where A knows of no such Child SA any more.
 */
static void
unanswered_delete_moves_with_its_child(void)
{
    g_autoptr(Pair) pair = established();
    bool loses = true;

    pair->job_delay = 20 * RVL_MILLISECOND;
    pair->filter = lose_answers_to_b;
    pair->user_data = &loses;
    pair_run(pair, RVL_SECOND); /* B's pair is known to A for sure */
    pair_command(pair, PAIR_A, RVL_COMMAND_REKEY, names[PAIR_A]);
    pair_run(pair, 30 * RVL_MILLISECOND); /* A's offer is made, B is at work on its answer */
    pair_command(pair, PAIR_B, RVL_COMMAND_DOWN, children[PAIR_B]);
    pair_run(pair, 30 * RVL_MILLISECOND);
    g_assert_cmpuint(pair_events(pair, PAIR_B, RVL_EVENT_IKE_SA_REKEYED), ==, 1);
    loses = false;
    pair_run(pair, SETTLE);
    pair_assert_agree(pair, 0);
}

/* What was queued behind a rekey of the IKE SA is asked for on the new one. */
static void
queued_delete_moves_with_its_child(gconstpointer data)
{
    bool is_replaced = GPOINTER_TO_INT(data) != 0;
    g_autoptr(Pair) pair = established();

    pair->job_delay = RVL_MILLISECOND;
    if (is_replaced)
        pair_command(pair, PAIR_A, RVL_COMMAND_REKEY, children[PAIR_A]);
    pair_command(pair, PAIR_A, RVL_COMMAND_REKEY, names[PAIR_A]);
    if (!is_replaced)
        pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, children[PAIR_A]);
    pair_run(pair, SETTLE);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_IKE_SA_REKEYED), ==, 1);
    pair_assert_agree(pair, is_replaced ? 1 : 0);
}

/* The first installation at A from now on comes to nothing; @user_data: whether it did. */
static GError *
fail_first_installation(Pair *pair, int end, const RvlJob *job, void *user_data)
{
    bool *has_failed = user_data;
    GError *error = NULL;

    (void)pair;
    if (end != PAIR_A || job->kind != RVL_JOB_APPLY || job->class == RVL_JOB_TEARDOWN ||
        *has_failed)
        return NULL;
    *has_failed = true;
    rvl_error_set(&error, RVL_CAUSE_INSTALL_FAILED, "a fault of the test");
    return error;
}

/* B has a pair that A couldn't install: it is told so, also behind a rekey of the IKE SA. */
static void
delete_of_what_only_the_peer_has_moves(void)
{
    g_autoptr(Pair) pair = established();
    bool has_failed = false;

    pair->job_delay = RVL_MILLISECOND;
    pair->job_filter = fail_first_installation;
    pair->user_data = &has_failed;
    pair_command(pair, PAIR_A, RVL_COMMAND_REKEY, children[PAIR_A]);
    pair_command(pair, PAIR_A, RVL_COMMAND_REKEY, names[PAIR_A]);
    pair_run(pair, SETTLE);
    g_assert_true(has_failed);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_IKE_SA_REKEYED), ==, 1);
    g_assert_cmpuint(g_hash_table_size(pair->ends[PAIR_B].sas), ==, 2);
}

/* An end that deletes the IKE SA wins over everything. */
static void
ike_delete_wins(gconstpointer data)
{
    bool other_is_child = GPOINTER_TO_INT(data) != 0;

    for (int first = PAIR_A; first <= PAIR_B; first++) {
        g_autoptr(Pair) pair = established();

        pair_command(pair, first, RVL_COMMAND_REKEY,
                     other_is_child ? children[first] : names[first]);
        pair_command(pair, 1 - first, RVL_COMMAND_DOWN, names[1 - first]);
        pair_run(pair, 2 * SETTLE);
        pair_assert_clean(pair);
    }
}

static void
lifetime_brings_a_rekey(void)
{
    g_autoptr(Pair) pair = pair_new("lifetime = 10 min\nike-lifetime = 25 min\n", NULL);

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_HOUR);
    pair_assert_agree(pair, 1);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_CHILD_SA_REKEYED), >=, 5);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_IKE_SA_REKEYED), >=, 2);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_IKE_SA_DOWN), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/ike/rekey/child-by-initiator-gets-new-spis", GINT_TO_POINTER(PAIR_A),
                         child_gets_new_spis);
    g_test_add_data_func("/ike/rekey/child-by-responder-gets-new-spis", GINT_TO_POINTER(PAIR_B),
                         child_gets_new_spis);
    g_test_add_data_func("/ike/rekey/ike-sa-by-initiator-gets-new-spis", GINT_TO_POINTER(PAIR_A),
                         ike_sa_gets_new_spis);
    g_test_add_data_func("/ike/rekey/ike-sa-by-responder-gets-new-spis", GINT_TO_POINTER(PAIR_B),
                         ike_sa_gets_new_spis);
    for (size_t i = 0; i < G_N_ELEMENTS(crossed); i++) {
        g_autofree char *path = g_strdup_printf("/ike/rekey/crossed/%s", crossed[i].name);

        g_test_add_data_func(path, &crossed[i], crossing_ends_with_one_of_each);
    }
    g_test_add_func("/ike/rekey/responder-sends-on-the-old-pair-until-the-peer-has-the-new",
                    responder_sends_on_the_old_pair_until_the_peer_has_the_new);
    g_test_add_func("/ike/rekey/spi-for-a-rekey-that-is-gone-is-released",
                    spi_for_a_rekey_that_is_gone_is_released);
    g_test_add_func("/ike/rekey/unanswered-delete-moves-with-its-child",
                    unanswered_delete_moves_with_its_child);
    g_test_add_data_func("/ike/rekey/queued-delete-moves-with-a-replaced-child", GINT_TO_POINTER(1),
                         queued_delete_moves_with_its_child);
    g_test_add_data_func("/ike/rekey/queued-delete-moves-with-a-child-taken-down",
                         GINT_TO_POINTER(0), queued_delete_moves_with_its_child);
    g_test_add_func("/ike/rekey/delete-of-what-only-the-peer-has-moves",
                    delete_of_what_only_the_peer_has_moves);
    g_test_add_data_func("/ike/rekey/ike-delete-wins-over-child-rekey", GINT_TO_POINTER(1),
                         ike_delete_wins);
    g_test_add_data_func("/ike/rekey/ike-delete-wins-over-ike-rekey", GINT_TO_POINTER(0),
                         ike_delete_wins);
    g_test_add_func("/ike/rekey/lifetime-brings-a-rekey", lifetime_brings_a_rekey);
    return g_test_run();
}
