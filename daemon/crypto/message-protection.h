/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SK payloads, sealed and opened in place (RFC 7296 3.14, RFC 5282, RFC 7383 2.5). */
#pragma once

#include <ravelin/protection.h>

#include "crypto/key-schedule-v2.h"
#include "wire/encrypted.h"

/**
 * RvlMessageProtector:
 *
 * What one engine, on one thread, keeps to seal and open the messages of all its IKE SAs: scratch
 * by suite.
 */
typedef struct RvlMessageProtector RvlMessageProtector;

RvlMessageProtector *rvl_message_protector_new(RvlCrypto *crypto);
void rvl_message_protector_free(RvlMessageProtector *protector);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlMessageProtector, rvl_message_protector_free)

/**
 * RvlMessageKeys:
 * @protection: the suite
 * @inbound, @outbound: keys for what the peer sends and what we send
 * @sequence: of the next message that we seal. It counts up and never repeats under a key: IVs come
 *   of it. Who makes the same keys again (a thawed SA) must go on behind every number used before
 *
 * How the messages of an IKE SA are protected from some message ID on.
 */
typedef struct {
    RvlProtection *protection;
    RvlProtectionKey *inbound;
    RvlProtectionKey *outbound;
    uint64_t sequence;
} RvlMessageKeys;

/**
 * rvl_message_keys_init:
 * @encr, @integ: transforms; see rvl_crypto_protection()
 * @keys: of the IKE SA
 * @is_initiator: of the IKE SA
 * @message_keys: (out): zero on failure
 */
bool rvl_message_keys_init(RvlMessageKeys *message_keys,
                           RvlMessageProtector *protector,
                           const RvlTransform *encr,
                           const RvlTransform *integ,
                           const RvlIkeKeys *keys,
                           bool is_initiator,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_message_keys_clear: the protector forgets the keys first; @message_keys is zero then. */
void rvl_message_keys_clear(RvlMessageKeys *message_keys, RvlMessageProtector *protector);

/** rvl_message_keys_shape: for "wire/encrypted.h". */
void rvl_message_keys_shape(const RvlMessageKeys *message_keys, RvlEncryptedShape *shape);

/**
 * rvl_message_seal:
 * @frame: laid out with the keys' shape
 *
 * Writes IV, ciphertext and ICV into @frame and takes a sequence number. A frame is sealed once;
 * what is sent again are its octets.
 *
 * Errors: RVL_CAUSE_SEQUENCE_EXHAUSTED; RVL_CAUSE_PLUGIN_FAILED, after which the frame must not be
 * sent.
 */
bool rvl_message_seal(RvlMessageProtector *protector,
                      RvlMessageKeys *message_keys,
                      RvlEncryptedFrame *frame,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_message_open:
 * @octets: the whole message; its ciphertext becomes plaintext. On failure it is worthless
 * @layout: from rvl_encrypted_layout() with the keys' shape
 *
 * Errors: RVL_CAUSE_MESSAGE_FORGED: the ICV doesn't hold: nothing of the message counts.
 */
bool rvl_message_open(RvlMessageProtector *protector,
                      const RvlMessageKeys *message_keys,
                      uint8_t *octets,
                      const RvlEncryptedLayout *layout,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
