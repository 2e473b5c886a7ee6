/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asymmetric keys, from kind and parameters to the library's object. */
#include "config.h"

#include "backend.h"

#include <string.h>
#include <openssl/core_names.h>
#include <ravelin/asymmetric-key.h>

static BIGNUM *
public_number(const RvlAsymmetricKey *key, const char *name)
{
    const RvlOctets *octets = rvl_asymmetric_key_parameter(key, name);

    return octets != NULL ? BN_bin2bn(octets->data, (int)octets->size, NULL) : NULL;
}

/* A secret number, which the library then handles in constant time; NULL where it is absent. */
static BIGNUM *
secret_number(const RvlAsymmetricKey *key, const char *name)
{
    const RvlSecret *secret = rvl_asymmetric_key_secret(key, name);
    BIGNUM *number;

    if (secret == NULL)
        return NULL;
    number = BN_bin2bn(rvl_secret_octets(secret), (int)rvl_secret_size(secret), NULL);
    if (number != NULL)
        BN_set_flags(number, BN_FLG_CONSTTIME);
    return number;
}

/* The numbers of an RSA private key; those that the library wants are made of those that we have. */
typedef struct {
    BIGNUM *d, *p, *q;
    BIGNUM *d_p, *d_q, *q_inverse; /* RFC 8017 3.2 */
} RsaSecrets;

static void
rsa_secrets_clear(RsaSecrets *secrets)
{
    BIGNUM *all[] = {
        secrets->d, secrets->p, secrets->q, secrets->d_p, secrets->d_q, secrets->q_inverse,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        BN_clear_free(all[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RsaSecrets, rsa_secrets_clear)

/* @exponent = d mod (@prime - 1) */
static bool
reduce_exponent(BIGNUM *exponent, const BIGNUM *d, const BIGNUM *prime, BN_CTX *ctx)
{
    g_autoptr(BIGNUM) order = BN_dup(prime);

    if (order == NULL || BN_sub_word(order, 1) != 1)
        return false;
    BN_set_flags(order, BN_FLG_CONSTTIME);
    return BN_mod(exponent, d, order, ctx) == 1;
}

static bool
rsa_secrets_complete(RsaSecrets *secrets)
{
    g_autoptr(BN_CTX) ctx = BN_CTX_secure_new();

    secrets->d_p = BN_new();
    secrets->d_q = BN_new();
    secrets->q_inverse = BN_new();
    return ctx != NULL && secrets->d_p != NULL && secrets->d_q != NULL &&
           secrets->q_inverse != NULL &&
           reduce_exponent(secrets->d_p, secrets->d, secrets->p, ctx) &&
           reduce_exponent(secrets->d_q, secrets->d, secrets->q, ctx) &&
           BN_mod_inverse(secrets->q_inverse, secrets->q, secrets->p, ctx) != NULL;
}

static bool
push_rsa_secrets(OSSL_PARAM_BLD *bld, const RsaSecrets *secrets)
{
    const struct {
        const char *name;
        const BIGNUM *number;
    } rows[] = {
        {OSSL_PKEY_PARAM_RSA_D, secrets->d},
        {OSSL_PKEY_PARAM_RSA_FACTOR1, secrets->p},
        {OSSL_PKEY_PARAM_RSA_FACTOR2, secrets->q},
        {OSSL_PKEY_PARAM_RSA_EXPONENT1, secrets->d_p},
        {OSSL_PKEY_PARAM_RSA_EXPONENT2, secrets->d_q},
        {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, secrets->q_inverse},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (OSSL_PARAM_BLD_push_BN(bld, rows[i].name, rows[i].number) != 1)
            return false;
    return true;
}

static EVP_PKEY *
rsa_new(const RvlAsymmetricKey *key, bool is_private)
{
    g_autoptr(OSSL_PARAM_BLD) bld = OSSL_PARAM_BLD_new();
    g_autoptr(BIGNUM) n = public_number(key, "n");
    g_autoptr(BIGNUM) e = public_number(key, "e");
    g_auto(RsaSecrets) secrets = {0};

    if (bld == NULL || n == NULL || e == NULL ||
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e) != 1)
        return NULL;
    if (!is_private)
        return openssl_pkey_build("RSA", bld, EVP_PKEY_PUBLIC_KEY);
    secrets.d = secret_number(key, "d");
    secrets.p = secret_number(key, "p");
    secrets.q = secret_number(key, "q");
    if (secrets.d == NULL || secrets.p == NULL || secrets.q == NULL ||
        !rsa_secrets_complete(&secrets) || !push_rsa_secrets(bld, &secrets))
        return NULL;
    return openssl_pkey_build("RSA", bld, EVP_PKEY_KEYPAIR);
}

/* The library's names are ours in capitals: `P-256`. */
static EVP_PKEY *
ec_new(const RvlAsymmetricKey *key, bool is_private)
{
    g_autoptr(OSSL_PARAM_BLD) bld = OSSL_PARAM_BLD_new();
    const RvlOctets *curve = rvl_asymmetric_key_parameter(key, "curve");
    const RvlOctets *point = rvl_asymmetric_key_parameter(key, "point");
    g_autofree char *name = g_ascii_strup((const char *)curve->data, (gssize)curve->size);
    g_autoptr(BIGNUM) d = NULL;

    if (bld == NULL ||
        OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, name, 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point->data, point->size) !=
            1)
        return NULL;
    if (!is_private)
        return openssl_pkey_build("EC", bld, EVP_PKEY_PUBLIC_KEY);
    d = secret_number(key, "d");
    if (d == NULL || OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, d) != 1)
        return NULL;
    return openssl_pkey_build("EC", bld, EVP_PKEY_KEYPAIR);
}

static EVP_PKEY *
ed25519_new(const RvlAsymmetricKey *key, bool is_private)
{
    const RvlOctets *point = rvl_asymmetric_key_parameter(key, "point");
    const RvlSecret *seed = rvl_asymmetric_key_secret(key, "seed");

    if (!is_private)
        return EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, point->data, point->size);
    if (seed == NULL)
        return NULL;
    return EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, rvl_secret_octets(seed),
                                           rvl_secret_size(seed));
}

EVP_PKEY *
openssl_key_new(const RvlAsymmetricKey *key, bool is_private, GError **error)
{
    static const struct {
        const char *kind;
        EVP_PKEY *(*make)(const RvlAsymmetricKey *key, bool is_private);
    } kinds[] = {
        {"rsa", rsa_new},
        {"ec", ec_new},
        {"ed25519", ed25519_new},
    };
    EVP_PKEY *pkey = NULL;

    if (!rvl_asymmetric_key_check(key, error))
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds) && pkey == NULL; i++)
        if (strcmp(key->kind, kinds[i].kind) == 0)
            pkey = kinds[i].make(key, is_private);
    if (pkey == NULL)
        openssl_refuse(error, is_private ? "private key" : "public key");
    return pkey;
}
