/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the parts of an SK or SKF payload lie in a message (RFC 7296 3.14, RFC 7383 2.5). */
#pragma once

#include "wire/isakmp-header.h"
#include "wire/payload.h"

/**
 * RvlEncryptedShape:
 * @iv_octets, @icv_octets: on the wire
 * @alignment: plaintext, padding and pad length together are a multiple of it; at least 1
 *
 * What of a suite decides the layout.
 */
typedef struct {
    uint16_t iv_octets;
    uint16_t icv_octets;
    uint16_t alignment;
} RvlEncryptedShape;

/**
 * RvlEncryptedLayout:
 * @type: RVL_PAYLOAD_SK or RVL_PAYLOAD_SKF
 * @first: type of the first payload within; means nothing in a fragment but the first
 * @fragment, @n_fragments: of SKF; 0 in SK
 * @payload: offset of the payload's generic header; what stands before it are other payloads
 * @aad: octets from the message's beginning that an AEAD authenticates (RFC 5282 5.1): up to the
 *   IV. With a MAC, everything up to the ICV is authenticated (RFC 7296 3.14)
 * @iv, @ciphertext, @icv: offsets; the ICV ends the message
 * @ciphertext_octets: payloads, padding and pad length
 */
typedef struct {
    uint8_t type;
    uint8_t first;
    uint16_t fragment;
    uint16_t n_fragments;
    size_t payload;
    size_t aad;
    size_t iv;
    size_t ciphertext;
    size_t ciphertext_octets;
    size_t icv;
} RvlEncryptedLayout;

/**
 * rvl_encrypted_find:
 * @octets: (array length=size): a whole message whose header holds
 * @payload: (out): the SK or SKF payload, with views into @octets
 *
 * Walks the outer chain to the encrypted payload, which must be the last (3.14). Looks into no
 * other payload. Needs no keys: fragment numbers can be looked at before they are chosen.
 *
 * Returns: false with RVL_CAUSE_MESSAGE_MALFORMED, also where there is none.
 */
bool rvl_encrypted_find(const uint8_t *octets, size_t size, RvlPayload *payload, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_encrypted_layout:
 * @payload: from rvl_encrypted_find()
 *
 * Returns: false with RVL_CAUSE_MESSAGE_MALFORMED where the payload is too short for @shape, or
 * the ciphertext no multiple of its alignment.
 */
bool rvl_encrypted_layout(const RvlPayload *payload,
                          const RvlEncryptedShape *shape,
                          RvlEncryptedLayout *layout,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_encrypted_strip:
 * @plaintext: (array length=octets): the ciphertext, opened and verified
 * @content_octets: (out): octets of the payload chain, without padding and pad length
 *
 * Returns: false with RVL_CAUSE_MESSAGE_MALFORMED where the pad length is longer than what is there.
 */
bool rvl_encrypted_strip(const uint8_t *plaintext,
                         size_t octets,
                         size_t *content_octets,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * RvlEncryptedFrame:
 * @octets: (array length=size): the whole message: header, payload header, a zeroed IV, content,
 *   padding and pad length in clear, a zeroed ICV
 *
 * A message that is ready to be sealed in place.
 */
typedef struct {
    uint8_t *octets;
    size_t size;
    RvlEncryptedLayout layout;
} RvlEncryptedFrame;

/**
 * rvl_encrypted_frame_init:
 * @frame: (out): to be cleared
 * @header: next payload and length are filled in
 * @first: type of the first payload in @content; written as 0 in a fragment but the first
 * @fragment, @n_fragments: from 1; both 0 for SK
 * @content: the payload chain, or this fragment's part of it
 *
 * Returns: false with RVL_CAUSE_MESSAGE_MALFORMED where the message becomes too long.
 */
bool rvl_encrypted_frame_init(RvlEncryptedFrame *frame,
                              const RvlIsakmpHeader *header,
                              const RvlEncryptedShape *shape,
                              uint8_t first,
                              uint16_t fragment,
                              uint16_t n_fragments,
                              RvlOctets content,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void rvl_encrypted_frame_clear(RvlEncryptedFrame *frame);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RvlEncryptedFrame, rvl_encrypted_frame_clear)

/** rvl_encrypted_frame_steal: (transfer full): the octets, once sealed; @frame is empty then. */
GBytes *rvl_encrypted_frame_steal(RvlEncryptedFrame *frame);

/**
 * rvl_encrypted_room:
 * @type: RVL_PAYLOAD_SK or RVL_PAYLOAD_SKF
 * @max_message: octets that a message may have
 *
 * Returns: the most octets of content that a message of at most @max_message holds; 0: none.
 * Where a chain is longer than SK's room, it goes out in fragments of SKF's room each.
 */
size_t rvl_encrypted_room(RvlPayloadType type, const RvlEncryptedShape *shape, size_t max_message);
