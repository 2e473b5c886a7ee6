/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Retransmission of requests: the same octets, backing off, up to a limit (RFC 7296 2.1, 2.4). */
#pragma once

#include "ike/core/ike-sa.h"

/** rvl_retransmit_begin: sends the request of @x and repeats it until rvl_retransmit_end(). */
void rvl_retransmit_begin(RvlIkeSa *ike, RvlExchange *x, GPtrArray *datagrams);
/** rvl_retransmit_end: it was answered, or nobody waits for that any more. */
void rvl_retransmit_end(RvlIkeSa *ike);
/** rvl_retransmit_due: the timer came. */
void rvl_retransmit_due(RvlIkeSa *ike);
/** rvl_retransmit_wait: (pure): how long to wait after the send of number @n, which begins at 0. */
RvlTime rvl_retransmit_wait(const RvlRetransmit *policy, unsigned n);
