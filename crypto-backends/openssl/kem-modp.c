/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Diffie-Hellman modulo a prime by OpenSSL, with the group's p, g and (for some) q as parameters. */
#include "config.h"

#include "backend.h"

#include <openssl/core_names.h>
#include <ravelin/asymmetric-key.h>

#define LONGEST_MODULUS_OCTETS 1024 /* group 18 */

static BIGNUM *
number(const RvlParameter *parameters, size_t n_parameters, const char *name)
{
    const RvlOctets *octets = rvl_parameter_find(parameters, n_parameters, name);

    if (octets == NULL || octets->size > LONGEST_MODULUS_OCTETS)
        return NULL;
    return BN_bin2bn(octets->data, (int)octets->size, NULL);
}

static bool
read_group(OpensslGroup *group, const RvlParameter *parameters, size_t n_parameters, GError **error)
{
    group->p = number(parameters, n_parameters, "p");
    group->g = number(parameters, n_parameters, "g");
    group->q = number(parameters, n_parameters, "q");
    if (group->p == NULL || group->g == NULL)
        return openssl_fail(error, "p and g of a MODP group");
    group->octets = (size_t)BN_num_bytes(group->p);
    return true;
}

/* A key of the group; @selection says which of @public_value and @private_value there are. */
static EVP_PKEY *
build(const OpensslGroup *group,
      int selection,
      const BIGNUM *public_value,
      const BIGNUM *private_value)
{
    g_autoptr(OSSL_PARAM_BLD) bld = OSSL_PARAM_BLD_new();

    if (bld != NULL && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_P, group->p) == 1 &&
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_G, group->g) == 1 &&
        (group->q == NULL || OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_Q, group->q) == 1) &&
        (public_value == NULL ||
         OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PUB_KEY, public_value) == 1) &&
        (private_value == NULL ||
         OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, private_value) == 1))
        return openssl_pkey_build("DH", bld, selection);
    return NULL;
}

static EVP_PKEY *
keygen(const OpensslGroup *group, GError **error)
{
    g_autoptr(EVP_PKEY) parameters = build(group, EVP_PKEY_KEY_PARAMETERS, NULL, NULL);
    g_autoptr(EVP_PKEY_CTX) ctx =
        parameters != NULL ? EVP_PKEY_CTX_new_from_pkey(NULL, parameters, NULL) : NULL;
    EVP_PKEY *pkey = NULL;

    if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1 || EVP_PKEY_generate(ctx, &pkey) != 1)
        openssl_fail(error, "MODP key pair");
    return pkey;
}

static GBytes *
public_of(const OpensslGroup *group, EVP_PKEY *pkey, GError **error)
{
    g_autoptr(BIGNUM) y = NULL;
    g_autofree uint8_t *octets = g_malloc(group->octets);
    int size = (int)group->octets;

    if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, &y) == 1 &&
        BN_bn2binpad(y, octets, size) == size)
        return g_bytes_new_take(g_steal_pointer(&octets), group->octets);
    openssl_fail(error, "MODP public value");
    return NULL;
}

static EVP_PKEY *
public_from(const OpensslGroup *group, const RvlOctets *octets, GError **error)
{
    g_autoptr(BIGNUM) y = NULL;
    EVP_PKEY *pkey = NULL;

    if (octets->size <= group->octets)
        y = BN_bin2bn(octets->data, (int)octets->size, NULL);
    if (y != NULL)
        pkey = build(group, EVP_PKEY_PUBLIC_KEY, y, NULL);
    if (pkey == NULL)
        openssl_refuse(error, "peer's MODP public value");
    return pkey;
}

static RvlSecret *
private_of(const OpensslGroup *group, EVP_PKEY *pkey, GError **error)
{
    g_autoptr(BIGNUM) x = NULL;
    g_autoptr(RvlSecret) secret = NULL;

    (void)group;
    if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &x) == 1) {
        secret = rvl_secret_new((size_t)BN_num_bytes(x));
        if (BN_bn2binpad(x, rvl_secret_fill(secret), BN_num_bytes(x)) >= 0)
            return g_steal_pointer(&secret);
    }
    openssl_fail(error, "MODP private value");
    return NULL;
}

static EVP_PKEY *
private_from(const OpensslGroup *group, const RvlSecret *state, GError **error)
{
    g_autoptr(BIGNUM) x = BN_bin2bn(rvl_secret_octets(state), (int)rvl_secret_size(state), NULL);
    EVP_PKEY *pkey = x != NULL ? build(group, EVP_PKEY_KEYPAIR, NULL, x) : NULL;

    if (pkey == NULL)
        openssl_fail(error, "MODP private value");
    return pkey;
}

/* 1 < y < p - 1, and in a group with a subgroup of order q: y^q = 1 (RFC 6989 2.1, 2.2). */
static bool
check(const OpensslGroup *group, const RvlOctets *peer_public, GError **error)
{
    g_autoptr(BN_CTX) ctx = BN_CTX_new();
    g_autoptr(BIGNUM) y = NULL;
    g_autoptr(BIGNUM) z = BN_new();

    if (peer_public->size <= group->octets)
        y = BN_bin2bn(peer_public->data, (int)peer_public->size, NULL);
    if (ctx == NULL || z == NULL || BN_sub(z, group->p, BN_value_one()) != 1)
        return openssl_fail(error, "check of a MODP public value");
    if (y == NULL || BN_cmp(y, BN_value_one()) <= 0 || BN_cmp(y, z) >= 0)
        return openssl_refuse(error, "peer's MODP public value is out of range");
    if (group->q == NULL)
        return true;
    if (BN_mod_exp(z, y, group->q, group->p, ctx) != 1)
        return openssl_fail(error, "check of a MODP public value");
    return BN_is_one(z) || openssl_refuse(error, "peer's MODP public value is not in the subgroup");
}

const OpensslKemForm openssl_modp = {
    .read = read_group,
    .keygen = keygen,
    .public_of = public_of,
    .public_from = public_from,
    .private_of = private_of,
    .private_from = private_from,
    .check = check,
};
