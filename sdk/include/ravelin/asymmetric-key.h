/* SPDX-License-Identifier: MIT */
/* Asymmetric keys as kind and parameters: looking parameters up, and the shape a key must have. */
#pragma once

#include <ravelin/crypto-backend.h>

G_BEGIN_DECLS

/* Bounds of RSA keys that are worked with at all; policy may ask for more (RFC 8247 4). */
#define RVL_RSA_MIN_BITS 1024
#define RVL_RSA_MAX_BITS 16384
#define RVL_RSA_MAX_EXPONENT_BITS 64

/** rvl_parameter_find: (transfer none) (nullable): the octets of parameter @name. */
const RvlOctets *rvl_parameter_find(const RvlParameter *parameters, size_t n, const char *name);

/** rvl_asymmetric_key_parameter: (transfer none) (nullable): the public parameter @name. */
const RvlOctets *rvl_asymmetric_key_parameter(const RvlAsymmetricKey *key, const char *name);

/** rvl_asymmetric_key_secret: (transfer none) (nullable): the secret parameter @name. */
const RvlSecret *rvl_asymmetric_key_secret(const RvlAsymmetricKey *key, const char *name);

/**
 * rvl_asymmetric_key_check:
 * @key: from anywhere, a certificate of a stranger included
 *
 * Whether the public parameters of a `rsa`, `ec` or `ed25519` key have a shape that a library may
 * be given: RSA modulus and exponent odd, within bounds, exponent above 1; points uncompressed and
 * of the curve's length. Keys of other kinds hold. All backends call it first, so that their
 * verdicts don't depend on a library's own bounds.
 *
 * Errors: RVL_CAUSE_MESSAGE_MALFORMED with the parameter and both values; _KEY_TOO_SHORT;
 * _ALGORITHM_UNAVAILABLE for foreign curves.
 * Source: RFC 8017 3.1; RFC 5480 2.2; RFC 8032 5.1.5.
 */
bool rvl_asymmetric_key_check(const RvlAsymmetricKey *key,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_signature_takes_key:
 *
 * Whether @key is of the kind that @signature takes. All backends ask it first.
 *
 * Errors: RVL_CAUSE_ALGORITHM_UNAVAILABLE with both kinds.
 */
bool rvl_signature_takes_key(const RvlSignature *signature,
                             const RvlAsymmetricKey *key,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_curve_octets: length of a coordinate on `p-256`, `p-384`, `p-521`; 0 for other words. */
size_t rvl_curve_octets(const RvlOctets *curve);

G_END_DECLS
