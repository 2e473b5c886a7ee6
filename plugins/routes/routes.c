/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plugin routes: addresses, routes and the guard by rtnetlink and nftables. */
#include "config.h"

#include <ravelin/error.h>
#include <ravelin/plugin.h>
#include <ravelin/routes.h>

#include "clear-rules.h"
#include "connection-routes.h"
#include "local-addresses.h"

/** RoutesPlugin: @addresses: (nullable): while somebody watches them. */
typedef struct {
    const RvlHost *host;
    System system;
    LocalAddresses *addresses;
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
    if (!connection_routes_set(&plugin->system, routes, &error))
        rvl_error_prefix_where(&error, "routes of %s", routes->owner);
    answer_later(plugin, done, user_data, error);
}

static void
remove_owner(void *self, const char *owner, RvlDone done, void *user_data)
{
    const RoutesPlugin *plugin = self;
    GError *error = NULL;

    if (!connection_routes_remove(&plugin->system, owner, &error))
        rvl_error_prefix_where(&error, "routes of %s", owner);
    answer_later(plugin, done, user_data, error);
}

static void
retain(void *self, const char *instance, const char *const *owners, RvlDone done, void *user_data)
{
    const RoutesPlugin *plugin = self;
    GError *error = NULL;

    (void)instance; /* each instance has a table of its own: there is nothing else in it */
    if (!connection_routes_retain(&plugin->system, owners, &error))
        rvl_error_prefix_where(&error, "routes that were left");
    answer_later(plugin, done, user_data, error);
}

static void
set_rules(void *self, const RvlRoutesRules *rules, RvlDone done, void *user_data)
{
    RoutesPlugin *plugin = self;
    GError *error = NULL;

    (void)clear_rules_set(&plugin->system, rules, &error); /* the answer says it */
    answer_later(plugin, done, user_data, error);
}

static bool
watch_addresses(void *self, RvlAddressChanged changed, void *user_data, GError **error)
{
    RoutesPlugin *plugin = self;

    g_clear_pointer(&plugin->addresses, local_addresses_free);
    if (changed == NULL)
        return true;
    plugin->addresses = local_addresses_new(plugin->system.netlink, changed, user_data, error);
    return plugin->addresses != NULL;
}

static const RvlRoutes routes = {
    .size = sizeof(RvlRoutes),
    .name = "routes",
    .set = set,
    .remove = remove_owner,
    .retain = retain,
    .watch_addresses = watch_addresses,
    .set_rules = set_rules,
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_ROUTES, "routes", &routes},
};

static void
unload(void *self)
{
    RoutesPlugin *plugin = self;

    local_addresses_free(plugin->addresses);
    guard_free(plugin->system.guard);
    netlink_free(plugin->system.netlink);
    g_free(plugin);
}

static bool
load(const RvlHost *host, const RvlSettings *settings, void **self, GError **error)
{
    RoutesPlugin *plugin = g_new0(RoutesPlugin, 1);

    (void)settings;
    plugin->host = host;
    plugin->system.first = placement_first(host->owner);
    plugin->system.netlink = netlink_new(NETLINK_ROUTE, 0, error);
    if (plugin->system.netlink != NULL)
        plugin->system.guard = guard_new(host->owner, error);
    if (plugin->system.guard == NULL) {
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
