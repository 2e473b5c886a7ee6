/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Candidates: the set only shrinks, step by step, and a weak connection lends nothing to others. */
#include "config.h"

#include "policy/candidates.h"

#include <string.h>

#include "fakes/policy.h"

#define CONF                                                                                       \
    "[connection exact]\nremote-address = 198.51.100.4\nlocal-id = us.example\n"                   \
    "remote-id = them.example\nprotect = any <-> any\nkeep = none\n"                               \
    "[connection exact2]\nremote-address = 198.51.100.4\nlocal-id = us2.example\n"                 \
    "remote-id = other.example\nprotect = any <-> any\nkeep = none\n"                              \
    "ike-proposals = aes128-sha256-modp2048\n"                                                     \
    "[connection prefix]\nremote-address = 198.51.100.0/24\nremote-id = *.branch.example\n"        \
    "protect = any <-> any\n"                                                                      \
    "[connection named]\nremote-address = dyn.example\nprotect = any <-> any\nkeep = none\n"       \
    "[connection old]\nremote-id = old.example\nprotect = any <-> any\nprofile = legacy\n"         \
    "ike-proposals = 3des-sha256-modp1024\nchild-proposals = aes256-sha256\n"                      \
    "[connection elsewhere]\nlocal-address = 192.0.2.99\nremote-id = far.example\n"                \
    "protect = any <-> any\n"
#define SECRETS                                                                                    \
    "[secret all]\nid = all@example.org\npsk = \"0123456789abcdef\"\n"                             \
    "[secret exact]\npsk = \"0123456789abcdef\"\n[secret exact2]\npsk = \"0123456789abcdef\"\n"    \
    "[secret prefix]\npsk = \"0123456789abcdef\"\n[secret named]\npsk = \"0123456789abcdef\"\n"    \
    "[secret old]\npsk = \"0123456789abcdef\"\n[secret elsewhere]\npsk = \"0123456789abcdef\"\n"

typedef struct {
    RvlFakePolicy *policy;
    RvlSnapshot *snapshot;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->policy = rvl_fake_policy_new(NULL);
    fixture->snapshot = rvl_fake_policy_compile(fixture->policy, CONF, SECRETS, NULL);
    g_assert_cmpstr(fixture->policy->report, ==, NULL);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    rvl_snapshot_unref(fixture->snapshot);
    rvl_fake_policy_free(fixture->policy);
}

static RvlAddress
address(const char *text)
{
    RvlAddress parsed;

    g_assert_true(rvl_address_parse(text, &parsed));
    return parsed;
}

static RvlCandidates *
candidates_of(const Fixture *fixture, const char *remote)
{
    RvlAddress ours = address("192.0.2.1"), theirs = address(remote);
    g_autoptr(GError) error = NULL;
    RvlCandidates *candidates = rvl_candidates_new(fixture->snapshot, &ours, &theirs, 2, &error);

    g_assert_no_error(error);
    return candidates;
}

static bool
keep_remote(RvlCandidates *candidates, const char *identity, GError **error)
{
    g_autoptr(RvlIdentity) parsed = rvl_identity_parse(identity, NULL);

    return rvl_candidates_keep_remote(candidates, parsed, error);
}

static bool
choose(const Fixture *fixture, RvlCandidates *candidates, const char *words, GError **error)
{
    const char *const list[] = {words, NULL};
    g_autoptr(RvlProposals) offered =
        rvl_proposals_parse(fixture->policy->registry, list, RVL_PROTOCOL_IKE, false, NULL);
    RvlChoice choice;

    return rvl_candidates_choose(candidates, offered->list, offered->n, 0,
                                 fixture->policy->registry, &choice, error);
}

static void
identity_finds_the_connection(Fixture *fixture, gconstpointer data)
{
    static const struct {
        const char *remote;
        const char *identity;
        const char *connection; /* NULL: nobody */
    } rows[] = {
        {"198.51.100.4", "them.example", "exact"},
        {"198.51.100.4", "other.example", "exact2"},
        {"198.51.100.4", "a.branch.example", "prefix"},
        {"198.51.100.4", "dyn.example", "named"},
        {"198.51.100.77", "a.branch.example", "prefix"},
        {"198.51.100.77", "them.example", NULL}, /* right name, wrong address */
        {"203.0.113.9", "a.branch.example", NULL},
        {"203.0.113.9", "dyn.example", "named"},
        {"203.0.113.9", "old.example", "old"},
        {"203.0.113.9", "far.example", NULL}, /* another local address */
        {"203.0.113.9", "nobody.example", NULL},
    };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvlCandidates) candidates = candidates_of(fixture, rows[i].remote);
        g_autoptr(GError) error = NULL;
        bool is_found = keep_remote(candidates, rows[i].identity, &error);

        if (is_found != (rows[i].connection != NULL))
            g_test_message("%s at %s", rows[i].identity, rows[i].remote);
        g_assert_cmpint(is_found, ==, rows[i].connection != NULL);
        if (is_found)
            g_assert_cmpstr(rvl_candidates_best(candidates)->name, ==, rows[i].connection);
        else
            g_assert_error(error, RVL_ERROR, RVL_CAUSE_NO_SUCH_IDENTITY);
    }
}

static void
exact_addresses_come_first(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlCandidates) here = candidates_of(fixture, "198.51.100.4");
    g_autoptr(RvlCandidates) near = candidates_of(fixture, "198.51.100.5");
    g_autoptr(RvlCandidates) far = candidates_of(fixture, "2001:db8::1");

    (void)data;
    g_assert_cmpstr(rvl_candidates_best(here)->name, ==, "exact");
    g_assert_cmpstr(rvl_candidates_best(near)->name, ==, "prefix");
    g_assert_cmpstr(rvl_candidates_best(far)->name, ==, "named");
}

static void
choice_keeps_those_that_accept_it(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlCandidates) candidates = candidates_of(fixture, "198.51.100.4");
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_true(choose(fixture, candidates, "aes128-sha256-modp2048", NULL));
    g_assert_cmpstr(rvl_candidates_best(candidates)->name, ==, "exact2");
    g_assert_false(keep_remote(candidates, "them.example", &error));
    g_assert_cmpstr(rvl_candidates_best(candidates)->name, ==, "exact2"); /* nothing changed */
    g_assert_true(keep_remote(candidates, "other.example", NULL));
}

/* What the legacy connection accepts serves that one alone. */
static void
weak_choice_leads_to_the_weak_connection_only(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlCandidates) candidates = candidates_of(fixture, "203.0.113.9");
    g_autoptr(RvlCandidates) strong = candidates_of(fixture, "203.0.113.9");
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_true(choose(fixture, candidates, "3des-sha256-modp1024", NULL));
    g_assert_false(keep_remote(candidates, "dyn.example", &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_NO_SUCH_IDENTITY);
    g_assert_true(keep_remote(candidates, "old.example", NULL));

    g_assert_true(choose(fixture, strong, "aes256gcm16-sha384-x25519", NULL));
    g_assert_false(keep_remote(strong, "old.example", NULL));
    g_assert_true(keep_remote(strong, "dyn.example", NULL));
}

static void
refused_choice_names_both_sides(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlCandidates) candidates = candidates_of(fixture, "198.51.100.4");
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_false(choose(fixture, candidates, "chacha20poly1305-sha256-x25519", &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_IKE_PROPOSAL_MISMATCH);
    g_assert_nonnull(strstr(rvl_error_found(error), "chacha20poly1305"));
    g_assert_nonnull(strstr(rvl_error_wanted(error), "aes256gcm16"));
    g_assert_cmpstr(rvl_candidates_best(candidates)->name, ==, "exact");
}

static void
asked_for_identity_is_heard(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlCandidates) candidates = candidates_of(fixture, "198.51.100.4");
    g_autoptr(RvlIdentity) us2 = rvl_identity_parse("us2.example", NULL);
    g_autoptr(RvlIdentity) address_id = rvl_identity_parse("192.0.2.1", NULL);
    g_autoptr(RvlIdentity) stranger = rvl_identity_parse("stranger.example", NULL);
    g_autoptr(GError) error = NULL;
    RvlAddress own = address("192.0.2.1");

    (void)data;
    g_assert_false(rvl_candidates_keep_local(candidates, stranger, &own, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_NO_SUCH_IDENTITY);
    g_assert_true(rvl_candidates_keep_local(candidates, us2, &own, NULL));
    g_assert_cmpstr(rvl_candidates_best(candidates)->name, ==, "exact2");
    g_assert_false(keep_remote(candidates, "dyn.example", NULL)); /* has another local identity */

    g_clear_pointer(&candidates, rvl_candidates_free);
    candidates = candidates_of(fixture, "198.51.100.4");
    g_assert_true(rvl_candidates_keep_local(candidates, address_id, &own, NULL));
    g_assert_cmpstr(rvl_candidates_best(candidates)->name, ==, "prefix");
}

static void
method_must_be_one_of_the_connections(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlCandidates) candidates = candidates_of(fixture, "198.51.100.4");
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_true(keep_remote(candidates, "them.example", NULL));
    g_assert_false(rvl_candidates_keep_method(candidates, "pubkey", &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_AUTH_METHOD_MISMATCH);
    g_assert_cmpstr(rvl_error_found(error), ==, "pubkey");
    g_assert_cmpstr(rvl_error_wanted(error), ==, "psk");
    g_assert_true(rvl_candidates_keep_method(candidates, "psk", NULL));
}

static void
strangers_and_versions_are_refused(Fixture *fixture, gconstpointer data)
{
    RvlAddress ours = address("192.0.2.1"), theirs = address("203.0.113.1");
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlSnapshot) one = rvl_fake_policy_compile(
        policy, "[connection a]\nremote-address = 198.51.100.4\nprotect = any <-> any\n",
        "[secret a]\npsk = \"0123456789abcdef\"\n", NULL);
    g_autoptr(GError) peer = NULL;
    g_autoptr(GError) version = NULL;

    (void)data;
    g_assert_null(rvl_candidates_new(one, &ours, &theirs, 2, &peer));
    g_assert_error(peer, RVL_ERROR, RVL_CAUSE_NO_SUCH_PEER);
    g_assert_null(rvl_candidates_new(fixture->snapshot, &ours, &theirs, 1, &version));
    g_assert_error(version, RVL_ERROR, RVL_CAUSE_VERSION_MISMATCH);
}

static void
initiator_knows(Fixture *fixture, gconstpointer data)
{
    const RvlConnection *exact = rvl_snapshot_find(fixture->snapshot, "exact");
    g_autoptr(RvlCandidates) candidates = rvl_candidates_new_one(exact);
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_true(rvl_candidates_best(candidates) == exact);
    g_assert_false(keep_remote(candidates, "other.example", &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_IDENTITY_MISMATCH);
    g_assert_cmpstr(rvl_error_wanted(error), ==, "them.example");
}

/* Steps cost the same among 20,000 connections for any address as among one: a walk over all of them
 * would take minutes here. */
static void
many_wild_connections_cost_nothing_more(Fixture *fixture, gconstpointer data)
{
    enum { COUNT = 20000, LOOKUPS = 20000 };
    g_autoptr(GString) conf = g_string_new(NULL);
    g_autoptr(RvlSnapshot) snapshot = NULL;
    RvlAddress ours = address("192.0.2.1"), theirs = address("203.0.113.1");
    g_autoptr(RvlIdentity) last = rvl_identity_parse("c19999.example", NULL);

    (void)data;
    for (unsigned i = 0; i < COUNT; i++)
        g_string_append_printf(conf,
                               "[connection c%u]\nremote-id = c%u.example\nauth = pubkey\n"
                               "certificate = us.example\nprotect = any <-> any\n",
                               i, i);
    snapshot = rvl_fake_policy_compile(fixture->policy, conf->str, NULL, NULL);
    g_assert_nonnull(snapshot);
    g_test_timer_start();
    for (unsigned i = 0; i < LOOKUPS; i++) {
        g_autoptr(RvlCandidates) candidates = rvl_candidates_new(snapshot, &ours, &theirs, 2, NULL);

        g_assert_true(choose(fixture, candidates, "aes256gcm16-sha384-x25519", NULL));
        g_assert_true(rvl_candidates_keep_remote(candidates, last, NULL));
        g_assert_cmpstr(rvl_candidates_best(candidates)->name, ==, "c19999");
    }
    g_test_minimized_result(g_test_timer_elapsed(), "%d look-ups among %d", LOOKUPS, COUNT);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Fixture *, gconstpointer);
    } tests[] = {
        {"identity-finds-the-connection", identity_finds_the_connection},
        {"exact-addresses-come-first", exact_addresses_come_first},
        {"choice-keeps-those-that-accept-it", choice_keeps_those_that_accept_it},
        {"weak-choice-leads-to-the-weak-connection-only",
         weak_choice_leads_to_the_weak_connection_only},
        {"refused-choice-names-both-sides", refused_choice_names_both_sides},
        {"asked-for-identity-is-heard", asked_for_identity_is_heard},
        {"method-must-be-one-of-the-connections", method_must_be_one_of_the_connections},
        {"strangers-and-versions-are-refused", strangers_and_versions_are_refused},
        {"initiator-knows", initiator_knows},
        {"many-wild-connections-cost-nothing-more", many_wild_connections_cost_nothing_more},
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/policy/candidates/%s", tests[i].name);

        g_test_add(path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
    return g_test_run();
}
