/* SPDX-License-Identifier: MIT */
/* Algorithms as protocols name them: transform types, number spaces, transforms. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

G_BEGIN_DECLS

/** RvlTransformType: RFC 7296 3.3.2; 6 to 12 are additional key exchanges (RFC 9370 2.2.1). */
typedef enum {
    RVL_TRANSFORM_ENCR = 1,
    RVL_TRANSFORM_PRF = 2,
    RVL_TRANSFORM_INTEG = 3,
    RVL_TRANSFORM_KE = 4,
    RVL_TRANSFORM_ESN = 5,
    RVL_TRANSFORM_ADDKE1 = 6,
    RVL_TRANSFORM_ADDKE7 = 12,
} RvlTransformType;

/* The protocol's own numbers: "none", and whether sequence numbers are extended. */
#define RVL_TRANSFORM_ID_NONE 0       /* INTEG and KE: RFC 7296 3.3.2 */
#define RVL_TRANSFORM_ID_ENCR_NULL 11 /* RFC 2410: never for IKE's own messages */
#define RVL_TRANSFORM_ID_ESN_NO 0
#define RVL_TRANSFORM_ID_ESN_YES 1

/** RvlProtocol: security protocol identifiers of RFC 7296 3.3.1. */
typedef enum {
    RVL_PROTOCOL_NONE = 0,
    RVL_PROTOCOL_IKE = 1,
    RVL_PROTOCOL_AH = 2,
    RVL_PROTOCOL_ESP = 3,
} RvlProtocol;

/**
 * RvlSpace:
 *
 * The registries in which one algorithm has numbers. A row of a suite or group lists the pairs
 * that it has; where it has none in a space, it can't be negotiated there.
 */
typedef enum {
    RVL_SPACE_IKEV2_ENCR = 1, /* IKEv2 transform type 1, for IKE and ESP */
    RVL_SPACE_IKEV2_PRF = 2,
    RVL_SPACE_IKEV2_INTEG = 3, /* for IKE, ESP and AH */
    RVL_SPACE_IKEV2_KE = 4,
    RVL_SPACE_IKEV1_ENCR = 16,  /* RFC 2409 Appendix A, class 1 */
    RVL_SPACE_IKEV1_HASH = 17,  /* class 2 */
    RVL_SPACE_IKEV1_GROUP = 18, /* class 4 */
    RVL_SPACE_IKEV1_ESP = 19,   /* RFC 2407 4.4.4 */
    RVL_SPACE_IKEV1_AH = 20,    /* RFC 2407 4.4.3 */
    RVL_SPACE_IKEV1_AUTH = 21,  /* RFC 2407 4.5, Authentication Algorithm */
} RvlSpace;

/** RvlNumber: @number of an algorithm in @space. */
typedef struct {
    uint16_t space;
    uint16_t number;
} RvlNumber;

/**
 * RvlTransform:
 * @type: RvlTransformType
 * @id: transform ID
 * @key_bits: value of the Key Length attribute, 0 where there is none; part of the transform's
 *   identity (RFC 7296 3.3.5)
 */
typedef struct {
    uint8_t type;
    uint16_t id;
    uint16_t key_bits;
} RvlTransform;

static inline bool
rvl_transform_equal(const RvlTransform *a, const RvlTransform *b)
{
    return a->type == b->type && a->id == b->id && a->key_bits == b->key_bits;
}

/* What an algorithm may be used for: bits of RvlSuiteRow.uses. */
#define RVL_USE_IKE (1u << 0) /* protecting IKE's own messages, or deriving its keys */
#define RVL_USE_ESP (1u << 1)
#define RVL_USE_AH (1u << 2)

/** RvlConsumerName: how a consumer calls the algorithm: `linux-xfrm`, `rfc4106(gcm(aes))`. */
typedef struct {
    const char *consumer;
    const char *name;
} RvlConsumerName;

G_END_DECLS
