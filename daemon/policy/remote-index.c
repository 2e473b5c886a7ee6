/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections by where their peer may be. */
#include "config.h"

#include "policy/remote-index.h"

#include <string.h>

enum {
    LENGTHS = 129,    /* of prefixes, 0 to 128 bits */
    RANGE_PARTS = 256 /* prefixes that the worst range is made of */
};

/*
 * RvlRemoteIndex:
 * @connections: the best first; lists hold places in it, ascending
 * @anywhere: list of those of names and of any address
 * @by_prefix: RvlPrefix -> list
 * @lengths: which lengths occur in @by_prefix, whatever the family
 */
struct RvlRemoteIndex {
    const GPtrArray *connections;
    GArray *anywhere;
    GHashTable *by_prefix;
    bool lengths[LENGTHS];
};

static guint
prefix_hash(gconstpointer key)
{
    const RvlPrefix *prefix = key;
    guint hash = 5381 + prefix->length;

    for (size_t i = 0; i < sizeof(prefix->address.octets); i++)
        hash = hash * 33 + prefix->address.octets[i];
    return hash;
}

static gboolean
prefix_equal(gconstpointer a, gconstpointer b)
{
    const RvlPrefix *x = a, *y = b;

    return x->length == y->length && rvl_address_equal(&x->address, &y->address);
}

static void
append(GArray *list, guint place)
{
    if (list->len == 0 || g_array_index(list, guint, list->len - 1) != place)
        g_array_append_val(list, place);
}

static void
add_prefix(RvlRemoteIndex *index, const RvlPrefix *prefix, guint place)
{
    GArray *list = g_hash_table_lookup(index->by_prefix, prefix);

    if (list == NULL) {
        list = g_array_new(FALSE, FALSE, sizeof(guint));
        g_hash_table_insert(index->by_prefix, g_memdup2(prefix, sizeof(*prefix)), list);
        index->lengths[prefix->length] = true;
    }
    append(list, place);
}

static void
add_connection(RvlRemoteIndex *index, const RvlConnection *connection, guint place)
{
    RvlPrefix prefixes[RANGE_PARTS];

    if (connection->n_remotes == 0)
        append(index->anywhere, place);
    for (size_t i = 0; i < connection->n_remotes; i++) {
        const RvlRemote *remote = &connection->remotes[i];
        size_t n =
            remote->name == NULL ? rvl_range_to_prefixes(&remote->range, prefixes, RANGE_PARTS) : 0;

        if (remote->name != NULL)
            append(index->anywhere, place);
        for (size_t j = 0; j < n; j++)
            add_prefix(index, &prefixes[j], place);
    }
}

RvlRemoteIndex *
rvl_remote_index_new(const GPtrArray *connections)
{
    RvlRemoteIndex *index = g_new0(RvlRemoteIndex, 1);

    index->connections = connections;
    index->anywhere = g_array_new(FALSE, FALSE, sizeof(guint));
    index->by_prefix =
        g_hash_table_new_full(prefix_hash, prefix_equal, g_free, (GDestroyNotify)g_array_unref);
    for (guint i = 0; i < connections->len; i++)
        add_connection(index, g_ptr_array_index(connections, i), i);
    return index;
}

void
rvl_remote_index_free(RvlRemoteIndex *index)
{
    if (index == NULL)
        return;
    g_hash_table_unref(index->by_prefix);
    g_array_unref(index->anywhere);
    g_free(index);
}

/* The prefix of @length bits that holds @address. */
static RvlPrefix
prefix_of(const RvlAddress *address, unsigned length)
{
    RvlPrefix prefix = {.address = *address, .length = (uint8_t)length};

    for (unsigned i = 0; i < sizeof(prefix.address.octets); i++) {
        unsigned kept = CLAMP((int)length - 8 * (int)i, 0, 8);

        prefix.address.octets[i] &= (uint8_t)(0xff00 >> kept);
    }
    return prefix;
}

/* The first place in @list, before @best, that fits; else @best. */
static guint
first_fitting(const RvlRemoteIndex *index,
              const GArray *list,
              RvlRemoteFits fits,
              const void *user_data,
              guint best)
{
    for (guint i = 0; list != NULL && i < list->len; i++) {
        guint place = g_array_index(list, guint, i);

        if (place >= best)
            return best;
        if (fits(g_ptr_array_index(index->connections, place), user_data))
            return place;
    }
    return best;
}

const RvlConnection *
rvl_remote_index_find(const RvlRemoteIndex *index,
                      const RvlAddress *remote,
                      RvlRemoteFits fits,
                      const void *user_data)
{
    unsigned longest = 8 * (unsigned)rvl_family_octets(remote->family);
    guint best = index->connections->len;

    for (int length = (int)longest; length >= 0; length--) {
        const RvlPrefix prefix = prefix_of(remote, (unsigned)length);
        const GArray *list =
            index->lengths[length] ? g_hash_table_lookup(index->by_prefix, &prefix) : NULL;

        best = first_fitting(index, list, fits, user_data, best);
    }
    best = first_fitting(index, index->anywhere, fits, user_data, best);
    return best < index->connections->len ? g_ptr_array_index(index->connections, best) : NULL;
}
