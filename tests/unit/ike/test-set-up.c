/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Set-up of an IKE SA and its first Child SA between two engines, and its ends. */
#include "config.h"

#include "pair.h"

static void
both_ends_agree(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
    g_assert_cmpuint(pair->sent[PAIR_A], ==, 2); /* 1.2: four messages in all */
    g_assert_cmpuint(pair->sent[PAIR_B], ==, 2);
    g_assert_cmpuint(pair->ends[PAIR_A].replies->len, ==, 1);
    g_assert_null(g_ptr_array_index(pair->ends[PAIR_A].replies, 0));
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_IKE_SA_UP, "role"), ==, "initiator");
    g_assert_cmpstr(pair_field(pair, PAIR_B, RVL_EVENT_IKE_SA_UP, "role"), ==, "responder");
    g_assert_cmpstr(pair_field(pair, PAIR_B, RVL_EVENT_IKE_SA_UP, "peer-id"), ==, "a.test");
}

static void
delete_leaves_nothing(gconstpointer data)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);
    int end = GPOINTER_TO_INT(data);

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair_command(pair, end, RVL_COMMAND_DOWN, end == PAIR_A ? "ab" : "ba");
    pair_run(pair, RVL_SECOND);
    pair_assert_clean(pair);
    g_assert_cmpstr(pair_field(pair, end, RVL_EVENT_IKE_SA_DOWN, "cause"), ==, "requested");
    g_assert_cmpstr(pair_field(pair, 1 - end, RVL_EVENT_IKE_SA_DOWN, "cause"), ==, "peer-deleted");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ike/set-up/both-ends-agree", both_ends_agree);
    g_test_add_data_func("/ike/set-up/delete-by-initiator-leaves-nothing", GINT_TO_POINTER(PAIR_A),
                         delete_leaves_nothing);
    g_test_add_data_func("/ike/set-up/delete-by-responder-leaves-nothing", GINT_TO_POINTER(PAIR_B),
                         delete_leaves_nothing);
    return g_test_run();
}
