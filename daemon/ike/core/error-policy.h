/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What follows from a cause: a notify, silence, the end of the SA. The one place that decides it. */
#pragma once

#include "ike/core/ike-sa.h"

/**
 * RvlVerdict:
 * @notify: that the answer bears; 0: silence
 * @ends_sa: the IKE SA goes (RFC 7296 2.21)
 * @tells_peer: the peer is told by an exchange of its own: it answered our request and doesn't know
 */
typedef struct {
    uint16_t notify;
    bool ends_sa;
    bool tells_peer;
} RvlVerdict;

/** rvl_error_policy_judge: @why: (nullable): it became needless, and nothing follows. */
RvlVerdict rvl_error_policy_judge(const RvlIkeSa *ike, const RvlExchange *x, const GError *why);

/** rvl_error_policy_data: (transfer full) (nullable): data of the verdict's notify. */
GBytes *rvl_error_policy_data(const RvlExchange *x, const RvlVerdict *verdict, const GError *why);

/**
 * rvl_error_policy_child_notify: notify by which a Child SA is refused that others may outlive:
 * the IKE SA stays (RFC 7296 1.2, 1.3).
 */
uint16_t rvl_error_policy_child_notify(RvlCause cause);

/** rvl_error_policy_heard: what a peer's error notify means here. */
RvlCause rvl_error_policy_heard(uint16_t notify, uint8_t exchange);
