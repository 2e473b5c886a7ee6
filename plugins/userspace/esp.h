/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ESP's packet format (RFC 4303 2): offsets, and the sizes that follow from a suite. */
#pragma once

#include "sa.h"

G_BEGIN_DECLS

enum {
    ESP_SPI = 0,
    ESP_SEQUENCE = 4,
    ESP_HEADER = 8,
    ESP_TRAILER = 2,   /* pad length and next header */
    ESP_ALIGNMENT = 4, /* of the end of the trailer (2.4) */
    ESP_AAD_MAX = 12,  /* SPI and an extended sequence number (RFC 4106 5) */
};

static inline uint32_t
esp_alignment(const RvlProtectionShape *shape)
{
    return MAX(shape->alignment, ESP_ALIGNMENT);
}

/** esp_octets: of the ESP packet that carries an inner packet of @inner octets. */
static inline uint32_t
esp_octets(const RvlProtectionShape *shape, uint32_t inner)
{
    uint32_t alignment = esp_alignment(shape);
    uint32_t plain = (inner + ESP_TRAILER + alignment - 1) / alignment * alignment;

    return ESP_HEADER + shape->iv_octets + plain + shape->icv_octets;
}

/** esp_largest_inner: octets of the largest inner packet that fits into @octets of ESP. */
static inline uint32_t
esp_largest_inner(const RvlProtectionShape *shape, uint32_t octets)
{
    uint32_t fixed = ESP_HEADER + shape->iv_octets + shape->icv_octets;
    uint32_t alignment = esp_alignment(shape);
    uint32_t plain = octets > fixed ? (octets - fixed) / alignment * alignment : 0;

    return plain > ESP_TRAILER ? plain - ESP_TRAILER : 0;
}

/**
 * EspAad:
 *
 * What is authenticated beside the packet. Without ESN it is the packet's own first octets; with
 * it the high-order bits come in between (combined: RFC 4106 5) or last (RFC 4303 2.2.1).
 */
typedef struct {
    uint8_t octets[ESP_AAD_MAX];
} EspAad;

/** esp_set_aad: @esp: the packet; @sequence: its whole number; @aad stays with @packet. */
void esp_set_aad(const Sa *sa,
                 const uint8_t *esp,
                 uint64_t sequence,
                 EspAad *aad,
                 RvlPacket *packet);

G_END_DECLS
