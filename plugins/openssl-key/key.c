/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An asymmetric key of OpenSSL's as the contract has it: kind and parameters. */
#include "config.h"

#include "key.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>

#include <ravelin/asymmetric-key.h>
#include <ravelin/error.h>

/* SEC 1 2.3.3: a point that is not compressed begins with this octet. */
#define POINT_UNCOMPRESSED 0x04

#define ED25519_OCTETS 32

typedef BIGNUM Number;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Number, BN_clear_free)

static const struct {
    const char *group; /* OpenSSL's name */
    const char *curve; /* the contract's */
    size_t octets;
} curves[] = {
    {"prime256v1", "p-256", 32},
    {"secp384r1", "p-384", 48},
    {"secp521r1", "p-521", 66},
};

static bool
refuse(GError **error, const char *found)
{
    rvl_error_set_found(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, found,
                        "rsa, ec on p-256, p-384 or p-521, or ed25519",
                        "a key of a kind that is not served");
    return false;
}

static void
add_parameter(OpensslKey *key, const char *name, GBytes *octets)
{
    size_t i = key->key.n_parameters++;

    key->octets[i] = octets;
    key->parameters[i] = (RvlParameter){name, rvl_octets_from_bytes(octets)};
}

static void
add_secret(OpensslKey *key, const char *name, const RvlSecret *secret)
{
    size_t i = key->key.n_secrets++;

    key->secret_names[i] = name;
    key->secrets[i] = secret;
}

static Number *
get_number(const EVP_PKEY *from, const char *name)
{
    BIGNUM *number = NULL;

    return EVP_PKEY_get_bn_param(from, name, &number) == 1 ? number : NULL;
}

/* A public number, without leading zeros. */
static bool
take_number(OpensslKey *key, const EVP_PKEY *from, const char *theirs, const char *ours)
{
    g_autoptr(Number) number = get_number(from, theirs);
    int octets = number != NULL ? BN_num_bytes(number) : 0;
    g_autofree uint8_t *out = g_malloc((size_t)octets + 1);

    if (octets == 0)
        return false;
    BN_bn2bin(number, out);
    add_parameter(key, ours, g_bytes_new(out, (size_t)octets));
    return true;
}

static bool
take_secret_number(OpensslKey *key,
                   const EVP_PKEY *from,
                   const char *theirs,
                   const char *ours,
                   size_t octets)
{
    g_autoptr(Number) number = get_number(from, theirs);
    g_autoptr(RvlSecret) secret = NULL;

    if (number == NULL)
        return false;
    if (octets == 0)
        octets = (size_t)BN_num_bytes(number);
    if (octets == 0 || octets > RVL_SECRET_MAX_OCTETS)
        return false;
    secret = rvl_secret_new(octets);
    if (BN_bn2binpad(number, rvl_secret_fill(secret), (int)octets) != (int)octets)
        return false;
    add_secret(key, ours, g_steal_pointer(&secret));
    return true;
}

static bool
take_rsa(OpensslKey *key, const EVP_PKEY *from, bool with_secrets, GError **error)
{
    key->key.kind = "rsa";
    if (take_number(key, from, OSSL_PKEY_PARAM_RSA_N, "n") &&
        take_number(key, from, OSSL_PKEY_PARAM_RSA_E, "e") &&
        (!with_secrets || (take_secret_number(key, from, OSSL_PKEY_PARAM_RSA_D, "d", 0) &&
                           take_secret_number(key, from, OSSL_PKEY_PARAM_RSA_FACTOR1, "p", 0) &&
                           take_secret_number(key, from, OSSL_PKEY_PARAM_RSA_FACTOR2, "q", 0))))
        return true;
    return refuse(error, "rsa without a part");
}

/* Both coordinates, whatever form the point came in. */
static bool
take_point(OpensslKey *key, const EVP_PKEY *from, size_t octets)
{
    g_autoptr(Number) x = get_number(from, OSSL_PKEY_PARAM_EC_PUB_X);
    g_autoptr(Number) y = get_number(from, OSSL_PKEY_PARAM_EC_PUB_Y);
    g_autofree uint8_t *point = g_malloc(1 + 2 * octets);

    point[0] = POINT_UNCOMPRESSED;
    if (x == NULL || y == NULL || BN_bn2binpad(x, point + 1, (int)octets) < 0 ||
        BN_bn2binpad(y, point + 1 + octets, (int)octets) < 0)
        return false;
    add_parameter(key, "point", g_bytes_new(point, 1 + 2 * octets));
    return true;
}

static bool
take_ec(OpensslKey *key, const EVP_PKEY *from, bool with_secrets, GError **error)
{
    char group[64] = "";

    key->key.kind = "ec";
    if (EVP_PKEY_get_utf8_string_param(from, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group),
                                       NULL) != 1)
        return refuse(error, "ec on a curve without a name");
    for (size_t i = 0; i < G_N_ELEMENTS(curves); i++) {
        const char *curve = curves[i].curve;

        if (strcmp(group, curves[i].group) != 0)
            continue;
        add_parameter(key, "curve", g_bytes_new_static(curve, strlen(curve)));
        if (take_point(key, from, curves[i].octets) &&
            (!with_secrets ||
             take_secret_number(key, from, OSSL_PKEY_PARAM_PRIV_KEY, "d", curves[i].octets)))
            return true;
        return refuse(error, "ec without a part");
    }
    return refuse(error, group);
}

static bool
take_ed25519(OpensslKey *key, const EVP_PKEY *from, bool with_secrets, GError **error)
{
    uint8_t point[ED25519_OCTETS];
    size_t size = sizeof(point);
    g_autoptr(RvlSecret) seed = rvl_secret_new(ED25519_OCTETS);

    key->key.kind = "ed25519";
    if (EVP_PKEY_get_raw_public_key(from, point, &size) != 1 || size != sizeof(point))
        return refuse(error, "ed25519 without its point");
    add_parameter(key, "point", g_bytes_new(point, sizeof(point)));
    if (!with_secrets)
        return true;
    if (EVP_PKEY_get_raw_private_key(from, rvl_secret_fill(seed), &size) != 1 ||
        size != ED25519_OCTETS)
        return refuse(error, "ed25519 without its seed");
    add_secret(key, "seed", g_steal_pointer(&seed));
    return true;
}

static bool
take(OpensslKey *key, const EVP_PKEY *from, bool with_secrets, GError **error)
{
    const char *name = EVP_PKEY_get0_type_name(from);

    switch (EVP_PKEY_get_base_id(from)) {
    case EVP_PKEY_RSA:
        return take_rsa(key, from, with_secrets, error);
    case EVP_PKEY_EC:
        return take_ec(key, from, with_secrets, error);
    case EVP_PKEY_ED25519:
        return take_ed25519(key, from, with_secrets, error);
    default:
        return refuse(error, name != NULL ? name : "a key without a name");
    }
}

OpensslKey *
openssl_key_new(const EVP_PKEY *from, bool with_secrets, GError **error)
{
    g_autoptr(OpensslKey) key = g_new0(OpensslKey, 1);

    key->key.size = sizeof(key->key);
    key->key.parameters = key->parameters;
    key->bits = (unsigned)EVP_PKEY_get_bits(from);
    if (!take(key, from, with_secrets, error) || !rvl_asymmetric_key_check(&key->key, error))
        return NULL;
    if (with_secrets) {
        key->key.secret_names = key->secret_names;
        key->key.secrets = key->secrets;
    }
    return g_steal_pointer(&key);
}

void
openssl_key_free(OpensslKey *key)
{
    if (key == NULL)
        return;
    for (size_t i = 0; i < OPENSSL_KEY_PARAMETERS; i++)
        g_clear_pointer(&key->octets[i], g_bytes_unref);
    for (size_t i = 0; i < OPENSSL_KEY_SECRETS; i++)
        rvl_secret_unref((RvlSecret *)key->secrets[i]); /* counting changes no octet */
    g_free(key);
}

bool
openssl_key_equal(const RvlAsymmetricKey *a, const RvlAsymmetricKey *b)
{
    if (strcmp(a->kind, b->kind) != 0 || a->n_parameters != b->n_parameters)
        return false;
    for (size_t i = 0; i < a->n_parameters; i++) {
        const RvlOctets *theirs = rvl_asymmetric_key_parameter(b, a->parameters[i].name);
        const RvlOctets *ours = &a->parameters[i].octets;

        if (theirs == NULL || theirs->size != ours->size ||
            memcmp(theirs->data, ours->data, ours->size) != 0)
            return false;
    }
    return true;
}
