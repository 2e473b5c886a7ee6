/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header that every IKE message begins with, of both versions (RFC 7296 3.1, RFC 2408 3.1). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>
#include <ravelin/writer.h>

/** RVL_ISAKMP_HEADER_OCTETS: length of the header. */
#define RVL_ISAKMP_HEADER_OCTETS ((size_t)28)

/** RVL_IKE_MESSAGE_MAX_OCTETS: a UDP datagram holds no more (RFC 7296 2). */
#define RVL_IKE_MESSAGE_MAX_OCTETS ((size_t)65535)

/* Versions as the header has them: major in the upper, minor in the lower four bits. */
#define RVL_IKE_VERSION_1 0x10
#define RVL_IKE_VERSION_2 0x20

/** RvlExchangeType: one number space of both versions; IKEv2's begin at 34. */
typedef enum {
    RVL_EXCHANGE_V1_MAIN = 2, /* identity protection, RFC 2408 3.1 */
    RVL_EXCHANGE_V1_AGGRESSIVE = 4,
    RVL_EXCHANGE_V1_INFORMATIONAL = 5,
    RVL_EXCHANGE_V1_TRANSACTION = 6,
    RVL_EXCHANGE_V1_QUICK = 32,
    RVL_EXCHANGE_IKE_SA_INIT = 34,
    RVL_EXCHANGE_IKE_AUTH = 35,
    RVL_EXCHANGE_CREATE_CHILD_SA = 36,
    RVL_EXCHANGE_INFORMATIONAL = 37,
    RVL_EXCHANGE_IKE_SESSION_RESUME = 38, /* RFC 5723 */
    RVL_EXCHANGE_IKE_INTERMEDIATE = 43,   /* RFC 9242 */
    RVL_EXCHANGE_IKE_FOLLOWUP_KE = 44,    /* RFC 9370 */
} RvlExchangeType;

/* Flags of IKEv2 (RFC 7296 3.1) and of IKEv1 (RFC 2408 3.1). */
#define RVL_IKE_FLAG_INITIATOR 0x08
#define RVL_IKE_FLAG_VERSION 0x10
#define RVL_IKE_FLAG_RESPONSE 0x20
#define RVL_IKE_V1_FLAG_ENCRYPTED 0x01
#define RVL_IKE_V1_FLAG_COMMIT 0x02
#define RVL_IKE_V1_FLAG_AUTHENTICATION 0x04

/**
 * RvlIsakmpHeader:
 * @initiator_spi, @responder_spi: SPIs (IKEv1: cookies), the first octet in the highest bits
 * @next_payload: type of the first payload
 * @version: RVL_IKE_VERSION_…, with the peer's minor number as it came
 * @exchange: RvlExchangeType, also one that nobody here knows
 * @flags: as they came; unknown bits are ignored on receipt and sent as zero
 * @message_id: message ID
 * @length: octets of the whole message, this header included
 */
typedef struct {
    uint64_t initiator_spi;
    uint64_t responder_spi;
    uint8_t next_payload;
    uint8_t version;
    uint8_t exchange;
    uint8_t flags;
    uint32_t message_id;
    uint32_t length;
} RvlIsakmpHeader;

/**
 * rvl_isakmp_header_parse:
 * @octets: (array length=size): a whole datagram, without non-ESP marker
 * @header: (out): all zero on failure
 *
 * The header's length must equal the datagram's. A major version above 2 is refused with
 * RVL_CAUSE_VERSION_MISMATCH and leaves @header filled, so that INVALID_MAJOR_VERSION can be
 * answered (RFC 7296 2.5).
 *
 * Thread: any. Errors: RVL_CAUSE_MESSAGE_MALFORMED, RVL_CAUSE_VERSION_MISMATCH.
 * Source: RFC 7296 3.1.
 */
bool rvl_isakmp_header_parse(const uint8_t *octets,
                             size_t size,
                             RvlIsakmpHeader *header,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_isakmp_header_write: @header's own length field is written as it stands. */
void rvl_isakmp_header_write(RvlWriter *writer, const RvlIsakmpHeader *header);

static inline uint8_t
rvl_isakmp_header_major(const RvlIsakmpHeader *header)
{
    return header->version >> 4;
}

static inline bool
rvl_isakmp_header_is_response(const RvlIsakmpHeader *header)
{
    return (header->flags & RVL_IKE_FLAG_RESPONSE) != 0;
}

/** rvl_isakmp_header_is_from_initiator: from who began the IKE SA (its last rekey: 2.18). */
static inline bool
rvl_isakmp_header_is_from_initiator(const RvlIsakmpHeader *header)
{
    return (header->flags & RVL_IKE_FLAG_INITIATOR) != 0;
}

/** rvl_exchange_name: (transfer none) (nullable): `IKE_AUTH`; NULL for an unknown one. */
const char *rvl_exchange_name(uint8_t exchange);
