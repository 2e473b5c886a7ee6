/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* X25519 by OpenSSL (RFC 7748 5, RFC 8031). Any 32 octets are a public value. */
#include "config.h"

#include "backend.h"

#define X25519_OCTETS 32

static EVP_PKEY *
keygen(GError **error)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");

    if (pkey == NULL)
        openssl_fail(error, "X25519 key pair");
    return pkey;
}

static GBytes *
public_of(EVP_PKEY *pkey, GError **error)
{
    uint8_t octets[X25519_OCTETS];
    size_t size = sizeof(octets);

    if (EVP_PKEY_get_raw_public_key(pkey, octets, &size) == 1)
        return g_bytes_new(octets, size);
    openssl_fail(error, "X25519 public value");
    return NULL;
}

static EVP_PKEY *
public_from(const OpensslKem *kem, const RvlOctets *octets, GError **error)
{
    EVP_PKEY *pkey =
        EVP_PKEY_new_raw_public_key_ex(NULL, kem->algorithm, NULL, octets->data, octets->size);

    if (pkey == NULL)
        openssl_refuse(error, "peer's X25519 public value");
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
    g_autoptr(EVP_PKEY) own = keygen(error);
    g_autoptr(GBytes) value = own != NULL ? public_of(own, error) : NULL;
    g_autoptr(RvlSecret) private_value = rvl_secret_new(X25519_OCTETS);
    size_t size = X25519_OCTETS;

    if (value == NULL)
        return false;
    if (EVP_PKEY_get_raw_private_key(own, rvl_secret_fill(private_value), &size) != 1)
        return openssl_fail(error, "X25519 private value");
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
    g_autoptr(EVP_PKEY) peer = public_from(self, peer_public, error);
    g_autoptr(EVP_PKEY) own = peer != NULL ? keygen(error) : NULL;
    g_autoptr(GBytes) value = own != NULL ? public_of(own, error) : NULL;

    if (value == NULL || !openssl_derive(own, peer, X25519_OCTETS, shared, error))
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
    g_autoptr(EVP_PKEY) own = NULL;

    if (peer == NULL)
        return false;
    own = EVP_PKEY_new_raw_private_key_ex(NULL, kem->algorithm, NULL, rvl_secret_octets(state),
                                          rvl_secret_size(state));
    if (own == NULL)
        return openssl_fail(error, "X25519 private value");
    return openssl_derive(own, peer, X25519_OCTETS, shared, error);
}

void
openssl_kem_set_x25519(OpensslKem *kem)
{
    kem->kem.offer = offer;
    kem->kem.answer = answer;
    kem->kem.finish = finish;
}
