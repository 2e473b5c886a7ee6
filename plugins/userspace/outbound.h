/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From TUN to the wire: policy, SA, MTU, segments, sealing, sending. */
#pragma once

#include "worker.h"

/** outbound_serve: reads what a TUN queue has, within bounds. Returns whether more may be there. */
bool outbound_serve(Worker *worker, Source *source);

/** outbound_packet: @octets: virtio-net header and packet. outbound_flush() must follow. */
void outbound_packet(Worker *worker, Tun *tun, const uint8_t *octets, size_t n);

/** outbound_flush: seals and sends what is gathered. */
void outbound_flush(Worker *worker);

/** outbound_release: the packets that waited for @acquire go, or are dropped. */
void outbound_release(Worker *worker, uint64_t acquire, bool succeeded);

/** outbound_retry: packets of traps that might not ask go, ask now, or are dropped, where their time has come. */
void outbound_retry(Worker *worker);
