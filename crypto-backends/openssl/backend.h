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

typedef struct {
    RvlKem kem;
    const char *algorithm; /* `X25519`, `EC`, `DH` */
    const char *curve;     /* `P-256`, of EC */
    uint16_t octets;       /* of a coordinate; of modp it is the modulus' own */
} OpensslKem;

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

/* The functions of each kind of KEM, filled in by its file. */
void openssl_kem_set_x25519(OpensslKem *kem);
void openssl_kem_set_ecp(OpensslKem *kem);
void openssl_kem_set_modp(OpensslKem *kem);

/* Whether the library, as it is configured, has keys of that kind (`EC`, `rsa`). */
bool openssl_has_keys(const char *algorithm);
/* (transfer full) (nullable): the key that @bld describes; @selection: EVP_PKEY_KEYPAIR, say. */
EVP_PKEY *openssl_pkey_build(const char *algorithm, OSSL_PARAM_BLD *bld, int selection);

/* Shared secret of @own and @peer, of @octets, leading zeros kept. */
bool openssl_derive(EVP_PKEY *own,
                    EVP_PKEY *peer,
                    size_t octets,
                    RvlSecret **shared,
                    GError **error);

/* (transfer full) (nullable): the key as the library's object; @is_private: with its secrets. */
EVP_PKEY *openssl_key_new(const RvlAsymmetricKey *key, bool is_private, GError **error);

/* Puts the library's oldest complaint into @error, with what was tried; returns false. */
bool openssl_fail(GError **error, const char *what);
/* The same, where the cause is what a peer sent. */
bool openssl_refuse(GError **error, const char *what);
