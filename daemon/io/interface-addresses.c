/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This machine's addresses, read once: for where no plugin watches them. */
#include "config.h"

#include "io/interface-addresses.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include <ravelin/error.h>

#include "io/socket-address.h"

static void
tell(const struct ifaddrs *interface, RvlAddressChanged found, void *user_data)
{
    struct sockaddr_storage storage = {0};
    RvlLocalAddress local = {0};
    RvlEndpoint endpoint;
    size_t octets;

    if (interface->ifa_addr == NULL || (interface->ifa_flags & IFF_UP) == 0)
        return;
    octets = interface->ifa_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                        : sizeof(struct sockaddr_in);
    memcpy(&storage, interface->ifa_addr, octets);
    if (!rvl_socket_endpoint(&storage, &endpoint))
        return;
    local = (RvlLocalAddress){.address = endpoint.address, .scope = endpoint.scope};
    found(&local, true, user_data);
}

bool
rvl_interface_addresses_read(RvlAddressChanged found, void *user_data, GError **error)
{
    struct ifaddrs *all;

    if (getifaddrs(&all) != 0) {
        rvl_error_set(error, RVL_CAUSE_PERMISSION_MISSING, "reading local addresses: %s",
                      g_strerror(errno));
        return false;
    }
    for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next)
        tell(one, found, user_data);
    freeifaddrs(all);
    return true;
}
