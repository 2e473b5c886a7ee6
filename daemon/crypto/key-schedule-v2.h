/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IKEv2's key schedule: SKEYSEED, SK_*, KEYMAT (RFC 7296 2.14 to 2.18; RFC 8784, RFC 9370). */
#pragma once

#include <ravelin/protection.h>

#include "crypto/prf.h"

/**
 * RvlIkeKeys:
 *
 * Keys of an IKE SA. SK_a are empty where the cipher is combined; SK_e end in the salt.
 */
typedef struct {
    RvlSecret *sk_d;
    RvlSecret *sk_ai;
    RvlSecret *sk_ar;
    RvlSecret *sk_ei;
    RvlSecret *sk_er;
    RvlSecret *sk_pi;
    RvlSecret *sk_pr;
} RvlIkeKeys;

/** rvl_ike_keys_clear: unrefs all; @keys is zero then. */
void rvl_ike_keys_clear(RvlIkeKeys *keys);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RvlIkeKeys, rvl_ike_keys_clear)

/** RvlNonces: data of both nonce payloads, by role in the exchange that keys are made in. */
typedef struct {
    RvlOctets initiator;
    RvlOctets responder;
} RvlNonces;

/**
 * rvl_skeyseed:
 * @shared: g^ir
 *
 * Returns: (transfer full) (nullable): SKEYSEED of a new IKE SA: prf(Ni | Nr, g^ir) (2.14).
 */
RvlSecret *rvl_skeyseed(const RvlPrf *prf,
                        const RvlNonces *nonces,
                        const RvlSecret *shared,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_skeyseed_next:
 * @prf: of the IKE SA that @sk_d is of: at a rekey the *old* one's (2.18)
 * @shared: (array length=n): the key exchange's secret, then those of additional ones
 *
 * Returns: (transfer full) (nullable): SKEYSEED of the IKE SA that replaces one:
 * prf(SK_d, g^ir (new) | Ni | Nr | SK(1) | … | SK(n)) (2.18; RFC 9370 2.2.4); with one secret also
 * that after an IKE_INTERMEDIATE exchange (RFC 9370 2.2.2).
 */
RvlSecret *rvl_skeyseed_next(const RvlPrf *prf,
                             const RvlSecret *sk_d,
                             const RvlNonces *nonces,
                             const RvlSecret *const *shared,
                             size_t n,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_ike_keys_derive:
 * @prf: of the new IKE SA
 * @initiator_spi, @responder_spi: of the new IKE SA
 * @shape: of its message protection
 * @keys: (out): cleared on failure
 *
 * SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr = prf+(SKEYSEED, Ni | Nr | SPIi | SPIr)
 * (2.14).
 */
bool rvl_ike_keys_derive(const RvlPrf *prf,
                         const RvlSecret *skeyseed,
                         const RvlNonces *nonces,
                         uint64_t initiator_spi,
                         uint64_t responder_spi,
                         const RvlProtectionShape *shape,
                         RvlIkeKeys *keys,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_ike_keys_mix_ppk:
 * @ppk: a post-quantum preshared key
 *
 * Replaces SK_d, SK_pi and SK_pr by prf+(PPK, each) (RFC 8784 3).
 */
bool rvl_ike_keys_mix_ppk(const RvlPrf *prf, RvlIkeKeys *keys, const RvlSecret *ppk, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * RvlChildKeys:
 *
 * Keys of a Child SA, by who sends under them: the initiator of the exchange that made it, or the
 * responder. Integrity keys are empty where the cipher is combined.
 */
typedef struct {
    RvlSecret *initiator_encr;
    RvlSecret *initiator_integ;
    RvlSecret *responder_encr;
    RvlSecret *responder_integ;
} RvlChildKeys;

void rvl_child_keys_clear(RvlChildKeys *keys);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RvlChildKeys, rvl_child_keys_clear)

/**
 * rvl_child_keys_derive:
 * @prf: of the IKE SA
 * @nonces: of the exchange that makes the Child SA: for the first, IKE_SA_INIT's
 * @shared: (array length=n): secrets of this exchange, none without PFS
 * @shape: of the Child SA's protection
 * @keys: (out): cleared on failure
 *
 * KEYMAT = prf+(SK_d, [g^ir (new) |] Ni | Nr [| SK(1) | … | SK(n)]) (2.17; RFC 9370 2.2.4); the
 * initiator's keys come first, encryption before integrity.
 */
bool rvl_child_keys_derive(const RvlPrf *prf,
                           const RvlSecret *sk_d,
                           const RvlNonces *nonces,
                           const RvlSecret *const *shared,
                           size_t n,
                           const RvlProtectionShape *shape,
                           RvlChildKeys *keys,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_maced_id:
 * @sk_p: SK_pi or SK_pr, of whose ID it is
 * @id: body of the ID payload, reserved octets as they came
 * @out: (out) (array): prf.output_octets
 *
 * prf(SK_p, ID) of the octets that AUTH signs (2.15).
 */
bool rvl_maced_id(const RvlPrf *prf,
                  const RvlSecret *sk_p,
                  const RvlOctets *id,
                  uint8_t *out,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
