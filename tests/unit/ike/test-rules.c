/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules that are tables or arithmetic: lowest nonce, retransmission, soft limits, what errors mean. */
#include "config.h"

#include <string.h>

#include "ike/core/collision.h"
#include "ike/core/error-policy.h"
#include "ike/core/lifetime.h"
#include "ike/core/retransmit.h"
#include "wire/notify.h"

/* RFC 7296 2.8.1: compared octet by octet; a nonce that begins another is lower. */
static void
lowest_nonce_loses(void)
{
    static const struct {
        const char *ours[2];
        const char *theirs[2];
        bool is_lost;
    } rows[] = {
        {{"b", "c"}, {"d", "e"}, true},
        {{"d", "e"}, {"b", "c"}, false},
        {{"d", "a"}, {"b", "c"}, true},
        {{"b", "c"}, {"d", "a"}, false},
        {{"aa", "c"}, {"a", "c"}, false},
        {{"a", "c"}, {"aa", "c"}, true},
        {{"\xff", "\xfe"}, {"\x01", "\xff"}, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        GBytes *nonces[4];
        RvlRivalry rivalry = {0};

        for (int n = 0; n < 2; n++) {
            nonces[n] = g_bytes_new(rows[i].ours[n], strlen(rows[i].ours[n]));
            nonces[2 + n] = g_bytes_new(rows[i].theirs[n], strlen(rows[i].theirs[n]));
        }
        g_assert_false(rvl_rivalry_is_lost(&rivalry, nonces[0], nonces[1])); /* no rival */
        rvl_rivalry_set(&rivalry, 1, nonces[2], nonces[3]);
        g_assert_cmpint(rvl_rivalry_is_lost(&rivalry, nonces[0], nonces[1]), ==, rows[i].is_lost);
        rvl_rivalry_clear(&rivalry);
        for (int n = 0; n < 4; n++)
            g_bytes_unref(nonces[n]);
    }
}

static void
retransmission_backs_off(void)
{
    const RvlRetransmit policy = {500 * RVL_MILLISECOND, 2000, 6};
    const RvlRetransmit steep = {RVL_SECOND, 10000, 100};

    g_assert_cmpint(rvl_retransmit_wait(&policy, 0), ==, 500 * RVL_MILLISECOND);
    g_assert_cmpint(rvl_retransmit_wait(&policy, 5), ==, 16 * RVL_SECOND);
    g_assert_cmpint(rvl_retransmit_wait(&steep, 99), ==, RVL_MINUTE); /* bounded */
}

static void
soft_limits_come_first(void)
{
    g_assert_cmpuint(rvl_lifetime_soft_amount(1000), ==, 900);
    g_assert_cmpuint(rvl_lifetime_soft_amount(UINT64_MAX), <, UINT64_MAX);
}

/* A notify that says something of a Child SA leaves the IKE SA alone (RFC 7296 1.2). */
static void
children_are_refused_by_their_notify(void)
{
    static const struct {
        RvlCause cause;
        uint16_t notify;
    } rows[] = {
        {RVL_CAUSE_SELECTOR_MISMATCH, RVL_NOTIFY_TS_UNACCEPTABLE},
        {RVL_CAUSE_CHILD_PROPOSAL_MISMATCH, RVL_NOTIFY_NO_PROPOSAL_CHOSEN},
        {RVL_CAUSE_ESN_MISMATCH, RVL_NOTIFY_NO_PROPOSAL_CHOSEN},
        {RVL_CAUSE_PFS_GROUP_MISMATCH, RVL_NOTIFY_NO_PROPOSAL_CHOSEN}, /* names no group */
        {RVL_CAUSE_POOL_EMPTY, RVL_NOTIFY_INTERNAL_ADDRESS_FAILURE},
        {RVL_CAUSE_INSTALL_FAILED, RVL_NOTIFY_NO_PROPOSAL_CHOSEN},
        {RVL_CAUSE_PLUGIN_FAILED, RVL_NOTIFY_TEMPORARY_FAILURE},
        {RVL_CAUSE_PSK_MISMATCH, RVL_NOTIFY_NO_PROPOSAL_CHOSEN}, /* never an error of the IKE SA */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpuint(rvl_error_policy_child_notify(rows[i].cause), ==, rows[i].notify);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ike/core/rules/lowest-nonce-loses", lowest_nonce_loses);
    g_test_add_func("/ike/core/rules/retransmission-backs-off", retransmission_backs_off);
    g_test_add_func("/ike/core/rules/soft-limits-come-first", soft_limits_come_first);
    g_test_add_func("/ike/core/rules/children-are-refused-by-their-notify",
                    children_are_refused_by_their_notify);
    return g_test_run();
}
