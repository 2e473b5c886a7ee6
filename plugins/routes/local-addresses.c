/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This machine's addresses, and word of their coming and going. */
#include "config.h"

#include "local-addresses.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <glib-unix.h>
#include <ravelin/error.h>

#include "rtnetlink.h"

/* An address of one interface; another may have the same. */
typedef struct {
    RvlAddress address;
    uint32_t index;
} Place;

struct LocalAddresses {
    Netlink *netlink; /* not ours */
    Netlink *news;
    GSource *source;
    GArray *present; /* Place */
    RvlAddressChanged changed;
    void *user_data;
};

static RvlLocalAddress
local_of(const Place *place)
{
    bool is_scoped =
        place->address.family == RVL_FAMILY_IPV6 && rvl_address_is_link_local(&place->address);

    return (RvlLocalAddress){.address = place->address, .scope = is_scoped ? place->index : 0};
}

static bool
find(const GArray *places, const Place *wanted, guint *at)
{
    for (guint i = 0; i < places->len; i++) {
        const Place *place = &g_array_index(places, Place, i);

        if (place->index == wanted->index && rvl_address_equal(&place->address, &wanted->address)) {
            *at = i;
            return true;
        }
    }
    return false;
}

static bool
is_present(const LocalAddresses *addresses, const RvlLocalAddress *wanted)
{
    for (guint i = 0; i < addresses->present->len; i++) {
        const RvlLocalAddress local = local_of(&g_array_index(addresses->present, Place, i));

        if (local.scope == wanted->scope && rvl_address_equal(&local.address, &wanted->address))
            return true;
    }
    return false;
}

static void
add(LocalAddresses *addresses, const Place *place)
{
    const RvlLocalAddress local = local_of(place);
    bool is_told = is_present(addresses, &local);
    guint at;

    if (find(addresses->present, place, &at))
        return;
    g_array_append_val(addresses->present, *place);
    if (!is_told)
        addresses->changed(&local, true, addresses->user_data);
}

static void
drop(LocalAddresses *addresses, const Place *place)
{
    const RvlLocalAddress local = local_of(place);
    guint at;

    if (!find(addresses->present, place, &at))
        return;
    g_array_remove_index(addresses->present, at);
    if (!is_present(addresses, &local))
        addresses->changed(&local, false, addresses->user_data);
}

static void
take_news(const RvlAddress *address, uint32_t index, bool came, void *user_data)
{
    const Place place = {*address, index};

    if (came)
        add(user_data, &place);
    else
        drop(user_data, &place);
}

static void
take_listed(const RvlAddress *address, uint32_t index, bool came, void *user_data)
{
    const Place place = {*address, index};

    (void)came;
    g_array_append_val((GArray *)user_data, place);
}

/* Tells what differs from what was told. Returns 0 or an errno. */
static int
list_all(LocalAddresses *addresses)
{
    g_autoptr(GArray) listed = g_array_new(FALSE, FALSE, sizeof(Place));
    int result = addresses_list(addresses->netlink, take_listed, listed);
    guint at;

    if (result != 0)
        return result;
    for (guint i = addresses->present->len; i > 0; i--) {
        const Place place = g_array_index(addresses->present, Place, i - 1);

        if (!find(listed, &place, &at))
            drop(addresses, &place);
    }
    for (guint i = 0; i < listed->len; i++)
        add(addresses, &g_array_index(listed, Place, i));
    return 0;
}

static gboolean
news_came(gint fd, GIOCondition condition, gpointer user_data)
{
    LocalAddresses *addresses = user_data;

    (void)fd;
    (void)condition;
    if (addresses_read(addresses->news, take_news, addresses) == ENOBUFS)
        (void)list_all(addresses);
    return G_SOURCE_CONTINUE;
}

LocalAddresses *
local_addresses_new(Netlink *netlink, RvlAddressChanged changed, void *user_data, GError **error)
{
    g_autoptr(LocalAddresses) addresses = g_new0(LocalAddresses, 1);
    int result;

    addresses->netlink = netlink;
    addresses->present = g_array_new(FALSE, FALSE, sizeof(Place));
    addresses->changed = changed;
    addresses->user_data = user_data;
    /* Heard first, then listed: nothing falls between. */
    addresses->news = netlink_new(NETLINK_ROUTE, RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR, error);
    if (addresses->news == NULL)
        return NULL;
    result = list_all(addresses);
    if (result != 0) {
        rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED, "list of addresses: %s", g_strerror(result));
        return NULL;
    }
    addresses->source = g_unix_fd_source_new(netlink_descriptor(addresses->news), G_IO_IN);
    g_source_set_callback(addresses->source, G_SOURCE_FUNC(news_came), addresses, NULL);
    g_source_attach(addresses->source, NULL);
    return g_steal_pointer(&addresses);
}

void
local_addresses_free(LocalAddresses *addresses)
{
    if (addresses == NULL)
        return;
    if (addresses->source != NULL) {
        g_source_destroy(addresses->source);
        g_source_unref(addresses->source);
    }
    netlink_free(addresses->news);
    g_array_unref(addresses->present);
    g_free(addresses);
}
