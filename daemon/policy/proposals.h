/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Proposals as configured: parsed from words, and the choice among a peer's. */
#pragma once

#include <ravelin/error.h>

#include "registry/registry.h"
#include "wire/payload.h"

/**
 * RvlProposals:
 * @list: (array length=n): numbered from 1, without SPI, all transforms acceptable; in each,
 *   transforms go by type, and within a type by preference
 * @words: as configured, for reports: `aes256gcm16-sha384-ecp384, …`
 * @weak: (nullable): words of the weak algorithms among them, which were named
 *
 * An immutable, reference-counted list; equal lists of one snapshot are one object. Thread: any.
 */
typedef struct {
    gatomicrefcount references;
    const RvlProposal *list;
    size_t n;
    const char *words;
    const char *weak;
} RvlProposals;

RvlProposals *rvl_proposals_ref(const RvlProposals *proposals);
void rvl_proposals_unref(RvlProposals *proposals);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlProposals, rvl_proposals_unref)
bool rvl_proposals_equal(const RvlProposals *a, const RvlProposals *b);

/** RVL_PROPOSALS_MAX: proposals of one list: far more than anybody needs. */
#define RVL_PROPOSALS_MAX 32

/**
 * rvl_proposals_parse:
 * @words: NULL-terminated, a proposal each: `aes256-sha256-modp2048`
 * @protocol: RVL_PROTOCOL_IKE, _ESP or _AH
 * @skips_unknown: words that no plugin has are left out, and with them proposals that they leave
 *   without cipher or group: for a profile's defaults
 *
 * `sha256` beside a combined cipher means the PRF, else the integrity algorithm and, where no PRF
 * is named, the PRF too. An IKE proposal without cipher, PRF or group, or without integrity where
 * the cipher has none, is refused; so is an encryption without integrity. ESP and AH get no ESN
 * here: see rvl_child_policy_offer().
 *
 * Errors: RVL_CAUSE_CONFIG_INVALID, with the nearest word.
 */
RvlProposals *rvl_proposals_parse(const RvlRegistry *registry,
                                  const char *const *words,
                                  RvlProtocol protocol,
                                  bool skips_unknown,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_proposals_new: copies all; numbers are given anew. @weak: (nullable). */
RvlProposals *rvl_proposals_new(const RvlProposal *list,
                                size_t n,
                                const char *words,
                                const char *weak);

/** RVL_CHOICE_TRANSFORMS: transforms that a chosen proposal has at most, one a type. */
#define RVL_CHOICE_TRANSFORMS 5

/**
 * RvlChoice:
 * @number: of the offered proposal that was chosen: the answer bears it
 * @transforms: (array length=n): one of each type that the chosen proposal offered
 *
 * What a responder answers with. A plain value.
 */
typedef struct {
    uint8_t number;
    uint8_t protocol;
    RvlProposedTransform transforms[RVL_CHOICE_TRANSFORMS];
    size_t n;
} RvlChoice;

/** rvl_choice_id: transform ID of @type; 0 (NONE, or no ESN) where the choice has none of it. */
uint16_t rvl_choice_id(const RvlChoice *choice, RvlTransformType type);
/** rvl_choice_transform: the transform of @type; false: none. */
bool rvl_choice_transform(const RvlChoice *choice, RvlTransformType type, RvlTransform *transform);

/**
 * rvl_proposals_choose:
 * @ours: as accepted, by preference
 * @offered: (array length=n): the peer's
 * @key_exchange: (nullable): a method for which the peer has sent a public value: among equal
 *   choices the one that needs no further round; 0: none
 *
 * The responder's choice: the first of @ours that some offered proposal meets, and in it of each
 * type the first of ours that was offered (RFC 7296 2.7, 3.3). Offered types that we don't know
 * make a proposal unacceptable (3.3.6).
 *
 * Errors: RVL_CAUSE_IKE_PROPOSAL_MISMATCH, _CHILD_PROPOSAL_MISMATCH; where all but one type meet,
 * _GROUP_MISMATCH, _PFS_GROUP_MISMATCH, _ESN_MISMATCH, _PROTOCOL_MISMATCH; with both sides' words.
 */
bool rvl_proposals_choose(const RvlProposals *ours,
                          const RvlProposal *offered,
                          size_t n,
                          uint16_t key_exchange,
                          const RvlRegistry *registry,
                          RvlChoice *choice,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_proposals_accept:
 * @by_number: whether @answer must be of the proposal that bears its number: the initiator's check
 *   of a response; else any will do
 *
 * One transform of each type, each of them among @ours (RFC 7296 3.3.6). @choice is what was
 * negotiated.
 *
 * Errors: the same.
 */
bool rvl_proposals_accept(const RvlProposals *ours,
                          const RvlProposal *answer,
                          bool by_number,
                          const RvlRegistry *registry,
                          RvlChoice *choice,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_proposals_accept_choice: whether some proposal of @ours holds all of @choice. */
bool rvl_proposals_accept_choice(const RvlProposals *ours, const RvlChoice *choice);

/** rvl_choice_format: (transfer full): `aes256gcm16-prfsha384-ecp384`, in the registry's words. */
char *rvl_choice_format(const RvlChoice *choice, const RvlRegistry *registry);
