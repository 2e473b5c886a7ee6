/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Differences: new, changed, gone, unchanged; what a change costs; which parts are shared. */
#include "config.h"

#include "policy/difference.h"

#include <string.h>

#include "fakes/policy.h"

#define BASE                                                                                       \
    "[connection a]\nremote-address = 198.51.100.4\nprotect = any <-> any\n"                       \
    "[connection b]\nremote-address = 198.51.100.5\nprotect = any <-> any\n"
#define SECRETS                                                                                    \
    "[secret a]\npsk = \"secret of connection a\"\n[secret b]\npsk = \"secret of connection b\"\n"

static const struct {
    const char *name;
    const char *conf;
    const char *secrets;
    RvlChange change; /* of connection b */
    RvlKeyCost cost;
    const char *keys;
    bool is_shared;
} cases[] = {
    {"nothing", BASE, SECRETS, RVL_CHANGE_NONE, RVL_COST_NONE, NULL, true},
    {"comments-behind", BASE "# c\n", SECRETS, RVL_CHANGE_NONE, RVL_COST_NONE, NULL, true},
    {"lines-only", "# c\n" BASE, SECRETS, RVL_CHANGE_NONE, RVL_COST_NONE, NULL, false},
    {"proposals", BASE "ike-proposals = aes128gcm16-sha256-ecp384\n", SECRETS, RVL_CHANGE_CHANGED,
     RVL_COST_RENEW, "ike-proposals, child-proposals", false},
    {"child-lifetime", BASE "lifetime = 5 min\n", SECRETS, RVL_CHANGE_CHANGED, RVL_COST_REKEY,
     "lifetime", false},
    {"liveness", BASE "liveness = 5 s\n", SECRETS, RVL_CHANGE_CHANGED, RVL_COST_NONE, "liveness",
     false},
    {"default-written-out", BASE "liveness = 30 s\n", SECRETS, RVL_CHANGE_NONE, RVL_COST_NONE, NULL,
     false},
    {"further-child", BASE "[child b/x]\nprotect = any <-> any\n", SECRETS, RVL_CHANGE_CHANGED,
     RVL_COST_RENEW, "protect", false},
    {"secret", BASE,
     "[secret a]\npsk = \"secret of connection a\"\n[secret b]\npsk = \"another secret\"\n",
     RVL_CHANGE_CHANGED, RVL_COST_NONE, "secret", false},
    {"secret-in-another-form", BASE,
     "[secret a]\npsk = \"secret of connection a\"\n"
     "[secret b]\npsk = 0x736563726574206f6620636f6e6e656374696f6e2062\n",
     RVL_CHANGE_NONE, RVL_COST_NONE, NULL, true},
    {"gone", "[connection a]\nremote-address = 198.51.100.4\nprotect = any <-> any\n",
     "[secret a]\npsk = \"secret of connection a\"\n", RVL_CHANGE_GONE, RVL_COST_NONE, NULL, false},
    {"switched-off", BASE "enabled = no\n", SECRETS, RVL_CHANGE_GONE, RVL_COST_NONE, NULL, false},
};

static void
compares(gconstpointer data)
{
    const typeof(cases[0]) *c = data;
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlSnapshot) before = rvl_fake_policy_compile(policy, BASE, SECRETS, NULL);
    g_autoptr(RvlSnapshot) after = rvl_fake_policy_compile(policy, c->conf, c->secrets, before);
    g_autoptr(RvlDifference) difference = NULL;
    const RvlChangeRow *row;

    g_assert_cmpstr(policy->report, ==, NULL);
    difference = rvl_difference_new(before, after, policy->schema);
    g_assert_cmpuint(rvl_difference_count(difference), ==, 2);
    row = rvl_difference_get(difference, 1);
    g_assert_cmpint(row->change, ==, c->change);
    g_assert_cmpint(row->cost, ==, c->cost);
    g_assert_cmpstr(row->keys, ==, c->keys);
    g_assert_cmpint(row->before == row->after, ==, c->is_shared);
    g_assert_cmpint(rvl_difference_get(difference, 0)->change, ==, RVL_CHANGE_NONE);
    g_assert_null(rvl_difference_get(difference, 2));
}

static void
first_snapshot_is_all_new(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlSnapshot) after = rvl_fake_policy_compile(policy, BASE, SECRETS, NULL);
    g_autoptr(RvlDifference) difference = rvl_difference_new(NULL, after, policy->schema);

    g_assert_cmpuint(rvl_difference_count_of(difference, RVL_CHANGE_NEW), ==, 2);
    g_assert_cmpuint(rvl_difference_count_of(difference, RVL_CHANGE_GONE), ==, 0);
    g_assert_null(rvl_difference_get(difference, 0)->before);
}

/* Secrets of the older load stay as long as a shared connection, and go with it. */
static void
shared_connections_keep_their_secrets(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    const RvlSecretServices *services = rvl_secret_store_services(policy->store);
    RvlSnapshot *before = rvl_fake_policy_compile(policy, BASE, SECRETS, NULL);
    RvlSnapshot *after = rvl_fake_policy_compile(policy, BASE, SECRETS, before);
    const RvlConnection *b;
    g_autoptr(RvlSecret) secret = NULL;

    rvl_snapshot_unref(before);
    g_assert_cmpuint(services->count(services->context), ==, 2);
    b = rvl_snapshot_find(after, "b");
    secret = services->get(services->context, rvl_settings_secret(b->local_auth.settings, "psk"));
    g_assert_nonnull(secret);
    rvl_snapshot_unref(after);
    g_assert_cmpuint(services->count(services->context), ==, 0);
}

static void
broken_configuration_changes_nothing(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    const RvlSecretServices *services = rvl_secret_store_services(policy->store);
    g_autoptr(RvlSnapshot) before = rvl_fake_policy_compile(policy, BASE, SECRETS, NULL);

    g_assert_null(rvl_fake_policy_compile(policy, BASE "kepe = up\n", SECRETS, before));
    g_assert_cmpuint(rvl_snapshot_count(before), ==, 2);
    g_assert_cmpuint(services->count(services->context), ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/policy/difference/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], compares);
    }
    g_test_add_func("/policy/difference/first-snapshot-is-all-new", first_snapshot_is_all_new);
    g_test_add_func("/policy/difference/shared-connections-keep-their-secrets",
                    shared_connections_keep_their_secrets);
    g_test_add_func("/policy/difference/broken-configuration-changes-nothing",
                    broken_configuration_changes_nothing);
    return g_test_run();
}
