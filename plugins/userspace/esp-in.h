/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inbound ESP: SPI, window, opening in batches, window again, trailer, selectors. */
#pragma once

#include <ravelin/installer.h>

#include "ecn.h"
#include "esp.h"
#include "flow.h"
#include "sa-table.h"

G_BEGIN_DECLS

enum { IN_PACKETS = 512 };

/**
 * InPacket:
 * @esp, @octets: the packet as it came, in a buffer that opening works in
 * @remote: where it came from
 * @outer_class: traffic class of the outer header
 * @sequence: whole number, once it was inferred
 * @drop: RvlDropCause, NONE as long as the packet lives
 * @inner, @view: the inner packet, once it was opened
 */
typedef struct {
    Sa *sa;
    uint8_t *esp;
    uint32_t octets;
    const RvlEndpoint *remote;
    uint8_t outer_class;
    uint8_t drop;
    bool is_newest;
    uint64_t sequence;
    uint8_t *inner;
    PacketView view;
} InPacket;

/** EspIn: one worker's inbound batch; allocated once. */
typedef struct {
    RvlPacket packets[IN_PACKETS];
    EspAad aads[IN_PACKETS];
    InPacket in[IN_PACKETS];
    uint32_t n;
} EspIn;

EspIn *esp_in_new(void);
void esp_in_free(EspIn *in);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EspIn, esp_in_free)

/** esp_in_is_full: esp_in_open() must come before the next esp_in_add(). */
static inline bool
esp_in_is_full(const EspIn *in)
{
    return in->n == IN_PACKETS;
}

/**
 * esp_in_add:
 * @esp: (array length=octets): stays valid until the batch was opened and used
 *
 * Finds the SA. Returns: why the packet is dropped, or NONE: it is in the batch.
 */
RvlDropCause esp_in_add(EspIn *in,
                        const SaTable *table,
                        uint8_t *esp,
                        uint32_t octets,
                        const RvlEndpoint *remote,
                        uint8_t outer_class);

/**
 * esp_in_open:
 * @scratches: as in esp_out_seal()
 *
 * Brings each packet to its end: dropped with a cause, or opened, checked and seen for the first
 * time, with its inner packet parsed and its ECN field settled. Selectors are the caller's.
 *
 * Source: RFC 4303 3.4.
 */
void esp_in_open(EspIn *in, RvlProtectionScratch **scratches);

void esp_in_clear(EspIn *in);

G_END_DECLS
