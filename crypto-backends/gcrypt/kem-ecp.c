/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Elliptic curves modulo a prime by libgcrypt: public values are x and y (RFC 5903 7). */
#include "config.h"

#include "backend.h"

static gcry_ctx_t
curve_new(const GcryptKem *kem, GError **error)
{
    gcry_ctx_t curve = NULL;
    gcry_error_t code = gcry_mpi_ec_new(&curve, NULL, kem->curve);

    if (code != 0)
        gcrypt_fail(error, code, kem->curve);
    return curve;
}

static gcry_mpi_point_t
point_from(const GcryptKem *kem, gcry_ctx_t curve, const RvlOctets *octets, GError **error)
{
    gcry_mpi_point_t point = octets->size == 2u * kem->octets ? gcrypt_point(curve, octets) : NULL;

    if (point == NULL)
        gcrypt_refuse(error, "peer's elliptic curve public value");
    return point;
}

/* x and y of @private_value times @point; false where that is the point at infinity. */
static bool
multiply(gcry_ctx_t curve,
         gcry_mpi_t private_value,
         gcry_mpi_point_t point,
         gcry_mpi_t x,
         gcry_mpi_t y)
{
    g_auto(gcry_mpi_point_t) product = gcry_mpi_point_new(0);

    gcry_mpi_ec_mul(product, private_value, point, curve);
    return gcry_mpi_ec_get_affine(x, y, product, curve) == 0;
}

static GBytes *
public_of(const GcryptKem *kem, gcry_ctx_t curve, gcry_mpi_t private_value, GError **error)
{
    g_auto(gcry_mpi_point_t) base = gcry_mpi_ec_get_point("g", curve, 1);
    g_auto(gcry_mpi_t) x = gcry_mpi_new(0);
    g_auto(gcry_mpi_t) y = gcry_mpi_new(0);
    g_autofree uint8_t *octets = g_malloc(2u * kem->octets);

    if (multiply(curve, private_value, base, x, y) && gcrypt_number_write(x, octets, kem->octets) &&
        gcrypt_number_write(y, octets + kem->octets, kem->octets))
        return g_bytes_new_take(g_steal_pointer(&octets), 2u * kem->octets);
    gcrypt_fail(error, gcry_error(GPG_ERR_INTERNAL), "elliptic curve public value");
    return NULL;
}

/* The secret is x (RFC 5903 7). */
static bool
shared_from(const GcryptKem *kem,
            gcry_ctx_t curve,
            gcry_mpi_t private_value,
            gcry_mpi_point_t peer,
            RvlSecret **shared,
            GError **error)
{
    g_auto(gcry_mpi_t) x = gcry_mpi_snew(0);
    g_autoptr(RvlSecret) secret = rvl_secret_new(kem->octets);

    if (!multiply(curve, private_value, peer, x, NULL) ||
        !gcrypt_number_write(x, rvl_secret_fill(secret), kem->octets))
        return gcrypt_refuse(error, "peer's elliptic curve public value");
    *shared = g_steal_pointer(&secret);
    return true;
}

static gcry_mpi_t
private_new(gcry_ctx_t curve)
{
    g_auto(gcry_mpi_t) n = gcry_mpi_ec_get_mpi("n", curve, 0);

    return gcrypt_random_number(n);
}

static bool
offer(void *self,
      const RvlParameter *parameters,
      size_t n_parameters,
      GBytes **public_value,
      RvlSecret **state,
      GError **error)
{
    const GcryptKem *kem = self;
    g_auto(gcry_ctx_t) curve = curve_new(kem, error);
    g_auto(gcry_mpi_t) private_value = curve != NULL ? private_new(curve) : NULL;
    g_autoptr(RvlSecret) kept = rvl_secret_new(kem->octets);

    if (curve == NULL)
        return false;
    if (private_value == NULL ||
        !gcrypt_number_write(private_value, rvl_secret_fill(kept), kem->octets))
        return gcrypt_fail(error, gcry_error(GPG_ERR_INTERNAL), "elliptic curve private value");
    *public_value = public_of(kem, curve, private_value, error);
    if (*public_value == NULL)
        return false;
    *state = g_steal_pointer(&kept);
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
    const GcryptKem *kem = self;
    g_auto(gcry_ctx_t) curve = curve_new(kem, error);
    g_auto(gcry_mpi_point_t) peer =
        curve != NULL ? point_from(kem, curve, peer_public, error) : NULL;
    g_auto(gcry_mpi_t) private_value = peer != NULL ? private_new(curve) : NULL;
    g_autoptr(GBytes) value =
        private_value != NULL ? public_of(kem, curve, private_value, error) : NULL;

    if (value == NULL || !shared_from(kem, curve, private_value, peer, shared, error))
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
    const GcryptKem *kem = self;
    g_auto(gcry_ctx_t) curve = curve_new(kem, error);
    g_auto(gcry_mpi_point_t) peer =
        curve != NULL ? point_from(kem, curve, peer_public, error) : NULL;
    g_auto(gcry_mpi_t) private_value = gcrypt_secret_number(state);

    if (peer == NULL)
        return false;
    if (private_value == NULL)
        return gcrypt_fail(error, gcry_error(GPG_ERR_INV_DATA), "elliptic curve private value");
    return shared_from(kem, curve, private_value, peer, shared, error);
}

static bool
check(void *self,
      const RvlParameter *parameters,
      size_t n_parameters,
      const RvlOctets *peer_public,
      GError **error)
{
    g_auto(gcry_ctx_t) curve = curve_new(self, error);
    g_auto(gcry_mpi_point_t) peer =
        curve != NULL ? point_from(self, curve, peer_public, error) : NULL;

    return peer != NULL;
}

void
gcrypt_kem_set_ecp(GcryptKem *kem)
{
    kem->kem.offer = offer;
    kem->kem.answer = answer;
    kem->kem.finish = finish;
    kem->kem.check = check;
}
