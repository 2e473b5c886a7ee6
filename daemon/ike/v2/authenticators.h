/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What IKE_SA_INIT and IKE_AUTH ask of authenticators: announcements, and jobs to prove and check. */
#pragma once

#include "ike/core/ike-sa.h"

/** rvl_authenticators_announce: adds the notifies of the methods that @connection names. */
void rvl_authenticators_announce(const RvlRegistry *registry,
                                 const RvlConnection *connection,
                                 RvlDraft *draft);
/** rvl_authenticators_hear: keeps the peer's notifies of the types that any method announces. */
void rvl_authenticators_hear(const RvlRegistry *registry,
                             const RvlMessage *message,
                             GArray *notifies);
/** rvl_authenticators_request: adds CERTREQ payloads for the authorities that @connection trusts. */
void rvl_authenticators_request(const RvlRegistry *registry,
                                const RvlConnection *connection,
                                RvlDraft *draft);
/** rvl_authenticators_hear_requests: keeps the peer's CERTREQ payloads. */
void rvl_authenticators_hear_requests(const RvlMessage *message, GArray *authorities);

/**
 * rvl_authenticators_of_method:
 *
 * Returns: (transfer none) (nullable): the word of the authenticator, of those that @connection
 * accepts from the peer, that checks AUTH payloads of @method; NULL: none.
 */
const char *rvl_authenticators_of_method(const RvlRegistry *registry,
                                         const RvlConnection *connection,
                                         uint8_t method);
/** rvl_authenticators_word: the same of all that are registered. */
const char *rvl_authenticators_word(const RvlRegistry *registry, uint8_t method);

/** rvl_authenticators_local_identity: (transfer full): who this end is on @ike. */
RvlIdentity *rvl_authenticators_local_identity(const RvlIkeSa *ike);

/** rvl_authenticators_prove_job: (transfer full): @ike's local identity must be set. */
RvlJob *rvl_authenticators_prove_job(const RvlIkeSa *ike);
/**
 * rvl_authenticators_check_job: (transfer full):
 * @message: the IKE_AUTH message that holds ID, CERT and AUTH
 * @id: the peer's ID payload
 */
RvlJob *rvl_authenticators_check_job(const RvlIkeSa *ike,
                                     const RvlMessage *message,
                                     const RvlPayload *id,
                                     const RvlAuthPolicy *policy);
