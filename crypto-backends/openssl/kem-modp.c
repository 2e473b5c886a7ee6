/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Diffie-Hellman modulo a prime by OpenSSL, with the group's p, g and (for some) q as parameters. */
#include "config.h"

#include "backend.h"

#include <openssl/core_names.h>
#include <ravelin/asymmetric-key.h>

#define LONGEST_MODULUS_OCTETS 1024 /* group 18 */

/* A group as its row has it. */
typedef struct {
    BIGNUM *p;
    BIGNUM *g;
    BIGNUM *q; /* order of the subgroup; NULL where p is a safe prime */
    int octets;
} Group;

static void
group_clear(Group *group)
{
    BN_free(group->p);
    BN_free(group->g);
    BN_free(group->q);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Group, group_clear)

static BIGNUM *
number(const RvlParameter *parameters, size_t n_parameters, const char *name)
{
    const RvlOctets *octets = rvl_parameter_find(parameters, n_parameters, name);

    if (octets == NULL || octets->size > LONGEST_MODULUS_OCTETS)
        return NULL;
    return BN_bin2bn(octets->data, (int)octets->size, NULL);
}

static bool
group_read(Group *group, const RvlParameter *parameters, size_t n_parameters, GError **error)
{
    group->p = number(parameters, n_parameters, "p");
    group->g = number(parameters, n_parameters, "g");
    group->q = number(parameters, n_parameters, "q");
    if (group->p == NULL || group->g == NULL)
        return openssl_fail(error, "p and g of a MODP group");
    group->octets = BN_num_bytes(group->p);
    return true;
}

/* A key of the group; @selection says which of @public_value and @private_value there are. */
static EVP_PKEY *
build(const Group *group, int selection, const BIGNUM *public_value, const BIGNUM *private_value)
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
keygen(const Group *group, GError **error)
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
public_of(const Group *group, EVP_PKEY *pkey, GError **error)
{
    g_autoptr(BIGNUM) y = NULL;
    g_autofree uint8_t *octets = g_malloc(group->octets);

    if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, &y) == 1 &&
        BN_bn2binpad(y, octets, group->octets) == group->octets)
        return g_bytes_new_take(g_steal_pointer(&octets), group->octets);
    openssl_fail(error, "MODP public value");
    return NULL;
}

static EVP_PKEY *
public_from(const Group *group, const RvlOctets *octets, GError **error)
{
    g_autoptr(BIGNUM) y = NULL;
    EVP_PKEY *pkey = NULL;

    if (octets->size <= (size_t)group->octets)
        y = BN_bin2bn(octets->data, (int)octets->size, NULL);
    if (y != NULL)
        pkey = build(group, EVP_PKEY_PUBLIC_KEY, y, NULL);
    if (pkey == NULL)
        openssl_refuse(error, "peer's MODP public value");
    return pkey;
}

static RvlSecret *
private_of(EVP_PKEY *pkey, GError **error)
{
    g_autoptr(BIGNUM) x = NULL;
    g_autoptr(RvlSecret) secret = NULL;

    if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &x) == 1) {
        secret = rvl_secret_new((size_t)BN_num_bytes(x));
        if (BN_bn2binpad(x, rvl_secret_fill(secret), BN_num_bytes(x)) >= 0)
            return g_steal_pointer(&secret);
    }
    openssl_fail(error, "MODP private value");
    return NULL;
}

static bool
offer(void *self,
      const RvlParameter *parameters,
      size_t n_parameters,
      GBytes **public_value,
      RvlSecret **state,
      GError **error)
{
    g_auto(Group) group = {0};
    g_autoptr(EVP_PKEY) own = NULL;
    g_autoptr(GBytes) value = NULL;
    g_autoptr(RvlSecret) private_value = NULL;

    if (!group_read(&group, parameters, n_parameters, error))
        return false;
    own = keygen(&group, error);
    value = own != NULL ? public_of(&group, own, error) : NULL;
    private_value = value != NULL ? private_of(own, error) : NULL;
    if (private_value == NULL)
        return false;
    *public_value = g_steal_pointer(&value);
    *state = g_steal_pointer(&private_value);
    return true;
}

static bool
answer(void *self,
       const RvlParameter *parameters,
       size_t n_parameters,
       const RvlOctets *peer_public,
       GBytes **public_value,
       RvlSecret **shared,
       GError **error)
{
    g_auto(Group) group = {0};
    g_autoptr(EVP_PKEY) peer = NULL;
    g_autoptr(EVP_PKEY) own = NULL;
    g_autoptr(GBytes) value = NULL;

    if (!group_read(&group, parameters, n_parameters, error))
        return false;
    peer = public_from(&group, peer_public, error);
    own = peer != NULL ? keygen(&group, error) : NULL;
    value = own != NULL ? public_of(&group, own, error) : NULL;
    if (value == NULL || !openssl_derive(own, peer, group.octets, shared, error))
        return false;
    *public_value = g_steal_pointer(&value);
    return true;
}

static bool
finish(void *self,
       const RvlParameter *parameters,
       size_t n_parameters,
       const RvlSecret *state,
       const RvlOctets *peer_public,
       RvlSecret **shared,
       GError **error)
{
    g_auto(Group) group = {0};
    g_autoptr(BIGNUM) x = BN_bin2bn(rvl_secret_octets(state), (int)rvl_secret_size(state), NULL);
    g_autoptr(EVP_PKEY) peer = NULL;
    g_autoptr(EVP_PKEY) own = NULL;

    if (!group_read(&group, parameters, n_parameters, error))
        return false;
    peer = public_from(&group, peer_public, error);
    if (peer == NULL)
        return false;
    own = x != NULL ? build(&group, EVP_PKEY_KEYPAIR, NULL, x) : NULL;
    if (own == NULL)
        return openssl_fail(error, "MODP private value");
    return openssl_derive(own, peer, group.octets, shared, error);
}

/* 1 < y < p - 1, and in a group with a subgroup of order q: y^q = 1 (RFC 6989 2.1, 2.2). */
static bool
check(void *self,
      const RvlParameter *parameters,
      size_t n_parameters,
      const RvlOctets *peer_public,
      GError **error)
{
    g_auto(Group) group = {0};
    g_autoptr(BN_CTX) ctx = BN_CTX_new();
    g_autoptr(BIGNUM) y = NULL;
    g_autoptr(BIGNUM) z = BN_new();

    if (!group_read(&group, parameters, n_parameters, error))
        return false;
    if (peer_public->size <= (size_t)group.octets)
        y = BN_bin2bn(peer_public->data, (int)peer_public->size, NULL);
    if (ctx == NULL || z == NULL || BN_sub(z, group.p, BN_value_one()) != 1)
        return openssl_fail(error, "check of a MODP public value");
    if (y == NULL || BN_cmp(y, BN_value_one()) <= 0 || BN_cmp(y, z) >= 0)
        return openssl_refuse(error, "peer's MODP public value is out of range");
    if (group.q == NULL)
        return true;
    if (BN_mod_exp(z, y, group.q, group.p, ctx) != 1)
        return openssl_fail(error, "check of a MODP public value");
    return BN_is_one(z) || openssl_refuse(error, "peer's MODP public value is not in the subgroup");
}

void
openssl_kem_set_modp(OpensslKem *kem)
{
    kem->kem.offer = offer;
    kem->kem.answer = answer;
    kem->kem.finish = finish;
    kem->kem.check = check;
}
