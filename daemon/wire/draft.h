/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message that is being written: its payloads in order, then the chain's octets. */
#pragma once

#include <ravelin/identity.h>
#include "wire/isakmp-header.h"
#include "wire/payload.h"

/**
 * RvlDraft:
 *
 * Payloads are added in the order in which they go out. It saturates as a writer does: after the
 * first failure (a value too long for its field, the message too long) adding does nothing, and
 * finishing reports that failure. What is added is copied.
 *
 * Source: RFC 7296 3.
 */
typedef struct RvlDraft RvlDraft;

RvlDraft *rvl_draft_new(void);
void rvl_draft_free(RvlDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlDraft, rvl_draft_free)

/**
 * rvl_draft_add_sa:
 * @proposals: (array length=n): with number, protocol and SPI as they are to stand there
 *
 * 3.3.
 */
void rvl_draft_add_sa(RvlDraft *draft, const RvlProposal *proposals, size_t n);
void rvl_draft_add_key_exchange(RvlDraft *draft, uint16_t method, RvlOctets value);
void rvl_draft_add_nonce(RvlDraft *draft, RvlOctets nonce);
/** rvl_draft_add_identity: @type: RVL_PAYLOAD_IDI or _IDR. */
void rvl_draft_add_identity(RvlDraft *draft, RvlPayloadType type, const RvlIdentity *identity);
void rvl_draft_add_certificate(RvlDraft *draft, uint8_t encoding, RvlOctets data);
void rvl_draft_add_certificate_request(RvlDraft *draft, uint8_t encoding, RvlOctets authorities);
/** rvl_draft_add_auth: authentication data as it is; for method 14 see the next. */
void rvl_draft_add_auth(RvlDraft *draft, uint8_t method, RvlOctets data);
/** rvl_draft_add_auth_signature: method 14, with DER of the AlgorithmIdentifier (RFC 7427 3). */
void rvl_draft_add_auth_signature(RvlDraft *draft, RvlOctets algorithm, RvlOctets signature);
/** rvl_draft_add_notify: @type: RvlNotifyType; of the IKE SA or none: protocol 0, no SPI. */
void rvl_draft_add_notify(RvlDraft *draft, uint16_t type, RvlOctets data);
/** rvl_draft_add_notify_spi: about a Child SA: ESP or AH and its SPI. */
void rvl_draft_add_notify_spi(RvlDraft *draft, uint16_t type, RvlProtocol protocol, uint32_t spi);
/** rvl_draft_add_delete_ike: the IKE SA that protects the message. */
void rvl_draft_add_delete_ike(RvlDraft *draft);
/** rvl_draft_add_delete: @spis: (array length=n): the sender's inbound ones. */
void rvl_draft_add_delete(RvlDraft *draft, RvlProtocol protocol, const uint32_t *spis, size_t n);
void rvl_draft_add_vendor_id(RvlDraft *draft, RvlOctets id);
/** rvl_draft_add_selectors: @type: RVL_PAYLOAD_TSI or _TSR. */
void rvl_draft_add_selectors(RvlDraft *draft, RvlPayloadType type, const RvlSelectors *selectors);
void rvl_draft_add_configuration(RvlDraft *draft,
                                 RvlConfigurationType type,
                                 const RvlConfigurationAttribute *attributes,
                                 size_t n);
/** rvl_draft_add_eap: a whole EAP message. */
void rvl_draft_add_eap(RvlDraft *draft, RvlOctets message);
/** rvl_draft_add_raw: any payload by number; @body is not looked at. */
void rvl_draft_add_raw(RvlDraft *draft, uint8_t type, bool is_critical, RvlOctets body);

/** rvl_draft_is_empty: whether nothing was added. */
bool rvl_draft_is_empty(const RvlDraft *draft);

/**
 * rvl_draft_last_body:
 *
 * Returns: (transfer none): the body of the payload that was added last (of an SA or ID payload it
 * goes into AUTH), until the next is added.
 */
RvlOctets rvl_draft_last_body(const RvlDraft *draft);

/**
 * rvl_draft_finish_chain:
 * @first: (out): type of the first payload, 0 where there is none
 *
 * Returns: (transfer full) (nullable): the payload chain in clear, for "wire/encrypted.h"; the
 * draft is empty afterwards. NULL with the first failure.
 */
GBytes *rvl_draft_finish_chain(RvlDraft *draft,
                               uint8_t *first,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_draft_finish_clear:
 * @header: next payload and length are filled in
 *
 * Returns: (transfer full) (nullable): a whole unprotected message. NULL with the first failure.
 */
GBytes *rvl_draft_finish_clear(RvlDraft *draft,
                               const RvlIsakmpHeader *header,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
