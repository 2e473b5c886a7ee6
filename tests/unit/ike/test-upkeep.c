/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections kept as they are wanted: up, on the first packet, again after a failure, until stopped. */
#include "config.h"

#include "pair.h"

static void
kept_up_without_a_command(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n", NULL);

    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
}

static void
both_kept_up_end_with_one(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n", "keep = up\n");

    pair_run(pair, RVL_MINUTE);
    pair_assert_agree(pair, 1);
}

static void
comes_back_after_delete_by_the_peer(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n", NULL);

    pair_run(pair, RVL_SECOND);
    pair_command(pair, PAIR_B, RVL_COMMAND_DOWN, "ba");
    pair_run(pair, RVL_MINUTE);
    pair_assert_agree(pair, 1);
    pair_command(pair, PAIR_B, RVL_COMMAND_DOWN, "ba/ba"); /* the child alone */
    pair_run(pair, RVL_MINUTE);
    pair_assert_agree(pair, 1);
}

static void
stays_down_when_taken_down(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n", NULL);

    pair_run(pair, RVL_SECOND);
    pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
    pair_run(pair, RVL_HOUR);
    pair_assert_clean(pair);
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
}

/* While the peer's address is looked up there is no SA yet that could be ended. */
static void
taken_down_while_the_peer_is_looked_up(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);

    pair->job_delay = 10 * RVL_MILLISECOND;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
    pair_run(pair, RVL_MINUTE);
    pair_assert_clean(pair);
    g_assert_cmpuint(pair->sent[PAIR_A], ==, 0);
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_MINUTE);
    pair_assert_agree(pair, 1);
}

static bool
lose_all(Pair *pair, PairDatagram *datagram, void *user_data)
{
    (void)pair;
    (void)datagram;
    (void)user_data;
    return false;
}

/* Attempts of an hour without an answer: each has six sends, and the pauses grow to minutes. */
static void
backs_off_and_never_gives_up(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n", NULL);

    pair->filter = lose_all;
    pair_run(pair, 4 * RVL_HOUR);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_SET_UP_FAILED), >=, 30);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_SET_UP_FAILED), <=, 80);
    pair->filter = NULL;
    pair_run(pair, 10 * RVL_MINUTE);
    pair_assert_agree(pair, 1);
}

static uint64_t
first_policy(const Pair *pair, int end)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, pair->ends[end].policies);
    g_assert_true(g_hash_table_iter_next(&iter, &key, NULL));
    return *(uint64_t *)key;
}

static void
trap_sets_up_on_the_first_packet(void)
{
    g_autoptr(Pair) pair = pair_new("keep = trap\n", NULL);
    RvlInstallerReport report = {.kind = RVL_INSTALLER_ACQUIRE, .acquire = 1};

    pair_run(pair, RVL_SECOND);
    g_assert_cmpuint(pair_ike_sas(pair, PAIR_A, false), ==, 0);
    report.policy = first_policy(pair, PAIR_A);
    pair_report(pair, PAIR_A, &report);
    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_ACQUIRE), ==, 1);
    g_assert_cmpuint(g_hash_table_size(pair->ends[PAIR_A].policies), ==, 1); /* the trap's own */
}

static void
shutdown_leaves_nothing(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n", NULL);

    pair_run(pair, RVL_SECOND);
    pair_command(pair, PAIR_A, RVL_COMMAND_SHUTDOWN, NULL);
    pair_run(pair, RVL_SECOND);
    g_assert_cmpuint(pair->ends[PAIR_A].replies->len, ==, 1);
    g_assert_cmpuint(g_hash_table_size(pair->ends[PAIR_A].deployed), ==, 0);
    g_assert_cmpuint(g_hash_table_size(pair->ends[PAIR_A].policies), ==, 0);
    pair_assert_clean(pair);
}

/* A peer that is gone holds up no stop: the delete goes out, and again, and that is all. */
static void
shutdown_waits_shortly_for_a_dead_peer(gconstpointer data)
{
    bool is_busy = GPOINTER_TO_INT(data) != 0; /* with a request that the peer never answers */
    g_autoptr(Pair) pair = pair_new("keep = up\n", NULL);
    unsigned sent;

    pair_run(pair, RVL_SECOND);
    pair->filter = lose_all;
    if (is_busy)
        pair_command(pair, PAIR_A, RVL_COMMAND_REKEY, "ab");
    pair_run(pair, 100 * RVL_MILLISECOND);
    sent = pair->sent[PAIR_A];
    pair_command(pair, PAIR_A, RVL_COMMAND_SHUTDOWN, NULL);
    pair_run(pair, RVL_SECOND);
    g_assert_cmpuint(pair->ends[PAIR_A].replies->len, ==, is_busy ? 1 : 0); /* the rekey's */
    pair_run(pair, 1500 * RVL_MILLISECOND);
    g_assert_cmpuint(pair->ends[PAIR_A].replies->len, ==, is_busy ? 2 : 1);
    g_assert_cmpuint(pair->sent[PAIR_A], >=, sent + 2);
    g_assert_cmpuint(rvl_engine_counts(pair->ends[PAIR_A].engine).ike_sas, ==, 0);
    g_assert_cmpuint(rvl_engine_counts(pair->ends[PAIR_A].engine).jobs, ==, 0);
    g_assert_cmpuint(g_hash_table_size(pair->ends[PAIR_A].sas), ==, 0);
    g_assert_cmpuint(g_hash_table_size(pair->ends[PAIR_A].deployed), ==, 0);
}

/* Protected traffic that came counts as life (RFC 7296 2.4); its end is noticed like a message's. */
static void
busy_tunnel_is_not_asked(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\nliveness = 20 s\n", "liveness = no\n");
    PairEnd *a = &pair->ends[PAIR_A];
    unsigned sent;

    pair_run(pair, RVL_SECOND);
    sent = pair->sent[PAIR_A];
    for (int i = 0; i < 60; i++) {
        a->last_inbound = pair->now;
        pair_run(pair, 5 * RVL_SECOND);
    }
    g_assert_cmpuint(pair->sent[PAIR_A], ==, sent);
    pair_run(pair, 14 * RVL_SECOND);
    g_assert_cmpuint(pair->sent[PAIR_A], ==, sent);
    pair_run(pair, 2 * RVL_SECOND); /* what went out meanwhile proves nothing */
    g_assert_cmpuint(pair->sent[PAIR_A], ==, sent + 1);
}

/* The end that is asked for is the tunnel's, whichever IKE SA it will have. */
static void
down_ends_what_a_rekey_brings(gconstpointer data)
{
    int who_rekeys = GPOINTER_TO_INT(data);
    g_autoptr(Pair) pair = pair_new("keep = none\n", NULL);

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair->latency = 100 * RVL_MILLISECOND;
    pair_command(pair, who_rekeys, RVL_COMMAND_REKEY, who_rekeys == PAIR_A ? "ab" : "ba");
    pair_run(pair, 10 * RVL_MILLISECOND);
    pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
    pair_run(pair, 10 * RVL_SECOND);

    g_assert_cmpuint(pair_ike_sas(pair, PAIR_A, false), ==, 0);
    g_assert_cmpuint(pair_ike_sas(pair, PAIR_B, false), ==, 0);
    g_assert_cmpuint(g_hash_table_size(pair->ends[PAIR_A].sas), ==, 0);
}

/* What came before an address went says nothing about now. */
static void
address_that_goes_is_reason_to_ask(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\nliveness = 20 s\n", "liveness = no\n");
    PairEnd *a = &pair->ends[PAIR_A];
    unsigned sent;

    pair_run(pair, RVL_SECOND);
    sent = pair->sent[PAIR_A];
    a->last_inbound = pair->now;
    pair_address_goes(pair, PAIR_A);
    pair_run(pair, RVL_SECOND);
    g_assert_cmpuint(pair->sent[PAIR_A], ==, sent + 1);
}

static void
gone_from_the_configuration_is_withdrawn(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n", NULL);

    pair_run(pair, RVL_SECOND);
    pair_configure(pair, PAIR_A, "", NULL);
    pair_run(pair, RVL_SECOND);
    g_assert_cmpuint(g_hash_table_size(pair->ends[PAIR_A].deployed), ==, 0);
    g_assert_cmpuint(g_hash_table_size(pair->ends[PAIR_A].policies), ==, 0);
    g_assert_cmpuint(pair_ike_sas(pair, PAIR_A, false), ==, 0);
    g_assert_cmpuint(pair_ike_sas(pair, PAIR_B, false), ==, 0);
}

typedef struct {
    unsigned fails; /* deployments that fail before one works */
    unsigned tries; /* how many were asked for */
    unsigned withdrawn;
} Deployments;

static GError *
fail_deployments(Pair *pair, int end, const RvlJob *job, void *user_data)
{
    Deployments *deployments = user_data;
    GError *error = NULL;

    (void)pair;
    if (end != PAIR_A)
        return NULL;
    deployments->withdrawn += job->kind == RVL_JOB_WITHDRAW;
    if (job->kind == RVL_JOB_DEPLOY && deployments->tries++ < deployments->fails)
        rvl_error_set(&error, RVL_CAUSE_INTERFACE_CONFLICT, "not yet");
    return error;
}

/* Its guard stands: it is tried again without being withdrawn, and withdrawn when it is wanted no more. */
static void
failed_deployment_is_tried_again_and_withdrawn_in_the_end(void)
{
    Deployments deployments = {.fails = 3};
    g_autoptr(Pair) pair = pair_new(NULL, NULL);

    pair->job_filter = fail_deployments;
    pair->user_data = &deployments;
    pair_configure(pair, PAIR_A, PAIR_CONF_A "keep = up\nmtu = 1300\n", PAIR_SECRET_A);
    pair_run(pair, RVL_SECOND);
    deployments.withdrawn = 0; /* the one of before */
    pair_run(pair, 2 * RVL_MINUTE);
    g_assert_cmpuint(deployments.tries, ==, 4);
    g_assert_cmpuint(deployments.withdrawn, ==, 0);
    pair_assert_agree(pair, 1);

    deployments = (Deployments){.fails = G_MAXUINT};
    pair_configure(pair, PAIR_A, PAIR_CONF_A "keep = up\nmtu = 1200\n", PAIR_SECRET_A);
    pair_run(pair, RVL_MINUTE);
    g_assert_cmpuint(deployments.tries, >, 1);
    g_assert_cmpuint(deployments.withdrawn, ==, 1); /* of the old one */
    pair_configure(pair, PAIR_A, "", NULL);
    pair_run(pair, RVL_SECOND);
    g_assert_cmpuint(deployments.withdrawn, ==, 2);
}

static void
who_waits_hears_of_each_step_when_it_is_done(void)
{
    g_autoptr(Pair) pair = pair_new("keep = none\n", NULL);
    GString *steps = pair->ends[PAIR_A].steps;

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    g_assert_cmpstr(steps->str, ==, "");
    pair_run(pair, RVL_SECOND);
    g_assert_cmpstr(steps->str, ==, "resolve,IKE_SA_INIT,IKE_AUTH,Child SA,");
    g_assert_cmpuint(pair->ends[PAIR_A].replies->len, ==, 1);
    g_assert_null(g_ptr_array_index(pair->ends[PAIR_A].replies, 0));

    /* A peer that is gone answers nothing. */
    g_string_truncate(steps, 0);
    pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
    pair_run(pair, RVL_SECOND);
    pair->filter = lose_all;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    g_assert_cmpstr(steps->str, ==, "resolve,");
}

/* Who asks for a tunnel that can't be deployed is told why, and need not wait for the tries to come. */
static void
who_waits_for_a_failed_deployment_is_told(void)
{
    Deployments deployments = {.fails = G_MAXUINT};
    g_autoptr(Pair) pair = pair_new("keep = none\n", NULL);

    pair->job_filter = fail_deployments;
    pair->user_data = &deployments;
    pair_configure(pair, PAIR_A, PAIR_CONF_A "keep = none\nmtu = 1300\n", PAIR_SECRET_A);
    pair_run(pair, RVL_SECOND);
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    g_assert_cmpuint(pair->ends[PAIR_A].replies->len, ==, 1);
    g_assert_error((GError *)g_ptr_array_index(pair->ends[PAIR_A].replies, 0), RVL_ERROR,
                   RVL_CAUSE_INTERFACE_CONFLICT);
    g_assert_cmpuint(deployments.tries, ==, 2); /* the wish is a try of its own */
}

static void
unchanged_configuration_keeps_the_tunnel(void)
{
    g_autoptr(Pair) pair = pair_new("keep = up\n", NULL);
    uint64_t spi;

    pair_run(pair, RVL_SECOND);
    spi = pair_ike_spi(pair, PAIR_A);
    pair_configure(pair, PAIR_A, PAIR_CONF_A "keep = up\n", PAIR_SECRET_A);
    pair_run(pair, RVL_MINUTE);
    pair_assert_agree(pair, 1);
    g_assert_cmphex(pair_ike_spi(pair, PAIR_A), ==, spi);
    pair_configure(pair, PAIR_A, PAIR_CONF_A "keep = up\nliveness = 17 s\n", PAIR_SECRET_A);
    pair_run(pair, RVL_MINUTE);
    pair_assert_agree(pair, 1);
    g_assert_cmphex(pair_ike_spi(pair, PAIR_A), ==, spi);
    pair_configure(pair, PAIR_A, PAIR_CONF_A "keep = up\nliveness = 17 s\nencapsulation = always\n",
                   PAIR_SECRET_A); /* which a set-up decides */
    pair_run(pair, RVL_MINUTE);
    pair_assert_agree(pair, 1);
    g_assert_cmphex(pair_ike_spi(pair, PAIR_A), !=, spi);
}

/* What costs a rekey is had by one, on either end, and no SA is set up anew for it. */
static void
changed_proposals_are_had_by_a_rekey(gconstpointer data)
{
    int end = GPOINTER_TO_INT(data);
    g_autoptr(Pair) pair = pair_new("child-proposals = aes256gcm16, aes128gcm16\n",
                                    "child-proposals = aes256gcm16, aes128gcm16\n");
    const char *conf = end == PAIR_A ? PAIR_CONF_A "keep = none\nchild-proposals = aes128gcm16\n"
                                     : PAIR_CONF_B "keep = none\nchild-proposals = aes128gcm16\n";
    uint64_t spi;

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    spi = pair_ike_spi(pair, PAIR_A);
    g_assert_true(g_str_has_prefix(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_SA_UP, "proposal"),
                                   "aes256gcm16"));
    pair_configure(pair, end, conf, end == PAIR_A ? PAIR_SECRET_A : PAIR_SECRET_B);
    pair_run(pair, 20 * RVL_SECOND);
    pair_assert_agree(pair, 1);
    g_assert_cmphex(pair_ike_spi(pair, PAIR_A), ==, spi);
    g_assert_true(g_str_has_prefix(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_SA_REKEYED, "proposal"),
                                   "aes128gcm16"));
    pair_command(pair, 1 - end, RVL_COMMAND_REKEY, end == PAIR_A ? "ba/ba" : "ab/ab");
    pair_run(pair, 20 * RVL_SECOND);
    pair_assert_agree(pair, 1);
    g_assert_true(g_str_has_prefix(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_SA_REKEYED, "proposal"),
                                   "aes128gcm16"));
}

/* A setting that costs nothing holds for what stands, too. */
static void
liveness_set_later_is_asked_for(void)
{
    g_autoptr(Pair) pair = pair_new("liveness = no\n", "liveness = no\n");
    unsigned sent;

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_MINUTE);
    sent = pair->sent[PAIR_A];
    pair_run(pair, RVL_MINUTE);
    g_assert_cmpuint(pair->sent[PAIR_A], ==, sent);
    pair_configure(pair, PAIR_A, PAIR_CONF_A "keep = none\nliveness = 10 s\n", PAIR_SECRET_A);
    pair_run(pair, RVL_MINUTE);
    g_assert_cmpuint(pair->sent[PAIR_A], >=, sent + 5);
    pair_assert_agree(pair, 1);
}

static void
further_children_come_too(void)
{
    g_autoptr(Pair) pair = pair_new_conf(
        PAIR_CONF_A "keep = up\n[child ab/two]\nprotect = 10.3.0.0/16 <-> 10.4.0.0/16\nkeep = up\n",
        PAIR_SECRET_A,
        PAIR_CONF_B "keep = none\n[child ba/two]\nprotect = 10.4.0.0/16 <-> 10.3.0.0/16\n"
                    "keep = none\n",
        PAIR_SECRET_B);

    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 2);
    pair_command(pair, PAIR_B, RVL_COMMAND_REKEY, "ba/two");
    pair_run(pair, 20 * RVL_SECOND);
    pair_assert_agree(pair, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ike/upkeep/kept-up-without-a-command", kept_up_without_a_command);
    g_test_add_func("/ike/upkeep/both-kept-up-end-with-one", both_kept_up_end_with_one);
    g_test_add_func("/ike/upkeep/comes-back-after-delete-by-the-peer",
                    comes_back_after_delete_by_the_peer);
    g_test_add_func("/ike/upkeep/stays-down-when-taken-down", stays_down_when_taken_down);
    g_test_add_func("/ike/upkeep/taken-down-while-the-peer-is-looked-up",
                    taken_down_while_the_peer_is_looked_up);
    g_test_add_func("/ike/upkeep/backs-off-and-never-gives-up", backs_off_and_never_gives_up);
    g_test_add_func("/ike/upkeep/trap-sets-up-on-the-first-packet",
                    trap_sets_up_on_the_first_packet);
    g_test_add_func("/ike/upkeep/shutdown-leaves-nothing", shutdown_leaves_nothing);
    g_test_add_data_func("/ike/upkeep/shutdown-waits-shortly-for-a-dead-peer", GINT_TO_POINTER(0),
                         shutdown_waits_shortly_for_a_dead_peer);
    g_test_add_data_func("/ike/upkeep/shutdown-waits-shortly-for-a-request-of-a-dead-peer",
                         GINT_TO_POINTER(1), shutdown_waits_shortly_for_a_dead_peer);
    g_test_add_func("/ike/upkeep/busy-tunnel-is-not-asked", busy_tunnel_is_not_asked);
    g_test_add_data_func("/ike/upkeep/down-ends-what-a-rekey-brings/ours", GINT_TO_POINTER(PAIR_A),
                         down_ends_what_a_rekey_brings);
    g_test_add_data_func("/ike/upkeep/down-ends-what-a-rekey-brings/the-peers",
                         GINT_TO_POINTER(PAIR_B), down_ends_what_a_rekey_brings);
    g_test_add_func("/ike/upkeep/address-that-goes-is-reason-to-ask",
                    address_that_goes_is_reason_to_ask);
    g_test_add_func("/ike/upkeep/gone-from-the-configuration-is-withdrawn",
                    gone_from_the_configuration_is_withdrawn);
    g_test_add_func("/ike/upkeep/failed-deployment-is-tried-again-and-withdrawn-in-the-end",
                    failed_deployment_is_tried_again_and_withdrawn_in_the_end);
    g_test_add_func("/ike/upkeep/who-waits-hears-of-each-step-when-it-is-done",
                    who_waits_hears_of_each_step_when_it_is_done);
    g_test_add_func("/ike/upkeep/who-waits-for-a-failed-deployment-is-told",
                    who_waits_for_a_failed_deployment_is_told);
    g_test_add_func("/ike/upkeep/unchanged-configuration-keeps-the-tunnel",
                    unchanged_configuration_keeps_the_tunnel);
    g_test_add_data_func("/ike/upkeep/proposals-changed-by-initiator-are-had-by-a-rekey",
                         GINT_TO_POINTER(PAIR_A), changed_proposals_are_had_by_a_rekey);
    g_test_add_data_func("/ike/upkeep/proposals-changed-by-responder-are-had-by-a-rekey",
                         GINT_TO_POINTER(PAIR_B), changed_proposals_are_had_by_a_rekey);
    g_test_add_func("/ike/upkeep/liveness-set-later-is-asked-for", liveness_set_later_is_asked_for);
    g_test_add_func("/ike/upkeep/further-children-come-too", further_children_come_too);
    return g_test_run();
}
