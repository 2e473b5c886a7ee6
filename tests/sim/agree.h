/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must hold of two hosts, at rest and at the end: the invariants of every run. */
#pragma once

#include "sim/host.h"

/**
 * sim_agree_at_rest:
 * @children: Child SAs that must stand
 *
 * Returns: (transfer full) (nullable): what is wrong: the ends don't have one IKE SA and @children
 * pairs, or differ in SPIs, keys or selectors, or something is still held or under way.
 */
char *sim_agree_at_rest(SimHost *const hosts[2], unsigned children);

/** sim_agree_paths: (transfer full) (nullable): an IKE SA whose path doesn't lead to the peer. */
char *sim_agree_paths(SimHost *const hosts[2], const SimNetwork *network);

/** sim_agree_is_empty: (transfer full) (nullable): what a host still holds. */
char *sim_agree_is_empty(SimHost *host);

/**
 * sim_agree_gaps: outbound SAs in use whose inbound SA isn't at the peer, or has other keys, though the
 * peer has another of the same selectors: at a set-up there is nothing yet that could be used instead.
 */
unsigned sim_agree_gaps(SimHost *const hosts[2]);
