/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The road out: header, sealing, fragmenting, and sending. */
#pragma once

#include "ike/core/ike-sa.h"

/**
 * rvl_outbound_finish:
 * @draft: the payloads; empty afterwards
 *
 * Returns: (transfer full) (element-type GBytes) (nullable): the message of @x as datagrams: one, or
 * its fragments where it is longer than the path takes and the peer takes fragments.
 */
GPtrArray *rvl_outbound_finish(RvlIkeSa *ike,
                               const RvlExchange *x,
                               RvlDraft *draft,
                               bool is_response,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_outbound_send: the octets as they are, now and again. */
void rvl_outbound_send(RvlIkeSa *ike, const RvlPath *path, const GPtrArray *datagrams);

/**
 * rvl_outbound_answer: sends our answer of @x to where its request came from, and stores it for
 * repeats of the request. @datagrams: (transfer none).
 */
void rvl_outbound_answer(RvlIkeSa *ike, RvlExchange *x, GPtrArray *datagrams);
