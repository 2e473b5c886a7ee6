/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* X25519 by OpenSSL (RFC 7748 5, RFC 8031). Any 32 octets are a public value. */
#include "config.h"

#include "backend.h"

static EVP_PKEY *
keygen(const OpensslGroup *group, GError **error)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");

    (void)group;
    if (pkey == NULL)
        openssl_fail(error, "X25519 key pair");
    return pkey;
}

static GBytes *
public_of(const OpensslGroup *group, EVP_PKEY *pkey, GError **error)
{
    size_t size = group->octets;
    g_autofree uint8_t *octets = g_malloc(size);

    if (EVP_PKEY_get_raw_public_key(pkey, octets, &size) == 1)
        return g_bytes_new_take(g_steal_pointer(&octets), size);
    openssl_fail(error, "X25519 public value");
    return NULL;
}

static EVP_PKEY *
public_from(const OpensslGroup *group, const RvlOctets *octets, GError **error)
{
    EVP_PKEY *pkey =
        EVP_PKEY_new_raw_public_key_ex(NULL, "X25519", NULL, octets->data, octets->size);

    (void)group;
    if (pkey == NULL)
        openssl_refuse(error, "peer's X25519 public value");
    return pkey;
}

static RvlSecret *
private_of(const OpensslGroup *group, EVP_PKEY *pkey, GError **error)
{
    g_autoptr(RvlSecret) value = rvl_secret_new(group->octets);
    size_t size = group->octets;

    if (EVP_PKEY_get_raw_private_key(pkey, rvl_secret_fill(value), &size) == 1)
        return g_steal_pointer(&value);
    openssl_fail(error, "X25519 private value");
    return NULL;
}

static EVP_PKEY *
private_from(const OpensslGroup *group, const RvlSecret *state, GError **error)
{
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key_ex(NULL, "X25519", NULL, rvl_secret_octets(state),
                                                     rvl_secret_size(state));

    (void)group;
    if (pkey == NULL)
        openssl_fail(error, "X25519 private value");
    return pkey;
}

const OpensslKemForm openssl_x25519 = {
    .keygen = keygen,
    .public_of = public_of,
    .public_from = public_from,
    .private_of = private_of,
    .private_from = private_from,
};
