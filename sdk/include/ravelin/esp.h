/* SPDX-License-Identifier: MIT */
/* Sizes of ESP packets that follow from the shape of a suite (RFC 4303 2). */
#pragma once

#include <ravelin/protection.h>

G_BEGIN_DECLS

enum {
    RVL_ESP_HEADER = 8,    /* SPI and sequence number */
    RVL_ESP_TRAILER = 2,   /* pad length and next header */
    RVL_ESP_ALIGNMENT = 4, /* of the end of the trailer (2.4) */
};

/** rvl_esp_alignment: what inner packet, padding and trailer are a multiple of, in octets (2.4). */
static inline uint32_t
rvl_esp_alignment(const RvlProtectionShape *shape)
{
    return MAX(shape->alignment, RVL_ESP_ALIGNMENT);
}

/**
 * rvl_esp_octets:
 * @inner: octets of what is protected: an inner packet, or in transport mode its payload
 *
 * Returns: octets of the ESP packet that carries it with as little padding as there can be: header,
 * IV, @inner, padding, trailer, ICV.
 *
 * Thread: any. Source: RFC 4303 2, 2.4.
 */
static inline uint32_t
rvl_esp_octets(const RvlProtectionShape *shape, uint32_t inner)
{
    uint32_t alignment = rvl_esp_alignment(shape);
    uint32_t plain = (inner + RVL_ESP_TRAILER + alignment - 1) / alignment * alignment;

    return RVL_ESP_HEADER + shape->iv_octets + plain + shape->icv_octets;
}

/**
 * rvl_esp_largest_inner:
 * @octets: of the largest ESP packet, without what stands before it (IP, UDP)
 *
 * Returns: the largest @inner whose rvl_esp_octets() are no more than @octets; 0 where none is.
 *
 * Thread: any. Source: RFC 4303 2, 2.4.
 */
static inline uint32_t
rvl_esp_largest_inner(const RvlProtectionShape *shape, uint32_t octets)
{
    uint32_t fixed = RVL_ESP_HEADER + shape->iv_octets + shape->icv_octets;
    uint32_t alignment = rvl_esp_alignment(shape);
    uint32_t plain = octets > fixed ? (octets - fixed) / alignment * alignment : 0;

    return plain > RVL_ESP_TRAILER ? plain - RVL_ESP_TRAILER : 0;
}

G_END_DECLS
