/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An address of this machine came or went: who tries at once, and who asks whether its peer is there. */
#pragma once

#include <stdbool.h>
#include <ravelin/address.h>

typedef struct RvlEngine RvlEngine;

/**
 * rvl_address_change_take:
 *
 * One that came: connections that wait for their next try don't wait any longer. One that went: IKE
 * SAs whose local end it was ask their peer for a sign of life, and end when none comes.
 */
void rvl_address_change_take(RvlEngine *engine, const RvlAddress *address, bool is_present);
