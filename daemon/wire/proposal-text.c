/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Proposals as one line of text. */
#include "config.h"

#include "wire/proposal-text.h"

static const char *
protocol_name(uint8_t protocol)
{
    switch (protocol) {
    case RVL_PROTOCOL_IKE:
        return "IKE";
    case RVL_PROTOCOL_AH:
        return "AH";
    case RVL_PROTOCOL_ESP:
        return "ESP";
    default:
        return NULL;
    }
}

/* Names of kinds, for transforms without a word; index is the type. */
static const char *const kinds[] = {NULL, "encr", "prf", "integ", "ke", "esn"};

static void
append_numbers(GString *text, const RvlTransform *transform)
{
    if (transform->type < G_N_ELEMENTS(kinds) && kinds[transform->type] != NULL)
        g_string_append_printf(text, "%s-%u", kinds[transform->type], transform->id);
    else
        g_string_append_printf(text, "type%u-%u", transform->type, transform->id);
    if (transform->key_bits != 0)
        g_string_append_printf(text, "-%u", transform->key_bits);
}

static void
append_transform(GString *text,
                 const RvlProposedTransform *proposed,
                 RvlProtocol protocol,
                 RvlTransformWord word,
                 void *user_data)
{
    const RvlTransform *transform = &proposed->transform;
    const char *name = word != NULL ? word(transform, protocol, user_data) : NULL;

    if (name != NULL)
        g_string_append(text, name);
    else
        append_numbers(text, transform);
    if (!proposed->is_acceptable)
        g_string_append(text, "(unknown attribute)");
}

static void
append_proposal(GString *text, const RvlProposal *proposal, RvlTransformWord word, void *user_data)
{
    const char *protocol = protocol_name(proposal->protocol);

    if (protocol != NULL)
        g_string_append(text, protocol);
    else
        g_string_append_printf(text, "protocol%u", proposal->protocol);
    for (size_t i = 0; i < proposal->n_transforms && text->len <= RVL_PROPOSALS_TEXT_MAX; i++) {
        bool is_same_kind = i != 0 && proposal->transforms[i].transform.type ==
                                          proposal->transforms[i - 1].transform.type;

        g_string_append_c(text, i == 0 ? ' ' : is_same_kind ? '|' : '/');
        append_transform(text, &proposal->transforms[i], (RvlProtocol)proposal->protocol, word,
                         user_data);
    }
}

char *
rvl_proposals_format(const RvlProposal *proposals, size_t n, RvlTransformWord word, void *user_data)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < n && text->len <= RVL_PROPOSALS_TEXT_MAX; i++) {
        if (i != 0)
            g_string_append(text, ", ");
        append_proposal(text, &proposals[i], word, user_data);
    }
    if (text->len > RVL_PROPOSALS_TEXT_MAX) {
        g_string_truncate(text, RVL_PROPOSALS_TEXT_MAX);
        g_string_append(text, "…");
    }
    return g_string_free(text, FALSE);
}
