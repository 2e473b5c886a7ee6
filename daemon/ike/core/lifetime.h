/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lifetimes: the hard limit as configured, and the soft one before it, at which an SA is rekeyed. */
#pragma once

#include "ike/core/timer-heap.h"
#include "policy/connection.h"

typedef struct RvlEngine RvlEngine;

/**
 * rvl_lifetime_arm:
 * @rekeys: whether it is rekeyed before its end
 *
 * Sets both timers for an SA that begins now. The soft limit is a tenth before the hard one, and up
 * to another tenth earlier at random, so that two ends seldom rekey at once (RFC 7296 2.8).
 */
void rvl_lifetime_arm(RvlEngine *engine,
                      const RvlLifetime *lifetime,
                      bool rekeys,
                      RvlTimer *rekey,
                      RvlTimer *expire);

/** rvl_lifetime_soft_amount: the soft limit of octets or packets. */
uint64_t rvl_lifetime_soft_amount(uint64_t hard);
