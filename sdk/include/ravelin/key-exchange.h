/* SPDX-License-Identifier: MIT */
/* Key exchange groups: rows that map a protocol's numbers to a KEM-shaped primitive. */
#pragma once

#include <ravelin/algorithm.h>
#include <ravelin/crypto-backend.h>

G_BEGIN_DECLS

/* Checks on a peer's public value that the core must do: bits of RvlGroupRow.checks. */
#define RVL_CHECK_RANGE (1u << 0)    /* 1 < y < p - 1, p being the parameter `p` (RFC 6989 2.1) */
#define RVL_CHECK_POINT (1u << 1)    /* the primitive's own check(): on the curve (2.3) */
#define RVL_CHECK_SUBGROUP (1u << 2) /* y^q = 1 mod p, by the primitive's check() (2.2) */
#define RVL_CHECK_NONZERO (1u << 3)  /* an all-zero shared secret is refused (RFC 7748 6.1) */

/**
 * RvlGroupRow:
 * @word: `curve25519`, `ecp256`, `modp2048`
 * @aliases: (nullable): NULL-terminated: `x25519`
 * @numbers: (array length=n_numbers): its numbers, a space each
 * @offer_octets: exact length of the initiator's public value on the wire
 * @answer_octets: exact length of the responder's
 * @secret_octets: exact length of the shared secret: MODP the modulus' (RFC 7296 2.14)
 * @checks: RVL_CHECK_…
 * @strength_bits: security strength; 0 where unknown
 * @is_legacy: used only by a connection that names it, with a warning
 * @primitive: `kem/…`
 * @parameters: (nullable) (array length=n_parameters): the group's own, handed to the primitive
 */
typedef struct {
    const char *word;
    const char *const *aliases;
    const RvlNumber *numbers;
    size_t n_numbers;
    uint32_t offer_octets;
    uint32_t answer_octets;
    uint32_t secret_octets;
    uint32_t checks;
    uint16_t strength_bits;
    bool is_legacy;
    const char *primitive;
    const RvlParameter *parameters;
    size_t n_parameters;
} RvlGroupRow;

/**
 * RvlKeyExchange:
 * @size: sizeof(RvlKeyExchange) when the plugin was compiled
 * @rows: (array length=n_rows): constant
 * @stride: sizeof(RvlGroupRow) when the plugin was compiled
 *
 * Source: RFC 7296 3.3.2, 3.4; RFC 3526, 5903, 8031, 6989.
 */
typedef struct {
    uint32_t size;
    const RvlGroupRow *rows;
    size_t n_rows;
    size_t stride;
} RvlKeyExchange;

G_END_DECLS
