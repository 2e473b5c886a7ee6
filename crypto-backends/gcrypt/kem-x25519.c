/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* X25519 by libgcrypt (RFC 7748 5, RFC 8031). Any 32 octets are a public value. */
#include "config.h"

#include "backend.h"

#include <string.h>

#define X25519_OCTETS 32

/* @out = @private_value times @point, or times the base point where that is NULL. */
static gcry_error_t
multiply(const RvlSecret *private_value, const uint8_t *point, uint8_t *out)
{
    uint8_t u[X25519_OCTETS];

    if (point == NULL)
        return gcry_ecc_mul_point(GCRY_ECC_CURVE25519, out, rvl_secret_octets(private_value), NULL);
    memcpy(u, point, sizeof(u));
    u[X25519_OCTETS - 1] &= 0x7f; /* RFC 7748 5: the unused bit is masked */
    return gcry_ecc_mul_point(GCRY_ECC_CURVE25519, out, rvl_secret_octets(private_value), u);
}

static bool
shared_from(const RvlSecret *private_value,
            const RvlOctets *peer_public,
            RvlSecret **shared,
            GError **error)
{
    g_autoptr(RvlSecret) secret = rvl_secret_new(X25519_OCTETS);

    if (peer_public->size != X25519_OCTETS || rvl_secret_size(private_value) != X25519_OCTETS ||
        multiply(private_value, peer_public->data, rvl_secret_fill(secret)) != 0)
        return gcrypt_refuse(error, "peer's X25519 public value");
    *shared = g_steal_pointer(&secret);
    return true;
}

static bool
offer(void *self,
      const RvlParameter *parameters,
      size_t n_parameters,
      GBytes **public_value,
      RvlSecret **state,
      GError **error)
{
    g_autoptr(RvlSecret) private_value = rvl_secret_new(X25519_OCTETS);
    uint8_t u[X25519_OCTETS];
    gcry_error_t code;

    gcry_randomize(rvl_secret_fill(private_value), X25519_OCTETS, GCRY_STRONG_RANDOM);
    code = multiply(private_value, NULL, u);
    if (code != 0)
        return gcrypt_fail(error, code, "X25519 key pair");
    *public_value = g_bytes_new(u, sizeof(u));
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
    g_autoptr(GBytes) value = NULL;
    g_autoptr(RvlSecret) private_value = NULL;

    if (!offer(self, parameters, n_parameters, &value, &private_value, error) ||
        !shared_from(private_value, peer_public, shared, error))
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
    return shared_from(state, peer_public, shared, error);
}

void
gcrypt_kem_set_x25519(GcryptKem *kem)
{
    kem->kem.offer = offer;
    kem->kem.answer = answer;
    kem->kem.finish = finish;
}
