/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Proposals: words, the responder's choice, the check of an answer. */
#include "config.h"

#include "policy/proposals.h"

#include <string.h>

#include "fakes/policy.h"
#include "registry/algorithms.h"

static RvlProposals *
parse(RvlFakePolicy *policy, RvlProtocol protocol, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, ", ", -1);
    g_autoptr(GError) error = NULL;
    RvlProposals *proposals =
        rvl_proposals_parse(policy->registry, (const char *const *)words, protocol, false, &error);

    g_assert_no_error(error);
    return proposals;
}

/* The transforms of the first proposal, as `TYPE:ID/BITS`. */
static char *
numbers(const RvlProposal *proposal)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < proposal->n_transforms; i++) {
        const RvlTransform *t = &proposal->transforms[i].transform;

        g_string_append_printf(text, "%s%u:%u", i > 0 ? " " : "", t->type, t->id);
        if (t->key_bits != 0)
            g_string_append_printf(text, "/%u", t->key_bits);
    }
    return g_string_free(text, FALSE);
}

static void
words_become_transforms(void)
{
    static const struct {
        RvlProtocol protocol;
        const char *words;
        const char *numbers;
    } rows[] = {
        {RVL_PROTOCOL_IKE, "aes256gcm16-sha384-ecp384", "1:20/256 2:6 4:20"},
        {RVL_PROTOCOL_IKE, "aes256gcm16-prfsha384-dh20", "1:20/256 2:6 4:20"},
        {RVL_PROTOCOL_IKE, "aes256-sha256-modp2048", "1:12/256 2:5 3:12 4:14"},
        {RVL_PROTOCOL_IKE, "aes256-sha256-prfsha384-modp2048", "1:12/256 2:6 3:12 4:14"},
        {RVL_PROTOCOL_IKE, "aes256-aes128-sha256-sha384-x25519-ecp384",
         "1:12/256 1:12/128 2:5 2:6 3:12 3:13 4:31 4:20"},
        {RVL_PROTOCOL_IKE, "aes128-aes128-sha256-x25519-curve25519", "1:12/128 2:5 3:12 4:31"},
        {RVL_PROTOCOL_IKE, "chacha20poly1305-sha256-x25519", "1:28 2:5 4:31"},
        {RVL_PROTOCOL_ESP, "aes256gcm16", "1:20/256"},
        {RVL_PROTOCOL_ESP, "aes256-sha256-ecp384", "1:12/256 3:12 4:20"},
        {RVL_PROTOCOL_AH, "sha256", "3:12"},
    };
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvlProposals) proposals = parse(policy, rows[i].protocol, rows[i].words);
        g_autofree char *text = numbers(&proposals->list[0]);

        g_assert_cmpstr(text, ==, rows[i].numbers);
        g_assert_cmpuint(proposals->list[0].number, ==, 1);
    }
}

static void
broken_words_are_refused(void)
{
    static const struct {
        RvlProtocol protocol;
        const char *words;
    } rows[] = {
        {RVL_PROTOCOL_IKE, ""},
        {RVL_PROTOCOL_IKE, "aes256gcm16--sha384-ecp384"},
        {RVL_PROTOCOL_IKE, "-aes256gcm16"},
        {RVL_PROTOCOL_IKE, "aes256gcm16-sha384-ecp384-"},
        {RVL_PROTOCOL_IKE, "aes256gcm16-ecp384"},
        {RVL_PROTOCOL_IKE, "sha384-ecp384"},
        {RVL_PROTOCOL_IKE, "aes256-prfsha256-ecp384"},
        {RVL_PROTOCOL_IKE, "nonsense"},
        {RVL_PROTOCOL_ESP, "aes256gcm16-sha256"},
        {RVL_PROTOCOL_ESP, "aes256gcm16-prfsha256"},
        {RVL_PROTOCOL_ESP, "sha256"},
        {RVL_PROTOCOL_AH, "aes256-sha256"},
    };
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *const words[] = {rows[i].words, NULL};
        g_autoptr(GError) error = NULL;

        g_assert_null(
            rvl_proposals_parse(policy->registry, words, rows[i].protocol, false, &error));
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_CONFIG_INVALID);
    }
}

static void
defaults_skip_what_is_not_there(void)
{
    static const char *const words[] = {"missing-aes256gcm16-sha384-gone-ecp384",
                                        "missing-sha256-ecp384", "aes128gcm16-sha256-lost", NULL};
    static const char *const nothing[] = {"missing", NULL};
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlProposals) proposals =
        rvl_proposals_parse(policy->registry, words, RVL_PROTOCOL_IKE, true, NULL);
    g_autofree char *text = numbers(&proposals->list[0]);

    g_assert_cmpuint(proposals->n, ==, 1);
    g_assert_cmpstr(text, ==, "1:20/256 2:6 4:20");
    g_assert_null(rvl_proposals_parse(policy->registry, nothing, RVL_PROTOCOL_IKE, true, NULL));
}

static const struct {
    const char *name;
    RvlProtocol protocol;
    const char *ours;
    const char *offered;
    uint16_t key_exchange;
    uint8_t number;     /* of the offered one; 0: refused */
    const char *chosen; /* or the cause's word */
} choices[] = {
    {"our-order-counts", RVL_PROTOCOL_IKE, "aes256gcm16-aes128gcm16-sha384-sha256-ecp384-x25519",
     "aes128gcm16-aes256gcm16-sha256-sha384-x25519-ecp384", 0, 1, "aes256gcm16-prfsha384-ecp384"},
    {"our-first-proposal-counts", RVL_PROTOCOL_IKE,
     "aes256gcm16-sha384-ecp384, aes256-sha256-modp2048",
     "aes256-sha256-modp2048, aes256gcm16-sha384-ecp384", 0, 2, "aes256gcm16-prfsha384-ecp384"},
    {"the-key-that-came-saves-a-round", RVL_PROTOCOL_IKE, "aes256gcm16-sha384-ecp384-x25519",
     "aes256gcm16-sha384-x25519-ecp384", 31, 1, "aes256gcm16-prfsha384-curve25519"},
    {"a-key-that-we-refuse-saves-nothing", RVL_PROTOCOL_IKE, "aes256gcm16-sha384-ecp384",
     "aes256gcm16-sha384-x25519-ecp384", 31, 1, "aes256gcm16-prfsha384-ecp384"},
    {"key-length-is-part-of-the-transform", RVL_PROTOCOL_IKE, "aes256gcm16-sha384-ecp384",
     "aes128gcm16-sha384-ecp384", 0, 0, "ike-proposal-mismatch"},
    {"no-common-group", RVL_PROTOCOL_IKE, "aes256gcm16-sha384-ecp384", "aes256gcm16-sha384-x25519",
     31, 0, "group-mismatch"},
    {"no-common-cipher", RVL_PROTOCOL_IKE, "aes256gcm16-sha384-ecp384",
     "chacha20poly1305-sha384-ecp384", 0, 0, "ike-proposal-mismatch"},
    {"child-groups-must-meet", RVL_PROTOCOL_ESP, "aes256gcm16-ecp384", "aes256gcm16-x25519", 31, 0,
     "pfs-group-mismatch"},
    {"child-without-group-against-one-with", RVL_PROTOCOL_ESP, "aes256gcm16-ecp384", "aes256gcm16",
     0, 0, "pfs-group-mismatch"},
    {"child-ciphers-must-meet", RVL_PROTOCOL_ESP, "aes256gcm16", "aes256-sha256", 0, 0,
     "child-proposal-mismatch"},
};

static void
chooses(gconstpointer data)
{
    const typeof(choices[0]) *c = data;
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlProposals) ours = parse(policy, c->protocol, c->ours);
    g_autoptr(RvlProposals) offered = parse(policy, c->protocol, c->offered);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    RvlChoice choice;

    if (c->number == 0) {
        g_assert_false(rvl_proposals_choose(ours, offered->list, offered->n, c->key_exchange,
                                            policy->registry, &choice, &error));
        g_assert_cmpstr(rvl_cause_info(rvl_error_cause(error))->word, ==, c->chosen);
        g_assert_nonnull(rvl_error_found(error));
        g_assert_nonnull(rvl_error_wanted(error));
        return;
    }
    g_assert_true(rvl_proposals_choose(ours, offered->list, offered->n, c->key_exchange,
                                       policy->registry, &choice, &error));
    text = rvl_choice_format(&choice, policy->registry);
    g_assert_cmpstr(text, ==, c->chosen);
    g_assert_cmpuint(choice.number, ==, c->number);
    g_assert_true(rvl_proposals_accept_choice(ours, &choice));
    g_assert_true(rvl_proposals_accept_choice(offered, &choice));
}

#define T(t, i, b)                                                                                 \
    {                                                                                              \
        {(t), (i), (b)}, true                                                                      \
    }

/* Offers that no words of ours make: (RFC 7296 3.3). */
static const struct {
    const char *name;
    const char *ours;
    RvlProtocol protocol;
    RvlProposedTransform offered[6];
    size_t n;
    const char *chosen; /* or the cause's word */
    size_t n_chosen;    /* 0: refused */
} foreign[] = {
    {"integrity-none-beside-a-combined-cipher-is-answered",
     "aes256gcm16",
     RVL_PROTOCOL_ESP,
     {T(1, 20, 256), T(3, 0, 0), T(5, 0, 0)},
     3,
     "aes256gcm16",
     3},
    {"integrity-beside-a-combined-cipher-is-refused",
     "aes256gcm16",
     RVL_PROTOCOL_ESP,
     {T(1, 20, 256), T(3, 12, 0), T(5, 0, 0)},
     3,
     "child-proposal-mismatch",
     0},
    {"key-exchange-none-is-answered",
     "aes256gcm16",
     RVL_PROTOCOL_ESP,
     {T(1, 20, 256), T(4, 31, 0), T(4, 0, 0)},
     3,
     "aes256gcm16",
     2},
    {"unknown-type-is-refused",
     "aes256gcm16",
     RVL_PROTOCOL_ESP,
     {T(1, 20, 256), T(200, 1, 0)},
     2,
     "child-proposal-mismatch",
     0},
    {"additional-key-exchange-is-an-unknown-type",
     "aes256gcm16-sha384-x25519",
     RVL_PROTOCOL_IKE,
     {T(1, 20, 256), T(2, 6, 0), T(4, 31, 0), T(6, 36, 0)},
     4,
     "ike-proposal-mismatch",
     0},
    {"transform-with-unknown-attribute-is-not-chosen",
     "aes256gcm16-aes128gcm16",
     RVL_PROTOCOL_ESP,
     {{{1, 20, 256}, false}, T(1, 20, 128)},
     2,
     "aes128gcm16",
     1},
    {"esn-alone-is-refused-without-it",
     "aes256gcm16",
     RVL_PROTOCOL_ESP,
     {T(1, 20, 256), T(5, 1, 0)},
     2,
     "esn-mismatch",
     0},
    {"ike-without-group",
     "aes256gcm16-sha384-x25519",
     RVL_PROTOCOL_IKE,
     {T(1, 20, 256), T(2, 6, 0)},
     2,
     "group-mismatch",
     0},
    {"ike-with-group-none",
     "aes256gcm16-sha384-x25519",
     RVL_PROTOCOL_IKE,
     {T(1, 20, 256), T(2, 6, 0), T(4, 0, 0)},
     3,
     "group-mismatch",
     0},
    {"ike-without-prf",
     "aes256gcm16-sha384-x25519",
     RVL_PROTOCOL_IKE,
     {T(1, 20, 256), T(4, 31, 0)},
     2,
     "ike-proposal-mismatch",
     0},
    {"ike-without-integrity",
     "aes256-sha256-x25519",
     RVL_PROTOCOL_IKE,
     {T(1, 12, 256), T(2, 5, 0), T(4, 31, 0)},
     3,
     "ike-proposal-mismatch",
     0},
    {"ike-without-cipher",
     "aes256-sha256-x25519",
     RVL_PROTOCOL_IKE,
     {T(2, 5, 0), T(3, 12, 0), T(4, 31, 0)},
     3,
     "ike-proposal-mismatch",
     0},
    {"child-with-a-prf-of-zero",
     "aes256gcm16",
     RVL_PROTOCOL_ESP,
     {T(1, 20, 256), T(2, 0, 0)},
     2,
     "child-proposal-mismatch",
     0},
    {"nothing", "aes256gcm16", RVL_PROTOCOL_ESP, {T(0, 0, 0)}, 0, "child-proposal-mismatch", 0},
    {"other-protocol", "aes256gcm16", RVL_PROTOCOL_AH, {T(3, 12, 0)}, 1, "protocol-mismatch", 0},
};

static void
meets_foreign_offers(gconstpointer data)
{
    const typeof(foreign[0]) *c = data;
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlProposals) ours =
        parse(policy, c->protocol == RVL_PROTOCOL_AH ? RVL_PROTOCOL_ESP : c->protocol, c->ours);
    RvlProposal offered = {.number = 7,
                           .protocol = (uint8_t)c->protocol,
                           .transforms = c->offered,
                           .n_transforms = c->n};
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    RvlChoice choice;

    if (c->n_chosen == 0) {
        g_assert_false(
            rvl_proposals_choose(ours, &offered, 1, 0, policy->registry, &choice, &error));
        g_assert_cmpstr(rvl_cause_info(rvl_error_cause(error))->word, ==, c->chosen);
        return;
    }
    g_assert_true(rvl_proposals_choose(ours, &offered, 1, 0, policy->registry, &choice, &error));
    text = rvl_choice_format(&choice, policy->registry);
    g_assert_cmpstr(text, ==, c->chosen);
    g_assert_cmpuint(choice.n, ==, c->n_chosen);
    g_assert_cmpuint(choice.number, ==, 7);
}

/* Every type and number that a transform can bear is answered by a refusal or a row of ours. */
static void
all_numbers_are_harmless(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlProposals) ours = parse(policy, RVL_PROTOCOL_IKE, "aes256gcm16-sha384-x25519");

    for (unsigned type = 0; type < 256; type++) {
        for (unsigned id = 0; id < 65536; id += 251) {
            RvlProposedTransform offered[] = {T(1, 20, 256), T(2, 6, 0), T(4, 31, 0),
                                              T((uint8_t)type, (uint16_t)id, 0)};
            RvlProposal proposal = {.number = 1,
                                    .protocol = RVL_PROTOCOL_IKE,
                                    .transforms = offered,
                                    .n_transforms = 4};
            RvlChoice choice;

            if (rvl_proposals_choose(ours, &proposal, 1, 0, policy->registry, &choice, NULL))
                g_assert_cmpuint(rvl_choice_id(&choice, RVL_TRANSFORM_KE), ==, 31);
        }
    }
}

static void
answers_are_checked(void)
{
    static const struct {
        const char *name;
        uint8_t number;
        RvlProposedTransform answer[5];
        size_t n;
        bool is_good;
    } rows[] = {
        {"as offered", 1, {T(1, 20, 128), T(2, 6, 0), T(4, 31, 0)}, 3, true},
        {"the second", 2, {T(1, 12, 256), T(2, 5, 0), T(3, 12, 0), T(4, 14, 0)}, 4, true},
        {"wrong number", 2, {T(1, 20, 128), T(2, 6, 0), T(4, 31, 0)}, 3, false},
        {"two of a type", 1, {T(1, 20, 128), T(1, 20, 256), T(2, 6, 0), T(4, 31, 0)}, 4, false},
        {"not offered", 1, {T(1, 20, 192), T(2, 6, 0), T(4, 31, 0)}, 3, false},
        {"a type left out", 1, {T(1, 20, 128), T(4, 31, 0)}, 2, false},
        {"group left out", 1, {T(1, 20, 128), T(2, 6, 0)}, 2, false},
        {"group none", 1, {T(1, 20, 128), T(2, 6, 0), T(4, 0, 0)}, 3, false},
        {"a type too many", 1, {T(1, 20, 128), T(2, 6, 0), T(4, 31, 0), T(3, 12, 0)}, 4, false},
        {"no such number", 9, {T(1, 20, 128), T(2, 6, 0), T(4, 31, 0)}, 3, false},
    };
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autoptr(RvlProposals) ours = parse(
        policy, RVL_PROTOCOL_IKE, "aes256gcm16-aes128gcm16-sha384-x25519, aes256-sha256-modp2048");

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvlProposal answer = {.number = rows[i].number,
                              .protocol = RVL_PROTOCOL_IKE,
                              .transforms = rows[i].answer,
                              .n_transforms = rows[i].n};
        g_autoptr(GError) error = NULL;
        RvlChoice choice;
        bool is_good = rvl_proposals_accept(ours, &answer, true, policy->registry, &choice, &error);

        if (is_good != rows[i].is_good)
            g_test_message("%s", rows[i].name);
        g_assert_cmpint(is_good, ==, rows[i].is_good);
        g_assert_cmpint(error == NULL, ==, rows[i].is_good);
    }
}

/* pfs and esn as an offer shows them: groups and NONE in KE, both or one in ESN. */
static void
child_offers_follow_pfs_and_esn(void)
{
    static const struct {
        const char *keys;
        bool has_esn;
        bool has_key_exchange;
        const char *numbers;
    } rows[] = {
        {"", true, false, "1:20/256 5:1 5:0"},
        {"", true, true, "1:20/256 4:31 4:20 4:0 5:1 5:0"},
        {"", false, true, "1:20/256 4:31 4:20 4:0 5:0"},
        {"pfs = no\n", true, true, "1:20/256 5:1 5:0"},
        {"pfs = require\n", true, true, "1:20/256 4:31 4:20 5:1 5:0"},
        {"esn = yes\n", true, false, "1:20/256 5:1"},
        {"esn = no\n", true, false, "1:20/256 5:0"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
        g_autofree char *conf = g_strdup_printf(
            "[connection a]\nprotect = any <-> any\nike-proposals = aes256gcm16-sha384-x25519-"
            "ecp384\nchild-proposals = aes256gcm16\n%s",
            rows[i].keys);
        g_autoptr(RvlSnapshot) snapshot =
            rvl_fake_policy_compile(policy, conf, "[secret a]\npsk = \"0123456789abcdef\"\n", NULL);
        const RvlChildPolicy *child = &rvl_snapshot_find(snapshot, "a")->children[0];
        g_autoptr(RvlProposals) offer =
            rvl_child_policy_offer(child, rows[i].has_esn, rows[i].has_key_exchange);
        g_autofree char *text = numbers(&offer->list[0]);

        g_assert_cmpstr(text, ==, rows[i].numbers);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/proposals/words-become-transforms", words_become_transforms);
    g_test_add_func("/policy/proposals/broken-words-are-refused", broken_words_are_refused);
    g_test_add_func("/policy/proposals/defaults-skip-what-is-not-there",
                    defaults_skip_what_is_not_there);
    g_test_add_func("/policy/proposals/all-numbers-are-harmless", all_numbers_are_harmless);
    g_test_add_func("/policy/proposals/answers-are-checked", answers_are_checked);
    g_test_add_func("/policy/proposals/child-offers-follow-pfs-and-esn",
                    child_offers_follow_pfs_and_esn);
    for (size_t i = 0; i < G_N_ELEMENTS(choices); i++) {
        g_autofree char *path = g_strdup_printf("/policy/proposals/choice/%s", choices[i].name);

        g_test_add_data_func(path, &choices[i], chooses);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++) {
        g_autofree char *path = g_strdup_printf("/policy/proposals/foreign/%s", foreign[i].name);

        g_test_add_data_func(path, &foreign[i], meets_foreign_offers);
    }
    return g_test_run();
}
