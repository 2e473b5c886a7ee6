/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The road in: finds the SA, checks window and integrity, opens, reassembles, parses, hands on. */
#pragma once

#include "ike/core/ike-sa.h"

/** rvl_inbound_datagram: @datagram: borrowed, without non-ESP marker. */
void rvl_inbound_datagram(RvlEngine *engine, const RvlPath *path, RvlOctets datagram);

/** rvl_inbound_unpark: the keys are ready: what came before them is taken now. */
void rvl_inbound_unpark(RvlIkeSa *ike);
