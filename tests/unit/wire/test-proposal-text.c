/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Proposals as a line of text. */
#include "config.h"

#include "wire/proposal-text.h"

#include <string.h>

static const char *
word_of(const RvlTransform *transform, RvlProtocol protocol, void *user_data)
{
    g_assert_cmpstr(user_data, ==, "registry");
    if (transform->type == RVL_TRANSFORM_ENCR && transform->id == 20)
        return transform->key_bits == 256 ? "aes256gcm16" : "aes128gcm16";
    if (transform->type == RVL_TRANSFORM_ESN)
        return protocol == RVL_PROTOCOL_ESP ? "noesn" : NULL;
    return NULL;
}

static const RvlProposedTransform transforms[] = {
    {{RVL_TRANSFORM_ENCR, 20, 256}, true},
    {{RVL_TRANSFORM_ENCR, 20, 128}, true},
    {{RVL_TRANSFORM_KE, 31, 0}, true},
    {{RVL_TRANSFORM_ESN, 0, 0}, true},
    {{77, 1, 0}, false},
};

static void
words_come_from_the_registry(void)
{
    const RvlProposal proposals[] = {
        {.protocol = RVL_PROTOCOL_ESP, .transforms = transforms, .n_transforms = 4},
        {.protocol = 9, .transforms = transforms, .n_transforms = 1},
    };
    g_autofree char *text = rvl_proposals_format(proposals, 2, word_of, (void *)"registry");

    g_assert_cmpstr(text, ==, "ESP aes256gcm16|aes128gcm16/ke-31/noesn, protocol9 aes256gcm16");
}

static void
numbers_stand_where_there_is_no_word(void)
{
    const RvlProposal proposal = {
        .protocol = RVL_PROTOCOL_IKE, .transforms = transforms, .n_transforms = 5};
    g_autofree char *text = rvl_proposals_format(&proposal, 1, NULL, NULL);

    g_assert_cmpstr(text, ==,
                    "IKE encr-20-256|encr-20-128/ke-31/esn-0/type77-1(unknown attribute)");
}

static void
nothing_is_empty(void)
{
    g_autofree char *text = rvl_proposals_format(NULL, 0, NULL, NULL);

    g_assert_cmpstr(text, ==, "");
}

static void
hostile_length_is_cut(void)
{
    RvlProposedTransform many[255];
    RvlProposal proposals[255];

    for (gsize i = 0; i < G_N_ELEMENTS(many); i++)
        many[i] = transforms[4];
    for (gsize i = 0; i < G_N_ELEMENTS(proposals); i++)
        proposals[i] = (RvlProposal){.transforms = many, .n_transforms = G_N_ELEMENTS(many)};
    g_autofree char *text = rvl_proposals_format(proposals, G_N_ELEMENTS(proposals), NULL, NULL);

    g_assert_cmpuint(strlen(text), ==, RVL_PROPOSALS_TEXT_MAX + strlen("…"));
    g_assert_true(g_utf8_validate(text, -1, NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/proposal-text/words-come-from-the-registry",
                    words_come_from_the_registry);
    g_test_add_func("/wire/proposal-text/numbers-stand-where-there-is-no-word",
                    numbers_stand_where_there_is_no_word);
    g_test_add_func("/wire/proposal-text/nothing-is-empty", nothing_is_empty);
    g_test_add_func("/wire/proposal-text/hostile-length-is-cut", hostile_length_is_cut);
    return g_test_run();
}
