/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of capabilities, and how plugins come into it. */
#include "config.h"

#include "registry/registry.h"

#include <string.h>

#include <ravelin/descriptor.h>
#include <ravelin/error.h>

#include "registry/tables.h"

/* Entry: what is shown of a capability first, then what the registry owns for it. */
typedef struct {
    RvlCapabilityEntry shown;
    char *plugin;
    void *interface;
    size_t rank; /* in the configured preference; those that it doesn't name come behind */
} Entry;

static void
entry_free(void *data)
{
    Entry *entry = data;

    g_free(entry->plugin);
    g_free(entry->interface);
    g_free(entry);
}

RvlRegistry *
rvl_registry_new(void)
{
    RvlRegistry *registry = g_new0(RvlRegistry, 1);

    registry->entries = g_ptr_array_new_with_free_func(entry_free);
    rvl_algorithms_init(registry);
    return registry;
}

void
rvl_registry_free(RvlRegistry *registry)
{
    if (registry == NULL)
        return;
    g_ptr_array_unref(registry->entries);
    rvl_algorithms_clear(registry);
    g_free(registry);
}

static int
entry_compare(const void *a, const void *b)
{
    const Entry *x = *(const Entry *const *)a;
    const Entry *y = *(const Entry *const *)b;

    if (x->shown.capability != y->shown.capability)
        return x->shown.capability < y->shown.capability ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return strcmp(x->shown.name, y->shown.name);
}

static bool
name_is_free(const RvlRegistry *registry, const RvlProvision *provision, GError **error)
{
    const RvlCapabilityEntry *other =
        rvl_registry_find(registry, provision->capability, provision->name);

    if (other == NULL)
        return true;
    rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "plugin %s provides the %s '%s' already",
                  other->plugin, rvl_capability_word(provision->capability), provision->name);
    rvl_error_set_remedy(error, "remove one of the two plugins");
    return false;
}

static bool
add_rows(RvlRegistry *registry,
         const char *plugin,
         const RvlProvision *provision,
         const void *interface,
         GError **error)
{
    if (provision->capability == RVL_CAPABILITY_CRYPTO_SUITE)
        return rvl_algorithms_add_suite(registry, plugin, interface, error);
    if (provision->capability == RVL_CAPABILITY_KEY_EXCHANGE)
        return rvl_algorithms_add_groups(registry, plugin, interface, error);
    return true;
}

static bool
add_provision(RvlRegistry *registry,
              const char *plugin,
              const RvlProvision *provision,
              GError **error)
{
    Entry *entry;
    void *interface;

    if (!name_is_free(registry, provision, error))
        return false;
    interface =
        rvl_interface_read(provision->capability, provision->name, provision->interface, error);
    if (interface == NULL)
        return false;

    entry = g_new0(Entry, 1);
    entry->plugin = g_strdup(plugin);
    entry->interface = interface;
    entry->rank = G_MAXSIZE;
    entry->shown = (RvlCapabilityEntry){
        .capability = provision->capability,
        .name = provision->name,
        .plugin = entry->plugin,
        .interface = interface,
    };
    g_ptr_array_add(registry->entries, entry);
    g_ptr_array_sort(registry->entries, entry_compare);
    return add_rows(registry, plugin, provision, interface, error);
}

bool
rvl_registry_add(RvlRegistry *registry, const RvlPlugin *plugin, GError **error)
{
    for (size_t i = 0; i < plugin->n_provides; i++) {
        RvlProvision provision;

        rvl_plugin_provision(plugin, i, &provision);
        if (add_provision(registry, plugin->name, &provision, error))
            continue;
        rvl_registry_remove(registry, plugin->name);
        return false;
    }
    return true;
}

void
rvl_registry_set_instance(RvlRegistry *registry, const char *plugin, void *self)
{
    for (guint i = 0; i < registry->entries->len; i++) {
        Entry *entry = registry->entries->pdata[i];

        if (strcmp(entry->plugin, plugin) == 0)
            entry->shown.self = self;
    }
    rvl_algorithms_set_instance(registry, plugin, self);
}

void
rvl_registry_remove(RvlRegistry *registry, const char *plugin)
{
    for (guint i = registry->entries->len; i > 0; i--) {
        const Entry *entry = registry->entries->pdata[i - 1];

        if (strcmp(entry->plugin, plugin) == 0)
            g_ptr_array_remove_index(registry->entries, i - 1);
    }
    rvl_algorithms_remove(registry, plugin);
}

static size_t
rank_of(const char *const *names, const char *name)
{
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
    }
    return G_MAXSIZE;
}

void
rvl_registry_prefer(RvlRegistry *registry, uint32_t capability, const char *const *names)
{
    for (guint i = 0; i < registry->entries->len; i++) {
        Entry *entry = registry->entries->pdata[i];

        if (entry->shown.capability == capability)
            entry->rank = rank_of(names, entry->shown.name);
    }
    g_ptr_array_sort(registry->entries, entry_compare);
}

const RvlCapabilityEntry *
rvl_registry_find(const RvlRegistry *registry, uint32_t capability, const char *name)
{
    for (guint i = 0; i < registry->entries->len; i++) {
        const Entry *entry = registry->entries->pdata[i];

        if (entry->shown.capability == capability &&
            (name == NULL || strcmp(entry->shown.name, name) == 0))
            return &entry->shown;
    }
    return NULL;
}

const RvlCapabilityEntry *
rvl_registry_get(const RvlRegistry *registry, uint32_t capability, size_t i)
{
    for (guint at = 0; at < registry->entries->len; at++) {
        const Entry *entry = registry->entries->pdata[at];

        if (entry->shown.capability == capability && i-- == 0)
            return &entry->shown;
    }
    return NULL;
}
