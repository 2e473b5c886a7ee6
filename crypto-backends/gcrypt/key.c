/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asymmetric keys, from kind and parameters to the library's S-expressions. */
#include "config.h"

#include "backend.h"

#include <string.h>
#include <ravelin/asymmetric-key.h>

static gcry_mpi_t
public_number(const RvlAsymmetricKey *key, const char *name)
{
    return gcrypt_number(rvl_asymmetric_key_parameter(key, name));
}

static gcry_mpi_t
secret_number(const RvlAsymmetricKey *key, const char *name)
{
    return gcrypt_secret_number(rvl_asymmetric_key_secret(key, name));
}

/* The library wants p < q, and u = 1/p mod q. */
static gcry_error_t
rsa_private(gcry_sexp_t *sexp, const RvlAsymmetricKey *key, gcry_mpi_t n, gcry_mpi_t e)
{
    g_auto(gcry_mpi_t) d = secret_number(key, "d");
    g_auto(gcry_mpi_t) p = secret_number(key, "p");
    g_auto(gcry_mpi_t) q = secret_number(key, "q");
    g_auto(gcry_mpi_t) u = gcry_mpi_snew(0);

    if (d == NULL || p == NULL || q == NULL)
        return gcry_error(GPG_ERR_NO_SECKEY);
    if (gcry_mpi_cmp(p, q) > 0)
        gcry_mpi_swap(p, q);
    if (!gcry_mpi_invm(u, p, q))
        return gcry_error(GPG_ERR_BAD_SECKEY);
    return gcry_sexp_build(sexp, NULL, "(private-key (rsa (n %M)(e %M)(d %M)(p %M)(q %M)(u %M)))",
                           n, e, d, p, q, u);
}

static gcry_error_t
rsa(gcry_sexp_t *sexp, const RvlAsymmetricKey *key, bool is_private)
{
    g_auto(gcry_mpi_t) n = public_number(key, "n");
    g_auto(gcry_mpi_t) e = public_number(key, "e");

    if (n == NULL || e == NULL)
        return gcry_error(GPG_ERR_BAD_PUBKEY);
    if (is_private)
        return rsa_private(sexp, key, n, e);
    return gcry_sexp_build(sexp, NULL, "(public-key (rsa (n %M)(e %M)))", n, e);
}

/* Whether @octets, of which the form was checked, is a point on @curve. */
static bool
is_on_curve(const char *curve, const RvlOctets *octets)
{
    const RvlOctets coordinates = {octets->data + 1, octets->size - 1};
    g_auto(gcry_ctx_t) context = NULL;
    g_auto(gcry_mpi_point_t) point = NULL;

    if (gcry_mpi_ec_new(&context, NULL, curve) != 0)
        return false;
    point = gcrypt_point(context, &coordinates);
    return point != NULL;
}

/* The library's names are ours in capitals behind `NIST `. */
static gcry_error_t
ec(gcry_sexp_t *sexp, const RvlAsymmetricKey *key, bool is_private)
{
    const RvlOctets *word = rvl_asymmetric_key_parameter(key, "curve");
    const RvlOctets *point = rvl_asymmetric_key_parameter(key, "point");
    g_autofree char *name = g_ascii_strup((const char *)word->data, (gssize)word->size);
    g_autofree char *curve = g_strconcat("NIST ", name, NULL);
    g_auto(gcry_mpi_t) d = NULL;

    if (!is_on_curve(curve, point))
        return gcry_error(GPG_ERR_BAD_PUBKEY);
    if (!is_private)
        return gcry_sexp_build(sexp, NULL, "(public-key (ecc (curve %s)(q %b)))", curve,
                               (int)point->size, point->data);
    d = secret_number(key, "d");
    if (d == NULL)
        return gcry_error(GPG_ERR_NO_SECKEY);
    return gcry_sexp_build(sexp, NULL, "(private-key (ecc (curve %s)(q %b)(d %M)))", curve,
                           (int)point->size, point->data, d);
}

gcry_sexp_t
gcrypt_key_new(const RvlAsymmetricKey *key, bool is_private, GError **error)
{
    static const struct {
        const char *kind;
        gcry_error_t (*make)(gcry_sexp_t *sexp, const RvlAsymmetricKey *key, bool is_private);
    } kinds[] = {
        {"rsa", rsa},
        {"ec", ec},
    };
    gcry_sexp_t sexp = NULL;
    gcry_error_t code = gcry_error(GPG_ERR_PUBKEY_ALGO);

    if (!rvl_asymmetric_key_check(key, error))
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(key->kind, kinds[i].kind) == 0)
            code = kinds[i].make(&sexp, key, is_private);
    if (code != 0)
        gcrypt_fail(error, code, is_private ? "private key" : "public key");
    return sexp;
}
