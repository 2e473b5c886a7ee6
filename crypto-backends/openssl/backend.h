/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the OpenSSL backend share: its instance, and how a failure is reported. */
#pragma once

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <ravelin/crypto-backend.h>
#include <ravelin/error.h>
#include <ravelin/keyed-contexts.h>
#include <ravelin/primitive-table.h>

#define OPENSSL_HASHES 4
#define OPENSSL_MACS 4
#define OPENSSL_CIPHERS 3
#define OPENSSL_AEADS 4
#define OPENSSL_KEMS 5
#define OPENSSL_SIGNATURES 10

/* A primitive with the library's algorithm, fetched once: NULL where the library lacks it. */
typedef struct {
    RvlHash hash;
    EVP_MD *md;
} OpensslHash;

typedef struct {
    RvlMac mac;
    EVP_MAC *hmac;
    const char *digest;
} OpensslMac;

typedef struct {
    RvlCipher cipher;
    EVP_CIPHER *evp;
} OpensslCipher;

typedef struct {
    RvlAead aead;
    EVP_CIPHER *evp;
    uint8_t shortest_icv;
} OpensslAead;

typedef struct OpensslKemForm OpensslKemForm;

typedef struct {
    RvlKem kem;
    const OpensslKemForm *form;
    const char *algorithm; /* `X25519`, `EC`, `DH` */
    const char *curve;     /* `P-256`, of EC */
    uint16_t octets;       /* of a coordinate; of modp it is the modulus' own */
} OpensslKem;

/* The group of one call: a curve, or numbers as the group's row has them. */
typedef struct {
    const OpensslKem *kem;
    size_t octets; /* of a shared secret */
    BIGNUM *p;
    BIGNUM *g;
    BIGNUM *q; /* order of the subgroup; NULL where p is a safe prime */
} OpensslGroup;

/* What key exchanges differ in: the flow over these is in kem.c. The caller owns what they return; NULL
 * or false comes with @error. */
struct OpensslKemForm {
    /* (nullable): the numbers of the group */
    bool (*read)(OpensslGroup *group,
                 const RvlParameter *parameters,
                 size_t n_parameters,
                 GError **error);
    EVP_PKEY *(*keygen)(const OpensslGroup *group, GError **error);
    GBytes *(*public_of)(const OpensslGroup *group, EVP_PKEY *pkey, GError **error);
    EVP_PKEY *(*public_from)(const OpensslGroup *group, const RvlOctets *octets, GError **error);
    RvlSecret *(*private_of)(const OpensslGroup *group, EVP_PKEY *pkey, GError **error);
    EVP_PKEY *(*private_from)(const OpensslGroup *group, const RvlSecret *state, GError **error);
    /* (nullable): where not all octets of the right length are a public value */
    bool (*check)(const OpensslGroup *group, const RvlOctets *peer_public, GError **error);
};

extern const OpensslKemForm openssl_x25519;
extern const OpensslKemForm openssl_ecp;
extern const OpensslKemForm openssl_modp;

typedef struct {
    RvlSignature signature;
    const char *digest; /* NULL for ed25519 */
    int rsa_padding;    /* of RSA */
} OpensslSignature;

typedef struct {
    OpensslHash hashes[OPENSSL_HASHES];
    OpensslMac macs[OPENSSL_MACS];
    OpensslCipher ciphers[OPENSSL_CIPHERS];
    OpensslAead aeads[OPENSSL_AEADS];
    OpensslKem kems[OPENSSL_KEMS];
    OpensslSignature signatures[OPENSSL_SIGNATURES];
    RvlPrimitiveTable *table; /* those that the library has */
    char *library;
} OpensslBackend;

/* A thread's scratch of MACs, and of ciphers and AEADs: see scratch.c. */
typedef struct {
    RvlKeyedContexts *contexts;
} OpensslScratch;

extern const RvlScratch openssl_mac_scratch;
extern const RvlScratch openssl_cipher_scratch;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_clear_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BN_CTX, BN_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)

/* Each part fills in its rows and fetches what they need; unload drops what was fetched. */
void openssl_hashes_load(OpensslBackend *backend);
void openssl_hashes_unload(OpensslBackend *backend);
void openssl_macs_load(OpensslBackend *backend);
void openssl_macs_unload(OpensslBackend *backend);
void openssl_ciphers_load(OpensslBackend *backend);
void openssl_ciphers_unload(OpensslBackend *backend);
void openssl_aeads_load(OpensslBackend *backend);
void openssl_aeads_unload(OpensslBackend *backend);
void openssl_kems_load(OpensslBackend *backend);
void openssl_signatures_load(OpensslBackend *backend);

/* Whether the library, as it is configured, has keys of that kind (`EC`, `rsa`). */
bool openssl_has_keys(const char *algorithm);
/* (transfer full) (nullable): the key that @bld describes; @selection: EVP_PKEY_KEYPAIR, say. */
EVP_PKEY *openssl_pkey_build(const char *algorithm, OSSL_PARAM_BLD *bld, int selection);

/* (transfer full) (nullable): the key as the library's object; @is_private: with its secrets. */
EVP_PKEY *openssl_key_new(const RvlAsymmetricKey *key, bool is_private, GError **error);

/* Puts the library's oldest complaint into @error, with what was tried; returns false. */
bool openssl_fail(GError **error, const char *what);
/* The same, where the cause is what a peer sent. */
bool openssl_refuse(GError **error, const char *what);
