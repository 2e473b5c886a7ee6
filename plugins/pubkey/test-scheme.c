/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signature schemes: AlgorithmIdentifiers as OpenSSL makes them, and which scheme is chosen. */
#include "config.h"

#include <string.h>

#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <ravelin/error.h>

#include "rig/authority.h"
#include "scheme.h"
#include "support/hex.h"

/* The AlgorithmIdentifier that OpenSSL writes when it signs by @key. */
static GBytes *
openssl_identifier(EVP_PKEY *key, const char *digest, bool is_pss)
{
    X509 *certificate = X509_new();
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters;
    const X509_ALGOR *algorithm;
    unsigned char *der = NULL;
    GBytes *bytes;
    int n;

    X509_set_pubkey(certificate, key);
    g_assert_cmpint(EVP_DigestSignInit_ex(context, &parameters, digest, NULL, NULL, key, NULL), ==,
                    1);
    if (is_pss) {
        g_assert_cmpint(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING), ==, 1);
        g_assert_cmpint(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST), ==,
                        1);
    }
    g_assert_cmpint(X509_sign_ctx(certificate, context), >, 0);
    algorithm = X509_get0_tbs_sigalg(certificate);
    n = i2d_X509_ALGOR((X509_ALGOR *)algorithm, &der);
    bytes = g_bytes_new(der, (gsize)n);
    OPENSSL_free(der);
    EVP_MD_CTX_free(context);
    X509_free(certificate);
    return bytes;
}

static const struct {
    const char *word;
    const char *key;
    const char *digest;
    bool is_pss;
} made_by_openssl[] = {
    {"rsa-pss-sha2-256", "rsa:2048", "SHA256", true},
    {"rsa-pss-sha2-384", "rsa:2048", "SHA384", true},
    {"rsa-pss-sha2-512", "rsa:2048", "SHA512", true},
    {"rsa-pkcs1-sha2-256", "rsa:2048", "SHA256", false},
    {"rsa-pkcs1-sha2-384", "rsa:2048", "SHA384", false},
    {"rsa-pkcs1-sha2-512", "rsa:2048", "SHA512", false},
    {"ecdsa-sha2-256", "ec:P-256", "SHA256", false},
    {"ecdsa-sha2-384", "ec:P-384", "SHA384", false},
    {"ecdsa-sha2-512", "ec:P-521", "SHA512", false},
    {"ed25519", "ed25519", NULL, false},
};

static void
identifier_is_what_openssl_writes(gconstpointer data)
{
    const typeof(made_by_openssl[0]) *c = data;
    EVP_PKEY *key = issue_key(c->key);
    g_autoptr(GBytes) made = openssl_identifier(key, c->digest, c->is_pss);
    const RvlOctets octets = rvl_octets_from_bytes(made);
    const Scheme *scheme = scheme_find(&octets);

    EVP_PKEY_free(key);
    g_assert_nonnull(scheme);
    g_assert_cmpstr(scheme->word, ==, c->word);
    g_assert_cmpmem(scheme->identifier.data, scheme->identifier.size, octets.data, octets.size);
    g_assert_true(g_str_has_suffix(scheme->primitive, c->word));
}

/* Further encodings by RFC 4055: NULL parameters left out, the default trailer written. */
static const struct {
    const char *word;
    const char *identifier;
} taken[] = {
    {"rsa-pkcs1-sha2-256", "300b06092a864886f70d01010b"},
    {"rsa-pss-sha2-256",
     "304606092a864886f70d01010a3039a00f300d06096086480165030402010500a11c301a"
     "06092a864886f70d010108300d06096086480165030402010500a203020120a303020101"},
    {"rsa-pss-sha2-512",
     "303d06092a864886f70d01010a3030a00d300b0609608648016503040203a11a301806092a"
     "864886f70d010108300b0609608648016503040203a203020140"},
};

static const char *const not_taken[] = {
    "",
    "300d06092a864886f70d0101050500",   /* sha1WithRSAEncryption */
    "300d06092a864886f70d01010e0500",   /* sha224WithRSAEncryption */
    "300d06092a864886f70d01010a3000",   /* RSASSA-PSS with default parameters: SHA-1 */
    "300906072a8648ce3d0401",           /* ecdsa-with-SHA1 */
    "300c06082a8648ce3d0403020500",     /* ecdsa-with-SHA256 with NULL: RFC 5758 3.2 has none */
    "300706032b65700500",               /* Ed25519 with NULL: RFC 8410 3 */
    "300506032b6571",                   /* Ed448 */
    "300d06092a864886f70d01010b050000", /* an octet more */
    "300d06092a864886f70d01010b05",     /* one fewer */
    "30810d06092a864886f70d01010b0500", /* BER */
    /* PSS with SHA2-256 and a salt of 20 octets; and with SHA2-256 over MGF1 with SHA2-512 */
    "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108"
    "300d06096086480165030402010500a203020114",
    "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108"
    "300d06096086480165030402030500a203020120",
};

static void
only_constant_octets_are_taken(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(taken); i++) {
        g_autoptr(GBytes) identifier = rvl_test_unhex(taken[i].identifier);
        const RvlOctets octets = rvl_octets_from_bytes(identifier);
        const Scheme *scheme = scheme_find(&octets);

        g_assert_nonnull(scheme);
        g_assert_cmpstr(scheme->word, ==, taken[i].word);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(not_taken); i++) {
        g_autoptr(GBytes) identifier = rvl_test_unhex(not_taken[i]);
        const RvlOctets octets = rvl_octets_from_bytes(identifier);

        g_assert_null(scheme_find(&octets));
    }
}

/* A backend that lacks the primitive whose name is the context. */
static const RvlSignature *
have_all_but(void *context, const char *name, GError **error)
{
    static const RvlSignature some;

    (void)error;
    return context != NULL && strcmp(context, name) == 0 ? NULL : &some;
}

/* Keys by kind and curve, the peer's hashes, and what is chosen: scheme and method, or nothing. */
static const struct {
    const char *kind;
    const char *curve;
    bool prefers_pkcs1;
    const char *hashes; /* NULL: not announced */
    const char *lacking;
    const char *scheme;
    uint8_t method;
} choices[] = {
    {"rsa", NULL, false, "0001000200030004", NULL, "rsa-pss-sha2-256", 14},
    {"rsa", NULL, true, "0001000200030004", NULL, "rsa-pkcs1-sha2-256", 14},
    {"rsa", NULL, false, "00030004", NULL, "rsa-pss-sha2-512", 14},
    {"rsa", NULL, false, "0003", NULL, "rsa-pss-sha2-384", 14},
    {"rsa", NULL, false, "0002", "signature/rsa-pss-sha2-256", "rsa-pkcs1-sha2-256", 14},
    {"rsa", NULL, false, "0001", NULL, NULL, 0},
    {"rsa", NULL, false, "", NULL, NULL, 0},
    {"rsa", NULL, false, NULL, NULL, NULL, 0}, /* method 1 is SHA-1 */
    {"ec", "p-256", false, "000200030004", NULL, "ecdsa-sha2-256", 14},
    {"ec", "p-384", false, "000200030004", NULL, "ecdsa-sha2-384", 14},
    {"ec", "p-521", false, "000200030004", NULL, "ecdsa-sha2-512", 14},
    {"ec", "p-521", false, "0002", NULL, "ecdsa-sha2-256", 14},
    {"ec", "p-256", false, "0005", NULL, NULL, 0},
    {"ec", "p-256", false, NULL, NULL, "ecdsa-sha2-256", 9},
    {"ec", "p-384", false, NULL, NULL, "ecdsa-sha2-384", 10},
    {"ec", "p-521", false, NULL, NULL, "ecdsa-sha2-512", 11},
    {"ec", "p-256", false, NULL, "signature/ecdsa-sha2-256", NULL, 0},
    {"ed25519", NULL, false, "00020005", NULL, "ed25519", 14},
    {"ed25519", NULL, false, "0002", NULL, NULL, 0},
    {"ed25519", NULL, false, NULL, NULL, NULL, 0},
    {"ed25519", NULL, false, "0005", "signature/ed25519", NULL, 0},
};

static void
scheme_fits_key_and_peer(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(choices); i++) {
        const typeof(choices[0]) *c = &choices[i];
        const RvlPrimitives primitives = {
            .size = sizeof(primitives),
            .context = (void *)c->lacking,
            .signature = have_all_but,
        };
        const RvlParameter curve = {"curve",
                                    RVL_OCTETS(c->curve, c->curve != NULL ? strlen(c->curve) : 0)};
        const RvlAsymmetricKey key = {
            .size = sizeof(key),
            .kind = c->kind,
            .parameters = &curve,
            .n_parameters = c->curve != NULL ? 1 : 0,
        };
        g_autoptr(GBytes) octets = rvl_test_unhex(c->hashes != NULL ? c->hashes : "");
        const HashList hashes = {c->hashes != NULL, rvl_octets_from_bytes(octets)};
        g_autoptr(GError) error = NULL;
        uint8_t method = 0;
        const Scheme *scheme =
            scheme_choose(&primitives, &key, c->prefers_pkcs1, &hashes, &method, &error);

        g_test_message("%s, %s", c->kind, c->hashes);
        if (c->scheme == NULL) {
            g_assert_null(scheme);
            g_assert_error(error, RVL_ERROR, RVL_CAUSE_SIGNATURE_HASH_MISMATCH);
            g_assert_nonnull(rvl_error_found(error));
            g_assert_nonnull(rvl_error_wanted(error));
        } else {
            g_assert_no_error(error);
            g_assert_cmpstr(scheme->word, ==, c->scheme);
            g_assert_cmpuint(method, ==, c->method);
        }
    }
}

static void
methods_fix_curve_and_hash(void)
{
    for (unsigned method = 0; method <= UINT8_MAX; method++) {
        const char *curve = NULL;
        const Scheme *scheme = scheme_of_method((uint8_t)method, &curve);

        if (method == 9)
            g_assert_true(strcmp(curve, "p-256") == 0 && scheme->hash == HASH_SHA2_256);
        else if (method == 10)
            g_assert_true(strcmp(curve, "p-384") == 0 && scheme->hash == HASH_SHA2_384);
        else if (method == 11)
            g_assert_true(strcmp(curve, "p-521") == 0 && scheme->hash == HASH_SHA2_512);
        else
            g_assert_null(scheme);
    }
}

static void
hashes_are_listed_by_word(void)
{
    static const uint8_t octets[] = {0, 1, 0, 2, 0, 5, 0, 99, 7};
    const HashList hashes = {true, RVL_OCTETS(octets, sizeof(octets))};
    g_autofree char *list = scheme_list_hashes(&hashes);

    g_assert_cmpstr(list, ==, "sha1, sha2-256, identity, hash 99");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(made_by_openssl); i++) {
        g_autofree char *path = g_strdup_printf("/scheme/identifier/%s", made_by_openssl[i].word);

        g_test_add_data_func(path, &made_by_openssl[i], identifier_is_what_openssl_writes);
    }
    g_test_add_func("/scheme/only-constant-octets", only_constant_octets_are_taken);
    g_test_add_func("/scheme/fits-key-and-peer", scheme_fits_key_and_peer);
    g_test_add_func("/scheme/methods-fix-curve-and-hash", methods_fix_curve_and_hash);
    g_test_add_func("/scheme/hashes-by-word", hashes_are_listed_by_word);
    return g_test_run();
}
