/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A secret store in memory: handles that are never used again, for jobs and installers. */
#include "config.h"

#include <ravelin/secret.h>

struct RvlSecretStore {
    RvlSecretServices services;
    GMutex lock;
    GHashTable *secrets; /* RvlSecretId (in its value) -> RvlSecret */
    RvlSecretId last;
};

/* One entry: the table's key points at its id. */
typedef struct {
    gint64 id;
    RvlSecret *secret;
} Entry;

static void
entry_free(gpointer data)
{
    Entry *entry = data;

    rvl_secret_unref(entry->secret);
    g_free(entry);
}

static RvlSecretId
put(void *context, const RvlSecret *secret)
{
    RvlSecretStore *store = context;
    Entry *entry = g_new0(Entry, 1);
    RvlSecretId id;

    entry->secret = rvl_secret_ref(secret);
    g_mutex_lock(&store->lock);
    id = ++store->last; /* 64 bits don't wrap in any life */
    entry->id = (gint64)id;
    g_hash_table_insert(store->secrets, &entry->id, entry);
    g_mutex_unlock(&store->lock);
    return id;
}

static RvlSecret *
get(void *context, RvlSecretId id)
{
    RvlSecretStore *store = context;
    gint64 key = (gint64)id;
    RvlSecret *secret = NULL;
    const Entry *entry;

    g_mutex_lock(&store->lock);
    entry = g_hash_table_lookup(store->secrets, &key);
    if (entry != NULL)
        secret = rvl_secret_ref(entry->secret);
    g_mutex_unlock(&store->lock);
    return secret;
}

static void
release(void *context, RvlSecretId id)
{
    RvlSecretStore *store = context;
    gint64 key = (gint64)id;

    g_mutex_lock(&store->lock);
    g_hash_table_remove(store->secrets, &key);
    g_mutex_unlock(&store->lock);
}

static size_t
count(void *context)
{
    RvlSecretStore *store = context;
    size_t n;

    g_mutex_lock(&store->lock);
    n = g_hash_table_size(store->secrets);
    g_mutex_unlock(&store->lock);
    return n;
}

RvlSecretStore *
rvl_secret_store_new(void)
{
    RvlSecretStore *store = g_new0(RvlSecretStore, 1);

    g_mutex_init(&store->lock);
    store->secrets = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, entry_free);
    store->services = (RvlSecretServices){
        .size = sizeof(store->services),
        .context = store,
        .put = put,
        .get = get,
        .release = release,
        .count = count,
    };
    return store;
}

void
rvl_secret_store_free(RvlSecretStore *store)
{
    if (store == NULL)
        return;
    g_hash_table_unref(store->secrets);
    g_mutex_clear(&store->lock);
    g_free(store);
}

const RvlSecretServices *
rvl_secret_store_services(const RvlSecretStore *store)
{
    return &store->services;
}
