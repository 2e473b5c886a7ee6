/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses and routes of the kernel. */
#pragma once

#include <ravelin/routes.h>

#include "netlink.h"

G_BEGIN_DECLS

/*
 * Marks our routes (rtm_protocol): `proto 82` in `ip route`. Numbers below 128 are for daemons that
 * ask for one; no program in iproute2's list has it.
 */
#define ROUTE_PROTOCOL 82

/**
 * Route:
 * @index: of the interface; 0: unreachable
 * @source: (nullable)
 */
typedef struct {
    RvlPrefix destination;
    uint32_t table;
    uint32_t index;
    uint32_t mtu;
    const RvlAddress *source;
} Route;

/**
 * route_add: makes the route, which may be there already if it is ours. Returns 0 or an errno;
 * EEXIST where a route of somebody else has the place.
 *
 * The tunnel's route has the best metric that there is and the unreachable one the next, so that
 * no other route to the same destination ever comes between them.
 */
int route_add(Netlink *netlink, const Route *route);
/** route_remove: both the unreachable route and that of any interface; what isn't there is no error. */
int route_remove(Netlink *netlink, const Route *route);

int address_add(Netlink *netlink, uint32_t index, const RvlPrefix *address);
int address_remove(Netlink *netlink, uint32_t index, const RvlPrefix *address);

/** AddressCall: @is_present: it came or went. */
typedef void (*AddressCall)(const RvlAddress *address,
                            uint32_t index,
                            bool is_present,
                            void *user_data);

/** addresses_list: all that are usable: not tentative, not failed. Returns 0 or an errno. */
int addresses_list(Netlink *netlink, AddressCall call, void *user_data);
/** addresses_read: as netlink_read(), of a socket that hears the groups of addresses. */
int addresses_read(Netlink *netlink, AddressCall call, void *user_data);

G_END_DECLS
