/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asymmetric keys as kind and parameters: looking parameters up, and the shape a key must have. */
#include "config.h"

#include <ravelin/asymmetric-key.h>

#include <string.h>
#include <ravelin/error.h>

#define ED25519_POINT_OCTETS 32 /* RFC 8032 5.1.5 */
#define POINT_UNCOMPRESSED 0x04 /* SEC 1 2.3.3 */

const RvlOctets *
rvl_parameter_find(const RvlParameter *parameters, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(parameters[i].name, name) == 0)
            return &parameters[i].octets;
    return NULL;
}

const RvlOctets *
rvl_asymmetric_key_parameter(const RvlAsymmetricKey *key, const char *name)
{
    return rvl_parameter_find(key->parameters, key->n_parameters, name);
}

const RvlSecret *
rvl_asymmetric_key_secret(const RvlAsymmetricKey *key, const char *name)
{
    for (size_t i = 0; i < key->n_secrets; i++)
        if (strcmp(key->secret_names[i], name) == 0)
            return key->secrets[i];
    return NULL;
}

/* The parameter's octets; an absent one has none, which no check below lets pass. */
static RvlOctets
octets_of(const RvlAsymmetricKey *key, const char *name)
{
    const RvlOctets *octets = rvl_asymmetric_key_parameter(key, name);

    return octets != NULL ? *octets : RVL_OCTETS_NONE;
}

static size_t
bits_of(RvlOctets number)
{
    while (number.size > 0 && number.data[0] == 0) {
        number.data++;
        number.size--;
    }
    return number.size == 0 ? 0 : 8 * (number.size - 1) + g_bit_storage(number.data[0]);
}

static bool
is_odd(RvlOctets number)
{
    return number.size > 0 && (number.data[number.size - 1] & 1) != 0;
}

size_t
rvl_curve_octets(const RvlOctets *curve)
{
    static const struct {
        const char *word;
        size_t octets;
    } curves[] = {
        {"p-256", 32},
        {"p-384", 48},
        {"p-521", 66},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(curves); i++)
        if (curve->size == strlen(curves[i].word) &&
            memcmp(curve->data, curves[i].word, curve->size) == 0)
            return curves[i].octets;
    return 0;
}

static bool
refuse(GError **error, RvlCause cause, const char *what, size_t found, const char *wanted)
{
    g_autofree char *value = g_strdup_printf("%zu", found);

    rvl_error_set_found(error, cause, value, wanted, "public key: %s is %s, not %s", what, value,
                        wanted);
    return false;
}

static bool
check_rsa(const RvlAsymmetricKey *key, GError **error)
{
    RvlOctets n = octets_of(key, "n");
    RvlOctets e = octets_of(key, "e");
    size_t n_bits = bits_of(n);
    size_t e_bits = bits_of(e);

    if (n_bits < RVL_RSA_MIN_BITS)
        return refuse(error, RVL_CAUSE_KEY_TOO_SHORT, "length of the RSA modulus in bits", n_bits,
                      "at least " G_STRINGIFY(RVL_RSA_MIN_BITS));
    if (n_bits > RVL_RSA_MAX_BITS)
        return refuse(error, RVL_CAUSE_MESSAGE_MALFORMED, "length of the RSA modulus in bits",
                      n_bits, "at most " G_STRINGIFY(RVL_RSA_MAX_BITS));
    if (!is_odd(n))
        return refuse(error, RVL_CAUSE_MESSAGE_MALFORMED, "last bit of the RSA modulus", 0, "1");
    if (e_bits < 2 || e_bits > RVL_RSA_MAX_EXPONENT_BITS)
        return refuse(error, RVL_CAUSE_MESSAGE_MALFORMED,
                      "length of the RSA public exponent in bits", e_bits,
                      "2 to " G_STRINGIFY(RVL_RSA_MAX_EXPONENT_BITS));
    if (!is_odd(e))
        return refuse(error, RVL_CAUSE_MESSAGE_MALFORMED, "last bit of the RSA public exponent", 0,
                      "1");
    return true;
}

static bool
check_ec(const RvlAsymmetricKey *key, GError **error)
{
    RvlOctets curve = octets_of(key, "curve");
    RvlOctets point = octets_of(key, "point");
    size_t octets = rvl_curve_octets(&curve);
    g_autofree char *wanted = g_strdup_printf("%zu", 1 + 2 * octets);

    if (octets == 0) {
        g_autofree char *word = rvl_error_escape(curve.data, curve.size);

        rvl_error_set_found(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, word, "p-256, p-384, p-521",
                            "public key: curve '%s' is not served", word);
        return false;
    }
    if (point.size != 1 + 2 * octets)
        return refuse(error, RVL_CAUSE_MESSAGE_MALFORMED, "length of the point in octets",
                      point.size, wanted);
    if (point.data[0] != POINT_UNCOMPRESSED)
        return refuse(error, RVL_CAUSE_MESSAGE_MALFORMED, "form of the point", point.data[0],
                      "4 (uncompressed)");
    return true;
}

/* RFC 8032 5.1.3: y, little-endian without the sign of x, is below p = 2^255 - 19. */
static bool
is_below_p25519(const uint8_t *y)
{
    if ((y[ED25519_POINT_OCTETS - 1] & 0x7f) != 0x7f || y[0] < 0xed)
        return true;
    for (size_t i = 1; i < ED25519_POINT_OCTETS - 1; i++)
        if (y[i] != 0xff)
            return true;
    return false;
}

static bool
check_ed25519(const RvlAsymmetricKey *key, GError **error)
{
    RvlOctets point = octets_of(key, "point");

    if (point.size != ED25519_POINT_OCTETS)
        return refuse(error, RVL_CAUSE_MESSAGE_MALFORMED, "length of the point in octets",
                      point.size, G_STRINGIFY(ED25519_POINT_OCTETS));
    /* OpenSSL takes such a point for y - p. */
    if (!is_below_p25519(point.data))
        return refuse(error, RVL_CAUSE_MESSAGE_MALFORMED,
                      "first octet of a point that isn't below p", point.data[0], "below 237");
    return true;
}

bool
rvl_asymmetric_key_check(const RvlAsymmetricKey *key, GError **error)
{
    static const struct {
        const char *kind;
        bool (*check)(const RvlAsymmetricKey *key, GError **error);
    } kinds[] = {
        {"rsa", check_rsa},
        {"ec", check_ec},
        {"ed25519", check_ed25519},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(key->kind, kinds[i].kind) == 0)
            return kinds[i].check(key, error);
    return true;
}

bool
rvl_signature_takes_key(const RvlSignature *signature, const RvlAsymmetricKey *key, GError **error)
{
    if (strcmp(signature->key_kind, key->kind) == 0)
        return true;
    rvl_error_set_found(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, key->kind, signature->key_kind,
                        "%s takes keys of kind %s, not %s", signature->name, signature->key_kind,
                        key->kind);
    return false;
}
