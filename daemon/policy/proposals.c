/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of proposals as immutable values. */
#include "config.h"

#include "policy/proposals.h"

#include <string.h>

#include "registry/algorithms.h"

/* The list in its own memory; what is handed out is the first part. */
typedef struct {
    RvlProposals shown;
    RvlProposal *list;
    RvlProposedTransform *transforms;
    char *words;
    char *weak;
} Owned;

RvlProposals *
rvl_proposals_new(const RvlProposal *list, size_t n, const char *words, const char *weak)
{
    Owned *owned = g_new0(Owned, 1);
    size_t n_transforms = 0;
    RvlProposedTransform *at;

    for (size_t i = 0; i < n; i++)
        n_transforms += list[i].n_transforms;
    owned->list = g_new0(RvlProposal, n + 1);
    owned->transforms = at = g_new0(RvlProposedTransform, n_transforms + 1);
    owned->words = g_strdup(words);
    owned->weak = g_strdup(weak);
    for (size_t i = 0; i < n; i++) {
        owned->list[i] = (RvlProposal){
            .number = (uint8_t)(i + 1),
            .protocol = list[i].protocol,
            .transforms = at,
            .n_transforms = list[i].n_transforms,
        };
        memcpy(at, list[i].transforms, list[i].n_transforms * sizeof(*at));
        at += list[i].n_transforms;
    }
    g_atomic_ref_count_init(&owned->shown.references);
    owned->shown.list = owned->list;
    owned->shown.n = n;
    owned->shown.words = owned->words;
    owned->shown.weak = owned->weak;
    return &owned->shown;
}

RvlProposals *
rvl_proposals_ref(const RvlProposals *proposals)
{
    RvlProposals *shared = (RvlProposals *)proposals; /* counting changes no proposal */

    g_atomic_ref_count_inc(&shared->references);
    return shared;
}

void
rvl_proposals_unref(RvlProposals *proposals)
{
    Owned *owned = (Owned *)(void *)proposals;

    if (proposals == NULL || !g_atomic_ref_count_dec(&proposals->references))
        return;
    g_free(owned->list);
    g_free(owned->transforms);
    g_free(owned->words);
    g_free(owned->weak);
    g_free(owned);
}

static bool
proposal_equal(const RvlProposal *a, const RvlProposal *b)
{
    if (a->protocol != b->protocol || a->n_transforms != b->n_transforms)
        return false;
    for (size_t i = 0; i < a->n_transforms; i++) {
        if (!rvl_transform_equal(&a->transforms[i].transform, &b->transforms[i].transform))
            return false;
    }
    return true;
}

bool
rvl_proposals_equal(const RvlProposals *a, const RvlProposals *b)
{
    if (a == b)
        return true;
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        if (!proposal_equal(&a->list[i], &b->list[i]))
            return false;
    }
    return true;
}

bool
rvl_choice_transform(const RvlChoice *choice, RvlTransformType type, RvlTransform *transform)
{
    for (size_t i = 0; i < choice->n; i++) {
        if (choice->transforms[i].transform.type == type) {
            *transform = choice->transforms[i].transform;
            return true;
        }
    }
    return false;
}

uint16_t
rvl_choice_id(const RvlChoice *choice, RvlTransformType type)
{
    RvlTransform transform;

    return rvl_choice_transform(choice, type, &transform) ? transform.id : 0;
}

char *
rvl_choice_format(const RvlChoice *choice, const RvlRegistry *registry)
{
    /* As proposals are written: cipher, integrity, PRF, group. */
    static const RvlTransformType order[] = {RVL_TRANSFORM_ENCR, RVL_TRANSFORM_INTEG,
                                             RVL_TRANSFORM_PRF, RVL_TRANSFORM_KE};
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        RvlTransform transform;
        const char *word;

        if (!rvl_choice_transform(choice, order[i], &transform) || transform.id == 0)
            continue;
        word = rvl_registry_transform_word(registry, &transform);
        g_string_append(text, text->len > 0 ? "-" : "");
        if (word != NULL)
            g_string_append(text, word);
        else
            g_string_append_printf(text, "%u:%u", transform.type, transform.id);
    }
    if (rvl_choice_id(choice, RVL_TRANSFORM_ESN) == RVL_TRANSFORM_ID_ESN_YES)
        g_string_append(text, "-esn");
    return g_string_free(text, FALSE);
}
