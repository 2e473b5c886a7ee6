/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the wire to TUN: receiving, opening, selectors, coalescing. And IKE on its way up. */
#pragma once

#include "worker.h"

/** inbound_serve: reads what an endpoint's descriptor has, within bounds. Returns whether more may be there. */
bool inbound_serve(Worker *worker, Source *source);

/** inbound_write: CoalesceWrite of a worker. */
void inbound_write(void *context, void *target, const struct iovec *iov, int n, unsigned packets);
