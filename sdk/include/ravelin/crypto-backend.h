/* SPDX-License-Identifier: MIT */
/* Crypto backends: modules that compute primitives, asked for by name. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>
#include <ravelin/macros.h>
#include <ravelin/octets.h>
#include <ravelin/secret.h>

G_BEGIN_DECLS

/*
 * Names of primitives are `shape/name` in lower case: `hash/sha2-256`, `mac/hmac-sha2-256`,
 * `cipher/aes-128-cbc`, `aead/aes-256-gcm`, `aead/chacha20-poly1305`, `kem/x25519`,
 * `kem/ecp-256`, `kem/modp`, `signature/rsa-pss-sha2-256`, `signature/ecdsa-sha2-256`,
 * `signature/ed25519`. Vendors prefix their domain: `aead/example.com:toy`. There is no
 * enumeration of primitives: a backend answers to the names that it knows.
 *
 * Every struct below is a primitive as one backend computes it: constant, owned by the backend,
 * valid until the module is unloaded. `self` is handed back to its functions.
 */

/**
 * RvlHash:
 * @output_octets: length of a digest
 * @block_octets: block of the compression function
 * @digest: the digest of @parts in order, into @out
 *
 * Thread: any. Errors: false only where the library fails in itself.
 */
typedef struct {
    uint32_t size;
    const char *name;
    const char *backend;
    void *self;
    uint16_t output_octets;
    uint16_t block_octets;
    bool (*digest)(void *self, const RvlOctets *parts, size_t n_parts, uint8_t *out);
} RvlHash;

/**
 * RvlCryptItem:
 * @key_id: never used again for another key; finds the keyed context in the scratch
 * @key: octets of the key, borrowed from a secret for the call
 * @nonce: AEAD: the whole nonce; cipher: the IV; MAC: authenticated between @aad and @source, since
 *   a packet's explicit IV stands there (RFC 4303 2.8), and need not touch @source
 * @aad: authenticated before @source; cipher: unused
 * @source: plaintext or ciphertext
 * @destination: same as @source, or apart; MAC: unused
 * @octets: of @source
 * @tail: authenticated after the ciphertext (MAC only: RFC 4303 2.2.1's high-order bits)
 * @icv: written when sealing, compared (in constant time) when opening
 * @icv_octets: at most the primitive's own
 * @status: RvlCryptStatus, written by the call; an item whose status is not PENDING on entry is
 *   skipped and stays as it is
 *
 * One packet of a batch. The array is walked with a stride.
 */
typedef struct {
    uint64_t key_id;
    RvlOctets key;
    RvlOctets nonce;
    RvlOctets aad;
    const uint8_t *source;
    uint8_t *destination;
    uint32_t octets;
    RvlOctets tail;
    uint8_t *icv;
    uint8_t icv_octets;
    uint8_t status;
} RvlCryptItem;

/** RvlCryptStatus: PENDING is the zero value, so that nothing forgotten passes as done. */
typedef enum {
    RVL_CRYPT_PENDING = 0,
    RVL_CRYPT_DONE = 1,
    RVL_CRYPT_FORGED = 2, /* the ICV does not fit; destination is undefined */
    RVL_CRYPT_FAILED = 3, /* the library failed, or a length that it can't take */
} RvlCryptStatus;

/**
 * RvlBatchCall:
 * @scratch: of this primitive, of the calling thread
 *
 * Handles every pending item. All items share the primitive; keys may differ. Never blocks and
 * allocates nothing where the key is in the scratch.
 */
typedef void (
    *RvlBatchCall)(void *self, void *scratch, RvlCryptItem *items, size_t stride, size_t n);

/**
 * RvlPollCall:
 *
 * For a primitive with a queue of its own (multi-buffer, hardware): finishes items of earlier calls
 * on this scratch and returns how many. Their memory stays the caller's to keep until their status
 * is no longer PENDING. NULL: every call is done when it returns.
 */
typedef size_t (*RvlPollCall)(void *self, void *scratch);

/**
 * RvlScratch:
 * @octets: memory that one thread's scratch needs, for the caller to allocate (aligned as malloc's)
 * @init: makes @scratch usable
 * @forget: drops and wipes what is kept of a key
 * @fini: drops everything; the memory stays the caller's
 *
 * Scratch holds a bounded, least-recently-used set of keyed contexts. It is used by one thread.
 */
typedef struct {
    size_t octets;
    bool (*init)(void *self, void *scratch);
    void (*forget)(void *self, void *scratch, uint64_t key_id);
    void (*fini)(void *self, void *scratch);
} RvlScratch;

/**
 * RvlMac:
 * @key_octets: length of a key that is fixed, or 0 where any length goes (HMAC)
 * @output_octets: full length
 * @key_new: (transfer full): keys a state; used by one thread at a time
 * @key_free: wipes and frees it
 * @compute: MAC of @parts in order; writes the first @out_octets of it
 * @scratch, @batch: arrays of packets: @batch writes each item's icv over aad, nonce, source and tail.
 *   Verifying is the caller's, by rvl_secret_equal()
 *
 * Thread: any; a keyed state one thread at a time.
 */
typedef struct RvlMacKey RvlMacKey;
typedef struct {
    uint32_t size;
    const char *name;
    const char *backend;
    void *self;
    uint16_t key_octets;
    uint16_t output_octets;
    RvlMacKey *(*key_new)(void *self, const uint8_t *key, size_t key_octets);
    void (*key_free)(void *self, RvlMacKey *key);
    bool (*compute)(void *self,
                    RvlMacKey *key,
                    const RvlOctets *parts,
                    size_t n_parts,
                    uint8_t *out,
                    size_t out_octets);
    RvlScratch scratch;
    RvlBatchCall batch;
    RvlPollCall poll;
} RvlMac;

/**
 * RvlCipher:
 * @key_octets, @iv_octets, @block_octets: octets of each item are a multiple of the block
 *
 * Unauthenticated; only libravelin's composition with a MAC uses it, never alone.
 */
typedef struct {
    uint32_t size;
    const char *name;
    const char *backend;
    void *self;
    uint16_t key_octets;
    uint16_t iv_octets;
    uint16_t block_octets;
    RvlScratch scratch;
    RvlBatchCall encrypt;
    RvlBatchCall decrypt;
    RvlPollCall poll;
} RvlCipher;

/**
 * RvlAead:
 * @icv_octets: full length; items may ask for fewer where the mode allows (RFC 4106 6)
 * @poll: (nullable): see RvlPollCall
 *
 * A backend that computes a cipher and a MAC at one go answers to `aead/` with both names:
 * `aead/aes-128-cbc+hmac-sha2-256` (encrypt-then-MAC, the keys in that order); packet protection asks for
 * that before it composes the two itself.
 */
typedef struct {
    uint32_t size;
    const char *name;
    const char *backend;
    void *self;
    uint16_t key_octets;
    uint16_t nonce_octets;
    uint16_t icv_octets;
    RvlScratch scratch;
    RvlBatchCall seal;
    RvlBatchCall open;
    RvlPollCall poll;
} RvlAead;

/**
 * RvlParameter:
 * @name: `p`, `g`, `n`, `e`, `d`, `curve`, `point`
 * @octets: big-endian without sign for numbers; ASCII for words
 */
typedef struct {
    const char *name;
    RvlOctets octets;
} RvlParameter;

/**
 * RvlKem:
 * @offer: makes a key pair: @public goes to the peer, @state stays. Its octets suffice to go on in
 *   another process, also with another backend: of a Diffie-Hellman they are the private value,
 *   big-endian for numbers, as RFC 7748 5 has it for X25519
 * @answer: @peer_public -> our public value and the shared secret at once
 * @finish: @state and the peer's answer -> shared secret
 * @check: (nullable): whether @peer_public is a valid public value (on the curve, RFC 6989 2.3);
 *   NULL where every string of the right length is
 *
 * A key exchange method shaped as a KEM, so that Diffie-Hellman and ML-KEM look alike. @parameters
 * are the group's, from its row (`p` and `g` of kem/modp). Public values have the exact length of
 * the group: leading zeros are kept. Only the core's key-exchange file calls these, after it has
 * checked length and range, and it refuses all-zero secrets.
 *
 * Thread: any; may take milliseconds. Errors: false with @error set.
 */
typedef struct {
    uint32_t size;
    const char *name;
    const char *backend;
    void *self;
    bool (*offer)(void *self,
                  const RvlParameter *parameters,
                  size_t n_parameters,
                  GBytes **public_value,
                  RvlSecret **state,
                  GError **error);
    bool (*answer)(void *self,
                   const RvlParameter *parameters,
                   size_t n_parameters,
                   const RvlOctets *peer_public,
                   GBytes **public_value,
                   RvlSecret **shared,
                   GError **error);
    bool (*finish)(void *self,
                   const RvlParameter *parameters,
                   size_t n_parameters,
                   const RvlSecret *state,
                   const RvlOctets *peer_public,
                   RvlSecret **shared,
                   GError **error);
    bool (*check)(void *self,
                  const RvlParameter *parameters,
                  size_t n_parameters,
                  const RvlOctets *peer_public,
                  GError **error);
} RvlKem;

/**
 * RvlAsymmetricKey:
 * @kind: `rsa`, `ec`, `ed25519`; vendors prefix their domain
 * @parameters: public ones: rsa `n`, `e`; ec `curve` (`p-256`, `p-384`, `p-521`), `point`
 *   (uncompressed, 0x04); ed25519 `point`
 * @secret_names, @secrets: (nullable): private ones, by name: rsa `d`, `p`, `q`; ec `d`;
 *   ed25519 `seed`. Absent in a public key
 *
 * An asymmetric key as kind and parameters: no library's object crosses the border.
 */
typedef struct {
    uint32_t size;
    const char *kind;
    const RvlParameter *parameters;
    size_t n_parameters;
    const char *const *secret_names;
    const RvlSecret *const *secrets;
    size_t n_secrets;
} RvlAsymmetricKey;

/**
 * RvlSignatureVerdict: the zero value refuses.
 */
typedef enum {
    RVL_SIGNATURE_REFUSED = 0,
    RVL_SIGNATURE_HOLDS = 1,
} RvlSignatureVerdict;

/**
 * RvlSignature:
 * @key_kind: kind of key that it takes
 * @hash: (nullable): hash of its name, NULL where it has none of its own to choose (ed25519)
 * @sign: signature of @parts in order: rsa the modulus' length; ecdsa DER (RFC 3279); ed25519 64
 * @verify: encode-and-compare for PKCS#1 v1.5; PSS with salt as long as the hash
 *
 * Thread: any; may take milliseconds.
 */
typedef struct {
    uint32_t size;
    const char *name;
    const char *backend;
    void *self;
    const char *key_kind;
    const char *hash;
    GBytes *(*sign)(void *self,
                    const RvlAsymmetricKey *key,
                    const RvlOctets *parts,
                    size_t n_parts,
                    GError **error);
    RvlSignatureVerdict (*verify)(void *self,
                                  const RvlAsymmetricKey *key,
                                  const RvlOctets *parts,
                                  size_t n_parts,
                                  const RvlOctets *signature,
                                  GError **error);
} RvlSignature;

/** RvlKnownAnswers: rows of known answers: see <ravelin/known-answer.h>. */
typedef struct RvlKnownAnswers RvlKnownAnswers;

/**
 * RvlCryptoBackend:
 * @size: sizeof(RvlCryptoBackend) when the plugin was compiled
 * @name: `openssl`; the word in `crypto-backend =`
 * @library: (transfer none): what computes, with the version that was loaded: `OpenSSL 3.0.15`
 * @hash, @mac, @cipher, @aead, @kem, @signature: (transfer none) (nullable): the primitive of
 *   that name, or NULL where this backend (or the library as it is configured here, in FIPS mode
 *   say) lacks it. Cheap after the first call for a name
 * @names: (transfer none): all names that it may serve, NULL-terminated, for `ravelinctl algorithms`
 * @random: fills @out with cryptographic randomness; false where the library's generator fails
 * @known_answers: (nullable): answers for primitives under the backend's own domain. Those of the
 *   names that carry no domain are libravelin's (see <ravelin/known-answer.h>); a primitive that
 *   has none anywhere is not used
 *
 * The core self-tests a primitive with known answers at first use and refuses it on failure.
 *
 * Thread: any, after load().
 */
typedef struct {
    uint32_t size;
    const char *name;
    const char *(*library)(void *self);
    const RvlHash *(*hash)(void *self, const char *name);
    const RvlMac *(*mac)(void *self, const char *name);
    const RvlCipher *(*cipher)(void *self, const char *name);
    const RvlAead *(*aead)(void *self, const char *name);
    const RvlKem *(*kem)(void *self, const char *name);
    const RvlSignature *(*signature)(void *self, const char *name);
    const char *const *(*names)(void *self);
    bool (*random)(void *self, uint8_t *out, size_t octets);
    const RvlKnownAnswers *known_answers;
} RvlCryptoBackend;

/**
 * RvlPrimitives:
 *
 * The host's resolved primitives, handed to plugins that build on them: the preferred backend's,
 * self-tested. Same functions as a backend's, with the host's choice behind them; a NULL answer
 * comes with @error: RVL_CAUSE_ALGORITHM_UNAVAILABLE or RVL_CAUSE_SELF_TEST_FAILED.
 *
 * Thread: any.
 */
typedef struct {
    uint32_t size;
    void *context;
    const RvlHash *(*hash)(void *context, const char *name, GError **error);
    const RvlMac *(*mac)(void *context, const char *name, GError **error);
    const RvlCipher *(*cipher)(void *context, const char *name, GError **error);
    const RvlAead *(*aead)(void *context, const char *name, GError **error);
    const RvlKem *(*kem)(void *context, const char *name, GError **error);
    const RvlSignature *(*signature)(void *context, const char *name, GError **error);
    bool (*random)(void *context, uint8_t *out, size_t octets);
} RvlPrimitives;

G_END_DECLS
