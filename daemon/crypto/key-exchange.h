/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Key exchanges: the only caller of every group, so that no check on a peer's value is missed. */
#pragma once

#include <ravelin/secret.h>

#include "crypto/crypto.h"

/*
 * @group: transform ID of type KE.
 *
 * A peer's public value is checked before the group sees it: its exact length, the range that the
 * group's row asks for (RFC 6989 2.1), the point or subgroup by the primitive's own check (2.2,
 * 2.3). What comes out is checked too: exact lengths (leading zeros are kept: RFC 7296 2.14), and
 * where the row asks for it that the shared secret isn't zero (RFC 7748 6.1). What a group's row
 * demands and its primitive can't check makes the group unusable.
 *
 * Thread: any; may take milliseconds.
 * Errors: RVL_CAUSE_ALGORITHM_UNAVAILABLE, RVL_CAUSE_SELF_TEST_FAILED; RVL_CAUSE_MESSAGE_MALFORMED
 * for a peer's value that is refused; RVL_CAUSE_PLUGIN_FAILED where the library fails in itself.
 */

/**
 * rvl_key_exchange_offer:
 * @public_value: (out) (transfer full): for the initiator's KE payload
 * @state: (out) (transfer full): for rvl_key_exchange_finish()
 */
bool rvl_key_exchange_offer(const RvlCrypto *crypto,
                            uint16_t group,
                            GBytes **public_value,
                            RvlSecret **state,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_key_exchange_answer:
 * @peer_public: the initiator's
 * @public_value: (out) (transfer full): for the responder's KE payload
 * @shared: (out) (transfer full): the shared secret
 */
bool rvl_key_exchange_answer(const RvlCrypto *crypto,
                             uint16_t group,
                             const RvlOctets *peer_public,
                             GBytes **public_value,
                             RvlSecret **shared,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_key_exchange_finish:
 * @state: of the offer
 * @peer_public: the responder's
 * @shared: (out) (transfer full): the shared secret
 */
bool rvl_key_exchange_finish(const RvlCrypto *crypto,
                             uint16_t group,
                             const RvlSecret *state,
                             const RvlOctets *peer_public,
                             RvlSecret **shared,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_key_exchange_check_length:
 * @is_answer: the value is a responder's
 *
 * Whether @octets is the length of the group's public values: what can be told, at no cost, before
 * a job is started.
 */
bool rvl_key_exchange_check_length(const RvlCrypto *crypto,
                                   uint16_t group,
                                   bool is_answer,
                                   size_t octets,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
