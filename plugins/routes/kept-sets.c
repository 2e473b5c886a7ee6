/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copies of route sets. */
#include "config.h"

#include "kept-sets.h"

struct KeptSets {
    GHashTable *by_owner;
};

static void *
copy(const void *octets, size_t n, size_t each)
{
    return n > 0 ? g_memdup2(octets, n * each) : NULL;
}

static void
kept_free(void *data)
{
    RvlRouteSet *kept = data;

    g_free((char *)kept->owner);
    g_free((char *)kept->interface);
    g_free((RvlPrefix *)kept->addresses);
    g_free((RvlPrefix *)kept->destinations);
    g_free((RvlPrefix *)kept->sources);
    g_free((RvlAddress *)kept->dns);
    g_free(kept);
}

KeptSets *
kept_sets_new(void)
{
    KeptSets *sets = g_new0(KeptSets, 1);

    sets->by_owner = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, kept_free);
    return sets;
}

void
kept_sets_free(KeptSets *sets)
{
    if (sets == NULL)
        return;
    g_hash_table_unref(sets->by_owner);
    g_free(sets);
}

void
kept_sets_put(KeptSets *sets, const RvlRouteSet *routes)
{
    RvlRouteSet *kept = g_new0(RvlRouteSet, 1);

    memcpy(kept, routes, MIN(routes->size, sizeof *kept));
    kept->size = MIN(routes->size, (uint32_t)sizeof *kept);
    kept->owner = g_strdup(routes->owner);
    kept->interface = g_strdup(routes->interface);
    kept->addresses = copy(routes->addresses, routes->n_addresses, sizeof(RvlPrefix));
    kept->destinations = copy(routes->destinations, routes->n_destinations, sizeof(RvlPrefix));
    kept->sources = copy(routes->sources, routes->n_sources, sizeof(RvlPrefix));
    kept->dns = copy(routes->dns, routes->n_dns, sizeof(RvlAddress));
    g_hash_table_replace(sets->by_owner, (char *)kept->owner, kept);
}

void
kept_sets_remove(KeptSets *sets, const char *owner)
{
    g_hash_table_remove(sets->by_owner, owner);
}

bool
kept_sets_each(const KeptSets *sets, KeptSetCall call, void *user_data, GError **error)
{
    GHashTableIter iter;
    void *kept;

    g_hash_table_iter_init(&iter, sets->by_owner);
    while (g_hash_table_iter_next(&iter, NULL, &kept))
        if (!call(kept, user_data, error))
            return false;
    return true;
}
