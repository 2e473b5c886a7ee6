/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths made ready for sending, and what is known of their MTU. */
#include "config.h"

#include "sa-route.h"

#include <string.h>
#include <unistd.h>
#include <ravelin/time.h>

#include "flow.h"

/* Below these a report is forged or useless: what every link must carry (RFC 791, RFC 8200 5). */
enum { LEAST_IPV4_MTU = 576, LEAST_IPV6_MTU = 1280, USUAL_MTU = 1500 };

/* After this a smaller path may have grown again (RFC 1191 6.3, RFC 8201 4). */
#define MTU_LIFE (10 * RVL_MINUTE)

/* The MTU of the kernel's route to the peer, 0 where it has none. */
static uint32_t
ask_kernel(const RvlPath *path)
{
    struct sockaddr_storage remote;
    RvlEndpoint probe = path->remote;
    bool is_ipv6 = path->remote.address.family == RVL_FAMILY_IPV6;
    int mtu = 0;
    socklen_t size = sizeof mtu;

    if (probe.port == 0)
        probe.port = 4500; /* nothing is sent; connect() wants one */

    socklen_t octets = endpoint_to_sockaddr(&probe, &remote);
    int fd = socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return 0;
    if (connect(fd, (const struct sockaddr *)&remote, octets) != 0 ||
        getsockopt(fd, is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, is_ipv6 ? IPV6_MTU : IP_MTU, &mtu,
                   &size) != 0)
        mtu = 0;
    close(fd);
    return mtu > 0 ? (uint32_t)mtu : 0;
}

static uint32_t
least_mtu(const SaRoute *route)
{
    return route->path.remote.address.family == RVL_FAMILY_IPV6 ? LEAST_IPV6_MTU : LEAST_IPV4_MTU;
}

SaRoute *
sa_route_new(const RvlPath *path, Endpoint *endpoint, RvlDirection direction)
{
    SaRoute *route = g_new0(SaRoute, 1);
    RvlEndpoint remote = path->remote;
    uint32_t mtu = path->mtu;

    if (mtu == 0 && direction == RVL_DIRECTION_OUT)
        mtu = ask_kernel(path);

    route->path = *path;
    route->endpoint = endpoint_ref(endpoint);
    if (endpoint->kind != ENDPOINT_UDP)
        remote.port = 0;
    route->remote_octets = endpoint_to_sockaddr(&remote, &route->remote);
    route->outer_octets =
        (uint16_t)((remote.address.family == RVL_FAMILY_IPV6 ? IPV6_HEADER : IPV4_HEADER) +
                   (endpoint->kind == ENDPOINT_UDP ? UDP_HEADER : 0));
    mtu = mtu != 0 ? MIN(mtu, LARGEST_PACKET) : USUAL_MTU;
    route->first_mtu = MAX(mtu, least_mtu(route));
    atomic_init(&route->mtu, route->first_mtu);
    atomic_init(&route->mtu_until, RVL_TIME_NEVER);
    return route;
}

void
sa_route_free(SaRoute *route)
{
    if (route == NULL)
        return;
    endpoint_unref(route->endpoint);
    g_free(route);
}

uint32_t
sa_route_mtu(SaRoute *route, RvlTime now)
{
    if (now >= atomic_load_explicit(&route->mtu_until, memory_order_relaxed)) {
        atomic_store_explicit(&route->mtu, route->first_mtu, memory_order_relaxed);
        atomic_store_explicit(&route->mtu_until, RVL_TIME_NEVER, memory_order_relaxed);
    }
    return (uint32_t)atomic_load_explicit(&route->mtu, memory_order_relaxed);
}

bool
sa_route_learn_mtu(SaRoute *route, uint32_t mtu, RvlTime now)
{
    mtu = MAX(mtu, least_mtu(route));
    if (mtu >= atomic_load_explicit(&route->mtu, memory_order_relaxed))
        return false;
    atomic_store_explicit(&route->mtu, mtu, memory_order_relaxed);
    atomic_store_explicit(&route->mtu_until, rvl_time_add(now, MTU_LIFE), memory_order_relaxed);
    return true;
}
