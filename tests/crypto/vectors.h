/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Published vectors, run through a backend: the parts that read each collection's form. */
#pragma once

#include "crypto/built-backends.h"

/** VectorRun: one file with one backend: what was counted. */
typedef struct {
    const BuiltBackend *built;
    const char *name;   /* of the file, below the folder of vectors */
    const char *text;   /* its octets, with a NUL behind them */
    const char *detail; /* what else the reader must know: a primitive's name, a curve */
    unsigned n_cases;
    unsigned n_left_out;  /* cases of algorithms or sizes that nothing here uses */
    GHashTable *lacking;  /* names of primitives that the library lacks */
    GHashTable *verdicts; /* of cases that may go either way, of all backends: path -> 1 or 2 */
} VectorRun;

/* A primitive of the run's backend; NULL, and noted as lacking, where there is none. */
const RvlMac *vector_mac(VectorRun *run, const char *name);
const RvlCipher *vector_cipher(VectorRun *run, const char *name);
const RvlAead *vector_aead(VectorRun *run, const char *name);
const RvlKem *vector_kem(VectorRun *run, const char *name);
const RvlSignature *vector_signature(VectorRun *run, const char *name);

/* For a case that may go either way: both backends must say the same. */
void vector_either(VectorRun *run, gint64 id, bool verdict);

/* NIST's CAVP, text. */
void cavp_gcm(VectorRun *run);
void cavp_cbc(VectorRun *run);
void cavp_hmac(VectorRun *run);
void cavp_rfc3526(VectorRun *run);
void cavp_rfc5114(VectorRun *run);
void cavp_bad_exchange(VectorRun *run);
void cavp_ecdh(VectorRun *run);

/* Numbers of RFCs, and packets, JSON. */
void rfc_rows(VectorRun *run);
void rfc_packets(VectorRun *run);
void esp_packets(VectorRun *run);

/* Wycheproof, JSON. */
void wycheproof_aead(VectorRun *run);
void wycheproof_cbc(VectorRun *run);
void wycheproof_hmac(VectorRun *run);
void wycheproof_x25519(VectorRun *run);
void wycheproof_ecdh(VectorRun *run);
void wycheproof_signature(VectorRun *run);
