/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `pfs = require`: IKE_AUTH's Child SA has no key exchange of its own (RFC 7296 1.2), so that one with
 * it follows at once, or nothing is protected at all.
 */
#include "config.h"

#include <string.h>

#include "pair.h"
#include "wire/notify.h"

#define BY_CURVE "child-proposals = aes256gcm16-curve25519\n"
#define BY_EITHER "child-proposals = aes256gcm16-curve25519-ecp256\n"
#define BY_ECP "child-proposals = aes256gcm16-ecp256\n"
#define REQUIRE "pfs = require\n"
#define NONE "pfs = no\n"

typedef struct {
    unsigned n;
    unsigned without; /* a key exchange */
} Count;

static bool
count(const RvlChildStatus *status, void *user_data)
{
    Count *counted = user_data;
    bool has = false;

    if (strcmp(status->state, "installed") != 0)
        return true;
    for (size_t i = 0; i < status->n_proposal; i++)
        has = has || (status->proposal[i].type == RVL_TRANSFORM_KE &&
                      status->proposal[i].id != RVL_TRANSFORM_ID_NONE);
    counted->n++;
    counted->without += !has;
    return true;
}

/* All that stands on either end has had its own key exchange. */
static void
assert_has_pfs(Pair *pair)
{
    for (int end = PAIR_A; end <= PAIR_B; end++) {
        Count counted = {0};

        rvl_engine_visit_child_sas(pair->ends[end].engine, count, &counted);
        g_assert_cmpuint(counted.n, ==, 1);
        g_assert_cmpuint(counted.without, ==, 0);
    }
}

static const struct {
    const char *name;
    const char *more_a; /* A begins */
    const char *more_b;
} agreeing[] = {
    {"initiator-requires", REQUIRE BY_CURVE, BY_CURVE},
    {"responder-requires", BY_CURVE, REQUIRE BY_CURVE},
    {"both-require", REQUIRE BY_CURVE, REQUIRE BY_CURVE},
    {"another-group-than-the-first", REQUIRE BY_EITHER, REQUIRE BY_ECP},
    {"without-rekeys", REQUIRE BY_CURVE "rekey = no\n", REQUIRE BY_CURVE "rekey = no\n"},
};

static void
is_had_at_once(gconstpointer data)
{
    const typeof(agreeing[0]) *c = data;
    g_autoptr(Pair) pair = pair_new(c->more_a, c->more_b);

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 20 * RVL_SECOND);
    pair_assert_agree(pair, 1);
    assert_has_pfs(pair);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_CHILD_SA_UP), ==, 1);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_CHILD_SA_REKEYED), ==, 1);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_COLLISION), ==, 0);
}

/* Whoever asked hears when the one that was required stands, not before. */
static void
is_answered_when_it_is_had(void)
{
    g_autoptr(Pair) pair = pair_new(REQUIRE BY_CURVE, BY_CURVE);
    GPtrArray *replies = pair->ends[PAIR_A].replies;

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    while (pair_events(pair, PAIR_A, RVL_EVENT_CHILD_SA_UP) == 0)
        pair_run(pair, RVL_MILLISECOND);
    g_assert_cmpuint(replies->len, ==, 0);
    while (pair_events(pair, PAIR_A, RVL_EVENT_CHILD_SA_REKEYED) == 0)
        pair_run(pair, RVL_MILLISECOND);
    g_assert_cmpuint(replies->len, ==, 1);
    g_assert_null(g_ptr_array_index(replies, 0));
}

static const struct {
    const char *name;
    const char *more_a; /* A begins */
    const char *more_b;
    int requires; /* which end can't do without: it says why the Child SA ended */
} disagreeing[] = {
    {"responder-does-none", REQUIRE BY_CURVE, NONE BY_CURVE, PAIR_A},
    {"initiator-does-none", NONE BY_CURVE, REQUIRE BY_CURVE, PAIR_B},
    {"other-groups-of-responder", REQUIRE BY_CURVE, BY_ECP, PAIR_A},
    {"other-groups-of-initiator", BY_CURVE, REQUIRE BY_ECP, PAIR_B},
    {"other-groups", REQUIRE BY_CURVE, REQUIRE BY_ECP, PAIR_A},
};

static void
mismatch_ends_within_seconds(gconstpointer data)
{
    const typeof(disagreeing[0]) *c = data;
    g_autoptr(Pair) pair = pair_new(c->more_a, c->more_b);

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 5 * RVL_SECOND);
    pair_assert_agree(pair, 0);
    g_assert_cmpstr(pair_field(pair, c->requires, RVL_EVENT_CHILD_SA_DOWN, "cause"), ==,
                    "pfs-group-mismatch");
    g_assert_cmpstr(pair_field(pair, c->requires, RVL_EVENT_CHILD_REFUSED, "cause"), ==,
                    "pfs-group-mismatch");
    /* no group that would do, so none is asked for (1.3) */
    g_assert_cmpstr(pair_field(pair, c->requires, RVL_EVENT_PEER_REFUSED, "notify"), ==,
                    "NO_PROPOSAL_CHOSEN");
    g_assert_cmpstr(pair_field(pair, 1 - c->requires, RVL_EVENT_REFUSED, "cause"), ==,
                    "pfs-group-mismatch");
    pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
    pair_run(pair, RVL_SECOND);
    pair_assert_clean(pair);
}

static void
who_asked_hears_of_the_mismatch(void)
{
    g_autoptr(Pair) pair = pair_new(REQUIRE BY_CURVE, NONE BY_CURVE);
    GPtrArray *replies = pair->ends[PAIR_A].replies;

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 5 * RVL_SECOND);
    g_assert_cmpuint(replies->len, ==, 1);
    g_assert_error((GError *)g_ptr_array_index(replies, 0), RVL_ERROR,
                   RVL_CAUSE_PFS_GROUP_MISMATCH);
}

/* Tried again and again, since it is kept up; but never without PFS. */
static void
kept_up_is_never_without(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n" REQUIRE BY_CURVE, NONE BY_CURVE);

    pair_run(pair, 10 * RVL_MINUTE);
    pair_assert_agree(pair, 0);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_CHILD_SA_UP), ==, 1); /* IKE_AUTH's */
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_PEER_REFUSED), >, 3);
    pair_configure(pair, PAIR_B, PAIR_CONF_B "keep = none\n" BY_CURVE, PAIR_SECRET_B);
    pair_run(pair, 10 * RVL_MINUTE);
    pair_assert_agree(pair, 1);
    assert_has_pfs(pair);
}

/* A peer that puts it off for ever, as by a fault of its own. */
static GError *
no_answers(Pair *pair, int end, const RvlJob *job, void *user_data)
{
    GError *error = NULL;

    (void)pair;
    (void)user_data;
    if (end == PAIR_B && job->kind == RVL_JOB_KE_ANSWER && job->class == RVL_JOB_ESTABLISHED)
        rvl_error_set(&error, RVL_CAUSE_PLUGIN_FAILED, "a fault of the test");
    return error;
}

static void
peer_that_puts_it_off_is_not_waited_for(void)
{
    g_autoptr(Pair) pair = pair_new(REQUIRE BY_CURVE, BY_CURVE);

    pair->job_filter = no_answers;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 4 * RVL_SECOND);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_PEER_REFUSED, "notify"), ==,
                    "TEMPORARY_FAILURE");
    g_assert_cmpuint(pair_children(pair, PAIR_A), ==, 1);
    pair_run(pair, 2 * RVL_SECOND);
    pair_assert_agree(pair, 0);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_SA_DOWN, "cause"), ==,
                    "pfs-group-mismatch");
}

/* What stands with a key exchange of its own stays where a later rekey finds no group. */
static void
old_one_stays_until_the_new_one_stands(void)
{
    g_autoptr(Pair) pair = pair_new(REQUIRE BY_CURVE, REQUIRE BY_CURVE);
    uint32_t spi;

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 20 * RVL_SECOND);
    spi = pair_child_spi(pair, PAIR_A);
    pair_configure(pair, PAIR_B, PAIR_CONF_B "keep = none\n" REQUIRE BY_ECP, PAIR_SECRET_B);
    pair_run(pair, RVL_MINUTE);
    g_assert_cmpstr(pair_field(pair, PAIR_B, RVL_EVENT_PEER_REFUSED, "notify"), ==,
                    "NO_PROPOSAL_CHOSEN");
    pair_assert_agree(pair, 1);
    assert_has_pfs(pair);
    g_assert_cmphex(pair_child_spi(pair, PAIR_A), ==, spi);
}

/* The line to change is named by the end that refuses, of a rekey too. */
static void
refusal_names_the_line(void)
{
    g_autoptr(Pair) pair = pair_new(REQUIRE BY_CURVE, NONE BY_CURVE);

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 5 * RVL_SECOND);
    g_assert_nonnull(
        strstr(pair_field(pair, PAIR_B, RVL_EVENT_REFUSED, "error"), "[connection ba] pfs"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(agreeing); i++) {
        g_autofree char *path = g_strdup_printf("/ike/pfs/is-had-at-once/%s", agreeing[i].name);

        g_test_add_data_func(path, &agreeing[i], is_had_at_once);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(disagreeing); i++) {
        g_autofree char *path =
            g_strdup_printf("/ike/pfs/mismatch-ends-within-seconds/%s", disagreeing[i].name);

        g_test_add_data_func(path, &disagreeing[i], mismatch_ends_within_seconds);
    }
    g_test_add_func("/ike/pfs/is-answered-when-it-is-had", is_answered_when_it_is_had);
    g_test_add_func("/ike/pfs/who-asked-hears-of-the-mismatch", who_asked_hears_of_the_mismatch);
    g_test_add_func("/ike/pfs/kept-up-is-never-without", kept_up_is_never_without);
    g_test_add_func("/ike/pfs/peer-that-puts-it-off-is-not-waited-for",
                    peer_that_puts_it_off_is_not_waited_for);
    g_test_add_func("/ike/pfs/old-one-stays-until-the-new-one-stands",
                    old_one_stays_until_the_new_one_stands);
    g_test_add_func("/ike/pfs/refusal-names-the-line", refusal_names_the_line);
    return g_test_run();
}
