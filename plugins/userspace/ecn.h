/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The traffic class at both ends of a tunnel: DSCP copied outwards, ECN as RFC 6040 has it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** ECN field of a traffic class (RFC 3168 5). */
typedef enum { ECN_NOT_ECT = 0, ECN_ECT_1 = 1, ECN_ECT_0 = 2, ECN_CE = 3 } Ecn;

#define ECN_MASK 0x03

/** ecn_outer: traffic class of the outer header: DSCP (RFC 4301 5.1.2.1) and ECN (RFC 6040 4.1) copied. */
static inline uint8_t
ecn_outer(uint8_t inner)
{
    return inner;
}

/**
 * ecn_decapsulate:
 * @inner: traffic class of the inner header
 * @outer: of the outer one
 * @result: (out): of the packet that is handed on
 *
 * Returns: false where the packet must be dropped. Source: RFC 6040 4.2, figure 4.
 */
bool ecn_decapsulate(uint8_t inner, uint8_t outer, uint8_t *result);

/** ecn_rewrite: gives the IP packet another traffic class; IPv4's checksum follows (RFC 1624). */
void ecn_rewrite(uint8_t *packet, uint8_t traffic_class);
