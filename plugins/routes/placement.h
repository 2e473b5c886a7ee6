/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the tunnels' routes lie: apart from the system's. */
#pragma once

#include "guard.h"
#include "routing-rules.h"

G_BEGIN_DECLS

/*
 * A peer's own address may lie within what its tunnel protects, and which peers there will be, nobody
 * knows: IKE, ESP and AH must find the route that they would without the tunnel, or they go into it.
 * So must what a BYPASS rule is of, to the last port. No route in the same table can say that. So the
 * tunnels' routes lie apart, in a table for each length of prefix, and routing rules (ip-rule(8)) ask,
 * by priority:
 *
 *   FIRST       what carries protection, from this machine itself: main
 *   FIRST + 1   what bypasses: main, which has nothing of ours: the ordinary route
 *   then, from the longest prefixes of ours to the shortest, two for each length L:
 *               main, if its route is longer than L (suppress_prefixlength L)
 *               the table of our routes of length L: tunnel, or unreachable beneath it
 *
 * So the longest prefix still wins over both tables, ours before an equal one. The kernel alone
 * decides, for packets of this machine and for forwarded ones; nothing follows the system's routes
 * about, and all of it outlives the daemon. There are as many tables as lengths, however many routes.
 * Tables that the configuration names hold what it says, and the administrator's rules ask them.
 */

/** System: what the plugin's parts change; @first: priority of its first routing rule. */
typedef struct {
    Netlink *netlink;
    Guard *guard;
    uint32_t first;
    uint16_t ports[8]; /* of IKE, once known */
    size_t n_ports;
} System;

/** placement_first: for a daemon instance. */
uint32_t placement_first(const char *instance);

/** placement_table: of a route to @destination. */
uint32_t placement_table(const System *system, const RvlPrefix *destination);

/**
 * placement_follow: the routing rules become those that the records in the guard ask for. Returns 0
 * or an errno.
 */
int placement_follow(const System *system, const GArray *entries);

/** placement_bypass: the routing rules of what bypasses become these. Returns 0 or an errno. */
int placement_bypass(const System *system, const ClearFlow *flows, size_t n);

G_END_DECLS
