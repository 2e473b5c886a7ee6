/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Elliptic curves modulo a prime by OpenSSL: public values are x and y (RFC 5903 7). */
#include "config.h"

#include "backend.h"

#include <string.h>
#include <openssl/core_names.h>

#define LONGEST_COORDINATE 66
#define POINT_UNCOMPRESSED 0x04 /* SEC 1 2.3.3: stands before x and y in the library's form */

static EVP_PKEY *
keygen(const OpensslGroup *group, GError **error)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", group->kem->curve);

    if (pkey == NULL)
        openssl_fail(error, "elliptic curve key pair");
    return pkey;
}

static GBytes *
public_of(const OpensslGroup *group, EVP_PKEY *pkey, GError **error)
{
    uint8_t point[1 + 2 * LONGEST_COORDINATE];
    size_t size = 0;

    if (EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point,
                                        sizeof(point), &size) == 1 &&
        size == 1u + 2 * group->octets && point[0] == POINT_UNCOMPRESSED)
        return g_bytes_new(point + 1, size - 1);
    openssl_fail(error, "elliptic curve public value");
    return NULL;
}

/* Importing a point is what checks that it is on the curve (RFC 6989 2.3). */
static EVP_PKEY *
public_from(const OpensslGroup *group, const RvlOctets *octets, GError **error)
{
    g_autoptr(OSSL_PARAM_BLD) bld = OSSL_PARAM_BLD_new();
    uint8_t point[1 + 2 * LONGEST_COORDINATE] = {POINT_UNCOMPRESSED};
    EVP_PKEY *pkey = NULL;

    if (octets->size == 2u * group->octets && bld != NULL) {
        memcpy(point + 1, octets->data, octets->size);
        if (OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, group->kem->curve,
                                            0) == 1 &&
            OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point,
                                             1 + octets->size) == 1)
            pkey = openssl_pkey_build("EC", bld, EVP_PKEY_PUBLIC_KEY);
    }
    if (pkey == NULL)
        openssl_refuse(error, "peer's elliptic curve public value");
    return pkey;
}

static RvlSecret *
private_of(const OpensslGroup *group, EVP_PKEY *pkey, GError **error)
{
    g_autoptr(RvlSecret) value = rvl_secret_new(group->octets);
    g_autoptr(BIGNUM) d = NULL;
    int octets = (int)group->octets;

    if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &d) == 1 &&
        BN_bn2binpad(d, rvl_secret_fill(value), octets) == octets)
        return g_steal_pointer(&value);
    openssl_fail(error, "elliptic curve private value");
    return NULL;
}

static EVP_PKEY *
private_from(const OpensslGroup *group, const RvlSecret *state, GError **error)
{
    g_autoptr(OSSL_PARAM_BLD) bld = OSSL_PARAM_BLD_new();
    g_autoptr(BIGNUM) d = BN_bin2bn(rvl_secret_octets(state), (int)rvl_secret_size(state), NULL);
    EVP_PKEY *pkey = NULL;

    if (bld != NULL && d != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, group->kem->curve, 0) ==
            1 &&
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, d) == 1)
        pkey = openssl_pkey_build("EC", bld, EVP_PKEY_KEYPAIR);
    if (pkey == NULL)
        openssl_fail(error, "elliptic curve private value");
    return pkey;
}

static bool
check(const OpensslGroup *group, const RvlOctets *peer_public, GError **error)
{
    g_autoptr(EVP_PKEY) peer = public_from(group, peer_public, error);

    return peer != NULL;
}

const OpensslKemForm openssl_ecp = {
    .keygen = keygen,
    .public_of = public_of,
    .public_from = public_from,
    .private_of = private_of,
    .private_from = private_from,
    .check = check,
};
