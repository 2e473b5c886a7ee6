/* SPDX-License-Identifier: MIT */
/* Crypto suites: rows that map a protocol's numbers to primitives and their sizes. */
#pragma once

#include <ravelin/algorithm.h>
#include <ravelin/crypto-backend.h>

G_BEGIN_DECLS

/**
 * RvlSuiteRow:
 * @type: RVL_TRANSFORM_ENCR, _PRF or _INTEG
 * @word: canonical word in proposals: `aes256gcm16`, `sha256` (INTEG), `prfsha256` (PRF)
 * @aliases: (nullable): further words, NULL-terminated
 * @numbers: (array length=n_numbers): its numbers, a space each
 * @key_bits: value of the Key Length attribute in a proposal, 0 where none is sent
 * @uses: RVL_USE_IKE, _ESP, _AH
 * @is_combined: ENCR with its own integrity (AEAD): no INTEG stands beside it (RFC 5282 8)
 * @key_octets: key without salt; PRF: preferred key length (RFC 7296 2.13), INTEG: key length
 * @salt_octets: of keying material behind the key (4 in RFC 4106)
 * @iv_octets: explicit IV on the wire
 * @icv_octets: ICV on the wire, of combined ENCR and of INTEG
 * @block_octets: what the plaintext is padded to a multiple of; 1 where nothing is needed
 * @output_octets: PRF: output; INTEG: full output
 * @nonce_octets: PRF with a fixed key: octets taken of each nonce in SKEYSEED (RFC 7296 2.14);
 *   0: whole nonces
 * @strength_bits: security strength, for profiles and sorting; 0 where unknown
 * @is_legacy: used only by a connection that names it, with a warning
 * @primitive: name of the primitive, by @type an aead or cipher, or a mac
 * @construction: (nullable): the plugin's own construction in place of @primitive
 * @names: (nullable) (array length=n_names): consumers' names
 */
typedef struct RvlSuiteRow {
    uint8_t type;
    const char *word;
    const char *const *aliases;
    const RvlNumber *numbers;
    size_t n_numbers;
    uint16_t key_bits;
    uint32_t uses;
    bool is_combined;
    uint16_t key_octets;
    uint16_t salt_octets;
    uint16_t iv_octets;
    uint16_t icv_octets;
    uint16_t block_octets;
    uint16_t output_octets;
    uint16_t nonce_octets;
    uint16_t strength_bits;
    bool is_legacy;
    const char *primitive;
    const struct RvlConstruction *construction;
    const RvlConsumerName *names;
    size_t n_names;
} RvlSuiteRow;

/**
 * RvlConstruction:
 * @mac: (transfer none) (nullable): a MAC or PRF over the host's primitives (XCBC over a block
 *   cipher, say); the answer lives as long as the plugin's instance
 * @aead: (transfer none) (nullable): the same for a combined cipher
 *
 * A construction of the plugin's own over a library's primitives. Never a primitive itself.
 */
typedef struct RvlConstruction {
    uint32_t size;
    const RvlMac *(*mac)(void *self,
                         const RvlPrimitives *primitives,
                         const RvlSuiteRow *row,
                         GError **error);
    const RvlAead *(*aead)(void *self,
                           const RvlPrimitives *primitives,
                           const RvlSuiteRow *row,
                           GError **error);
} RvlConstruction;

/**
 * RvlCryptoSuite:
 * @size: sizeof(RvlCryptoSuite) when the plugin was compiled
 * @rows: (array length=n_rows): constant
 * @stride: sizeof(RvlSuiteRow) when the plugin was compiled
 *
 * Source: RFC 7296 3.3; RFC 4106, 5282, 3602, 4868, 7634.
 */
typedef struct {
    uint32_t size;
    const RvlSuiteRow *rows;
    size_t n_rows;
    size_t stride;
} RvlCryptoSuite;

G_END_DECLS
