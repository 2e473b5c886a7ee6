/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What packet protection is made of, shared by the files that make it, keep its scratch and run it. */
#pragma once

#include <ravelin/protection.h>

/* The longest nonce of a primitive and the longest ICV of a MAC: what a scratch has room for. */
#define PROTECTION_MAX_NONCE 16
#define PROTECTION_MAX_ICV 64

struct RvlProtection {
    gatomicrefcount references;
    RvlProtectionShape shape;
    const RvlPrimitives *primitives;
    const RvlAead *aead;     /* either this one, */
    const RvlMac *mac;       /* or this one, */
    const RvlCipher *cipher; /* with this one; NULL for ENCR_NULL (RFC 2410) */
    uint16_t key_octets;     /* of shape.encr_octets; the salt follows */
    uint16_t salt_octets;
    uint16_t nonce_octets;
    bool is_fused;     /* @aead computes cipher and MAC of a composition at one go */
    bool is_iv_random; /* the mode wants it unpredictable (CBC: RFC 3602 3), not just unique */
    char *backend;
};

struct RvlProtectionKey {
    gatomicrefcount references;
    uint64_t id;
    RvlProtection *protection;
    RvlSecret *encr;  /* NULL where shape.encr_octets is 0 */
    RvlSecret *integ; /* NULL where shape.integ_octets is 0 */
    RvlSecret *fused; /* both, where the aead takes them as one key */
};

struct RvlProtectionScratch {
    RvlProtection *protection;
    void *cipher; /* scratch of the aead or cipher; NULL for ENCR_NULL */
    void *mac;    /* NULL where combined */
    size_t random_left;
    uint8_t random[RVL_PROTECTION_BATCH * PROTECTION_MAX_NONCE];
    RvlCryptItem items[RVL_PROTECTION_BATCH];
    uint8_t nonces[RVL_PROTECTION_BATCH][PROTECTION_MAX_NONCE];
    uint8_t icvs[RVL_PROTECTION_BATCH][PROTECTION_MAX_ICV]; /* computed, when opening */
};

/* rvl_protection_scratch_write_iv: makes the IV of a packet to be sealed; false without randomness. */
bool rvl_protection_scratch_write_iv(RvlProtectionScratch *scratch, const RvlPacket *packet);
