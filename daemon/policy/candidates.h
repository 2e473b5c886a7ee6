/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Candidates: the connections that a peer may still turn out to belong to; the set only shrinks. */
#pragma once

#include "policy/snapshot.h"

/**
 * RvlCandidates:
 *
 * A responder learns late whom it talks to: first addresses and version, then IDr and IDi, then the
 * method. Each step keeps those connections that fit; none ever comes back. Costs of a step don't
 * grow with the number of connections: exact addresses and identities are hashed, and connections
 * for any address stay unlisted until an identity is known.
 *
 * Belongs to one IKE SA.
 */
typedef struct RvlCandidates RvlCandidates;

/**
 * rvl_candidates_new:
 *
 * Connections that serve both addresses by IKE @version; those of exact addresses before those of
 * prefixes, names and any address.
 *
 * Errors: RVL_CAUSE_NO_SUCH_PEER, RVL_CAUSE_VERSION_MISMATCH; NULL then.
 */
RvlCandidates *rvl_candidates_new(const RvlSnapshot *snapshot,
                                  const RvlAddress *local,
                                  const RvlAddress *remote,
                                  uint8_t version,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** rvl_candidates_new_one: the initiator's: it knows. */
RvlCandidates *rvl_candidates_new_one(const RvlConnection *connection);
void rvl_candidates_free(RvlCandidates *candidates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlCandidates, rvl_candidates_free)

/** rvl_candidates_best: (transfer none) (nullable): the first that is left. */
const RvlConnection *rvl_candidates_best(const RvlCandidates *candidates);

/* Each keeps what fits and returns true, or changes nothing and returns false with @error, which
 * holds both sides' values. */

/**
 * rvl_candidates_choose: as rvl_proposals_choose(), over the IKE proposals of all that are left, in
 * their order; keeps those that accept the choice.
 */
bool rvl_candidates_choose(RvlCandidates *candidates,
                           const RvlProposal *offered,
                           size_t n,
                           uint16_t key_exchange,
                           const RvlRegistry *registry,
                           RvlChoice *choice,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_candidates_keep_local: the peer asks for @identity (IDr). RVL_CAUSE_NO_SUCH_IDENTITY. */
bool rvl_candidates_keep_local(RvlCandidates *candidates,
                               const RvlIdentity *identity,
                               const RvlAddress *own,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_candidates_keep_remote: the peer says it is @identity (IDi). RVL_CAUSE_NO_SUCH_IDENTITY. */
bool rvl_candidates_keep_remote(RvlCandidates *candidates,
                                const RvlIdentity *identity,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_candidates_keep_method: it proves itself by @word; once its identity is known.
 * RVL_CAUSE_AUTH_METHOD_MISMATCH.
 */
bool rvl_candidates_keep_method(RvlCandidates *candidates,
                                const char *word,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
