/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An IKE SA lives no longer than the certificate that the peer proved itself by. */
#include "config.h"

#include "pair.h"

static void
prove_for(Pair *pair, int end, RvlTime duration)
{
    pair->proof_ends[end].unix_s = pair_now(pair).wall.unix_s + duration / RVL_SECOND;
}

/* @end's peer proves itself for @duration. */
static Pair *
pair_up(const char *more_a, int end, RvlTime duration)
{
    Pair *pair = pair_new(more_a, NULL);

    prove_for(pair, end, duration);
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
    return pair;
}

static void
assert_ended(Pair *pair, int end)
{
    g_assert_cmpuint(pair_events(pair, end, RVL_EVENT_IKE_SA_DOWN), ==, 1);
    g_assert_cmpstr(pair_field(pair, end, RVL_EVENT_IKE_SA_DOWN, "cause"), ==,
                    "certificate-expired");
    g_assert_cmpstr(pair_field(pair, end, RVL_EVENT_CHILD_SA_DOWN, "cause"), ==,
                    "certificate-expired");
    g_assert_cmpstr(pair_field(pair, 1 - end, RVL_EVENT_IKE_SA_DOWN, "cause"), ==, "peer-deleted");
}

static void
ends_with_the_certificate(gconstpointer data)
{
    int end = GPOINTER_TO_INT(data);
    g_autoptr(Pair) pair = pair_up("rekey = no\nike-lifetime = 4 h\n", end, 3 * RVL_HOUR);

    pair_run(pair, 3 * RVL_HOUR - 2 * RVL_SECOND);
    g_assert_cmpuint(pair_events(pair, end, RVL_EVENT_IKE_SA_DOWN), ==, 0);
    pair_run(pair, 5 * RVL_SECOND);
    assert_ended(pair, end);
    pair_assert_clean(pair);
}

static void
ends_after_rekeys_too(void)
{
    g_autoptr(Pair) pair = pair_up("ike-lifetime = 1 h\n", PAIR_A, 5 * RVL_HOUR);

    pair_run(pair, 5 * RVL_HOUR - 2 * RVL_SECOND);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_IKE_SA_REKEYED), >=, 4);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_IKE_SA_DOWN), ==, 0);
    pair_run(pair, 5 * RVL_SECOND);
    assert_ended(pair, PAIR_A);
    pair_assert_clean(pair);
}

static void
comes_anew_by_the_renewed_certificate(void)
{
    g_autoptr(Pair) pair = pair_up("keep = up\n", PAIR_A, RVL_MINUTE);
    uint64_t spi = pair_ike_spi(pair, PAIR_A);

    prove_for(pair, PAIR_A, 30 * 24 * RVL_HOUR);
    pair_run(pair, 2 * RVL_MINUTE);
    assert_ended(pair, PAIR_A);
    pair_assert_agree(pair, 1);
    g_assert_cmphex(pair_ike_spi(pair, PAIR_A), !=, spi);
}

/* An authenticator that takes it nevertheless: each attempt fails, and they get rarer. */
static void
stays_down_by_the_expired_one(void)
{
    g_autoptr(Pair) pair = pair_up("keep = up\n", PAIR_A, RVL_MINUTE);

    pair_run(pair, RVL_HOUR);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_IKE_SA_DOWN), ==, 1);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_IKE_SA_DOWN, "cause"), ==,
                    "certificate-expired");
    g_assert_cmpuint(pair_ike_sas(pair, PAIR_A, true), ==, 0);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_SET_UP_FAILED), >, 5);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_SET_UP_FAILED), <, 40);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_SET_UP_FAILED, "cause"), ==,
                    "certificate-expired");
}

static void
never_ends_where_the_proof_never_does(void)
{
    g_autoptr(Pair) pair = pair_up(NULL, PAIR_A, RVL_SECOND);

    pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
    pair_run(pair, RVL_SECOND);
    pair->proof_ends[PAIR_A].unix_s = G_MAXINT64;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 50 * RVL_HOUR);
    pair_assert_agree(pair, 1);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_IKE_SA_DOWN), ==, 1);
}

static void
wall_clock_that_is_set_counts(void)
{
    g_autoptr(Pair) pair = pair_up(NULL, PAIR_A, 10 * RVL_HOUR);

    pair->wall_ahead_s = -2 * RVL_HOUR / RVL_SECOND;
    pair_run(pair, 11 * RVL_HOUR);
    pair_assert_agree(pair, 1);
    pair->wall_ahead_s = 0;
    pair_run(pair, RVL_HOUR);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_IKE_SA_DOWN), ==, 1);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_IKE_SA_DOWN, "cause"), ==,
                    "certificate-expired");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/ike/proof-end/ends-with-the-responders-certificate",
                         GINT_TO_POINTER(PAIR_A), ends_with_the_certificate);
    g_test_add_data_func("/ike/proof-end/ends-with-the-initiators-certificate",
                         GINT_TO_POINTER(PAIR_B), ends_with_the_certificate);
    g_test_add_func("/ike/proof-end/ends-after-rekeys-too", ends_after_rekeys_too);
    g_test_add_func("/ike/proof-end/comes-anew-by-the-renewed-certificate",
                    comes_anew_by_the_renewed_certificate);
    g_test_add_func("/ike/proof-end/stays-down-by-the-expired-one", stays_down_by_the_expired_one);
    g_test_add_func("/ike/proof-end/never-ends-where-the-proof-never-does",
                    never_ends_where_the_proof_never_does);
    g_test_add_func("/ike/proof-end/wall-clock-that-is-set-counts", wall_clock_that_is_set_counts);
    return g_test_run();
}
