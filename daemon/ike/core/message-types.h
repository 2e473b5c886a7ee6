/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What came in, as two types: verified messages, and clear ones that anybody may have sent. */
#pragma once

#include <ravelin/path.h>
#include "wire/message.h"

/**
 * RvlVerified:
 * @message: its integrity holds under the SA's keys; parsed and checked by its grammar
 * @path: as it came
 *
 * Only ike/core/inbound.c makes one, so that what wasn't verified can't reach a handler that
 * trusts.
 */
typedef struct {
    RvlMessage *message;
    RvlPath path;
} RvlVerified;

/**
 * RvlClear:
 * @message: parsed and checked by its grammar; from whom is unknown
 * @octets: the datagram, as it goes into AUTH (RFC 7296 2.15)
 * @path: as it came
 *
 * IKE_SA_INIT. Only ike/core/clear.c makes one.
 */
typedef struct {
    RvlMessage *message;
    GBytes *octets;
    RvlPath path;
} RvlClear;

void rvl_verified_free(RvlVerified *verified);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlVerified, rvl_verified_free)
void rvl_clear_free(RvlClear *clear);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlClear, rvl_clear_free)
