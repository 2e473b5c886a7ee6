/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The choice among a peer's proposals, and the check of a peer's choice (RFC 7296 2.7, 3.3.6). */
#include "config.h"

#include <string.h>

#include "policy/proposals.h"
#include "registry/algorithms.h"
#include "wire/proposal-text.h"

/* The kinds of transforms of one proposal, in the order of their numbers. */
static const RvlTransformType types[] = {RVL_TRANSFORM_ENCR, RVL_TRANSFORM_PRF, RVL_TRANSFORM_INTEG,
                                         RVL_TRANSFORM_KE, RVL_TRANSFORM_ESN};
G_STATIC_ASSERT(G_N_ELEMENTS(types) == RVL_CHOICE_TRANSFORMS);

/* Bits of kinds that did not meet. */
#define DIFFERS(type) (1u << (type))
#define DIFFERS_IN_ALL UINT32_MAX

static bool
has_type(const RvlProposal *proposal, RvlTransformType type)
{
    for (size_t i = 0; i < proposal->n_transforms; i++) {
        if (proposal->transforms[i].transform.type == type)
            return true;
    }
    return false;
}

static bool
holds(const RvlProposal *proposal, const RvlTransform *transform)
{
    for (size_t i = 0; i < proposal->n_transforms; i++) {
        if (proposal->transforms[i].is_acceptable &&
            rvl_transform_equal(&proposal->transforms[i].transform, transform))
            return true;
    }
    return false;
}

/* Each kind has a transform that says "nothing": no integrity, no key exchange, no ESN. Nothing may
 * be said by leaving the kind out, too. Ciphers and PRFs have none. */
static bool
may_be_absent(const RvlProposal *proposal, RvlTransformType type)
{
    RvlTransform nothing = {(uint8_t)type, RVL_TRANSFORM_ID_NONE, 0};

    return type != RVL_TRANSFORM_ENCR && type != RVL_TRANSFORM_PRF &&
           (!has_type(proposal, type) || holds(proposal, &nothing));
}

static bool
has_foreign_type(const RvlProposal *proposal)
{
    for (size_t i = 0; i < proposal->n_transforms; i++) {
        uint8_t type = proposal->transforms[i].transform.type;

        if (type < RVL_TRANSFORM_ENCR || type > RVL_TRANSFORM_ESN)
            return true;
    }
    return false;
}

/* Chooses one transform of @type into @choice; false where the two do not meet. */
static bool
choose_type(const RvlProposal *ours,
            const RvlProposal *offered,
            RvlTransformType type,
            uint16_t preferred,
            RvlChoice *choice)
{
    RvlTransform first = {(uint8_t)type, preferred, 0};
    RvlTransform nothing = {(uint8_t)type, RVL_TRANSFORM_ID_NONE, 0};

    if (preferred != 0 && holds(ours, &first) && holds(offered, &first)) {
        choice->transforms[choice->n++] = (RvlProposedTransform){first, true};
        return true;
    }
    for (size_t i = 0; i < ours->n_transforms; i++) {
        if (ours->transforms[i].transform.type == type &&
            holds(offered, &ours->transforms[i].transform)) {
            choice->transforms[choice->n++] = ours->transforms[i];
            return true;
        }
    }
    if (!may_be_absent(ours, type) || !may_be_absent(offered, type))
        return !has_type(ours, type) && !has_type(offered, type);
    if (has_type(offered, type)) /* of each kind that was offered one is answered */
        choice->transforms[choice->n++] = (RvlProposedTransform){nothing, true};
    return true;
}

/* Returns the kinds that do not meet; 0 with @choice where all do. */
static uint32_t
match(const RvlProposal *ours, const RvlProposal *offered, uint16_t key_exchange, RvlChoice *choice)
{
    uint32_t differing = 0;

    *choice = (RvlChoice){.number = offered->number, .protocol = offered->protocol};
    if (ours->protocol != offered->protocol || has_foreign_type(offered))
        return DIFFERS_IN_ALL;
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        uint16_t preferred = types[i] == RVL_TRANSFORM_KE ? key_exchange : 0;

        if (!choose_type(ours, offered, types[i], preferred, choice))
            differing |= DIFFERS(types[i]);
    }
    return differing;
}

static const char *
word_of(const RvlTransform *transform, RvlProtocol protocol, void *user_data)
{
    (void)protocol;
    return user_data != NULL ? rvl_registry_transform_word(user_data, transform) : NULL;
}

static unsigned
count_bits(uint32_t bits)
{
    return (unsigned)__builtin_popcount(bits);
}

static bool
has_protocol(const RvlProposal *proposals, size_t n, uint8_t protocol)
{
    for (size_t i = 0; i < n; i++) {
        if (proposals[i].protocol == protocol)
            return true;
    }
    return false;
}

static RvlCause
cause_of(uint32_t differing, bool is_ike)
{
    if (differing == DIFFERS(RVL_TRANSFORM_KE))
        return is_ike ? RVL_CAUSE_GROUP_MISMATCH : RVL_CAUSE_PFS_GROUP_MISMATCH;
    if (differing == DIFFERS(RVL_TRANSFORM_ESN))
        return RVL_CAUSE_ESN_MISMATCH;
    return is_ike ? RVL_CAUSE_IKE_PROPOSAL_MISMATCH : RVL_CAUSE_CHILD_PROPOSAL_MISMATCH;
}

/* The kinds that differ between the two proposals that came closest, in words. */
static const char *
difference_text(uint32_t differing)
{
    switch (differing) {
    case DIFFERS(RVL_TRANSFORM_ENCR):
        return "the ends share no cipher";
    case DIFFERS(RVL_TRANSFORM_PRF):
        return "the ends share no PRF";
    case DIFFERS(RVL_TRANSFORM_INTEG):
        return "the ends share no integrity algorithm";
    case DIFFERS(RVL_TRANSFORM_KE):
        return "the ends share no key exchange method";
    case DIFFERS(RVL_TRANSFORM_ESN):
        return "the ends disagree on extended sequence numbers";
    default: /* any mixture of bits */
        return NULL;
    }
}

static void
refuse(const RvlProposals *ours,
       const RvlProposal *offered,
       size_t n,
       uint32_t differing,
       const RvlRegistry *registry,
       GError **error)
{
    g_autofree char *theirs = rvl_proposals_format(offered, n, word_of, (void *)registry);
    g_autofree char *accepted =
        rvl_proposals_format(ours->list, ours->n, word_of, (void *)registry);
    bool is_ike = ours->n > 0 && ours->list[0].protocol == RVL_PROTOCOL_IKE;
    const char *text = difference_text(differing);
    RvlCause cause = cause_of(differing, is_ike);

    if (ours->n > 0 && n > 0 && !has_protocol(offered, n, ours->list[0].protocol))
        cause = RVL_CAUSE_PROTOCOL_MISMATCH;
    rvl_error_set_found(error, cause, theirs, accepted, "%s",
                        text != NULL ? text : rvl_cause_info(cause)->sentence);
}

bool
rvl_proposals_choose(const RvlProposals *ours,
                     const RvlProposal *offered,
                     size_t n,
                     uint16_t key_exchange,
                     const RvlRegistry *registry,
                     RvlChoice *choice,
                     GError **error)
{
    uint32_t nearest = DIFFERS_IN_ALL;

    for (size_t i = 0; i < ours->n; i++) {
        for (size_t j = 0; j < n; j++) {
            RvlChoice tried;
            uint32_t differing = match(&ours->list[i], &offered[j], key_exchange, &tried);

            if (differing == 0) {
                *choice = tried;
                return true;
            }
            if (count_bits(differing) < count_bits(nearest))
                nearest = differing;
        }
    }
    refuse(ours, offered, n, nearest, registry, error);
    return false;
}

/* Whether an answer has more than one transform of a kind: then it chose nothing. */
static bool
is_undecided(const RvlProposal *answer)
{
    uint32_t seen = 0;

    for (size_t i = 0; i < answer->n_transforms; i++) {
        uint8_t type = answer->transforms[i].transform.type;
        uint32_t bit = type < 32 ? DIFFERS(type) : 0;

        if ((seen & bit) != 0)
            return true;
        seen |= bit;
    }
    return false;
}

bool
rvl_proposals_accept(const RvlProposals *ours,
                     const RvlProposal *answer,
                     bool by_number,
                     const RvlRegistry *registry,
                     RvlChoice *choice,
                     GError **error)
{
    uint32_t nearest = DIFFERS_IN_ALL;

    for (size_t i = 0; i < ours->n && !is_undecided(answer); i++) {
        RvlChoice tried;
        uint32_t differing;

        if (by_number && ours->list[i].number != answer->number)
            continue;
        differing = match(&ours->list[i], answer, 0, &tried);
        if (differing == 0) {
            *choice = tried;
            return true;
        }
        if (count_bits(differing) < count_bits(nearest))
            nearest = differing;
    }
    refuse(ours, answer, 1, nearest, registry, error);
    return false;
}

bool
rvl_proposals_accept_choice(const RvlProposals *ours, const RvlChoice *choice)
{
    RvlProposal chosen = {
        .number = choice->number,
        .protocol = choice->protocol,
        .transforms = choice->transforms,
        .n_transforms = choice->n,
    };
    RvlChoice unused;

    for (size_t i = 0; i < ours->n; i++) {
        if (match(&ours->list[i], &chosen, 0, &unused) == 0)
            return true;
    }
    return false;
}
