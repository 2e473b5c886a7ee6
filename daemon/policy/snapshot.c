/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration in force: look-ups that cost the same for one connection and 100,000. */
#include "config.h"

#include "policy/snapshot.h"

#include <limits.h>
#include <string.h>

#include "policy/snapshot-parts.h"

static guint
address_hash(gconstpointer data)
{
    const RvlAddress *address = data;
    guint hash = address->family;

    for (size_t i = 0; i < sizeof(address->octets); i++)
        hash = hash * 31 + address->octets[i];
    return hash;
}

static gboolean
address_equal(gconstpointer a, gconstpointer b)
{
    return rvl_address_equal(a, b);
}

static void
append_to(GHashTable *table, gpointer key, const RvlConnection *connection)
{
    GPtrArray *list = g_hash_table_lookup(table, key);

    if (list == NULL) {
        list = g_ptr_array_new();
        g_hash_table_insert(table, key, list);
    }
    if (list->len == 0 || g_ptr_array_index(list, list->len - 1) != connection)
        g_ptr_array_add(list, (gpointer)connection);
}

static bool
is_one_address(const RvlRemote *remote)
{
    return remote->name == NULL && rvl_address_equal(&remote->range.first, &remote->range.last);
}

static bool
is_wild(const RvlConnection *connection)
{
    for (size_t i = 0; i < connection->n_remotes; i++) {
        if (!is_one_address(&connection->remotes[i]))
            return true;
    }
    return connection->n_remotes == 0;
}

/* How narrowly a connection says where its peer is: a prefix before a name before anywhere. */
static unsigned
breadth(const RvlConnection *connection)
{
    unsigned widest = 0;

    if (connection->n_remotes == 0)
        return UINT_MAX;
    for (size_t i = 0; i < connection->n_remotes; i++) {
        const RvlRemote *remote = &connection->remotes[i];
        RvlPrefix prefix = {0};

        if (remote->name != NULL)
            return UINT_MAX - 1;
        if (rvl_range_to_prefix(&remote->range, &prefix))
            widest = MAX(widest, 129u - prefix.length);
        else
            widest = MAX(widest, 129u);
    }
    return widest;
}

static int
compare_breadth(gconstpointer a, gconstpointer b)
{
    const RvlConnection *x = *(const RvlConnection *const *)a;
    const RvlConnection *y = *(const RvlConnection *const *)b;
    unsigned bx = breadth(x), by = breadth(y);

    return bx != by ? (bx < by ? -1 : 1) : strcmp(x->name, y->name);
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    const RvlConnection *x = *(const RvlConnection *const *)a;
    const RvlConnection *y = *(const RvlConnection *const *)b;

    return strcmp(x->name, y->name);
}

static void
index_wild(RvlSnapshot *snapshot)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    g_ptr_array_sort(snapshot->wild, compare_breadth);
    snapshot->wild_by_address = rvl_remote_index_new(snapshot->wild);
    for (guint i = 0; i < snapshot->wild->len; i++) {
        const RvlConnection *connection = g_ptr_array_index(snapshot->wild, i);

        if (connection->n_remote_identities == 1 &&
            !rvl_identity_is_pattern(connection->remote_identities[0]))
            append_to(snapshot->wild_by_identity, connection->remote_identities[0], connection);
        else
            g_ptr_array_add(snapshot->wild_loose, (gpointer)connection);
        if (g_hash_table_add(seen, connection->ike_proposals))
            g_ptr_array_add(snapshot->wild_proposals, connection->ike_proposals);
    }
}

RvlSnapshot *
rvl_snapshot_assemble(GPtrArray *connections)
{
    RvlSnapshot *snapshot = g_new0(RvlSnapshot, 1);

    g_atomic_ref_count_init(&snapshot->references);
    snapshot->connections = connections;
    snapshot->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    snapshot->rules = g_array_new(FALSE, TRUE, sizeof(RvlSpdRule));
    snapshot->rule_groups = g_ptr_array_new_with_free_func((GDestroyNotify)rvl_config_group_unref);
    snapshot->by_remote =
        g_hash_table_new_full(address_hash, address_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    snapshot->wild = g_ptr_array_new();
    snapshot->wild_by_identity = g_hash_table_new_full(rvl_identity_hash, rvl_identity_equal_keys,
                                                       NULL, (GDestroyNotify)g_ptr_array_unref);
    snapshot->wild_loose = g_ptr_array_new();
    snapshot->wild_proposals = g_ptr_array_new();

    g_ptr_array_sort(connections, compare_names);
    for (guint i = 0; i < connections->len; i++) {
        const RvlConnection *connection = g_ptr_array_index(connections, i);

        g_hash_table_insert(snapshot->by_name, (gpointer)connection->name, (gpointer)connection);
        if (is_wild(connection))
            g_ptr_array_add(snapshot->wild, (gpointer)connection);
        for (size_t j = 0; j < connection->n_remotes; j++) {
            if (is_one_address(&connection->remotes[j]))
                append_to(snapshot->by_remote, (gpointer)&connection->remotes[j].range.first,
                          connection);
        }
    }
    index_wild(snapshot);
    return snapshot;
}

RvlSnapshot *
rvl_snapshot_ref(const RvlSnapshot *snapshot)
{
    RvlSnapshot *shared = (RvlSnapshot *)snapshot; /* counting changes nothing else */

    g_atomic_ref_count_inc(&shared->references);
    return shared;
}

void
rvl_snapshot_unref(RvlSnapshot *snapshot)
{
    if (snapshot == NULL || !g_atomic_ref_count_dec(&snapshot->references))
        return;
    for (guint i = 0; i < snapshot->rules->len; i++) {
        RvlSpdRule *rule = &g_array_index(snapshot->rules, RvlSpdRule, i);

        rvl_selectors_unref(rule->local);
        rvl_selectors_unref(rule->remote);
    }
    g_array_unref(snapshot->rules);
    g_ptr_array_unref(snapshot->wild_proposals);
    g_ptr_array_unref(snapshot->wild_loose);
    g_hash_table_unref(snapshot->wild_by_identity);
    rvl_remote_index_free(snapshot->wild_by_address);
    g_ptr_array_unref(snapshot->wild);
    g_hash_table_unref(snapshot->by_remote);
    g_hash_table_unref(snapshot->by_name);
    g_ptr_array_unref(snapshot->connections);
    g_ptr_array_unref(snapshot->rule_groups);
    g_free(snapshot);
}

size_t
rvl_snapshot_count(const RvlSnapshot *snapshot)
{
    return snapshot->connections->len;
}

const RvlConnection *
rvl_snapshot_get(const RvlSnapshot *snapshot, size_t i)
{
    return i < snapshot->connections->len ? g_ptr_array_index(snapshot->connections, i) : NULL;
}

const RvlConnection *
rvl_snapshot_find(const RvlSnapshot *snapshot, const char *name)
{
    return g_hash_table_lookup(snapshot->by_name, name);
}

const RvlLimits *
rvl_snapshot_limits(const RvlSnapshot *snapshot)
{
    return &snapshot->limits;
}

size_t
rvl_snapshot_n_rules(const RvlSnapshot *snapshot)
{
    return snapshot->rules->len;
}

const RvlSpdRule *
rvl_snapshot_rule(const RvlSnapshot *snapshot, size_t i)
{
    return i < snapshot->rules->len ? &g_array_index(snapshot->rules, RvlSpdRule, i) : NULL;
}
