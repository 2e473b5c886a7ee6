/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Order is what keeps it closed: guard and unreachable routes stand before and after all else. */
#include "config.h"

#include "connection-routes.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <ravelin/error.h>
#include <ravelin/needs.h>

/* Pairs of prefixes that one owner may guard. */
#define MOST_PAIRS 4096

static bool
fail(int result, const char *what, const RvlPrefix *prefix, GError **error)
{
    char text[RVL_ADDRESS_TEXT];

    rvl_prefix_format(prefix, text);
    if (result != EEXIST)
        return netlink_fail(result, RVL_CAUSE_INSTALL_FAILED, error, "%s %s", what, text);
    rvl_error_set(error, RVL_CAUSE_ROUTE_CONFLICT, "%s %s: another one has its place", what, text);
    return false;
}

/* A set, and what stood when it was asked for. */
typedef struct {
    const System *system;
    const RvlRouteSet *routes;
    GArray *entries;
} Setting;

static uint32_t
table_of(const Setting *setting, const RvlPrefix *destination)
{
    if ((setting->routes->needs & RVL_ROUTES_NEEDS_TABLE) != 0)
        return setting->routes->table;
    return placement_table(setting->system, destination);
}

/* ---- what is wanted ---- */

static size_t
count_routes(const RvlRouteSet *routes)
{
    bool is_guard_only =
        (routes->needs & RVL_ROUTES_NEEDS_GUARD_ONLY) != 0 && routes->is_guard_only;

    return is_guard_only ? 0 : routes->n_destinations;
}

static GArray *
wanted_records(const Setting *setting)
{
    const RvlRouteSet *routes = setting->routes;
    GArray *records = g_array_new(FALSE, TRUE, sizeof(Record));

    for (size_t i = 0; i < count_routes(routes); i++) {
        Record record = {.kind = RECORD_ROUTE,
                         .prefix = routes->destinations[i],
                         .table = table_of(setting, &routes->destinations[i])};

        g_array_append_val(records, record);
    }
    for (size_t i = 0; i < routes->n_addresses && routes->interface != NULL; i++) {
        Record record = {.kind = RECORD_ADDRESS, .prefix = routes->addresses[i]};

        g_strlcpy(record.interface, routes->interface, sizeof record.interface);
        g_array_append_val(records, record);
    }
    return records;
}

static GArray *
wanted_pairs(const RvlRouteSet *routes)
{
    GArray *pairs = g_array_new(FALSE, TRUE, sizeof(GuardPair));

    for (size_t i = 0; routes->is_guarded && i < routes->n_destinations; i++) {
        for (size_t k = 0; k < routes->n_sources; k++) {
            GuardPair pair = {routes->destinations[i], routes->sources[k], routes->interface};

            if (pair.source.address.family == pair.destination.address.family)
                g_array_append_val(pairs, pair);
        }
    }
    return pairs;
}

/* The first local address within the sources, of a family. */
typedef struct {
    const RvlRouteSet *routes;
    RvlAddress ipv4;
    RvlAddress ipv6;
} Sources;

/* No packet with such a source leaves the machine (RFC 1122 3.2.1.3, RFC 4291 2.5.3). */
static bool
is_loopback(const RvlAddress *address)
{
    static const RvlAddress ipv6 = {.family = RVL_FAMILY_IPV6, .octets = {[15] = 1}};

    return address->family == RVL_FAMILY_IPV6 ? rvl_address_equal(address, &ipv6)
                                              : address->octets[0] == 127;
}

static void
take_source(const RvlAddress *address, uint32_t index, bool is_present, void *user_data)
{
    Sources *sources = user_data;
    RvlAddress *place = address->family == RVL_FAMILY_IPV6 ? &sources->ipv6 : &sources->ipv4;

    (void)index;
    (void)is_present;
    if (place->family != RVL_FAMILY_NONE || is_loopback(address))
        return;
    for (size_t i = 0; i < sources->routes->n_sources; i++)
        if (rvl_prefix_contains(&sources->routes->sources[i], address))
            *place = *address;
}

/* ---- what is there ---- */

/* Whether an owner other than @owner (nullable: any) has the record too. */
static bool
is_shared(const GArray *entries, const char *owner, const Record *record)
{
    for (guint i = 0; i < entries->len; i++) {
        const GuardEntry *entry = &g_array_index(entries, GuardEntry, i);

        if (entry->is_record && record_equal(&entry->record, record) &&
            !g_str_equal(entry->owner, owner))
            return true;
    }
    return false;
}

static bool
holds(const GArray *records, const Record *record)
{
    for (guint i = 0; i < records->len; i++)
        if (record_equal(&g_array_index(records, Record, i), record))
            return true;
    return false;
}

static bool
remove_record(Netlink *netlink, const Record *record, GError **error)
{
    uint32_t index = record->kind == RECORD_ADDRESS ? if_nametoindex(record->interface) : 0;
    Route route = {.destination = record->prefix, .table = record->table};
    int result = 0;

    if (record->kind == RECORD_ROUTE)
        result = route_remove(netlink, &route);
    else if (index != 0)
        result = address_remove(netlink, index, &record->prefix);
    if (result == 0)
        return true;
    return fail(result, record->kind == RECORD_ROUTE ? "route to" : "address", &record->prefix,
                error);
}

/* Takes away what @owner has in the system and isn't in @kept. */
static bool
remove_surplus(Netlink *netlink,
               const char *owner,
               const GArray *entries,
               const GArray *kept,
               GError **error)
{
    for (guint i = 0; i < entries->len; i++) {
        const GuardEntry *entry = &g_array_index(entries, GuardEntry, i);

        if (!entry->is_record || !g_str_equal(entry->owner, owner) || holds(kept, &entry->record) ||
            is_shared(entries, owner, &entry->record))
            continue;
        if (!remove_record(netlink, &entry->record, error))
            return false;
    }
    return true;
}

/* ---- set ---- */

static bool
check(const RvlRouteSet *routes, GError **error)
{
    if (!rvl_needs_check("RvlRouteSet", routes->needs,
                         RVL_ROUTES_NEEDS_TABLE | RVL_ROUTES_NEEDS_GUARD_ONLY, error))
        return false;
    if (routes->is_guarded && routes->n_destinations * routes->n_sources > MOST_PAIRS) {
        rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED, "%zu pairs of prefixes; at most %d",
                      routes->n_destinations * routes->n_sources, MOST_PAIRS);
        return false;
    }
    return true;
}

static bool
add_addresses(Netlink *netlink, const RvlRouteSet *routes, GError **error)
{
    for (size_t i = 0; i < routes->n_addresses && routes->index != 0; i++) {
        int result = address_add(netlink, routes->index, &routes->addresses[i]);

        if (result != 0)
            return fail(result, "address", &routes->addresses[i], error);
    }
    return true;
}

/* Whether the owner has the route in another table, which it leaves. */
static bool
moves(const Setting *setting, const RvlPrefix *destination)
{
    Record wanted = {
        .kind = RECORD_ROUTE, .prefix = *destination, .table = table_of(setting, destination)};

    for (guint i = 0; i < setting->entries->len; i++) {
        const GuardEntry *entry = &g_array_index(setting->entries, GuardEntry, i);
        Record found = entry->record;

        if (!entry->is_record || !g_str_equal(entry->owner, setting->routes->owner) ||
            found.table == wanted.table)
            continue;
        found.table = wanted.table;
        if (record_equal(&found, &wanted))
            return true;
    }
    return false;
}

/* @index: 0: unreachable ones, of destinations that move or of those that don't. */
static bool
add_routes(const Setting *setting, uint32_t index, bool of_moving, GError **error)
{
    const RvlRouteSet *routes = setting->routes;
    Sources sources = {.routes = routes};

    if (index != 0)
        addresses_list(setting->system->netlink, take_source, &sources);
    for (size_t i = 0; i < count_routes(routes); i++) {
        bool is_ipv6 = routes->destinations[i].address.family == RVL_FAMILY_IPV6;
        const RvlAddress *source = is_ipv6 ? &sources.ipv6 : &sources.ipv4;
        Route route = {
            .destination = routes->destinations[i],
            .table = table_of(setting, &routes->destinations[i]),
            .index = index,
            .mtu = routes->mtu,
            .source = source->family != RVL_FAMILY_NONE ? source : NULL,
        };
        int result;

        if (index == 0 && moves(setting, &routes->destinations[i]) != of_moving)
            continue;
        result = route_add(setting->system->netlink, &route);

        if (result != 0)
            return fail(result, index != 0 ? "route to" : "unreachable route to",
                        &routes->destinations[i], error);
    }
    return true;
}

/* Brings the routing rules in line with the records that are there now. */
static bool
follow(const System *system, GError **error)
{
    g_autoptr(GArray) entries = guard_list(system->guard, error);
    int result;

    if (entries == NULL)
        return false;
    result = placement_follow(system, entries);
    return result == 0 || netlink_fail(result, RVL_CAUSE_INSTALL_FAILED, error, "routing rules");
}

static bool
replace(const Setting *setting, const GArray *pairs, const GArray *records, GError **error)
{
    GuardContent content = {
        .pairs = (const GuardPair *)(const void *)pairs->data,
        .n_pairs = pairs->len,
        .records = (const Record *)(const void *)records->data,
        .n_records = records->len,
    };
    g_autoptr(GArray) entries = guard_list(setting->system->guard, error);

    return entries != NULL &&
           guard_replace(setting->system->guard, setting->routes->owner, entries, &content, error);
}

/* (transfer full): @records, and those that the owner has beyond them. */
static GArray *
with_surplus(const Setting *setting, const GArray *records)
{
    GArray *all = g_array_copy((GArray *)records);

    for (guint i = 0; i < setting->entries->len; i++) {
        const GuardEntry *entry = &g_array_index(setting->entries, GuardEntry, i);

        if (entry->is_record && g_str_equal(entry->owner, setting->routes->owner) &&
            !holds(records, &entry->record))
            g_array_append_val(all, entry->record);
    }
    return all;
}

static bool
add_all(const Setting *setting, GError **error)
{
    uint32_t index = setting->routes->index;

    return add_routes(setting, 0, false, error) &&
           add_addresses(setting->system->netlink, setting->routes, error) &&
           (index == 0 || add_routes(setting, index, false, error)) &&
           add_routes(setting, 0, true, error) && follow(setting->system, error);
}

/*
 * What is new comes before what is old goes, so that a route that moves is never away; and where it
 * comes, the tunnel's before the unreachable one, which would end packets while the tunnel's still
 * lies in the other table.
 */
bool
connection_routes_set(const System *system, const RvlRouteSet *routes, GError **error)
{
    g_autoptr(GArray) records = NULL;
    g_autoptr(GArray) all = NULL;
    g_autoptr(GArray) pairs = NULL;
    g_autoptr(GArray) entries = NULL;
    Setting setting = {.system = system, .routes = routes};

    if (!check(routes, error))
        return false;
    entries = setting.entries = guard_list(system->guard, error);
    if (entries == NULL)
        return false;
    pairs = wanted_pairs(routes);
    records = wanted_records(&setting);
    all = with_surplus(&setting, records);
    /* From here on everything that is made can be found again. */
    if (!replace(&setting, pairs, all, error) || !add_all(&setting, error))
        return false;
    if (all->len == records->len)
        return true;
    return remove_surplus(system->netlink, routes->owner, entries, records, error) &&
           replace(&setting, pairs, records, error) && follow(system, error);
}

/* What bypasses has lost its way past the guard: it has no way beside the tunnel either. */
static bool
end_bypass(const System *system, GError **error)
{
    g_autoptr(GArray) entries = guard_list(system->guard, error);
    int result;

    if (entries == NULL)
        return false;
    if (guard_has_bypass(entries))
        return true;
    result = placement_bypass(system, NULL, 0);
    return result == 0 ||
           netlink_fail(result, RVL_CAUSE_INSTALL_FAILED, error, "routing rules of what bypasses");
}

bool
connection_routes_remove(const System *system, const char *owner, GError **error)
{
    g_autoptr(GArray) nothing = g_array_new(FALSE, TRUE, sizeof(Record));
    g_autoptr(GArray) entries = guard_list(system->guard, error);
    const GuardContent none = {0};

    return entries != NULL && remove_surplus(system->netlink, owner, entries, nothing, error) &&
           guard_replace(system->guard, owner, entries, &none, error) &&
           end_bypass(system, error) && follow(system, error);
}

bool
connection_routes_retain(const System *system, const char *const *owners, GError **error)
{
    g_autoptr(GArray) entries = guard_list(system->guard, error);
    g_autoptr(GHashTable) gone = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    void *owner;

    if (entries == NULL)
        return false;
    for (guint i = 0; i < entries->len; i++) {
        char *found = g_array_index(entries, GuardEntry, i).owner;

        if (owners == NULL || !g_strv_contains(owners, found))
            g_hash_table_add(gone, found);
    }
    g_hash_table_iter_init(&iter, gone);
    while (g_hash_table_iter_next(&iter, &owner, NULL))
        if (!connection_routes_remove(system, owner, error))
            return false;
    return true;
}
