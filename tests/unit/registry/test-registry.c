/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The registry: all or nothing, duplicates with both names, order, and rows by number and word. */
#include "config.h"

#include <string.h>

#include <ravelin/authenticator.h>
#include <ravelin/descriptor.h>
#include <ravelin/error.h>
#include <ravelin/store.h>

#include "registry/algorithms.h"
#include "registry/registry.h"

static const RvlNumber cipher_numbers[] = {{RVL_SPACE_IKEV2_ENCR, 1024},
                                           {RVL_SPACE_IKEV1_ESP, 250}};
static const RvlNumber mac_numbers[] = {{RVL_SPACE_IKEV2_INTEG, 1024}};
static const RvlNumber prf_numbers[] = {{RVL_SPACE_IKEV2_PRF, 1024}};
static const RvlNumber group_numbers[] = {{RVL_SPACE_IKEV2_KE, 1024}};
static const RvlNumber other_group_numbers[] = {{RVL_SPACE_IKEV2_KE, 1000}};
static const char *const mac_aliases[] = {"toy", "toy-mac", NULL};
static const char *const prf_aliases[] = {"toy-mac", NULL};

static const RvlSuiteRow rows[] = {
    {.type = RVL_TRANSFORM_ENCR,
     .word = "toy128",
     .numbers = cipher_numbers,
     .n_numbers = G_N_ELEMENTS(cipher_numbers),
     .key_bits = 128,
     .key_octets = 16,
     .primitive = "aead/example.com:toy"},
    {.type = RVL_TRANSFORM_ENCR,
     .word = "toy256",
     .numbers = cipher_numbers,
     .n_numbers = G_N_ELEMENTS(cipher_numbers),
     .key_bits = 256,
     .key_octets = 32,
     .primitive = "aead/example.com:toy"},
    {.type = RVL_TRANSFORM_INTEG,
     .word = "toymac",
     .aliases = mac_aliases,
     .numbers = mac_numbers,
     .n_numbers = G_N_ELEMENTS(mac_numbers),
     .primitive = "mac/example.com:toy"},
    {.type = RVL_TRANSFORM_PRF,
     .word = "prftoy",
     .aliases = prf_aliases,
     .numbers = prf_numbers,
     .n_numbers = G_N_ELEMENTS(prf_numbers),
     .primitive = "mac/example.com:toy"},
};
static const RvlCryptoSuite suite = {sizeof(suite), rows, G_N_ELEMENTS(rows), sizeof(rows[0])};

static const RvlGroupRow group_rows[] = {
    {.word = "toygroup",
     .numbers = group_numbers,
     .n_numbers = G_N_ELEMENTS(group_numbers),
     .offer_octets = 32,
     .answer_octets = 32,
     .secret_octets = 32,
     .primitive = "kem/example.com:toy"},
    {.word = "first-group",
     .numbers = other_group_numbers,
     .n_numbers = G_N_ELEMENTS(other_group_numbers),
     .offer_octets = 32,
     .answer_octets = 32,
     .secret_octets = 32,
     .primitive = "kem/example.com:toy"},
};
static const RvlKeyExchange groups = {sizeof(groups), group_rows, G_N_ELEMENTS(group_rows),
                                      sizeof(group_rows[0])};

static void
prove(void *self, const RvlAuthRequest *request, RvlAuthDone done, void *user_data)
{
    done(NULL, NULL, user_data);
}

static const RvlAuthenticator zebra = {sizeof(zebra), .word = "zebra", .prove = prove,
                                       .check = prove};
static const RvlAuthenticator apple = {sizeof(apple), .word = "apple", .prove = prove,
                                       .check = prove};

static const RvlProvision all[] = {
    {RVL_CAPABILITY_AUTHENTICATOR, "zebra", &zebra},
    {RVL_CAPABILITY_AUTHENTICATOR, "apple", &apple},
    {RVL_CAPABILITY_CRYPTO_SUITE, "toy", &suite},
    {RVL_CAPABILITY_KEY_EXCHANGE, "toy", &groups},
};
static const RvlPlugin toy = {.head = RVL_PLUGIN_HEAD, .name = "toy", RVL_PROVIDES(all)};

static RvlRegistry *
registry_with_toy(void)
{
    g_autoptr(GError) error = NULL;
    RvlRegistry *registry = rvl_registry_new();

    g_assert_true(rvl_registry_add(registry, &toy, &error));
    g_assert_no_error(error);
    return registry;
}

static void
capabilities_go_by_name_then_by_preference(void)
{
    static const char *const wanted[] = {"missing", "zebra", NULL};
    g_autoptr(RvlRegistry) registry = registry_with_toy();

    g_assert_cmpstr(rvl_registry_find(registry, RVL_CAPABILITY_AUTHENTICATOR, NULL)->name, ==,
                    "apple");
    rvl_registry_prefer(registry, RVL_CAPABILITY_AUTHENTICATOR, wanted);
    g_assert_cmpstr(rvl_registry_find(registry, RVL_CAPABILITY_AUTHENTICATOR, NULL)->name, ==,
                    "zebra");
    g_assert_cmpstr(rvl_registry_get(registry, RVL_CAPABILITY_AUTHENTICATOR, 1)->name, ==, "apple");
    g_assert_null(rvl_registry_get(registry, RVL_CAPABILITY_AUTHENTICATOR, 2));
    g_assert_null(rvl_registry_find(registry, RVL_CAPABILITY_STORE, NULL));
    g_assert_null(rvl_registry_find(registry, RVL_CAPABILITY_INSTALLER, "apple"));
}

static void
the_instance_reaches_capabilities_and_rows(void)
{
    g_autoptr(RvlRegistry) registry = registry_with_toy();
    int self = 0;

    rvl_registry_set_instance(registry, "toy", &self);
    g_assert_true(rvl_registry_find(registry, RVL_CAPABILITY_AUTHENTICATOR, "zebra")->self ==
                  &self);
    g_assert_true(rvl_registry_suite(registry, RVL_SPACE_IKEV1_ESP, 250, 128)->self == &self);
    g_assert_true(rvl_registry_group(registry, RVL_SPACE_IKEV2_KE, 1024)->self == &self);
}

static void
rows_are_found_by_number_with_their_key_length(void)
{
    g_autoptr(RvlRegistry) registry = registry_with_toy();
    RvlTransform transform = {RVL_TRANSFORM_ENCR, 1024, 256};

    g_assert_cmpstr(rvl_registry_suite_of(registry, &transform)->row->word, ==, "toy256");
    transform.key_bits = 192;
    g_assert_null(rvl_registry_suite_of(registry, &transform));
    transform = (RvlTransform){RVL_TRANSFORM_ADDKE1, 1024, 0};
    g_assert_null(rvl_registry_suite_of(registry, &transform));
    g_assert_cmpstr(rvl_registry_transform_word(registry, &transform), ==, "toygroup");
    transform.type = 255;
    g_assert_null(rvl_registry_transform_word(registry, &transform));
}

static void
rows_come_sorted(void)
{
    g_autoptr(RvlRegistry) registry = registry_with_toy();

    g_assert_cmpstr(rvl_registry_suite_at(registry, 0)->row->word, ==, "toy128");
    g_assert_cmpstr(rvl_registry_suite_at(registry, 2)->row->word, ==, "prftoy");
    g_assert_null(rvl_registry_suite_at(registry, 4));
    g_assert_cmpstr(rvl_registry_group_at(registry, 0)->row->word, ==, "first-group");
    g_assert_cmpstr(rvl_registry_word_at(registry, 0), ==, "first-group");
    g_assert_cmpstr(rvl_registry_word_at(registry, 2), ==, "toy");
    g_assert_cmpstr(rvl_registry_word_at(registry, 3), ==, "toy-mac"); /* of two rows, once */
    g_assert_cmpstr(rvl_registry_word_at(registry, 4), ==, "toy128");
}

static void
the_longest_word_wins(void)
{
    static const struct {
        const char *text;
        size_t octets;
    } cases[] = {
        {"toy-mac-toygroup", 7},
        {"toy-first-group", 3},
        {"first-group+toygroup", 11},
        {"toy", 3},
        {"to-y", 0},
        {"", 0},
        {"-toy", 0},
        {"toymacs", 0},
    };
    g_autoptr(RvlRegistry) registry = registry_with_toy();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        RvlWordMatch match = {0};

        g_assert_cmpint(rvl_registry_longest_word(registry, cases[i].text, &match), ==,
                        cases[i].octets > 0);
        g_assert_cmpuint(match.octets, ==, cases[i].octets);
    }
}

static void
one_word_may_mean_a_prf_and_an_integrity(void)
{
    g_autoptr(RvlRegistry) registry = registry_with_toy();
    RvlWordMatch match;

    g_assert_true(rvl_registry_longest_word(registry, "toy-mac", &match));
    g_assert_cmpstr(match.prf->row->word, ==, "prftoy");
    g_assert_cmpstr(match.integ->row->word, ==, "toymac");
    g_assert_null(match.encr);
    g_assert_null(match.group);
    g_assert_null(rvl_registry_suite_by_word(registry, RVL_TRANSFORM_KE, "toygroup"));
    g_assert_nonnull(rvl_registry_group_by_word(registry, "toygroup"));
}

static void
assert_refused(RvlRegistry *registry, const RvlProvision *provides, size_t n, const char *says)
{
    const RvlPlugin plugin = {
        .head = RVL_PLUGIN_HEAD,
        .name = "second",
        .provides = provides,
        .n_provides = n,
        .provides_stride = sizeof(*provides),
    };
    g_autoptr(GError) error = NULL;

    g_assert_false(rvl_registry_add(registry, &plugin, &error));
    g_assert_nonnull(strstr(error->message, says));
}

static void
duplicates_are_refused_with_both_names(void)
{
    static const RvlNumber numbers[] = {{RVL_SPACE_IKEV2_KE, 1023}};
    static const RvlGroupRow same_word[] = {
        {"fresh", NULL, numbers, 1, 32, 32, 32, 0, 128, false, "kem/example.com:x", NULL, 0},
        {"toygroup", NULL, numbers, 1, 32, 32, 32, 0, 128, false, "kem/example.com:x", NULL, 0},
    };
    static const RvlGroupRow same_number[] = {
        {"new", NULL, group_numbers, 1, 32, 32, 32, 0, 128, false, "kem/example.com:x", NULL, 0}};
    static const RvlKeyExchange words = {sizeof(words), same_word, 2, sizeof(same_word[0])};
    static const RvlKeyExchange more = {sizeof(more), same_number, 1, sizeof(same_number[0])};
    const RvlProvision by_name[] = {{RVL_CAPABILITY_AUTHENTICATOR, "apple", &apple}};
    const RvlProvision by_word[] = {{RVL_CAPABILITY_KEY_EXCHANGE, "words", &words}};
    const RvlProvision by_number[] = {{RVL_CAPABILITY_KEY_EXCHANGE, "more", &more}};
    g_autoptr(RvlRegistry) registry = registry_with_toy();

    assert_refused(registry, by_name, 1, "plugin toy provides the authenticator 'apple' already");
    assert_refused(registry, by_word, 1,
                   "plugin toy has the word 'toygroup' already, which second's");
    g_assert_null(rvl_registry_group_by_word(registry, "fresh")); /* nothing of it stays */
    g_assert_null(rvl_registry_find(registry, RVL_CAPABILITY_KEY_EXCHANGE, "words"));
    assert_refused(registry, by_number, 1, "number 1024 with 0 key bits");
    g_assert_cmpstr(rvl_registry_group(registry, RVL_SPACE_IKEV2_KE, 1024)->plugin, ==, "toy");
}

static void
what_lacks_an_obligatory_part_is_refused(void)
{
    static const RvlAuthenticator no_check = {sizeof(no_check), .word = "half", .prove = prove};
    static const RvlAuthenticator renamed = {sizeof(renamed), .word = "x", .prove = prove,
                                             .check = prove};
    static const RvlAuthenticator tiny = {sizeof(uint32_t), .word = "half"};
    const RvlProvision half[] = {{RVL_CAPABILITY_AUTHENTICATOR, "half", &no_check}};
    const RvlProvision other[] = {{RVL_CAPABILITY_AUTHENTICATOR, "half", &renamed}};
    const RvlProvision small[] = {{RVL_CAPABILITY_AUTHENTICATOR, "half", &tiny}};
    const RvlProvision foreign[] = {{99, "half", &no_check}};
    g_autoptr(RvlRegistry) registry = registry_with_toy();

    assert_refused(registry, half, 1, "authenticator 'half': its interface lacks 'check'");
    assert_refused(registry, other, 1, "another name than the descriptor says");
    assert_refused(registry, small, 1, "impossible size");
    assert_refused(registry, foreign, 1, "capability 99 is unknown here");
}

static void
a_shorter_interface_has_zeros_behind_it(void)
{
    RvlAuthenticator old = apple;
    const RvlProvision provides[] = {{RVL_CAPABILITY_AUTHENTICATOR, "old", &old}};
    const RvlPlugin plugin = {.head = RVL_PLUGIN_HEAD, .name = "second", RVL_PROVIDES(provides)};
    g_autoptr(RvlRegistry) registry = rvl_registry_new();
    g_autoptr(GError) error = NULL;
    const RvlAuthenticator *seen;

    old.word = "old";
    old.size = offsetof(RvlAuthenticator, skeyid);
    memset(&old.skeyid, 0xa5, sizeof(old.skeyid)); /* lies beyond what the plugin knew */
    g_assert_true(rvl_registry_add(registry, &plugin, &error));
    seen = rvl_registry_find(registry, RVL_CAPABILITY_AUTHENTICATOR, "old")->interface;
    g_assert_true(seen->prove == prove);
    g_assert_null(seen->skeyid);
}

static void
a_removed_plugin_leaves_nothing(void)
{
    g_autoptr(RvlRegistry) registry = registry_with_toy();
    g_autoptr(GError) error = NULL;

    rvl_registry_remove(registry, "toy");
    g_assert_null(rvl_registry_find(registry, RVL_CAPABILITY_AUTHENTICATOR, NULL));
    g_assert_null(rvl_registry_suite_at(registry, 0));
    g_assert_null(rvl_registry_group_by_word(registry, "toygroup"));
    g_assert_null(rvl_registry_word_at(registry, 0));
    g_assert_true(rvl_registry_add(registry, &toy, &error));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/registry/capabilities-go-by-name-then-by-preference",
                    capabilities_go_by_name_then_by_preference);
    g_test_add_func("/registry/the-instance-reaches-capabilities-and-rows",
                    the_instance_reaches_capabilities_and_rows);
    g_test_add_func("/registry/rows-are-found-by-number-with-their-key-length",
                    rows_are_found_by_number_with_their_key_length);
    g_test_add_func("/registry/rows-come-sorted", rows_come_sorted);
    g_test_add_func("/registry/the-longest-word-wins", the_longest_word_wins);
    g_test_add_func("/registry/one-word-may-mean-a-prf-and-an-integrity",
                    one_word_may_mean_a_prf_and_an_integrity);
    g_test_add_func("/registry/duplicates-are-refused-with-both-names",
                    duplicates_are_refused_with_both_names);
    g_test_add_func("/registry/what-lacks-an-obligatory-part-is-refused",
                    what_lacks_an_obligatory_part_is_refused);
    g_test_add_func("/registry/a-shorter-interface-has-zeros-behind-it",
                    a_shorter_interface_has_zeros_behind_it);
    g_test_add_func("/registry/a-removed-plugin-leaves-nothing", a_removed_plugin_leaves_nothing);
    return g_test_run();
}
