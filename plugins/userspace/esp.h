/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ESP's packet format (RFC 4303 2): offsets, and what it authenticates; sizes are in <ravelin/esp.h>. */
#pragma once

#include <ravelin/esp.h>

#include "sa.h"

G_BEGIN_DECLS

enum {
    ESP_SPI = 0,
    ESP_SEQUENCE = 4,
    ESP_AAD_MAX = 12, /* SPI and an extended sequence number (RFC 4106 5) */
};

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
