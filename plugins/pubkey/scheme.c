/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signature schemes: their AlgorithmIdentifiers, methods and primitives, and which one to sign with. */
#include "config.h"

#include "scheme.h"

#include <string.h>

#include <ravelin/asymmetric-key.h>
#include <ravelin/error.h>
#include <ravelin/reader.h>

#define OCTETS(text)                                                                               \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

/*
 * AlgorithmIdentifiers in DER (RFC 7427 Appendix A): SEQUENCE { OBJECT IDENTIFIER, parameters }.
 * They are constant octets: nothing of a peer's is parsed.
 */
#define ECDSA_SHA2(n) "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03" n
#define PKCS1_SHA2(n) "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01" n "\x05\x00"
#define PKCS1_SHA2_ABSENT(n) "\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01" n

/* A hash inside the parameters of RSASSA-PSS, with NULL parameters, and without (RFC 4055 2.1). */
#define HASH_NULL(n) "\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" n "\x05\x00"
#define HASH_ABSENT(n) "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" n
#define MGF1 "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"
#define SALT(octets) "\xa2\x03\x02\x01" octets
#define TRAILER "\xa3\x03\x02\x01\x01" /* trailerField's default, which some encode */
#define PSS_OID "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"
#define PSS_NULL(n, salt)                                                                          \
    "\x30\x41" PSS_OID "\x30\x34\xa0\x0f" HASH_NULL(n) "\xa1\x1c\x30\x1a" MGF1 HASH_NULL(n)        \
        SALT(salt)
#define PSS_ABSENT(n, salt)                                                                        \
    "\x30\x3d" PSS_OID "\x30\x30\xa0\x0d" HASH_ABSENT(n) "\xa1\x1a\x30\x18" MGF1 HASH_ABSENT(n)    \
        SALT(salt)
#define PSS_NULL_TRAILER(n, salt)                                                                  \
    "\x30\x46" PSS_OID "\x30\x39\xa0\x0f" HASH_NULL(n) "\xa1\x1c\x30\x1a" MGF1 HASH_NULL(n)        \
        SALT(salt) TRAILER
#define PSS_ABSENT_TRAILER(n, salt)                                                                \
    "\x30\x42" PSS_OID "\x30\x35\xa0\x0d" HASH_ABSENT(n) "\xa1\x1a\x30\x18" MGF1 HASH_ABSENT(n)    \
        SALT(salt) TRAILER

enum {
    RSA_PSS_SHA2_256,
    RSA_PSS_SHA2_384,
    RSA_PSS_SHA2_512,
    RSA_PKCS1_SHA2_256,
    RSA_PKCS1_SHA2_384,
    RSA_PKCS1_SHA2_512,
    ECDSA_SHA2_256,
    ECDSA_SHA2_384,
    ECDSA_SHA2_512,
    ED25519,
};

#define SCHEME(name, kind, hash_id, pss, octets)                                                   \
    {                                                                                              \
        .word = name, .primitive = "signature/" name, .key_kind = kind, .hash = hash_id,           \
        .is_pss = pss, .identifier = OCTETS(octets)                                                \
    }

static const Scheme schemes[] = {
    [RSA_PSS_SHA2_256] =
        SCHEME("rsa-pss-sha2-256", "rsa", HASH_SHA2_256, true, PSS_NULL("\x01", "\x20")),
    [RSA_PSS_SHA2_384] =
        SCHEME("rsa-pss-sha2-384", "rsa", HASH_SHA2_384, true, PSS_NULL("\x02", "\x30")),
    [RSA_PSS_SHA2_512] =
        SCHEME("rsa-pss-sha2-512", "rsa", HASH_SHA2_512, true, PSS_NULL("\x03", "\x40")),
    [RSA_PKCS1_SHA2_256] =
        SCHEME("rsa-pkcs1-sha2-256", "rsa", HASH_SHA2_256, false, PKCS1_SHA2("\x0b")),
    [RSA_PKCS1_SHA2_384] =
        SCHEME("rsa-pkcs1-sha2-384", "rsa", HASH_SHA2_384, false, PKCS1_SHA2("\x0c")),
    [RSA_PKCS1_SHA2_512] =
        SCHEME("rsa-pkcs1-sha2-512", "rsa", HASH_SHA2_512, false, PKCS1_SHA2("\x0d")),
    [ECDSA_SHA2_256] = SCHEME("ecdsa-sha2-256", "ec", HASH_SHA2_256, false, ECDSA_SHA2("\x02")),
    [ECDSA_SHA2_384] = SCHEME("ecdsa-sha2-384", "ec", HASH_SHA2_384, false, ECDSA_SHA2("\x03")),
    [ECDSA_SHA2_512] = SCHEME("ecdsa-sha2-512", "ec", HASH_SHA2_512, false, ECDSA_SHA2("\x04")),
    /* RFC 8420 A.1 */
    [ED25519] = SCHEME("ed25519", "ed25519", HASH_IDENTITY, false, "\x30\x05\x06\x03\x2b\x65\x70"),
};

/* Other encodings that peers may send for the same: RFC 4055 2.1 and 5 ask to take them. */
static const struct {
    unsigned scheme;
    RvlOctets identifier;
} variants[] = {
    {RSA_PKCS1_SHA2_256, OCTETS(PKCS1_SHA2_ABSENT("\x0b"))},
    {RSA_PKCS1_SHA2_384, OCTETS(PKCS1_SHA2_ABSENT("\x0c"))},
    {RSA_PKCS1_SHA2_512, OCTETS(PKCS1_SHA2_ABSENT("\x0d"))},
    {RSA_PSS_SHA2_256, OCTETS(PSS_ABSENT("\x01", "\x20"))},
    {RSA_PSS_SHA2_384, OCTETS(PSS_ABSENT("\x02", "\x30"))},
    {RSA_PSS_SHA2_512, OCTETS(PSS_ABSENT("\x03", "\x40"))},
    {RSA_PSS_SHA2_256, OCTETS(PSS_NULL_TRAILER("\x01", "\x20"))},
    {RSA_PSS_SHA2_384, OCTETS(PSS_NULL_TRAILER("\x02", "\x30"))},
    {RSA_PSS_SHA2_512, OCTETS(PSS_NULL_TRAILER("\x03", "\x40"))},
    {RSA_PSS_SHA2_256, OCTETS(PSS_ABSENT_TRAILER("\x01", "\x20"))},
    {RSA_PSS_SHA2_384, OCTETS(PSS_ABSENT_TRAILER("\x02", "\x30"))},
    {RSA_PSS_SHA2_512, OCTETS(PSS_ABSENT_TRAILER("\x03", "\x40"))},
};

/* Methods that fix curve and hash together (RFC 4754 3). */
static const struct {
    uint8_t method;
    const char *curve;
    unsigned scheme;
} fixed_methods[] = {
    {METHOD_ECDSA_SHA2_256, "p-256", ECDSA_SHA2_256},
    {METHOD_ECDSA_SHA2_384, "p-384", ECDSA_SHA2_384},
    {METHOD_ECDSA_SHA2_512, "p-521", ECDSA_SHA2_512},
};

static const char *const hash_words[] = {
    [1] = "sha1",
    [HASH_SHA2_256] = "sha2-256",
    [HASH_SHA2_384] = "sha2-384",
    [HASH_SHA2_512] = "sha2-512",
    [HASH_IDENTITY] = "identity",
};

static bool
equal(const RvlOctets *a, const RvlOctets *b)
{
    return a->size == b->size && a->size > 0 && memcmp(a->data, b->data, a->size) == 0;
}

const Scheme *
scheme_find(const RvlOctets *identifier)
{
    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (equal(&schemes[i].identifier, identifier))
            return &schemes[i];
    }
    for (size_t i = 0; i < G_N_ELEMENTS(variants); i++) {
        if (equal(&variants[i].identifier, identifier))
            return &schemes[variants[i].scheme];
    }
    return NULL;
}

const Scheme *
scheme_of_method(uint8_t method, const char **curve)
{
    for (size_t i = 0; i < G_N_ELEMENTS(fixed_methods); i++) {
        if (fixed_methods[i].method == method) {
            *curve = fixed_methods[i].curve;
            return &schemes[fixed_methods[i].scheme];
        }
    }
    return NULL;
}

static bool
hash_is_heard(const HashList *hashes, uint16_t hash)
{
    RvlReader reader;

    rvl_reader_init(&reader, hashes->octets.data, hashes->octets.size);
    while (rvl_reader_left(&reader) >= 2) {
        if (rvl_reader_u16(&reader, "hash") == hash)
            return true;
    }
    return false;
}

bool
scheme_key_is_on(const RvlAsymmetricKey *key, const char *curve)
{
    const RvlOctets *of_key = rvl_asymmetric_key_parameter(key, "curve");

    return of_key != NULL && of_key->size == strlen(curve) &&
           memcmp(of_key->data, curve, of_key->size) == 0;
}

/* The hash that goes with the key's strength; the others follow, stronger ones first. */
static uint16_t
best_hash(const RvlAsymmetricKey *key)
{
    if (strcmp(key->kind, "ec") != 0)
        return HASH_SHA2_256;
    for (size_t i = 0; i < G_N_ELEMENTS(fixed_methods); i++) {
        if (scheme_key_is_on(key, fixed_methods[i].curve))
            return schemes[fixed_methods[i].scheme].hash;
    }
    return HASH_SHA2_512;
}

/* Greater is better: the wanted padding, then the hash that fits, then the longer one. */
static unsigned
rate(const Scheme *scheme, uint16_t best, bool prefers_pkcs1)
{
    unsigned padding = scheme->is_pss != prefers_pkcs1 ? 16 : 0;

    return 1 + padding + (scheme->hash == best ? 8 : scheme->hash);
}

static bool
is_available(const RvlPrimitives *primitives, const Scheme *scheme)
{
    return primitives->signature(primitives->context, scheme->primitive, NULL) != NULL;
}

static const Scheme *
choose_announced(const RvlPrimitives *primitives,
                 const RvlAsymmetricKey *key,
                 bool prefers_pkcs1,
                 const HashList *hashes)
{
    uint16_t best = best_hash(key);
    const Scheme *chosen = NULL;
    unsigned rating = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
        const Scheme *scheme = &schemes[i];

        if (strcmp(scheme->key_kind, key->kind) == 0 && hash_is_heard(hashes, scheme->hash) &&
            rate(scheme, best, prefers_pkcs1) > rating && is_available(primitives, scheme)) {
            chosen = scheme;
            rating = rate(scheme, best, prefers_pkcs1);
        }
    }
    return chosen;
}

static const Scheme *
choose_fixed(const RvlPrimitives *primitives, const RvlAsymmetricKey *key, uint8_t *method)
{
    for (size_t i = 0; i < G_N_ELEMENTS(fixed_methods); i++) {
        const Scheme *scheme = &schemes[fixed_methods[i].scheme];

        if (strcmp(key->kind, "ec") == 0 && scheme_key_is_on(key, fixed_methods[i].curve) &&
            is_available(primitives, scheme)) {
            *method = fixed_methods[i].method;
            return scheme;
        }
    }
    return NULL;
}

static void
report_no_common_hash(const RvlAsymmetricKey *key, const HashList *hashes, GError **error)
{
    g_autofree char *offered = scheme_list_hashes(hashes);
    bool is_ed25519 = strcmp(key->kind, "ed25519") == 0;

    rvl_error_set_found(error, RVL_CAUSE_SIGNATURE_HASH_MISMATCH, offered,
                        is_ed25519 ? "identity" : "sha2-256, sha2-384 or sha2-512",
                        "our %s key has no signature that the peer takes", key->kind);
}

const Scheme *
scheme_choose(const RvlPrimitives *primitives,
              const RvlAsymmetricKey *key,
              bool prefers_pkcs1,
              const HashList *hashes,
              uint8_t *method,
              GError **error)
{
    const Scheme *scheme;

    *method = METHOD_DIGITAL_SIGNATURE;
    scheme = hashes->is_announced ? choose_announced(primitives, key, prefers_pkcs1, hashes)
                                  : choose_fixed(primitives, key, method);
    if (scheme == NULL)
        report_no_common_hash(key, hashes, error);
    return scheme;
}

char *
scheme_list_hashes(const HashList *hashes)
{
    GString *list = g_string_new(NULL);
    RvlReader reader;

    if (!hashes->is_announced)
        return g_string_free(g_string_append(list, "none announced: sha1 with RSA, or what ECDSA's "
                                                   "curve fixes"),
                             FALSE);
    rvl_reader_init(&reader, hashes->octets.data, hashes->octets.size);
    while (rvl_reader_left(&reader) >= 2) {
        uint16_t hash = rvl_reader_u16(&reader, "hash");
        const char *word = hash < G_N_ELEMENTS(hash_words) ? hash_words[hash] : NULL;

        g_string_append(list, list->len > 0 ? ", " : "");
        if (word != NULL)
            g_string_append(list, word);
        else
            g_string_append_printf(list, "hash %u", hash);
    }
    return g_string_free(list, FALSE);
}

char *
scheme_list(void)
{
    GString *list = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++)
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", schemes[i].word);
    return g_string_free(list, FALSE);
}
