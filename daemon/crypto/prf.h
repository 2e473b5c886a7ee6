/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The negotiated PRF, and prf+ (RFC 7296 2.13). */
#pragma once

#include <ravelin/secret.h>

#include "crypto/crypto.h"

/** RVL_PRF_MAX_OCTETS: longest output: SHA2-512's. */
#define RVL_PRF_MAX_OCTETS 64

/** RVL_PRF_PLUS_BLOCKS: prf+ counts its blocks in one octet (2.13). */
#define RVL_PRF_PLUS_BLOCKS 255

/**
 * RvlPrf:
 * @mac: what computes it
 * @output_octets: length of its output
 * @key_octets: preferred length of its keys: SK_d, SK_pi and SK_pr have it (2.14)
 * @nonce_octets: octets of each nonce that key SKEYSEED's prf; 0: the whole nonces (2.14)
 *
 * A plain value: found anew by its transform ID at any time.
 */
typedef struct {
    const RvlMac *mac;
    size_t output_octets;
    size_t key_octets;
    size_t nonce_octets;
} RvlPrf;

/**
 * rvl_prf_find:
 * @id: transform ID of type PRF
 * @prf: (out): zero on failure
 *
 * Errors: RVL_CAUSE_ALGORITHM_UNAVAILABLE, RVL_CAUSE_SELF_TEST_FAILED.
 */
bool rvl_prf_find(const RvlCrypto *crypto, uint16_t id, RvlPrf *prf, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_prf_compute:
 * @key: of any length
 * @parts: (array length=n_parts): the message, in order
 * @out: (out) (array): prf.output_octets
 *
 * Errors: RVL_CAUSE_PLUGIN_FAILED, where the library fails in itself.
 */
bool rvl_prf_compute(const RvlPrf *prf,
                     const RvlOctets *key,
                     const RvlOctets *parts,
                     size_t n_parts,
                     uint8_t *out,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_prf_secret: (transfer full) (nullable): the same, into a secret. */
RvlSecret *rvl_prf_secret(const RvlPrf *prf,
                          const RvlOctets *key,
                          const RvlOctets *parts,
                          size_t n_parts,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_prf_plus:
 * @seed: (array length=n_seed): S, in order
 * @octets: how many are wanted, at most RVL_PRF_PLUS_BLOCKS outputs
 *
 * Returns: (transfer full) (nullable): the first @octets of T1 | T2 | …, where
 * T1 = prf(K, S | 1), T2 = prf(K, T1 | S | 2) (2.13).
 */
RvlSecret *rvl_prf_plus(const RvlPrf *prf,
                        const RvlSecret *key,
                        const RvlOctets *seed,
                        size_t n_seed,
                        size_t octets,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_secret_view: a secret's octets as a part; valid while a reference is held. */
static inline RvlOctets
rvl_secret_view(const RvlSecret *secret)
{
    return RVL_OCTETS(rvl_secret_octets(secret), rvl_secret_size(secret));
}
