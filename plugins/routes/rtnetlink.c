/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rtnetlink(7): messages of routes and addresses. */
#include "config.h"

#include "rtnetlink.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

/* IPv4's best metric is 0; IPv6 takes 0 for "choose one". */
static uint32_t
metric_of(const Route *route)
{
    uint32_t best = route->destination.address.family == RVL_FAMILY_IPV6 ? 1 : 0;

    return route->index != 0 ? best : best + 1;
}

static uint8_t
kernel_family(uint8_t family)
{
    return family == RVL_FAMILY_IPV6 ? AF_INET6 : AF_INET;
}

static void
put_address(struct nlmsghdr *message, uint16_t type, const RvlAddress *address)
{
    mnl_attr_put(message, type, rvl_family_octets(address->family), address->octets);
}

static struct nlmsghdr *
route_message(void *buffer, uint16_t type, uint16_t flags, const Route *route)
{
    struct nlmsghdr *message = netlink_request(buffer, type, flags);
    struct rtmsg *body = mnl_nlmsg_put_extra_header(message, sizeof *body);

    body->rtm_family = kernel_family(route->destination.address.family);
    body->rtm_dst_len = route->destination.length;
    body->rtm_table = RT_TABLE_UNSPEC;
    body->rtm_protocol = ROUTE_PROTOCOL;
    body->rtm_scope = route->index != 0 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    body->rtm_type = route->index != 0 ? RTN_UNICAST : RTN_UNREACHABLE;
    mnl_attr_put_u32(message, RTA_TABLE, route->table);
    mnl_attr_put_u32(message, RTA_PRIORITY, metric_of(route));
    put_address(message, RTA_DST, &route->destination.address);
    if (route->index != 0)
        mnl_attr_put_u32(message, RTA_OIF, route->index);
    return message;
}

typedef struct {
    const Route *route;
    bool is_ours;
} Search;

static int
compare_route(const struct nlmsghdr *message, void *user_data)
{
    Search *search = user_data;
    const Route *route = search->route;
    const struct rtmsg *body = mnl_nlmsg_get_payload(message);
    const struct nlattr *attributes[RTA_MAX + 1];
    size_t octets = rvl_family_octets(route->destination.address.family);

    netlink_parse(message, sizeof *body, attributes, RTA_MAX);
    if (body->rtm_protocol != ROUTE_PROTOCOL || body->rtm_dst_len != route->destination.length ||
        body->rtm_type != (route->index != 0 ? RTN_UNICAST : RTN_UNREACHABLE) ||
        netlink_u32(attributes[RTA_TABLE], body->rtm_table) != route->table ||
        netlink_u32(attributes[RTA_PRIORITY], 0) != metric_of(route))
        return MNL_CB_OK;
    if (route->destination.length > 0 &&
        (attributes[RTA_DST] == NULL || mnl_attr_get_payload_len(attributes[RTA_DST]) != octets ||
         memcmp(mnl_attr_get_payload(attributes[RTA_DST]), route->destination.address.octets,
                octets) != 0))
        return MNL_CB_OK;
    search->is_ours = true;
    return MNL_CB_OK;
}

/* Whether a route in the same place is one of ours. */
static bool
is_ours(Netlink *netlink, const Route *route)
{
    uint8_t buffer[NETLINK_REQUEST_OCTETS];
    struct nlmsghdr *message = netlink_request(buffer, RTM_GETROUTE, NLM_F_DUMP);
    struct rtmsg *body = mnl_nlmsg_put_extra_header(message, sizeof *body);
    Search search = {.route = route};

    body->rtm_family = kernel_family(route->destination.address.family);
    return netlink_dump(netlink, message, compare_route, &search) == 0 && search.is_ours;
}

int
route_add(Netlink *netlink, const Route *route)
{
    uint8_t buffer[NETLINK_REQUEST_OCTETS];
    uint16_t flags = NLM_F_CREATE | NLM_F_EXCL;
    int result;

    for (unsigned tries = 0; tries < 2; tries++) {
        struct nlmsghdr *message = route_message(buffer, RTM_NEWROUTE, flags, route);

        if (route->source != NULL)
            put_address(message, RTA_PREFSRC, route->source);
        if (route->mtu != 0 && route->index != 0) {
            struct nlattr *metrics = mnl_attr_nest_start(message, RTA_METRICS);

            mnl_attr_put_u32(message, RTAX_MTU, route->mtu);
            mnl_attr_nest_end(message, metrics);
        }
        result = netlink_call(netlink, message);
        if (result != EEXIST || !is_ours(netlink, route))
            return result;
        flags = NLM_F_CREATE | NLM_F_REPLACE; /* ours: source, MTU or interface may have changed */
    }
    return result;
}

static bool
is_gone(int result)
{
    return result == ESRCH || result == ENODEV || result == ENOENT || result == EADDRNOTAVAIL;
}

/* Without an interface, so that the tunnel's route goes whatever its interface was. */
static int
remove_one(Netlink *netlink, const Route *route, bool is_unreachable)
{
    uint8_t buffer[NETLINK_REQUEST_OCTETS];
    struct nlmsghdr *message = netlink_request(buffer, RTM_DELROUTE, 0);
    struct rtmsg *body = mnl_nlmsg_put_extra_header(message, sizeof *body);
    Route which = *route;
    int result;

    which.index = is_unreachable ? 0 : 1;
    body->rtm_family = kernel_family(route->destination.address.family);
    body->rtm_dst_len = route->destination.length;
    body->rtm_protocol = ROUTE_PROTOCOL;
    body->rtm_scope = RT_SCOPE_NOWHERE;
    body->rtm_type = is_unreachable ? RTN_UNREACHABLE : RTN_UNICAST;
    mnl_attr_put_u32(message, RTA_TABLE, route->table);
    mnl_attr_put_u32(message, RTA_PRIORITY, metric_of(&which));
    put_address(message, RTA_DST, &route->destination.address);
    result = netlink_call(netlink, message);
    return is_gone(result) ? 0 : result;
}

/* The unreachable one goes first: alone, it would stop packets that have another way by now. */
int
route_remove(Netlink *netlink, const Route *route)
{
    int first = remove_one(netlink, route, true);
    int second = remove_one(netlink, route, false);

    return first != 0 ? first : second;
}

static int
address_call(Netlink *netlink,
             uint16_t type,
             uint16_t flags,
             uint32_t index,
             const RvlPrefix *address)
{
    uint8_t buffer[NETLINK_REQUEST_OCTETS];
    struct nlmsghdr *message = netlink_request(buffer, type, flags);
    struct ifaddrmsg *body = mnl_nlmsg_put_extra_header(message, sizeof *body);

    body->ifa_family = kernel_family(address->address.family);
    body->ifa_prefixlen = address->length;
    body->ifa_scope = RT_SCOPE_UNIVERSE;
    body->ifa_index = index;
    /* The tunnel has no neighbours to ask, and its routes are made apart. */
    mnl_attr_put_u32(message, IFA_FLAGS, IFA_F_NODAD | IFA_F_NOPREFIXROUTE);
    put_address(message, IFA_LOCAL, &address->address);
    put_address(message, IFA_ADDRESS, &address->address);
    return netlink_call(netlink, message);
}

int
address_add(Netlink *netlink, uint32_t index, const RvlPrefix *address)
{
    return address_call(netlink, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, index, address);
}

/* Routes of one interface that somebody made, as the kernel tells them. */
typedef struct {
    uint32_t index;
    GPtrArray *messages;
} InterfaceRoutes;

static int
keep_route(const struct nlmsghdr *message, void *user_data)
{
    InterfaceRoutes *routes = user_data;
    const struct rtmsg *body = mnl_nlmsg_get_payload(message);
    const struct nlattr *attributes[RTA_MAX + 1];

    netlink_parse(message, sizeof *body, attributes, RTA_MAX);
    if (body->rtm_protocol != RTPROT_KERNEL && netlink_u32(attributes[RTA_OIF], 0) == routes->index)
        g_ptr_array_add(routes->messages, g_memdup2(message, message->nlmsg_len));
    return MNL_CB_OK;
}

static void
list_interface_routes(Netlink *netlink, InterfaceRoutes *routes)
{
    uint8_t buffer[NETLINK_REQUEST_OCTETS];
    struct nlmsghdr *message = netlink_request(buffer, RTM_GETROUTE, NLM_F_DUMP);
    struct rtmsg *body = mnl_nlmsg_put_extra_header(message, sizeof *body);

    body->rtm_family = AF_INET;
    netlink_dump(netlink, message, keep_route, routes);
}

/* Those that still stand are refused, and so are those whose source was the address that went. */
static void
restore_interface_routes(Netlink *netlink, const InterfaceRoutes *routes)
{
    for (guint i = 0; i < routes->messages->len; i++) {
        struct nlmsghdr *message = routes->messages->pdata[i];
        struct rtmsg *body = mnl_nlmsg_get_payload(message);

        message->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL;
        body->rtm_flags &= RTNH_F_ONLINK;
        netlink_call(netlink, message);
    }
}

/*
 * With an interface's last IPv4 address the kernel drops all IPv4 routes by it, also those of
 * other owners who share the interface: they are put back.
 */
int
address_remove(Netlink *netlink, uint32_t index, const RvlPrefix *address)
{
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
    InterfaceRoutes routes = {index, messages};
    int result;

    if (address->address.family == RVL_FAMILY_IPV4)
        list_interface_routes(netlink, &routes);
    result = address_call(netlink, RTM_DELADDR, 0, index, address);
    restore_interface_routes(netlink, &routes);
    return is_gone(result) ? 0 : result;
}

typedef struct {
    AddressCall call;
    void *user_data;
} AddressNews;

static int
take_address(const struct nlmsghdr *message, void *user_data)
{
    const AddressNews *news = user_data;
    const struct ifaddrmsg *body = mnl_nlmsg_get_payload(message);
    const struct nlattr *attributes[IFA_MAX + 1];
    const struct nlattr *found;
    RvlAddress address;
    uint32_t flags;

    if (message->nlmsg_type != RTM_NEWADDR && message->nlmsg_type != RTM_DELADDR)
        return MNL_CB_OK;
    netlink_parse(message, sizeof *body, attributes, IFA_MAX);
    /* Of a point-to-point link, IFA_ADDRESS is the other end's. */
    found = attributes[IFA_LOCAL] != NULL ? attributes[IFA_LOCAL] : attributes[IFA_ADDRESS];
    if (found == NULL || !rvl_address_from_octets(mnl_attr_get_payload(found),
                                                  mnl_attr_get_payload_len(found), &address))
        return MNL_CB_OK;
    flags = netlink_u32(attributes[IFA_FLAGS], body->ifa_flags);
    /* Tentative: news come again once the address may be used. */
    if (message->nlmsg_type == RTM_NEWADDR && (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) != 0 &&
        (flags & IFA_F_OPTIMISTIC) == 0)
        return MNL_CB_OK;
    news->call(&address, body->ifa_index, message->nlmsg_type == RTM_NEWADDR, news->user_data);
    return MNL_CB_OK;
}

int
addresses_list(Netlink *netlink, AddressCall call, void *user_data)
{
    uint8_t buffer[NETLINK_REQUEST_OCTETS];
    struct nlmsghdr *message = netlink_request(buffer, RTM_GETADDR, NLM_F_DUMP);
    struct ifaddrmsg *body = mnl_nlmsg_put_extra_header(message, sizeof *body);
    AddressNews news = {call, user_data};

    body->ifa_family = AF_UNSPEC;
    return netlink_dump(netlink, message, take_address, &news);
}

int
addresses_read(Netlink *netlink, AddressCall call, void *user_data)
{
    AddressNews news = {call, user_data};

    return netlink_read(netlink, take_address, &news);
}
