/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The installed profiles and defaults: read as they are, within their own bounds. */
#include "config.h"

#include <string.h>

#include "config/configuration.h"
#include "fakes/policy.h"
#include "policy/profile.h"

typedef struct {
    RvlFakePolicy *policy;
    RvlProblems *problems;
    RvlTree *tree;
    RvlConfiguration *configuration;
    char *vendor;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    RvlPlaces places = {0};

    (void)data;
    fixture->policy = rvl_fake_policy_new(NULL);
    fixture->problems = rvl_problems_new();
    fixture->vendor = g_test_build_filename(G_TEST_DIST, "packaging", NULL);
    places.vendor = fixture->vendor;
    fixture->tree = rvl_tree_read(&places, fixture->problems);
    fixture->configuration = rvl_configuration_new(&(RvlChecking){
        .tree = fixture->tree,
        .schema = fixture->policy->schema,
        .store = rvl_secret_store_services(fixture->policy->store),
        .problems = fixture->problems,
    });
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    rvl_configuration_free(fixture->configuration);
    rvl_tree_free(fixture->tree);
    rvl_problems_free(fixture->problems);
    rvl_fake_policy_free(fixture->policy);
    g_free(fixture->vendor);
}

static RvlProfile *
profile(const Fixture *fixture, const char *name)
{
    const RvlConfigGroup *group = rvl_configuration_find(fixture->configuration, "profile", name);

    g_assert_nonnull(group);
    return rvl_profile_new(group, fixture->policy->registry, fixture->problems);
}

static RvlProposals *
parse(const Fixture *fixture, RvlProtocol protocol, const char *words)
{
    const char *const list[] = {words, NULL};

    return rvl_proposals_parse(fixture->policy->registry, list, protocol, false, NULL);
}

static void
installed_files_are_without_problems(Fixture *fixture, gconstpointer data)
{
    g_autofree char *report = rvl_problems_format(fixture->problems);
    g_autoptr(RvlProfile) normal = profile(fixture, "default");
    g_autoptr(RvlProfile) legacy = profile(fixture, "legacy");

    (void)data;
    g_assert_cmpstr(report, ==, "");
    g_assert_cmpuint(rvl_problems_count(fixture->problems), ==, 0);
    g_assert_nonnull(rvl_tree_find(fixture->tree, "daemon", NULL));
    g_assert_cmpuint(normal->ike->n, ==, 2);
    g_assert_cmpuint(normal->esp->n, ==, 2);
    g_assert_cmpint(normal->ike_lifetime.time, ==, 8 * RVL_HOUR);
    g_assert_cmpint(normal->lifetime.time, ==, RVL_HOUR);
    g_assert_null(legacy->ike->weak);
}

static void
weak_algorithms_need_the_legacy_profile(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlProfile) normal = profile(fixture, "default");
    g_autoptr(RvlProfile) legacy = profile(fixture, "legacy");
    g_autoptr(RvlProposals) weak = parse(fixture, RVL_PROTOCOL_IKE, "3des-sha256-modp1024");
    g_autoptr(RvlProposals) weak_group = parse(fixture, RVL_PROTOCOL_IKE, "aes256-sha256-modp1024");
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_false(rvl_profile_allows(normal, weak, fixture->policy->registry, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_PROFILE_FORBIDS);
    g_assert_false(rvl_profile_allows(normal, weak_group, fixture->policy->registry, NULL));
    g_assert_true(rvl_profile_allows(legacy, weak, fixture->policy->registry, NULL));
}

static void
strict_profile_bounds_words_methods_and_lives(Fixture *fixture, gconstpointer data)
{
    static const char text[] = "[profile strict]\nauth = pubkey\n"
                               "ike-proposals = aes256gcm16-prfsha384-ecp384\n"
                               "child-proposals = aes256gcm16\nallow = aes256\n"
                               "ike-lifetime = 2 h\nlifetime = 30 min, 1 GiB\n";
    g_autoptr(RvlProfile) strict = NULL;
    g_autoptr(RvlProposals) named = parse(fixture, RVL_PROTOCOL_ESP, "aes256gcm16-ecp384");
    g_autoptr(RvlProposals) other = parse(fixture, RVL_PROTOCOL_ESP, "aes128gcm16");
    g_autoptr(RvlProposals) mac = parse(fixture, RVL_PROTOCOL_ESP, "aes256-sha256");
    RvlLifetime open = {0}, within = {RVL_MINUTE, 5, 7}, beyond = {RVL_HOUR, 0, 0};

    (void)data;
    rvl_tree_add_text(fixture->tree, RVL_SOURCE_CONF, "strict.conf", text, strlen(text),
                      fixture->problems);
    rvl_configuration_free(fixture->configuration);
    fixture->configuration = rvl_configuration_new(&(RvlChecking){
        .tree = fixture->tree,
        .schema = fixture->policy->schema,
        .store = rvl_secret_store_services(fixture->policy->store),
        .problems = fixture->problems,
    });
    strict = profile(fixture, "strict");
    g_assert_true(rvl_profile_allows(strict, named, fixture->policy->registry, NULL));
    g_assert_false(rvl_profile_allows(strict, other, fixture->policy->registry, NULL));
    g_assert_false(rvl_profile_allows(strict, mac, fixture->policy->registry, NULL));
    g_assert_true(rvl_profile_allows_auth(strict, "pubkey", NULL));
    g_assert_false(rvl_profile_allows_auth(strict, "psk", NULL));
    g_assert_true(rvl_profile_bound(strict, &strict->lifetime, &open, NULL));
    g_assert_cmpint(open.time, ==, 30 * RVL_MINUTE);
    g_assert_cmpuint(open.octets, ==, UINT64_C(1) << 30);
    g_assert_cmpuint(open.packets, ==, 0);
    g_assert_true(rvl_profile_bound(strict, &strict->lifetime, &within, NULL));
    g_assert_cmpuint(within.packets, ==, 7);
    g_assert_false(rvl_profile_bound(strict, &strict->lifetime, &beyond, NULL));
}

static void
profile_may_not_offer_what_is_weak(Fixture *fixture, gconstpointer data)
{
    static const char text[] = "[profile bad]\nike-proposals = 3des-sha256-modp1024\n";
    g_autoptr(RvlProfile) bad = NULL;
    g_autofree char *report = NULL;

    (void)data;
    rvl_tree_add_text(fixture->tree, RVL_SOURCE_CONF, "bad.conf", text, strlen(text),
                      fixture->problems);
    rvl_configuration_free(fixture->configuration);
    fixture->configuration = rvl_configuration_new(&(RvlChecking){
        .tree = fixture->tree,
        .schema = fixture->policy->schema,
        .store = rvl_secret_store_services(fixture->policy->store),
        .problems = fixture->problems,
    });
    bad = profile(fixture, "bad");
    report = rvl_problems_format(fixture->problems);
    g_assert_cmpstr(report, ==,
                    "bad.conf:2: [profile bad] ike-proposals: a profile's defaults hold weak "
                    "algorithms; list them in allow: a connection must name them\n");
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Fixture *, gconstpointer);
    } tests[] = {
        {"installed-files-are-without-problems", installed_files_are_without_problems},
        {"weak-algorithms-need-the-legacy-profile", weak_algorithms_need_the_legacy_profile},
        {"strict-profile-bounds-words-methods-and-lives",
         strict_profile_bounds_words_methods_and_lives},
        {"profile-may-not-offer-what-is-weak", profile_may_not_offer_what_is_weak},
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/policy/profiles/%s", tests[i].name);

        g_test_add(path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
    return g_test_run();
}
