/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Elliptic curves modulo a prime by OpenSSL: public values are x and y (RFC 5903 7). */
#include "config.h"

#include "backend.h"

#include <string.h>
#include <openssl/core_names.h>

#define LONGEST_COORDINATE 66
#define POINT_UNCOMPRESSED 0x04 /* SEC 1 2.3.3: stands before x and y in the library's form */

static EVP_PKEY *
keygen(const OpensslKem *kem, GError **error)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", kem->curve);

    if (pkey == NULL)
        openssl_fail(error, "elliptic curve key pair");
    return pkey;
}

static GBytes *
public_of(const OpensslKem *kem, EVP_PKEY *pkey, GError **error)
{
    uint8_t point[1 + 2 * LONGEST_COORDINATE];
    size_t size = 0;

    if (EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point,
                                        sizeof(point), &size) == 1 &&
        size == 1u + 2 * kem->octets && point[0] == POINT_UNCOMPRESSED)
        return g_bytes_new(point + 1, size - 1);
    openssl_fail(error, "elliptic curve public value");
    return NULL;
}

/* Importing a point is what checks that it is on the curve (RFC 6989 2.3). */
static EVP_PKEY *
public_from(const OpensslKem *kem, const RvlOctets *octets, GError **error)
{
    g_autoptr(OSSL_PARAM_BLD) bld = OSSL_PARAM_BLD_new();
    uint8_t point[1 + 2 * LONGEST_COORDINATE] = {POINT_UNCOMPRESSED};
    EVP_PKEY *pkey = NULL;

    if (octets->size == 2u * kem->octets && bld != NULL) {
        memcpy(point + 1, octets->data, octets->size);
        if (OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, kem->curve, 0) == 1 &&
            OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point,
                                             1 + octets->size) == 1)
            pkey = openssl_pkey_build("EC", bld, EVP_PKEY_PUBLIC_KEY);
    }
    if (pkey == NULL)
        openssl_refuse(error, "peer's elliptic curve public value");
    return pkey;
}

static EVP_PKEY *
private_from(const OpensslKem *kem, const RvlSecret *state, GError **error)
{
    g_autoptr(OSSL_PARAM_BLD) bld = OSSL_PARAM_BLD_new();
    g_autoptr(BIGNUM) d = BN_bin2bn(rvl_secret_octets(state), (int)rvl_secret_size(state), NULL);
    EVP_PKEY *pkey = NULL;

    if (bld != NULL && d != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, kem->curve, 0) == 1 &&
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, d) == 1)
        pkey = openssl_pkey_build("EC", bld, EVP_PKEY_KEYPAIR);
    if (pkey == NULL)
        openssl_fail(error, "elliptic curve private value");
    return pkey;
}

static bool
offer(void *self,
      const RvlParameter *parameters,
      size_t n_parameters,
      GBytes **public_value,
      RvlSecret **state,
      GError **error)
{
    const OpensslKem *kem = self;
    g_autoptr(EVP_PKEY) own = keygen(kem, error);
    g_autoptr(GBytes) value = own != NULL ? public_of(kem, own, error) : NULL;
    g_autoptr(RvlSecret) private_value = rvl_secret_new(kem->octets);
    g_autoptr(BIGNUM) d = NULL;

    if (value == NULL)
        return false;
    if (EVP_PKEY_get_bn_param(own, OSSL_PKEY_PARAM_PRIV_KEY, &d) != 1 ||
        BN_bn2binpad(d, rvl_secret_fill(private_value), kem->octets) != kem->octets)
        return openssl_fail(error, "elliptic curve private value");
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
    const OpensslKem *kem = self;
    g_autoptr(EVP_PKEY) peer = public_from(kem, peer_public, error);
    g_autoptr(EVP_PKEY) own = peer != NULL ? keygen(kem, error) : NULL;
    g_autoptr(GBytes) value = own != NULL ? public_of(kem, own, error) : NULL;

    if (value == NULL || !openssl_derive(own, peer, kem->octets, shared, error))
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
    const OpensslKem *kem = self;
    g_autoptr(EVP_PKEY) peer = public_from(kem, peer_public, error);
    g_autoptr(EVP_PKEY) own = peer != NULL ? private_from(kem, state, error) : NULL;

    return own != NULL && openssl_derive(own, peer, kem->octets, shared, error);
}

static bool
check(void *self,
      const RvlParameter *parameters,
      size_t n_parameters,
      const RvlOctets *peer_public,
      GError **error)
{
    g_autoptr(EVP_PKEY) peer = public_from(self, peer_public, error);

    return peer != NULL;
}

void
openssl_kem_set_ecp(OpensslKem *kem)
{
    kem->kem.offer = offer;
    kem->kem.answer = answer;
    kem->kem.finish = finish;
    kem->kem.check = check;
}
