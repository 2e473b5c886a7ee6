/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the packets of one SA travel: its path, made ready for sending. */
#pragma once

#include <stdatomic.h>

#include "endpoint.h"

G_BEGIN_DECLS

/**
 * SaRoute:
 * @endpoint: (transfer full): of this end
 * @remote, @remote_octets: of the peer, for sendmsg(); port 0 where ESP is raw
 * @outer_octets: of IP and UDP header
 * @mtu: octets of the largest outer packet, as the path is known now
 * @mtu_until: when @mtu is forgotten and @first_mtu holds again
 *
 * Immutable but for the MTU. Replaced as a whole when the SA moves.
 */
struct SaRoute {
    RvlPath path;
    Endpoint *endpoint;
    struct sockaddr_storage remote;
    socklen_t remote_octets;
    uint16_t outer_octets;
    uint32_t first_mtu;
    atomic_uint_fast32_t mtu;
    atomic_int_fast64_t mtu_until;
};
typedef struct SaRoute SaRoute;

/**
 * sa_route_new: of @path, whose local end is @endpoint. Asks the kernel for an MTU where the path has
 * none and @direction is RVL_DIRECTION_OUT: nothing is sent along an inbound one.
 */
SaRoute *sa_route_new(const RvlPath *path, Endpoint *endpoint, RvlDirection direction);
void sa_route_free(SaRoute *route);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaRoute, sa_route_free)

/** sa_route_mtu: octets of the largest outer packet. */
uint32_t sa_route_mtu(SaRoute *route, RvlTime now);
/** sa_route_learn_mtu: news of the path. Returns whether @mtu is less than what held. */
bool sa_route_learn_mtu(SaRoute *route, uint32_t mtu, RvlTime now);

G_END_DECLS
