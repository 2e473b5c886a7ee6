/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signature schemes: their AlgorithmIdentifiers, methods and primitives, and which one to sign with. */
#pragma once

#include <stdbool.h>

#include <ravelin/crypto-backend.h>

/* Authentication methods (RFC 7296 3.8). 1 (RSA with SHA-1) is left out: RFC 8247 4.1.1. */
#define METHOD_ECDSA_SHA2_256 9 /* RFC 4754 */
#define METHOD_ECDSA_SHA2_384 10
#define METHOD_ECDSA_SHA2_512 11
#define METHOD_DIGITAL_SIGNATURE 14 /* RFC 7427 */

/* Hash identities of SIGNATURE_HASH_ALGORITHMS (RFC 7427 4, RFC 8420 2). */
#define HASH_SHA2_256 2
#define HASH_SHA2_384 3
#define HASH_SHA2_512 4
#define HASH_IDENTITY 5

/** Scheme: @word for reports; @identifier is what we send, an AlgorithmIdentifier in DER. */
typedef struct {
    const char *word;
    const char *primitive;
    const char *key_kind;
    uint16_t hash;
    bool is_pss;
    RvlOctets identifier;
} Scheme;

/** HashList: the peer's hashes; @is_announced false: it knows no RFC 7427. */
typedef struct {
    bool is_announced;
    RvlOctets octets; /* 16 bits each */
} HashList;

/* (transfer none) (nullable): the scheme whose AlgorithmIdentifier @identifier is, octet for octet. */
const Scheme *scheme_find(const RvlOctets *identifier);

/* (transfer none) (nullable): the scheme that one of methods 9, 10, 11 fixes, and its curve. */
const Scheme *scheme_of_method(uint8_t method, const char **curve);

/* Whether @key is one on @curve, a word of the contract's. */
bool scheme_key_is_on(const RvlAsymmetricKey *key, const char *curve);

/**
 * scheme_choose:
 * @method: (out): number of the AUTH payload
 *
 * Returns: (transfer none) (nullable): what to sign with by @key for a peer that hears @hashes; NULL
 * with RVL_CAUSE_SIGNATURE_HASH_MISMATCH, which names both sides' hashes.
 */
const Scheme *scheme_choose(const RvlPrimitives *primitives,
                            const RvlAsymmetricKey *key,
                            bool prefers_pkcs1,
                            const HashList *hashes,
                            uint8_t *method,
                            GError **error);

/* (transfer full): `sha2-256, identity`; unknown numbers as they are. */
char *scheme_list_hashes(const HashList *hashes);
/* (transfer full): all words, for reports. */
char *scheme_list(void);
