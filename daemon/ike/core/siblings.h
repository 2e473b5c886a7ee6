/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Siblings: several IKE SAs of one connection between the same identities, and which of them stays. */
#pragma once

#include "ike/core/ike-sa.h"

/** rvl_siblings_add: an SA that is established can be found by its peer from now on. */
void rvl_siblings_add(RvlIkeSa *ike);
/** rvl_siblings_remove: nothing happens where it wasn't added. */
void rvl_siblings_remove(RvlIkeSa *ike);

/** rvl_siblings_exist: another established SA has the same connection and identity. */
bool rvl_siblings_exist(const RvlIkeSa *ike);

/**
 * rvl_siblings_check: whether the connection's `unique` lets @ike be established beside its siblings.
 * @is_initial_contact: the peer says that it knows none (RFC 7296 3.10.1)
 *
 * Errors: RVL_CAUSE_DUPLICATE_IDENTITY.
 */
bool rvl_siblings_check(const RvlIkeSa *ike,
                        bool is_initial_contact,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_siblings_settle: @ike is established: ends what it replaces.
 *
 * Where both ends set up an SA at once, each sees the other's beside its own, and each may say
 * INITIAL_CONTACT without being wrong. Neither is old: the one with the lower initiator SPI stays,
 * and the end that began the other deletes it. Otherwise INITIAL_CONTACT ends the siblings, and
 * `unique = replace` deletes them: the responder does, and where the other end began the sibling the
 * initiator too, since only one end may find the two set up at once.
 */
void rvl_siblings_settle(RvlIkeSa *ike, bool is_initial_contact);
