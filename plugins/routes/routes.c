/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plugin routes: addresses, routes and the guard by rtnetlink and nftables. */
#include "config.h"

#include <linux/rtnetlink.h>
#include <glib-unix.h>
#include <ravelin/error.h>
#include <ravelin/plugin.h>
#include <ravelin/routes.h>

#include "connection-routes.h"

/**
 * RoutesPlugin:
 * @news, @source: (nullable): while somebody watches addresses
 */
typedef struct {
    const RvlHost *host;
    Netlink *netlink;
    Guard *guard;
    Netlink *news;
    GSource *source;
    RvlAddressChanged changed;
    void *changed_data;
} RoutesPlugin;

/* An answer that comes after the call returned. */
typedef struct {
    RvlDone done;
    void *user_data;
    GError *error;
} Answer;

static void
give(void *data)
{
    Answer *answer = data;

    answer->done(answer->error, answer->user_data);
    g_clear_error(&answer->error);
    g_free(answer);
}

static void
answer_later(const RoutesPlugin *plugin, RvlDone done, void *user_data, GError *error)
{
    Answer *answer = g_new(Answer, 1);

    *answer = (Answer){done, user_data, error};
    plugin->host->invoke(plugin->host->context, give, answer);
}

static void
set(void *self, const RvlRouteSet *routes, RvlDone done, void *user_data)
{
    const RoutesPlugin *plugin = self;
    GError *error = NULL;

    /* What failed half-way stays recorded: remove() finds it, and meanwhile nothing is open. */
    if (!connection_routes_set(plugin->netlink, plugin->guard, routes, &error))
        rvl_error_prefix_where(&error, "routes of %s", routes->owner);
    answer_later(plugin, done, user_data, error);
}

static void
remove_owner(void *self, const char *owner, RvlDone done, void *user_data)
{
    const RoutesPlugin *plugin = self;
    GError *error = NULL;

    if (!connection_routes_remove(plugin->netlink, plugin->guard, owner, &error))
        rvl_error_prefix_where(&error, "routes of %s", owner);
    answer_later(plugin, done, user_data, error);
}

static void
retain(void *self, const char *instance, const char *const *owners, RvlDone done, void *user_data)
{
    const RoutesPlugin *plugin = self;
    GError *error = NULL;

    (void)instance; /* each instance has a table of its own: there is nothing else in it */
    if (!connection_routes_retain(plugin->netlink, plugin->guard, owners, &error))
        rvl_error_prefix_where(&error, "routes that were left");
    answer_later(plugin, done, user_data, error);
}

static void
address_changed(const RvlAddress *address, uint32_t index, bool is_present, void *user_data)
{
    const RoutesPlugin *plugin = user_data;
    RvlLocalAddress local = {
        .address = *address,
        .scope = rvl_address_is_link_local(address) ? index : 0,
    };

    plugin->changed(&local, is_present, plugin->changed_data);
}

static gboolean
news_came(gint fd, GIOCondition condition, gpointer user_data)
{
    RoutesPlugin *plugin = user_data;

    (void)fd;
    (void)condition;
    addresses_read(plugin->news, address_changed, plugin);
    return G_SOURCE_CONTINUE;
}

static void
stop_watching(RoutesPlugin *plugin)
{
    if (plugin->source != NULL) {
        g_source_destroy(plugin->source);
        g_clear_pointer(&plugin->source, g_source_unref);
    }
    g_clear_pointer(&plugin->news, netlink_free);
    plugin->changed = NULL;
}

static bool
watch_addresses(void *self, RvlAddressChanged changed, void *user_data, GError **error)
{
    RoutesPlugin *plugin = self;
    int result;

    stop_watching(plugin);
    if (changed == NULL)
        return true;
    /* Heard first, then listed: nothing falls between. */
    plugin->news = netlink_new(NETLINK_ROUTE, RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR, error);
    if (plugin->news == NULL)
        return false;
    plugin->changed = changed;
    plugin->changed_data = user_data;
    result = addresses_list(plugin->netlink, address_changed, plugin);
    if (result != 0) {
        rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED, "list of addresses: %s", g_strerror(result));
        stop_watching(plugin);
        return false;
    }
    plugin->source = g_unix_fd_source_new(netlink_descriptor(plugin->news), G_IO_IN);
    g_source_set_callback(plugin->source, G_SOURCE_FUNC(news_came), plugin, NULL);
    g_source_attach(plugin->source, NULL);
    return true;
}

static const RvlRoutes routes = {
    .size = sizeof(RvlRoutes),
    .name = "routes",
    .set = set,
    .remove = remove_owner,
    .retain = retain,
    .watch_addresses = watch_addresses,
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_ROUTES, "routes", &routes},
};

static void
unload(void *self)
{
    RoutesPlugin *plugin = self;

    stop_watching(plugin);
    guard_free(plugin->guard);
    netlink_free(plugin->netlink);
    g_free(plugin);
}

static bool
load(const RvlHost *host, const RvlSettings *settings, void **self, GError **error)
{
    RoutesPlugin *plugin = g_new0(RoutesPlugin, 1);

    (void)settings;
    plugin->host = host;
    plugin->netlink = netlink_new(NETLINK_ROUTE, 0, error);
    if (plugin->netlink != NULL)
        plugin->guard = guard_new(host->owner, error);
    if (plugin->guard == NULL) {
        unload(plugin);
        return false;
    }
    *self = plugin;
    return true;
}

RVL_PLUGIN(routes) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "routes",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "addresses, routes, and a guard that keeps clear packets out",
    RVL_PROVIDES(provides),
    .load = load,
    .unload = unload,
};
