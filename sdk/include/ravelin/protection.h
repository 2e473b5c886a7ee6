/* SPDX-License-Identifier: MIT */
/* Packet protection: one object that seals and opens SK payloads and ESP packets, in batches. */
#pragma once

#include <ravelin/crypto-suite.h>

G_BEGIN_DECLS

/**
 * RvlProtection:
 *
 * A combined cipher, or a cipher composed with a MAC (encrypt-then-MAC), as a suite's rows and a
 * backend make it. Immutable, reference counted, shared by all threads. Made by the host (see
 * RvlHost.protection) or by rvl_protection_new().
 */
typedef struct RvlProtection RvlProtection;

/**
 * RvlProtectionKey:
 *
 * Key material for one direction of one SA, with its id. Immutable, reference counted. Keyed
 * contexts of libraries live in each thread's scratch, found by the id.
 */
typedef struct RvlProtectionKey RvlProtectionKey;

/**
 * RvlProtectionShape:
 * @size: sizeof(RvlProtectionShape) of its maker
 * @iv_octets: explicit IV on the wire
 * @icv_octets: ICV on the wire
 * @alignment: plaintext must be a multiple of this (ESP's own 4 is the caller's to add)
 * @is_combined: AEAD: with ESN the high-order sequence bits go into the AAD (RFC 4106 5);
 *   otherwise they are the packet's tail (RFC 4303 2.2.1)
 * @encr_octets: keying material for the cipher: key and salt
 * @integ_octets: keying material for the MAC, 0 where combined
 */
typedef struct {
    uint32_t size;
    uint16_t iv_octets;
    uint16_t icv_octets;
    uint16_t alignment;
    bool is_combined;
    uint16_t encr_octets;
    uint16_t integ_octets;
} RvlProtectionShape;

/**
 * RvlPacket:
 * @key: of the SA and direction
 * @sequence: 64-bit; must never repeat under a key. Sealing makes the IV from it where the mode
 *   wants a unique one (RFC 4106 3.1), and from randomness where it wants an unpredictable one
 * @aad: authenticated before the IV: SPI and sequence number, or IKE's header and payload header
 * @iv: of shape.iv_octets: written when sealing, read when opening
 * @source: plaintext when sealing, ciphertext when opening
 * @destination: the same, or apart without overlap
 * @octets: of @source: a multiple of shape.alignment
 * @tail: authenticated last, not sent; only where not combined
 * @icv: of shape.icv_octets: written when sealing, checked when opening
 * @room_before, @room_after: octets around @destination that the object may overwrite and must
 *   leave as they were (hardware and vector code); 0 is always right
 * @status: RvlCryptStatus; only items that are PENDING are worked on
 *
 * One packet of a batch.
 */
typedef struct {
    const RvlProtectionKey *key;
    uint64_t sequence;
    RvlOctets aad;
    uint8_t *iv;
    const uint8_t *source;
    uint8_t *destination;
    uint32_t octets;
    RvlOctets tail;
    uint8_t *icv;
    uint16_t room_before;
    uint16_t room_after;
    uint8_t status;
} RvlPacket;

/** RVL_PROTECTION_BATCH: packets that one call works on at once; longer arrays are cut. */
#define RVL_PROTECTION_BATCH 64

/**
 * rvl_protection_new:
 * @encr: an ENCR row
 * @integ: (nullable): an INTEG row; NULL exactly where @encr is combined
 * @primitives: resolves the rows' primitives
 * @encr_self, @integ_self: (nullable): the rows' plugins' instances, for constructions
 *
 * Errors: RVL_CAUSE_ALGORITHM_UNAVAILABLE; ENCR without any integrity is refused
 * (RVL_CAUSE_CONFIG_INVALID), but for ENCR_NULL with a MAC.
 */
RvlProtection *rvl_protection_new(const RvlSuiteRow *encr,
                                  void *encr_self,
                                  const RvlSuiteRow *integ,
                                  void *integ_self,
                                  const RvlPrimitives *primitives,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
RvlProtection *rvl_protection_ref(const RvlProtection *protection);
void rvl_protection_unref(RvlProtection *protection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlProtection, rvl_protection_unref)

/** rvl_protection_shape: (transfer none): as long as @protection. */
const RvlProtectionShape *rvl_protection_shape(const RvlProtection *protection);
/** rvl_protection_backend: (transfer none): name of the backend(s) that compute, for status. */
const char *rvl_protection_backend(const RvlProtection *protection);

/**
 * rvl_protection_key_new:
 * @id: a number that no other key ever had in this process
 * @encr: shape.encr_octets: key, then salt
 * @integ: (nullable): shape.integ_octets
 */
RvlProtectionKey *rvl_protection_key_new(const RvlProtection *protection,
                                         uint64_t id,
                                         const RvlSecret *encr,
                                         const RvlSecret *integ,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
RvlProtectionKey *rvl_protection_key_ref(const RvlProtectionKey *key);
void rvl_protection_key_unref(RvlProtectionKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlProtectionKey, rvl_protection_key_unref)
uint64_t rvl_protection_key_id(const RvlProtectionKey *key);

/**
 * RvlProtectionScratch:
 *
 * What one thread keeps for one protection object. Made and used by that thread alone.
 */
typedef struct RvlProtectionScratch RvlProtectionScratch;

RvlProtectionScratch *rvl_protection_scratch_new(const RvlProtection *protection);
/** rvl_protection_scratch_forget: drops and wipes what is kept of a key: before its last unref. */
void rvl_protection_scratch_forget(RvlProtectionScratch *scratch, uint64_t key_id);
void rvl_protection_scratch_free(RvlProtectionScratch *scratch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlProtectionScratch, rvl_protection_scratch_free)

/**
 * rvl_protection_seal:
 * @packets: (array length=n): walked with @stride; keys may differ, the protection is one
 *
 * Returns: how many of them are RVL_CRYPT_DONE. Never blocks; allocates nothing for known keys.
 *
 * Thread: the scratch's. Source: RFC 4303 3.3.2, RFC 5282 3.
 */
size_t rvl_protection_seal(RvlProtectionScratch *scratch,
                           RvlPacket *packets,
                           size_t stride,
                           size_t n);

/** rvl_protection_open: as seal; a packet whose ICV fails is RVL_CRYPT_FORGED. */
size_t rvl_protection_open(RvlProtectionScratch *scratch,
                           RvlPacket *packets,
                           size_t stride,
                           size_t n);

/**
 * rvl_protection_poll:
 *
 * Where the object's backend has a queue of its own, packets may still be RVL_CRYPT_PENDING when
 * seal or open returns, and their memory stays in use: call this until none is.
 *
 * Returns: how many it finished; 0 where the backend has no queue, and in this version always: seal
 * and open wait for the queue themselves.
 */
size_t rvl_protection_poll(RvlProtectionScratch *scratch);

G_END_DECLS
