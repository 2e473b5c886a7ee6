/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An asymmetric key of OpenSSL's as the contract has it: kind and parameters. */
#pragma once

#include <openssl/evp.h>

#include <ravelin/crypto-backend.h>

/* The most that a kind has: rsa n, e; rsa d, p, q. */
#define OPENSSL_KEY_PARAMETERS 2
#define OPENSSL_KEY_SECRETS 3

/**
 * OpensslKey:
 * @key: borrows from the rest
 * @bits: as policies count: modulus, curve
 *
 * A key that was read by OpenSSL and then left it. Immutable.
 */
typedef struct {
    RvlAsymmetricKey key;
    unsigned bits;
    RvlParameter parameters[OPENSSL_KEY_PARAMETERS];
    GBytes *octets[OPENSSL_KEY_PARAMETERS];
    const char *secret_names[OPENSSL_KEY_SECRETS];
    const RvlSecret *secrets[OPENSSL_KEY_SECRETS];
} OpensslKey;

/**
 * openssl_key_new:
 * @with_secrets: take the private parameters too; they must be there then
 *
 * Returns: (transfer full) (nullable): NULL with RVL_CAUSE_ALGORITHM_UNAVAILABLE for kinds and
 * curves that have no word in the contract, and with rvl_asymmetric_key_check()'s errors.
 */
OpensslKey *openssl_key_new(const EVP_PKEY *from, bool with_secrets, GError **error);
void openssl_key_free(OpensslKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OpensslKey, openssl_key_free)

/* Whether both are the same public key. */
bool openssl_key_equal(const RvlAsymmetricKey *a, const RvlAsymmetricKey *b);
