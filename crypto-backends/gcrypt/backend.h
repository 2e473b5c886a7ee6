/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the libgcrypt backend share: its instance, numbers, and how a failure is reported. */
#pragma once

#include <gcrypt.h>
#include <ravelin/crypto-backend.h>
#include <ravelin/error.h>
#include <ravelin/keyed-contexts.h>
#include <ravelin/primitive-table.h>

#define GCRYPT_HASHES 4
#define GCRYPT_MACS 4
#define GCRYPT_CIPHERS 3
#define GCRYPT_AEADS 4
#define GCRYPT_KEMS 5
#define GCRYPT_SIGNATURES 9

/* A primitive with the library's number for it. */
typedef struct {
    RvlHash hash;
    int algorithm;
} GcryptHash;

typedef struct {
    RvlMac mac;
    int algorithm;
} GcryptMac;

typedef struct {
    RvlCipher cipher;
    int algorithm;
} GcryptCipher;

typedef struct {
    RvlAead aead;
    int algorithm;
    int mode;
    uint8_t shortest_icv;
} GcryptAead;

typedef struct {
    RvlKem kem;
    const char *curve; /* the library's name, of elliptic curves */
    uint16_t octets;   /* of a coordinate */
} GcryptKem;

typedef struct GcryptProofForm GcryptProofForm;

typedef struct {
    RvlSignature signature;
    int hash;
    const char *hash_word;
    const GcryptProofForm *form;
} GcryptSignature;

typedef struct {
    GcryptHash hashes[GCRYPT_HASHES];
    GcryptMac macs[GCRYPT_MACS];
    GcryptCipher ciphers[GCRYPT_CIPHERS];
    GcryptAead aeads[GCRYPT_AEADS];
    GcryptKem kems[GCRYPT_KEMS];
    GcryptSignature signatures[GCRYPT_SIGNATURES];
    RvlPrimitiveTable *table; /* those that the library has */
    char *library;
} GcryptBackend;

/* A thread's scratch of MACs, and of ciphers and AEADs: see scratch.c. */
typedef struct {
    RvlKeyedContexts *contexts;
} GcryptScratch;

extern const RvlScratch gcrypt_mac_scratch;
extern const RvlScratch gcrypt_cipher_scratch;

/* The cipher's context of the item's key: kept, or keyed now in the place of the oldest. */
gcry_cipher_hd_t gcrypt_cipher_context(GcryptScratch *scratch,
                                       int algorithm,
                                       int mode,
                                       const RvlCryptItem *item);

/* Each part fills in its rows. */
void gcrypt_hashes_load(GcryptBackend *backend);
void gcrypt_macs_load(GcryptBackend *backend);
void gcrypt_ciphers_load(GcryptBackend *backend);
void gcrypt_aeads_load(GcryptBackend *backend);
void gcrypt_kems_load(GcryptBackend *backend);
void gcrypt_signatures_load(GcryptBackend *backend);

/* The functions of each kind of KEM, filled in by its file. */
void gcrypt_kem_set_x25519(GcryptKem *kem);
void gcrypt_kem_set_ecp(GcryptKem *kem);
void gcrypt_kem_set_modp(GcryptKem *kem);

G_DEFINE_AUTO_CLEANUP_FREE_FUNC(gcry_mpi_t, gcry_mpi_release, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(gcry_sexp_t, gcry_sexp_release, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(gcry_ctx_t, gcry_ctx_release, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(gcry_mpi_point_t, gcry_mpi_point_release, NULL)

/* (transfer full) (nullable): numbers, big-endian. A secret one lies in the library's secure memory,
 * and the library then works on it in constant time. */
gcry_mpi_t gcrypt_number(const RvlOctets *octets);
gcry_mpi_t gcrypt_secret_number(const RvlSecret *secret);
/* A secret number from 1 to @end - 1, drawn anew until it is below. */
gcry_mpi_t gcrypt_random_number(gcry_mpi_t end);
/* Writes @number into exactly @octets, with leading zeros; false where it doesn't fit. */
bool gcrypt_number_write(gcry_mpi_t number, uint8_t *out, size_t octets);

/* (transfer full) (nullable): the point with @coordinates x and y of equal length; NULL where they are
 * not below p or not on @curve (RFC 6989 2.3). */
gcry_mpi_point_t gcrypt_point(gcry_ctx_t curve, const RvlOctets *coordinates);

/* (transfer full) (nullable): the key as the library's S-expression; @is_private: with its secrets. */
gcry_sexp_t gcrypt_key_new(const RvlAsymmetricKey *key, bool is_private, GError **error);

/* A signature of each kind of key, from octets (NULL where they have not its form) and to octets. */
gcry_sexp_t gcrypt_proof_from_rsa(const RvlAsymmetricKey *key, const RvlOctets *octets);
gcry_sexp_t gcrypt_proof_from_ecdsa(const RvlAsymmetricKey *key, const RvlOctets *octets);
GBytes *gcrypt_proof_to_rsa(const RvlAsymmetricKey *key, gcry_sexp_t sexp);
GBytes *gcrypt_proof_to_ecdsa(const RvlAsymmetricKey *key, gcry_sexp_t sexp);

/* Puts the library's complaint into @error, with what was tried; returns false. */
bool gcrypt_fail(GError **error, gcry_error_t code, const char *what);
/* The same, where the cause is what a peer sent. */
bool gcrypt_refuse(GError **error, const char *what);
