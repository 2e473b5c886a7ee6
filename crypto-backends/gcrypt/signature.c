/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signatures by libgcrypt: RSA (PKCS #1 v1.5 and PSS) and ECDSA. */
#include "config.h"

#include "backend.h"

#include <string.h>
#include <ravelin/asymmetric-key.h>

#define LONGEST_DIGEST 64

/* How a kind of key passes signatures; ECDSA's nonces are made from key and message (RFC 6979). */
struct GcryptProofForm {
    const char *kind;
    const char *sign_data; /* S-expressions of a digest */
    const char *verify_data;
    gcry_sexp_t (*from)(const RvlAsymmetricKey *key, const RvlOctets *octets);
    GBytes *(*to)(const RvlAsymmetricKey *key, gcry_sexp_t sexp);
};

#define PKCS1 "(data (flags pkcs1)(hash %s %b))"
#define PSS "(data (flags pss)(hash %s %b)(salt-length %d))"

static const GcryptProofForm rsa_pkcs1 = {
    "rsa", PKCS1, PKCS1, gcrypt_proof_from_rsa, gcrypt_proof_to_rsa,
};
static const GcryptProofForm rsa_pss = {
    "rsa", PSS, PSS, gcrypt_proof_from_rsa, gcrypt_proof_to_rsa,
};
static const GcryptProofForm ecdsa = {
    "ec",
    "(data (flags rfc6979)(hash %s %b))",
    "(data (flags raw)(hash %s %b))",
    gcrypt_proof_from_ecdsa,
    gcrypt_proof_to_ecdsa,
};
static gcry_error_t
message(gcry_sexp_t *data,
        const GcryptSignature *signature,
        const char *format,
        const RvlOctets *parts,
        size_t n_parts)
{
    int octets = (int)gcry_md_get_algo_dlen(signature->hash);
    uint8_t digest[LONGEST_DIGEST];
    gcry_md_hd_t context;
    gcry_error_t code = gcry_md_open(&context, signature->hash, 0);

    if (code != 0)
        return code;
    for (size_t i = 0; i < n_parts; i++)
        if (parts[i].size > 0)
            gcry_md_write(context, parts[i].data, parts[i].size);
    memcpy(digest, gcry_md_read(context, signature->hash), octets);
    gcry_md_close(context);
    /* The last value is the salt's length, which PSS alone takes: that of the hash. */
    return gcry_sexp_build(data, NULL, format, signature->hash_word, octets, digest, octets);
}

static GBytes *
sign(void *self,
     const RvlAsymmetricKey *key,
     const RvlOctets *parts,
     size_t n_parts,
     GError **error)
{
    const GcryptSignature *signature = self;
    g_auto(gcry_sexp_t) secret = NULL;
    g_auto(gcry_sexp_t) data = NULL;
    g_auto(gcry_sexp_t) proof = NULL;
    GBytes *octets = NULL;
    gcry_error_t code;

    if (!rvl_signature_takes_key(&signature->signature, key, error))
        return NULL;
    secret = gcrypt_key_new(key, true, error);
    if (secret == NULL)
        return NULL;
    code = message(&data, signature, signature->form->sign_data, parts, n_parts);
    if (code == 0)
        code = gcry_pk_sign(&proof, data, secret);
    if (code == 0)
        octets = signature->form->to(key, proof);
    if (octets == NULL)
        gcrypt_fail(error, code != 0 ? code : gcry_error(GPG_ERR_INV_SEXP),
                    signature->signature.name);
    return octets;
}

static RvlSignatureVerdict
verify(void *self,
       const RvlAsymmetricKey *key,
       const RvlOctets *parts,
       size_t n_parts,
       const RvlOctets *octets,
       GError **error)
{
    const GcryptSignature *signature = self;
    g_auto(gcry_sexp_t) public_key = NULL;
    g_auto(gcry_sexp_t) data = NULL;
    g_auto(gcry_sexp_t) proof = NULL;
    gcry_error_t code;

    if (!rvl_signature_takes_key(&signature->signature, key, error))
        return RVL_SIGNATURE_REFUSED;
    public_key = gcrypt_key_new(key, false, error);
    if (public_key == NULL)
        return RVL_SIGNATURE_REFUSED;
    code = message(&data, signature, signature->form->verify_data, parts, n_parts);
    if (code != 0) {
        gcrypt_fail(error, code, signature->signature.name);
        return RVL_SIGNATURE_REFUSED;
    }
    proof = signature->form->from(key, octets);
    if (proof != NULL && gcry_pk_verify(proof, data, public_key) == 0)
        return RVL_SIGNATURE_HOLDS;
    rvl_error_set(error, RVL_CAUSE_MESSAGE_FORGED, "%s: the signature doesn't fit",
                  signature->signature.name);
    return RVL_SIGNATURE_REFUSED;
}

/* No Ed25519: for a public key that somebody chose with a short coordinate (y = 2 is enough),
 * libgcrypt 1.10's verification ends the process by abort(). */
static const struct {
    const char *name;
    const GcryptProofForm *form;
    const char *hash;
    int algorithm;
    const char *word;
    int key_algorithm;
} rows[GCRYPT_SIGNATURES] = {
    {"signature/rsa-pkcs1-sha2-256", &rsa_pkcs1, "hash/sha2-256", GCRY_MD_SHA256, "sha256",
     GCRY_PK_RSA},
    {"signature/rsa-pkcs1-sha2-384", &rsa_pkcs1, "hash/sha2-384", GCRY_MD_SHA384, "sha384",
     GCRY_PK_RSA},
    {"signature/rsa-pkcs1-sha2-512", &rsa_pkcs1, "hash/sha2-512", GCRY_MD_SHA512, "sha512",
     GCRY_PK_RSA},
    {"signature/rsa-pss-sha2-256", &rsa_pss, "hash/sha2-256", GCRY_MD_SHA256, "sha256",
     GCRY_PK_RSA},
    {"signature/rsa-pss-sha2-384", &rsa_pss, "hash/sha2-384", GCRY_MD_SHA384, "sha384",
     GCRY_PK_RSA},
    {"signature/rsa-pss-sha2-512", &rsa_pss, "hash/sha2-512", GCRY_MD_SHA512, "sha512",
     GCRY_PK_RSA},
    {"signature/ecdsa-sha2-256", &ecdsa, "hash/sha2-256", GCRY_MD_SHA256, "sha256", GCRY_PK_ECC},
    {"signature/ecdsa-sha2-384", &ecdsa, "hash/sha2-384", GCRY_MD_SHA384, "sha384", GCRY_PK_ECC},
    {"signature/ecdsa-sha2-512", &ecdsa, "hash/sha2-512", GCRY_MD_SHA512, "sha512", GCRY_PK_ECC},
};

void
gcrypt_signatures_load(GcryptBackend *backend)
{
    for (size_t i = 0; i < GCRYPT_SIGNATURES; i++) {
        GcryptSignature *signature = &backend->signatures[i];

        signature->form = rows[i].form;
        signature->hash = rows[i].algorithm;
        signature->hash_word = rows[i].word;
        signature->signature = (RvlSignature){
            .size = sizeof(RvlSignature),
            .name = rows[i].name,
            .backend = "gcrypt",
            .self = signature,
            .key_kind = rows[i].form->kind,
            .hash = rows[i].hash,
            .sign = sign,
            .verify = verify,
        };
        if (gcry_pk_test_algo(rows[i].key_algorithm) == 0 &&
            gcry_md_test_algo(rows[i].algorithm) == 0)
            rvl_primitive_table_add(backend->table, rows[i].name, &signature->signature);
    }
}
