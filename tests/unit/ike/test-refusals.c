/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What doesn't meet is refused with the right notify and cause on both ends, and leaves nothing behind. */
#include "config.h"

#include <string.h>

#include "pair.h"
#include "wire/notify.h"

/* Rows that end without an IKE SA. */
static const struct {
    const char *name;
    const char *more_a;
    const char *more_b;
    const char *secret_b;
    RvlCause cause_a;   /* of SET_UP_FAILED */
    RvlCause cause_b;   /* of REFUSED */
    const char *notify; /* that A heard */
} refused[] = {
    {"wrong-secret", NULL, NULL, "[secret ba]\npsk = \"another secret of the same sort\"\n",
     RVL_CAUSE_AUTH_REFUSED_BY_PEER, RVL_CAUSE_PSK_MISMATCH, "AUTHENTICATION_FAILED"},
    {"identity-that-nobody-expects", "local-id = x.test\n", NULL, NULL,
     RVL_CAUSE_AUTH_REFUSED_BY_PEER, RVL_CAUSE_IDENTITY_MISMATCH, "AUTHENTICATION_FAILED"},
    {"identity-that-we-dont-expect", "remote-id = y.test\n", NULL, NULL,
     RVL_CAUSE_AUTH_REFUSED_BY_PEER, RVL_CAUSE_NO_SUCH_IDENTITY, "AUTHENTICATION_FAILED"},
    {"no-common-proposal", "ike-proposals = aes256gcm16-sha384-curve25519\n",
     "ike-proposals = aes256-sha256-curve25519\n", NULL, RVL_CAUSE_IKE_PROPOSAL_MISMATCH,
     RVL_CAUSE_IKE_PROPOSAL_MISMATCH, "NO_PROPOSAL_CHOSEN"},
    {"no-common-group", "ike-proposals = aes256gcm16-sha384-curve25519\n",
     "ike-proposals = aes256gcm16-sha384-ecp256\n", NULL, RVL_CAUSE_IKE_PROPOSAL_MISMATCH,
     RVL_CAUSE_GROUP_MISMATCH, "NO_PROPOSAL_CHOSEN"},
};

/* The other row's text takes the place of the same key in the usual configuration. */
static char *
conf_with(const char *conf, const char *more)
{
    g_auto(GStrv) lines = g_strsplit(conf, "\n", -1);
    GString *text = g_string_new(NULL);
    g_autofree char *key = more != NULL ? g_strndup(more, strcspn(more, "=")) : g_strdup("nothing");

    for (size_t i = 0; lines[i] != NULL; i++) {
        if (*lines[i] != '\0' && !g_str_has_prefix(lines[i], key))
            g_string_append_printf(text, "%s\n", lines[i]);
    }
    g_string_append_printf(text, "keep = none\n%s", more != NULL ? more : "");
    return g_string_free(text, FALSE);
}

static void
set_up_is_refused(gconstpointer data)
{
    const typeof(refused[0]) *c = data;
    g_autofree char *conf_a = conf_with(PAIR_CONF_A, c->more_a);
    g_autofree char *conf_b = conf_with(PAIR_CONF_B, c->more_b);
    g_autoptr(Pair) pair = pair_new_conf(conf_a, PAIR_SECRET_A, conf_b,
                                         c->secret_b != NULL ? c->secret_b : PAIR_SECRET_B);

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 2 * RVL_MINUTE);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_SET_UP_FAILED, "cause"), ==,
                    rvl_cause_info(c->cause_a)->word);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_PEER_REFUSED, "notify"), ==, c->notify);
    g_assert_cmpstr(pair_field(pair, PAIR_B, RVL_EVENT_REFUSED, "cause"), ==,
                    rvl_cause_info(c->cause_b)->word);
    pair_assert_clean(pair);
    g_assert_cmpuint(pair->ends[PAIR_A].replies->len, ==, 1);
    g_assert_nonnull(g_ptr_array_index(pair->ends[PAIR_A].replies, 0));
}

/* Rows that refuse the child alone: the IKE SA stands (1.2, 2.21.2). */
static const struct {
    const char *name;
    const char *more_a;
    const char *more_b;
    RvlCause cause_a;
    RvlCause cause_b;
} refused_children[] = {
    {"no-common-selector", "protect = 10.9.0.0/16 <-> 10.2.0.0/16\n", NULL,
     RVL_CAUSE_SELECTOR_MISMATCH, RVL_CAUSE_SELECTOR_MISMATCH},
    {"no-common-selector-of-the-responder", "protect = 10.1.0.0/16 <-> 10.9.0.0/16\n", NULL,
     RVL_CAUSE_SELECTOR_MISMATCH, RVL_CAUSE_SELECTOR_MISMATCH},
    {"no-common-child-proposal", "child-proposals = aes256gcm16\n",
     "child-proposals = aes256-sha256\n", RVL_CAUSE_CHILD_PROPOSAL_MISMATCH,
     RVL_CAUSE_CHILD_PROPOSAL_MISMATCH},
    {"no-common-esn", "esn = yes\n", "esn = no\n", RVL_CAUSE_CHILD_PROPOSAL_MISMATCH,
     RVL_CAUSE_ESN_MISMATCH},
};

static void
child_is_refused_and_ike_sa_stands(gconstpointer data)
{
    const typeof(refused_children[0]) *c = data;
    g_autofree char *conf_a = conf_with(PAIR_CONF_A, c->more_a);
    g_autofree char *conf_b = conf_with(PAIR_CONF_B, c->more_b);
    g_autoptr(Pair) pair = pair_new_conf(conf_a, PAIR_SECRET_A, conf_b, PAIR_SECRET_B);

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 10 * RVL_SECOND);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_REFUSED, "cause"), ==,
                    rvl_cause_info(c->cause_a)->word);
    g_assert_cmpstr(pair_field(pair, PAIR_B, RVL_EVENT_CHILD_REFUSED, "cause"), ==,
                    rvl_cause_info(c->cause_b)->word);
    pair_assert_agree(pair, 0);
    pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
    pair_run(pair, RVL_SECOND);
    pair_assert_clean(pair);
}

/* The first guess of a group is wrong: asked for another, once (1.2). */
static void
other_group_is_tried(void)
{
    g_autoptr(Pair) pair = pair_new("ike-proposals = aes256gcm16-sha384-curve25519-ecp256\n",
                                    "ike-proposals = aes256gcm16-sha384-ecp256\n");

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
    g_assert_cmpuint(pair->sent[PAIR_A], ==, 3);
}

static void
selectors_are_narrowed(void)
{
    g_autofree char *conf_a = conf_with(PAIR_CONF_A, "protect = 10.0.0.0/8 <-> 10.2.0.0/16\n");
    g_autoptr(Pair) pair =
        pair_new_conf(conf_a, PAIR_SECRET_A, PAIR_CONF_B "keep = none\n", PAIR_SECRET_B);

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_SA_UP, "local"), ==, "10.1.0.0/16");
    pair_command(pair, PAIR_B, RVL_COMMAND_REKEY, "ba/ba"); /* 2.9.2: of what was agreed */
    pair_run(pair, 20 * RVL_SECOND);
    pair_assert_agree(pair, 1);
}

static void
required_pfs_is_had_at_once(void)
{
    g_autoptr(Pair) pair = pair_new("pfs = require\nchild-proposals = aes256gcm16-curve25519\n",
                                    "child-proposals = aes256gcm16-curve25519\n");

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 20 * RVL_SECOND);
    pair_assert_agree(pair, 1);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_CHILD_SA_REKEYED), ==, 1);
}

/* IKE_AUTH can't show that the ends disagree (1.2); the rekey does, and nothing stays. */
static void
required_pfs_that_the_peer_lacks_ends_the_child(void)
{
    g_autoptr(Pair) pair = pair_new("pfs = require\nchild-proposals = aes256gcm16-curve25519\n",
                                    "pfs = no\nchild-proposals = aes256gcm16-curve25519\n");

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 5 * RVL_SECOND);
    pair_assert_agree(pair, 0);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_SA_DOWN, "cause"), ==,
                    "pfs-group-mismatch");
}

typedef struct {
    int end;
    RvlJobKind kind;
    unsigned skip; /* of that kind, before one fails */
} Fault;

static GError *
fail_one(Pair *pair, int end, const RvlJob *job, void *user_data)
{
    Fault *fault = user_data;
    GError *error = NULL;

    (void)pair;
    if (end != fault->end || job->kind != fault->kind || job->class == RVL_JOB_TEARDOWN ||
        fault->skip-- != 0)
        return NULL;
    rvl_error_set(&error, RVL_CAUSE_INSTALL_FAILED, "a fault of the test");
    fault->kind = 0;
    return error;
}

/* Each job of set-up and rekeys fails in turn: nothing is left behind, and the ends still agree. */
static void
failed_jobs_leave_nothing(gconstpointer data)
{
    static const RvlJobKind kinds[] = {
        RVL_JOB_KE_OFFER, RVL_JOB_KE_ANSWER,    RVL_JOB_KE_FINISH, RVL_JOB_PROVE,
        RVL_JOB_CHECK,    RVL_JOB_RESERVE_SPIS, RVL_JOB_APPLY,
    };
    int end = GPOINTER_TO_INT(data);

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        for (unsigned skip = 0; skip < 4; skip++) {
            g_autoptr(Pair) pair = pair_new(NULL, NULL);
            Fault fault = {.end = end, .kind = kinds[i], .skip = skip};

            pair->job_filter = fail_one;
            pair->user_data = &fault;
            pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
            pair_run(pair, RVL_SECOND);
            pair_command(pair, PAIR_A, RVL_COMMAND_REKEY, "ab/ab");
            pair_run(pair, RVL_SECOND);
            pair_command(pair, PAIR_B, RVL_COMMAND_REKEY, "ba");
            pair_run(pair, RVL_MINUTE);
            pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
            pair_command(pair, PAIR_B, RVL_COMMAND_DOWN, "ba");
            pair_run(pair, 3 * RVL_MINUTE);
            pair_assert_clean(pair);
        }
    }
}

/* The responder established what the initiator then refuses: it is told, and whoever asked hears at once (2.21.2).
 * Nothing came of it at the initiator meanwhile (2.15). */
static void
responder_that_fails_to_prove_itself_is_told(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);
    Fault fault = {.end = PAIR_A, .kind = RVL_JOB_CHECK};

    pair->job_filter = fail_one;
    pair->user_data = &fault;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    g_assert_cmpuint(pair_events(pair, PAIR_B, RVL_EVENT_IKE_SA_UP), ==, 1);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_SET_UP_FAILED), ==, 1);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_IKE_SA_UP), ==, 0);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_CHILD_SA_UP), ==, 0);
    g_assert_cmpuint(pair->ends[PAIR_A].replies->len, ==, 1);
    g_assert_nonnull(g_ptr_array_index(pair->ends[PAIR_A].replies, 0));
    g_assert_cmpuint(pair_ike_sas(pair, PAIR_B, false), ==, 0);
    pair_run(pair, RVL_SECOND);
    pair_assert_clean(pair);
}

/* No method here takes another round: who needs one has not proved itself (2.15). */
static void
unfinished_proof_is_none(gconstpointer data)
{
    int end = GPOINTER_TO_INT(data);
    g_autoptr(Pair) pair = pair_new(NULL, NULL);

    pair->ends[end].verdict = RVL_AUTH_MORE;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 2 * RVL_MINUTE);
    g_assert_cmpstr(
        pair_field(pair, end, end == PAIR_A ? RVL_EVENT_SET_UP_FAILED : RVL_EVENT_REFUSED, "cause"),
        ==, rvl_cause_info(RVL_CAUSE_AUTH_METHOD_MISMATCH)->word);
    g_assert_cmpuint(pair_events(pair, end, RVL_EVENT_IKE_SA_UP), ==, 0);
    g_assert_cmpuint(pair_events(pair, end, RVL_EVENT_CHILD_SA_UP), ==, 0);
    pair_assert_clean(pair);
}

/* An SPI that no SA may have (RFC 4303 2.1) makes no Child SA; the IKE SA stands. */
static void
reserved_spi_is_refused(gconstpointer data)
{
    int end = GPOINTER_TO_INT(data); /* that gives it */
    g_autoptr(Pair) pair = pair_new(NULL, NULL);

    pair->ends[end].last_spi = UINT32_MAX - 1; /* the next is 255 */
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 10 * RVL_SECOND);
    g_assert_cmpstr(pair_field(pair, 1 - end, RVL_EVENT_CHILD_REFUSED, "cause"), ==,
                    rvl_cause_info(RVL_CAUSE_MESSAGE_MALFORMED)->word);
    g_assert_cmpuint(pair_events(pair, 1 - end, RVL_EVENT_CHILD_SA_UP), ==, 0);
    pair_assert_agree(pair, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *path = g_strdup_printf("/ike/refusals/%s", refused[i].name);

        g_test_add_data_func(path, &refused[i], set_up_is_refused);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(refused_children); i++) {
        g_autofree char *path = g_strdup_printf("/ike/refusals/child/%s", refused_children[i].name);

        g_test_add_data_func(path, &refused_children[i], child_is_refused_and_ike_sa_stands);
    }
    g_test_add_func("/ike/refusals/other-group-is-tried", other_group_is_tried);
    g_test_add_func("/ike/refusals/required-pfs-is-had-at-once", required_pfs_is_had_at_once);
    g_test_add_func("/ike/refusals/required-pfs-that-the-peer-lacks-ends-the-child",
                    required_pfs_that_the_peer_lacks_ends_the_child);
    g_test_add_func("/ike/refusals/selectors-are-narrowed", selectors_are_narrowed);
    g_test_add_data_func("/ike/refusals/failed-jobs-of-initiator-leave-nothing",
                         GINT_TO_POINTER(PAIR_A), failed_jobs_leave_nothing);
    g_test_add_data_func("/ike/refusals/failed-jobs-of-responder-leave-nothing",
                         GINT_TO_POINTER(PAIR_B), failed_jobs_leave_nothing);
    g_test_add_func("/ike/refusals/responder-that-fails-is-told",
                    responder_that_fails_to_prove_itself_is_told);
    g_test_add_data_func("/ike/refusals/unfinished-proof-of-responder-is-none",
                         GINT_TO_POINTER(PAIR_A), unfinished_proof_is_none);
    g_test_add_data_func("/ike/refusals/unfinished-proof-of-initiator-is-none",
                         GINT_TO_POINTER(PAIR_B), unfinished_proof_is_none);
    g_test_add_data_func("/ike/refusals/reserved-spi-of-initiator-is-refused",
                         GINT_TO_POINTER(PAIR_A), reserved_spi_is_refused);
    g_test_add_data_func("/ike/refusals/reserved-spi-of-responder-is-refused",
                         GINT_TO_POINTER(PAIR_B), reserved_spi_is_refused);
    return g_test_run();
}
