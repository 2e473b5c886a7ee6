/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Receives many datagrams at once, and takes apart what UDP_GRO put together. */
#pragma once

#include "worker.h"

G_BEGIN_DECLS

/**
 * Datagram:
 * @octets, @n: UDP's payload, or ESP without IP header
 * @remote: where it came from; port 0 for raw ESP
 * @traffic_class: of the outer IP header
 *
 * Valid until the next receive().
 */
typedef struct {
    uint8_t *octets;
    uint32_t n;
    const RvlEndpoint *remote;
    uint8_t traffic_class;
} Datagram;

typedef void (*ReceiveCall)(void *worker, const Endpoint *endpoint, const Datagram *datagram);

/** receive: one call's worth of datagrams, each handed to @call. Returns whether more may be there. */
bool receive(Worker *worker, const Source *source, ReceiveCall call);

G_END_DECLS
