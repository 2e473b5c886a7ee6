/* SPDX-License-Identifier: MIT */
/* Known answers: what primitives must compute, and the self-test that a primitive passes before use. */
#pragma once

#include <ravelin/crypto-backend.h>

G_BEGIN_DECLS

/**
 * RvlKnownParameter:
 * @name: as in RvlParameter, or the name of a secret of a key
 * @value: hexadecimal; a word is written with `=` before it: `=p-256`
 */
typedef struct {
    const char *name;
    const char *value;
} RvlKnownParameter;

/** RVL_KNOWN_PARAMETERS: the most that one row holds, of each kind. */
#define RVL_KNOWN_PARAMETERS 4

/**
 * RvlKnownAnswer:
 * @primitive: its name, `mac/hmac-sha2-256`
 * @source: where the numbers were published: `RFC 4231 4.2`
 * @key: mac, cipher, aead: key; kem: what stays of an offer
 * @nonce: cipher: IV; aead: nonce
 * @aad: aead
 * @input: hash, mac, signature: message; cipher, aead: plaintext; kem: the peer's public value
 * @output: digest; MAC; ciphertext (aead: then ICV, which may be shorter than the primitive's full
 *   one); kem: shared secret; signature
 * @public_parameters: kem: the group's; signature: the public key's; ended by a NULL name
 * @secret_parameters: signature: the private key's; none where only verifying is tested
 * @is_deterministic: signature: signing @input gives @output
 *
 * One answer, in hexadecimal (NULL is nothing) as it is printed in its source.
 */
typedef struct {
    const char *primitive;
    const char *source;
    const char *key;
    const char *nonce;
    const char *aad;
    const char *input;
    const char *output;
    RvlKnownParameter public_parameters[RVL_KNOWN_PARAMETERS];
    RvlKnownParameter secret_parameters[RVL_KNOWN_PARAMETERS];
    bool is_deterministic;
} RvlKnownAnswer;

/**
 * RvlKnownAnswers:
 * @size: sizeof(RvlKnownAnswers) when its maker was compiled
 * @rows: (array length=n_rows): in any order
 * @stride: sizeof(RvlKnownAnswer) when its maker was compiled
 */
struct RvlKnownAnswers {
    uint32_t size;
    const RvlKnownAnswer *rows;
    size_t n_rows;
    size_t stride;
};

/**
 * rvl_known_answers:
 *
 * Returns: (transfer none): libravelin's rows, of all primitives whose names carry no domain.
 *
 * Thread: any.
 */
const RvlKnownAnswers *rvl_known_answers(void);

/**
 * rvl_self_test_hash:
 * @hash: what a backend answered
 * @more: (nullable): the backend's own rows, beside libravelin's
 *
 * Computes each row of the primitive's name (symmetric ones also as a batch of items with several
 * keys, twice with the same scratch, forged once; KEMs and signatures also with fresh keys).
 * Returns false at the first that doesn't come out, and where there is no row at all.
 *
 * Thread: any; may take milliseconds. Errors: RVL_CAUSE_SELF_TEST_FAILED, naming primitive,
 * backend, and the row's source.
 */
bool rvl_self_test_hash(const RvlHash *hash,
                        const RvlKnownAnswers *more,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool rvl_self_test_mac(const RvlMac *mac,
                       const RvlKnownAnswers *more,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool rvl_self_test_cipher(const RvlCipher *cipher,
                          const RvlKnownAnswers *more,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool rvl_self_test_aead(const RvlAead *aead,
                        const RvlKnownAnswers *more,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool rvl_self_test_kem(const RvlKem *kem,
                       const RvlKnownAnswers *more,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool rvl_self_test_signature(const RvlSignature *signature,
                             const RvlKnownAnswers *more,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
