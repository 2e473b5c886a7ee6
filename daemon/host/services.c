/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's services as one plugin sees them: its name in events, its needs in look-ups, and an end. */
#include "config.h"

#include <string.h>

#include <ravelin/descriptor.h>

#include "host/hosted-plugin.h"
#include "registry/algorithms.h"

/*
 * Reference counted, since a call that a plugin left with invoke() may come when the plugin is
 * gone. @is_over and @timers are the main thread's.
 */
struct HostedServices {
    gatomicrefcount references;
    const RvlHostServices *services;
    const RvlRegistry *registry;
    const HostedPlugin *plugin; /* read until the end alone */
    RvlHost table;
    RvlEvents events;
    GHashTable *timers; /* RvlTimerId -> Waiting */
    bool is_over;
};

/* A call that a plugin waits for. */
typedef struct {
    HostedServices *services;
    RvlCall call;
    void *user_data;
    RvlTimerId timer;
} Waiting;

static void
services_unref(HostedServices *services)
{
    if (!g_atomic_ref_count_dec(&services->references))
        return;
    g_hash_table_unref(services->timers);
    g_free(services);
}

static Waiting *
waiting_new(HostedServices *services, RvlCall call, void *user_data)
{
    Waiting *waiting = g_new0(Waiting, 1);

    g_atomic_ref_count_inc(&services->references);
    *waiting = (Waiting){services, call, user_data, 0};
    return waiting;
}

static void
waiting_free(Waiting *waiting)
{
    services_unref(waiting->services);
    g_free(waiting);
}

/* Events: the plugin's name is filled in. */

static void
emit(void *context, const RvlEvent *event)
{
    const HostedServices *services = context;
    RvlEventScope scope = {.size = sizeof(scope)};
    RvlEvent named = {.size = sizeof(named)};

    if (!RVL_HAS_CALL(services->services->events, emit))
        return;
    memcpy(&named, event, MIN(event->size, sizeof(named)));
    named.size = sizeof(named);
    if (named.scope != NULL)
        memcpy(&scope, named.scope, MIN(named.scope->size, sizeof(scope)));
    scope.size = sizeof(scope);
    scope.plugin = services->plugin->name;
    named.scope = &scope;
    services->services->events->emit(services->services->events->context, &named);
}

/* Services that pass through. */

static RvlProtection *
protection(void *context,
           const RvlTransform *encr,
           const RvlTransform *integ,
           uint32_t use,
           GError **error)
{
    const HostedServices *services = context;

    return services->services->protection(services->services->context, encr, integ, use, error);
}

static RvlProtectionKey *
protection_key(void *context,
               const RvlProtection *object,
               RvlSecretId encr,
               RvlSecretId integ,
               GError **error)
{
    const HostedServices *services = context;

    return services->services->protection_key(services->services->context, object, encr, integ,
                                              error);
}

static const RvlMac *
prf(void *context, uint16_t id, GError **error)
{
    const HostedServices *services = context;

    return services->services->prf(services->services->context, id, error);
}

static RvlTime
now(void *context)
{
    const HostedServices *services = context;

    return services->services->now(services->services->context);
}

static void
wall(void *context, RvlWallTime *time)
{
    const HostedServices *services = context;

    services->services->wall(services->services->context, time);
}

static const char *
directory(void *context, const char *kind)
{
    const HostedServices *services = context;

    return services->services->directory(services->services->context, kind);
}

/* Services by the registry. */

static const RvlSuiteRow *
suite(void *context, const RvlTransform *transform)
{
    const HostedServices *services = context;
    const RvlSuiteEntry *entry = rvl_registry_suite_of(services->registry, transform);

    return entry != NULL ? entry->row : NULL;
}

static bool
is_needed(const RvlPlugin *plugin, uint32_t capability, const char *name)
{
    for (size_t i = 0; i < plugin->n_needs; i++) {
        RvlNeed need;

        rvl_plugin_need(plugin, i, &need);
        if (need.capability == capability && (need.name == NULL || g_strcmp0(need.name, name) == 0))
            return true;
    }
    return false;
}

/* A plugin finds what it said that it needs, so that it was loaded after it. */
static const void *
lookup(void *context, uint32_t capability, const char *name, void **self)
{
    const HostedServices *services = context;
    const RvlCapabilityEntry *entry = rvl_registry_find(services->registry, capability, name);

    if (entry == NULL || !is_needed(&services->plugin->descriptor, capability, entry->name))
        return NULL;
    if (self != NULL)
        *self = entry->self;
    return entry->interface;
}

static const void *
provider(void *context, uint32_t capability, size_t i, const char **name, void **self)
{
    const HostedServices *services = context;
    const RvlCapabilityEntry *entry = rvl_registry_get(services->registry, capability, i);

    if (entry == NULL)
        return NULL;
    if (name != NULL)
        *name = entry->name;
    if (self != NULL)
        *self = entry->self;
    return entry->interface;
}

/* Timers and calls end with the plugin. */

static void
timer_came(void *user_data)
{
    Waiting *waiting = user_data;

    g_hash_table_remove(waiting->services->timers, &waiting->timer);
    waiting->call(waiting->user_data);
    waiting_free(waiting);
}

static RvlTimerId
timer_add(void *context, RvlTime delay, RvlCall call, void *user_data)
{
    HostedServices *services = context;
    Waiting *waiting = waiting_new(services, call, user_data);

    waiting->timer =
        services->services->timer_add(services->services->context, delay, timer_came, waiting);
    g_hash_table_insert(services->timers, &waiting->timer, waiting);
    return waiting->timer;
}

static void
timer_remove(void *context, RvlTimerId timer)
{
    HostedServices *services = context;
    Waiting *waiting = g_hash_table_lookup(services->timers, &timer);

    if (waiting == NULL)
        return;
    services->services->timer_remove(services->services->context, timer);
    g_hash_table_remove(services->timers, &timer);
    waiting_free(waiting);
}

static void
invoked(void *user_data)
{
    Waiting *waiting = user_data;

    if (!waiting->services->is_over)
        waiting->call(waiting->user_data);
    waiting_free(waiting);
}

static void
invoke(void *context, RvlCall call, void *user_data)
{
    HostedServices *services = context;

    services->services->invoke(services->services->context, invoked,
                               waiting_new(services, call, user_data));
}

HostedServices *
hosted_services_new(RvlPluginHost *host, const HostedPlugin *plugin)
{
    HostedServices *services = g_new0(HostedServices, 1);

    g_atomic_ref_count_init(&services->references);
    services->services = host->services;
    services->registry = host->registry;
    services->plugin = plugin;
    services->timers = g_hash_table_new(g_int64_hash, g_int64_equal);
    services->events = (RvlEvents){sizeof(services->events), services, emit};
    services->table = (RvlHost){
        .size = sizeof(services->table),
        .context = services,
        .primitives = host->services->primitives,
        .secrets = host->services->secrets,
        .events = &services->events,
        .protection = protection,
        .protection_key = protection_key,
        .prf = prf,
        .suite = suite,
        .lookup = lookup,
        .provider = provider,
        .now = now,
        .wall = wall,
        .timer_add = timer_add,
        .timer_remove = timer_remove,
        .invoke = invoke,
        .directory = directory,
        .owner = host->services->owner,
    };
    return services;
}

void
hosted_services_end(HostedServices *services)
{
    g_autoptr(GList) timers = g_hash_table_get_values(services->timers);

    for (const GList *at = timers; at != NULL; at = at->next)
        timer_remove(services, ((const Waiting *)at->data)->timer);
    services->is_over = true;
    services_unref(services);
}

const RvlHost *
hosted_services_table(const HostedServices *services)
{
    return &services->table;
}
