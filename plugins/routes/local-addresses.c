/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This machine's addresses, and word of their coming and going (rtnetlink). */
#include "config.h"

#include "local-addresses.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <time.h>

#include <glib-unix.h>
#include <ravelin/error.h>

struct RvlLocalAddresses {
    struct mnl_socket *netlink;
    GSource *source;
    GArray *present; /* of RvlLocalAddress, in the order of their coming */
    GArray *dumped;  /* (nullable): of RvlLocalAddress, while everything is read again */
    RvlAddressChanged changed;
    void *user_data;
};

static bool
local_address_equal(const RvlLocalAddress *a, const RvlLocalAddress *b)
{
    return rvl_address_equal(&a->address, &b->address) && a->scope == b->scope;
}

static bool
array_find(const GArray *array, const RvlLocalAddress *local, guint *index)
{
    for (guint i = 0; i < array->len; i++)
        if (local_address_equal(&g_array_index(array, RvlLocalAddress, i), local)) {
            *index = i;
            return true;
        }
    return false;
}

static void
add(RvlLocalAddresses *addresses, const RvlLocalAddress *local)
{
    guint index;

    if (array_find(addresses->present, local, &index))
        return;
    g_array_append_val(addresses->present, *local);
    addresses->changed(local, true, addresses->user_data);
}

static void
drop(RvlLocalAddresses *addresses, const RvlLocalAddress *gone)
{
    const RvlLocalAddress local = *gone; /* @gone may lie in the array */
    guint index;

    if (!array_find(addresses->present, &local, &index))
        return;
    g_array_remove_index(addresses->present, index);
    addresses->changed(&local, false, addresses->user_data);
}

static int
take_attribute(const struct nlattr *attribute, void *data)
{
    const struct nlattr **table = data;

    if (mnl_attr_get_type(attribute) <= IFA_MAX)
        table[mnl_attr_get_type(attribute)] = attribute;
    return MNL_CB_OK;
}

/* One RTM_NEWADDR or RTM_DELADDR. IFA_LOCAL is this end of a point-to-point link. */
static bool
read_address(const struct nlmsghdr *message, RvlLocalAddress *local, bool *is_usable)
{
    const struct nlattr *table[IFA_MAX + 1] = {NULL};
    const struct ifaddrmsg *head;
    const struct nlattr *octets;
    uint32_t flags;

    if (mnl_nlmsg_get_payload_len(message) < sizeof(*head))
        return false;
    head = mnl_nlmsg_get_payload(message);
    if (mnl_attr_parse(message, sizeof(*head), take_attribute, table) < 0)
        return false;
    octets = table[IFA_LOCAL] != NULL ? table[IFA_LOCAL] : table[IFA_ADDRESS];
    if (octets == NULL ||
        !rvl_address_from_octets(mnl_attr_get_payload(octets), mnl_attr_get_payload_len(octets),
                                 &local->address))
        return false;
    flags = head->ifa_flags;
    if (table[IFA_FLAGS] != NULL && mnl_attr_validate(table[IFA_FLAGS], MNL_TYPE_U32) == 0)
        flags = mnl_attr_get_u32(table[IFA_FLAGS]);
    *is_usable = (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0;
    local->scope =
        rvl_address_is_link_local(&local->address) && local->address.family == RVL_FAMILY_IPV6
            ? head->ifa_index
            : 0;
    return true;
}

static int
take_message(const struct nlmsghdr *message, void *data)
{
    RvlLocalAddresses *addresses = data;
    RvlLocalAddress local;
    bool is_usable;

    if (message->nlmsg_type != RTM_NEWADDR && message->nlmsg_type != RTM_DELADDR)
        return MNL_CB_OK;
    if (!read_address(message, &local, &is_usable))
        return MNL_CB_OK;
    if (message->nlmsg_type == RTM_DELADDR) {
        drop(addresses, &local);
        return MNL_CB_OK;
    }
    if (!is_usable)
        return MNL_CB_OK;
    if (addresses->dumped != NULL)
        g_array_append_val(addresses->dumped, local);
    add(addresses, &local);
    return MNL_CB_OK;
}

static bool
ask_for_all(RvlLocalAddresses *addresses, unsigned sequence, GError **error)
{
    char buffer[MNL_NLMSG_HDRLEN + sizeof(struct ifaddrmsg) + 64];
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    struct ifaddrmsg *head;

    message->nlmsg_type = RTM_GETADDR;
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    message->nlmsg_seq = sequence;
    head = mnl_nlmsg_put_extra_header(message, sizeof(*head));
    head->ifa_family = AF_UNSPEC;
    if (mnl_socket_sendto(addresses->netlink, message, message->nlmsg_len) >= 0)
        return true;
    rvl_error_set(error, RVL_CAUSE_PERMISSION_MISSING, "netlink: asking for addresses: %s",
                  g_strerror(errno));
    return false;
}

/* Drops what a whole reading did not show. */
static void
reconcile(RvlLocalAddresses *addresses)
{
    g_autoptr(GArray) seen = g_steal_pointer(&addresses->dumped);

    for (guint i = addresses->present->len; i > 0; i--) {
        const RvlLocalAddress local = g_array_index(addresses->present, RvlLocalAddress, i - 1);
        guint index;

        if (!array_find(seen, &local, &index))
            drop(addresses, &local);
    }
}

/* Reads the whole table on a descriptor that doesn't block: the kernel answers a dump in place. */
static bool
read_all(RvlLocalAddresses *addresses, GError **error)
{
    unsigned portid = mnl_socket_get_portid(addresses->netlink);
    unsigned sequence = (unsigned)time(NULL);
    g_autofree uint8_t *buffer = g_malloc((gsize)MNL_SOCKET_BUFFER_SIZE);
    int more = MNL_CB_OK;

    if (!ask_for_all(addresses, sequence, error))
        return false;
    g_clear_pointer(&addresses->dumped, g_array_unref);
    addresses->dumped = g_array_new(FALSE, FALSE, sizeof(RvlLocalAddress));
    while (more > MNL_CB_STOP) {
        ssize_t n = mnl_socket_recvfrom(addresses->netlink, buffer, (gsize)MNL_SOCKET_BUFFER_SIZE);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_clear_pointer(&addresses->dumped, g_array_unref);
            rvl_error_set(error, RVL_CAUSE_PERMISSION_MISSING, "netlink: reading addresses: %s",
                          g_strerror(errno));
            return false;
        }
        /* notifications between the parts carry other sequence numbers: check none */
        more = mnl_cb_run(buffer, (size_t)n, 0, portid, take_message, addresses);
        if (more < 0)
            more = MNL_CB_STOP;
    }
    reconcile(addresses);
    return true;
}

static gboolean
netlink_ready(gint fd, GIOCondition condition, gpointer user_data)
{
    RvlLocalAddresses *addresses = user_data;
    g_autofree uint8_t *buffer = g_malloc((gsize)MNL_SOCKET_BUFFER_SIZE);
    ssize_t n = recv(fd, buffer, (gsize)MNL_SOCKET_BUFFER_SIZE, MSG_DONTWAIT);

    (void)condition;
    if (n > 0)
        (void)mnl_cb_run(buffer, (size_t)n, 0, 0, take_message, addresses);
    else if (n < 0 && errno == ENOBUFS)
        (void)read_all(addresses, NULL); /* an overrun: notifications were lost */
    return G_SOURCE_CONTINUE;
}

RvlLocalAddresses *
rvl_local_addresses_new(RvlAddressChanged changed, void *user_data, GError **error)
{
    g_autoptr(RvlLocalAddresses) addresses = g_new0(RvlLocalAddresses, 1);

    addresses->present = g_array_new(FALSE, FALSE, sizeof(RvlLocalAddress));
    addresses->changed = changed;
    addresses->user_data = user_data;
    addresses->netlink = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    if (addresses->netlink == NULL ||
        mnl_socket_bind(addresses->netlink, RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
                        MNL_SOCKET_AUTOPID) < 0) {
        rvl_error_set(error, RVL_CAUSE_PERMISSION_MISSING, "netlink socket: %s", g_strerror(errno));
        return NULL;
    }
    return g_steal_pointer(&addresses);
}

bool
rvl_local_addresses_start(RvlLocalAddresses *addresses, GError **error)
{
    if (!read_all(addresses, error))
        return false;
    addresses->source = g_unix_fd_source_new(mnl_socket_get_fd(addresses->netlink), G_IO_IN);
    g_source_set_callback(addresses->source, G_SOURCE_FUNC(netlink_ready), addresses, NULL);
    g_source_attach(addresses->source, NULL);
    return true;
}

void
rvl_local_addresses_free(RvlLocalAddresses *addresses)
{
    if (addresses == NULL)
        return;
    if (addresses->source != NULL) {
        g_source_destroy(addresses->source);
        g_source_unref(addresses->source);
    }
    if (addresses->netlink != NULL)
        mnl_socket_close(addresses->netlink);
    g_clear_pointer(&addresses->dumped, g_array_unref);
    g_array_unref(addresses->present);
    g_free(addresses);
}
