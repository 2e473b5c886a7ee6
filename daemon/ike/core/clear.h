/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The road in of clear messages: IKE_SA_INIT, which anybody may have sent. */
#pragma once

#include <ravelin/octets.h>
#include <ravelin/path.h>
#include "wire/isakmp-header.h"

typedef struct RvlEngine RvlEngine;

/** rvl_clear_datagram: a datagram of exchange IKE_SA_INIT whose header holds. */
void rvl_clear_datagram(RvlEngine *engine,
                        const RvlPath *path,
                        RvlOctets datagram,
                        const RvlIsakmpHeader *header);

/** rvl_clear_first_hash: key of a responder's SA in the table of first messages. */
uint64_t rvl_clear_first_hash(const RvlEngine *engine, uint64_t initiator_spi, const RvlPath *path);
