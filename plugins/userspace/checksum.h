/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Internet checksum (RFC 1071) of headers, pseudo-headers and payloads. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** checksum_add: adds @n octets to @sum, as 16-bit words in network order; only the last may be odd. */
uint64_t checksum_add(uint64_t sum, const uint8_t *octets, size_t n);
/** checksum_fold: to 16 bits, not inverted. */
uint16_t checksum_fold(uint64_t sum);

/** checksum_pseudo_header: of an IP packet whose transport header of @protocol and all behind it are @octets long. */
uint64_t checksum_pseudo_header(const uint8_t *packet, uint8_t protocol, uint32_t octets);

/** checksum_ipv4_header: writes the header's checksum. */
void checksum_ipv4_header(uint8_t *packet);
