/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Routing rules: which of the kernel's routing tables a packet asks, and in which order. */
#pragma once

#include "clear-flow.h"
#include "netlink.h"

G_BEGIN_DECLS

/* The table's route counts whatever its prefix; of RoutingRule. */
#define ROUTING_SUPPRESS_NONE UINT32_MAX

/**
 * RoutingRule: packets of @flow look into @table.
 * @family: RvlFamily; @flow: prefixes of length 0 for any address
 * @priority: lower is asked first
 * @suppress: a route found with a prefix of this length, or a shorter one, doesn't count
 * @is_local: only packets that this machine itself sends
 */
typedef struct {
    uint8_t family;
    uint32_t priority;
    uint32_t table;
    uint32_t suppress;
    bool is_local;
    ClearFlow flow;
} RoutingRule;

/**
 * routing_rules_set:
 * @first, @last: priorities that are ours
 * @rules, @n: what is wanted there
 *
 * Makes the kernel hold exactly these: what lacks is added first. Returns 0 or an errno, and then
 * nothing was changed; ENOTSUP where the kernel didn't take a rule as it was meant (before Linux 4.17
 * it knows no ports).
 */
int routing_rules_set(Netlink *netlink,
                      uint32_t first,
                      uint32_t last,
                      const RoutingRule *rules,
                      size_t n);

G_END_DECLS
