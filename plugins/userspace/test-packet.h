/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IP packets for tests, with all their checksums. */
#pragma once

#include "flow.h"

/**
 * TestPacket:
 * @flags, @sequence, @identification: of TCP and IPv4
 * @fragment: IPv4's flags and offset
 * @payload: octets behind the transport header, filled from @seed
 */
typedef struct {
    RvlFamily family;
    uint8_t protocol;
    uint16_t source_port;
    uint16_t destination_port;
    uint8_t traffic_class;
    uint8_t flags;
    uint32_t sequence;
    uint16_t identification;
    uint16_t fragment;
    uint32_t payload;
    uint8_t seed;
} TestPacket;

/* 10.81.0.1 -> 10.82.0.1, fd81::1 -> fd82::1 */

/** test_packet_write: to @out; returns its octets. */
uint32_t test_packet_write(const TestPacket *packet, uint8_t *out);
/** test_packet_holds: whether all checksums of the packet hold. */
bool test_packet_holds(const uint8_t *packet, uint32_t n);
