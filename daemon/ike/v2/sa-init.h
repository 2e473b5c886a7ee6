/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IKE_SA_INIT: what begins it on either side (RFC 7296 1.2). */
#pragma once

#include "ike/core/ike-sa.h"

/** rvl_sa_init_begin: we set up an IKE SA; NULL where randomness fails. */
RvlIkeSa *rvl_sa_init_begin(RvlEngine *engine,
                            const RvlConnection *connection,
                            const RvlPath *path,
                            uint16_t encap_port);

/**
 * rvl_sa_init_take_stranger:
 * @request: (transfer full)
 *
 * A first message: admitted or not, by cookie or without, refused by a notify, or answered: only
 * then is there an SA.
 */
void rvl_sa_init_take_stranger(RvlEngine *engine, RvlClear *request);

/**
 * rvl_sa_init_take_answer:
 * @answer: (transfer full)
 *
 * An answer to our first message: taken, followed (cookie, group), or only noted: what isn't
 * authenticated ends nothing (RFC 7296 2.21.1).
 */
void rvl_sa_init_take_answer(RvlIkeSa *ike, RvlClear *answer);
