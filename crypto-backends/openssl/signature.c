/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signatures by OpenSSL: RSA (PKCS #1 v1.5 and PSS), ECDSA, Ed25519. */
#include "config.h"

#include "backend.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <ravelin/asymmetric-key.h>

/* Sets padding and salt of RSA; the other kinds have nothing to set. */
static bool
set_padding(const OpensslSignature *signature, EVP_PKEY_CTX *ctx)
{
    if (signature->rsa_padding == 0)
        return true;
    if (EVP_PKEY_CTX_set_rsa_padding(ctx, signature->rsa_padding) != 1)
        return false;
    return signature->rsa_padding != RSA_PKCS1_PSS_PADDING ||
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
}

/* Ed25519 takes its message in one piece (RFC 8032 5.1.6 hashes it twice). */
static GByteArray *
join(const RvlOctets *parts, size_t n_parts)
{
    GByteArray *all = g_byte_array_new();

    for (size_t i = 0; i < n_parts; i++)
        if (parts[i].size > 0)
            g_byte_array_append(all, parts[i].data, (guint)parts[i].size);
    return all;
}

static bool
update(const RvlOctets *parts,
       size_t n_parts,
       EVP_MD_CTX *ctx,
       int (*step)(EVP_MD_CTX *ctx, const void *data, size_t size))
{
    for (size_t i = 0; i < n_parts; i++)
        if (parts[i].size > 0 && step(ctx, parts[i].data, parts[i].size) != 1)
            return false;
    return true;
}

/* The two ways to sign: streamed, and at once. @out is NULL where the length is asked. */
static bool
sign_final(const OpensslSignature *signature,
           EVP_MD_CTX *ctx,
           const GByteArray *whole,
           uint8_t *out,
           size_t *octets)
{
    if (signature->digest == NULL)
        return EVP_DigestSign(ctx, out, octets, whole->data, whole->len) == 1;
    return EVP_DigestSignFinal(ctx, out, octets) == 1;
}

static GBytes *
sign(void *self,
     const RvlAsymmetricKey *key,
     const RvlOctets *parts,
     size_t n_parts,
     GError **error)
{
    const OpensslSignature *signature = self;
    g_autoptr(EVP_PKEY) pkey = NULL;
    g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
    g_autoptr(GByteArray) whole = NULL;
    g_autofree uint8_t *out = NULL;
    EVP_PKEY_CTX *pkey_ctx = NULL; /* owned by ctx */
    size_t octets = 0;

    if (!rvl_signature_takes_key(&signature->signature, key, error))
        return NULL;
    pkey = openssl_key_new(key, true, error);
    if (pkey == NULL)
        return NULL;
    if (signature->digest == NULL)
        whole = join(parts, n_parts);
    if (ctx == NULL ||
        EVP_DigestSignInit_ex(ctx, &pkey_ctx, signature->digest, NULL, NULL, pkey, NULL) != 1 ||
        !set_padding(signature, pkey_ctx) ||
        (whole == NULL && !update(parts, n_parts, ctx, EVP_DigestSignUpdate)) ||
        !sign_final(signature, ctx, whole, NULL, &octets)) {
        openssl_fail(error, signature->signature.name);
        return NULL;
    }
    out = g_malloc(octets);
    if (!sign_final(signature, ctx, whole, out, &octets)) {
        openssl_fail(error, signature->signature.name);
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&out), octets);
}

static RvlSignatureVerdict
refused(const OpensslSignature *signature, GError **error)
{
    ERR_clear_error();
    rvl_error_set(error, RVL_CAUSE_MESSAGE_FORGED, "%s: the signature doesn't fit",
                  signature->signature.name);
    return RVL_SIGNATURE_REFUSED;
}

static RvlSignatureVerdict
verify(void *self,
       const RvlAsymmetricKey *key,
       const RvlOctets *parts,
       size_t n_parts,
       const RvlOctets *proof,
       GError **error)
{
    const OpensslSignature *signature = self;
    g_autoptr(EVP_PKEY) pkey = NULL;
    g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
    g_autoptr(GByteArray) whole = NULL;
    EVP_PKEY_CTX *pkey_ctx = NULL; /* owned by ctx */
    int holds;

    if (!rvl_signature_takes_key(&signature->signature, key, error))
        return RVL_SIGNATURE_REFUSED;
    pkey = openssl_key_new(key, false, error);
    if (pkey == NULL)
        return RVL_SIGNATURE_REFUSED;
    if (signature->digest == NULL)
        whole = join(parts, n_parts);
    if (ctx == NULL ||
        EVP_DigestVerifyInit_ex(ctx, &pkey_ctx, signature->digest, NULL, NULL, pkey, NULL) != 1 ||
        !set_padding(signature, pkey_ctx) ||
        (whole == NULL && !update(parts, n_parts, ctx, EVP_DigestVerifyUpdate))) {
        openssl_fail(error, signature->signature.name);
        return RVL_SIGNATURE_REFUSED;
    }
    holds = whole != NULL ? EVP_DigestVerify(ctx, proof->data, proof->size, whole->data, whole->len)
                          : EVP_DigestVerifyFinal(ctx, proof->data, proof->size);
    return holds == 1 ? RVL_SIGNATURE_HOLDS : refused(signature, error);
}

static const struct {
    const char *name;
    const char *kind;
    const char *hash;
    const char *digest;
    int rsa_padding;
} rows[OPENSSL_SIGNATURES] = {
    {"signature/rsa-pkcs1-sha2-256", "rsa", "hash/sha2-256", "SHA256", RSA_PKCS1_PADDING},
    {"signature/rsa-pkcs1-sha2-384", "rsa", "hash/sha2-384", "SHA384", RSA_PKCS1_PADDING},
    {"signature/rsa-pkcs1-sha2-512", "rsa", "hash/sha2-512", "SHA512", RSA_PKCS1_PADDING},
    {"signature/rsa-pss-sha2-256", "rsa", "hash/sha2-256", "SHA256", RSA_PKCS1_PSS_PADDING},
    {"signature/rsa-pss-sha2-384", "rsa", "hash/sha2-384", "SHA384", RSA_PKCS1_PSS_PADDING},
    {"signature/rsa-pss-sha2-512", "rsa", "hash/sha2-512", "SHA512", RSA_PKCS1_PSS_PADDING},
    {"signature/ecdsa-sha2-256", "ec", "hash/sha2-256", "SHA256", 0},
    {"signature/ecdsa-sha2-384", "ec", "hash/sha2-384", "SHA384", 0},
    {"signature/ecdsa-sha2-512", "ec", "hash/sha2-512", "SHA512", 0},
    {"signature/ed25519", "ed25519", NULL, NULL, 0},
};

void
openssl_signatures_load(OpensslBackend *backend)
{
    for (size_t i = 0; i < OPENSSL_SIGNATURES; i++) {
        OpensslSignature *signature = &backend->signatures[i];

        signature->digest = rows[i].digest;
        signature->rsa_padding = rows[i].rsa_padding;
        signature->signature = (RvlSignature){
            .size = sizeof(RvlSignature),
            .name = rows[i].name,
            .backend = "openssl",
            .self = signature,
            .key_kind = rows[i].kind,
            .hash = rows[i].hash,
            .sign = sign,
            .verify = verify,
        };
        if (openssl_has_keys(rows[i].kind))
            rvl_primitive_table_add(backend->table, rows[i].name, &signature->signature);
    }
}
