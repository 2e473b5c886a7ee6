/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What ESP authenticates beside the packet itself, with and without extended sequence numbers. */
#include "config.h"

#include "esp.h"

#include <string.h>

#include "byte-order.h"

void
esp_set_aad(const Sa *sa, const uint8_t *esp, uint64_t sequence, EspAad *aad, RvlPacket *packet)
{
    packet->aad = RVL_OCTETS(esp, RVL_ESP_HEADER);
    packet->tail = RVL_OCTETS_NONE;
    if (!sa->has_esn)
        return;
    if (sa->suite->shape.is_combined) {
        store32(aad->octets, sa->spi);
        store32(aad->octets + 4, (uint32_t)(sequence >> 32));
        store32(aad->octets + 8, (uint32_t)sequence);
        packet->aad = RVL_OCTETS(aad->octets, 12);
    } else {
        store32(aad->octets, (uint32_t)(sequence >> 32));
        packet->tail = RVL_OCTETS(aad->octets, 4);
    }
}
