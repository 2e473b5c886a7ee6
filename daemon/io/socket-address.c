/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Endpoints and the kernel's sockaddr, either way. */
#include "config.h"

#include "io/socket-address.h"

#include <netinet/in.h>
#include <string.h>

socklen_t
rvl_socket_address(const RvlEndpoint *endpoint, struct sockaddr_storage *storage)
{
    memset(storage, 0, sizeof(*storage));
    if (endpoint->address.family == RVL_FAMILY_IPV4) {
        struct sockaddr_in *in = (struct sockaddr_in *)storage;

        in->sin_family = AF_INET;
        in->sin_port = g_htons(endpoint->port);
        memcpy(&in->sin_addr, endpoint->address.octets, sizeof(in->sin_addr));
        return sizeof(*in);
    }
    if (endpoint->address.family == RVL_FAMILY_IPV6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)storage;

        in6->sin6_family = AF_INET6;
        in6->sin6_port = g_htons(endpoint->port);
        in6->sin6_scope_id = endpoint->scope;
        memcpy(&in6->sin6_addr, endpoint->address.octets, sizeof(in6->sin6_addr));
        return sizeof(*in6);
    }
    return 0;
}

bool
rvl_socket_endpoint(const struct sockaddr_storage *storage, RvlEndpoint *endpoint)
{
    memset(endpoint, 0, sizeof(*endpoint));
    if (storage->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)storage;

        endpoint->port = g_ntohs(in->sin_port);
        return rvl_address_from_octets((const uint8_t *)&in->sin_addr, 4, &endpoint->address);
    }
    if (storage->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)storage;

        endpoint->port = g_ntohs(in6->sin6_port);
        endpoint->scope = in6->sin6_scope_id;
        return rvl_address_from_octets((const uint8_t *)&in6->sin6_addr, 16, &endpoint->address);
    }
    return false;
}
