/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What plugins get of a running daemon: its clocks, timers, main loop and folders. */
#include "config.h"

#include "io/plugin-services.h"

#include <string.h>

#include "io/clock.h"

struct RvlPluginServices {
    RvlPluginServicesParts parts;
    GHashTable *timers; /* RvlTimerId -> Timer */
    RvlTimerId last_timer;
};

typedef struct {
    RvlPluginServices *owner;
    RvlTimerId id;
    GSource *source;
    RvlCall call;
    void *user_data;
} Timer;

static void
timer_free(Timer *timer)
{
    g_source_destroy(timer->source);
    g_source_unref(timer->source);
    g_free(timer);
}

static gboolean
timer_ready(gpointer user_data)
{
    Timer *timer = user_data;
    RvlCall call = timer->call;
    void *call_data = timer->user_data;

    (void)g_hash_table_remove(timer->owner->timers, &timer->id);
    call(call_data);
    return G_SOURCE_REMOVE;
}

/* Rounded up to milliseconds: a timer never comes early. */
static RvlTimerId
timer_add(void *context, RvlTime delay, RvlCall call, void *user_data)
{
    RvlPluginServices *services = context;
    RvlTime milliseconds = (MAX(delay, 0) + RVL_MILLISECOND - 1) / RVL_MILLISECOND;
    Timer *timer = g_new0(Timer, 1);

    timer->owner = services;
    timer->id = ++services->last_timer;
    timer->call = call;
    timer->user_data = user_data;
    timer->source = g_timeout_source_new((guint)MIN(milliseconds, (RvlTime)G_MAXINT));
    g_source_set_callback(timer->source, timer_ready, timer, NULL);
    g_source_attach(timer->source, NULL);
    g_hash_table_insert(services->timers, &timer->id, timer);
    return timer->id;
}

static void
timer_remove(void *context, RvlTimerId id)
{
    RvlPluginServices *services = context;

    (void)g_hash_table_remove(services->timers, &id);
}

typedef struct {
    RvlCall call;
    void *user_data;
} Invocation;

static gboolean
invocation_ready(gpointer user_data)
{
    const Invocation *invocation = user_data;

    invocation->call(invocation->user_data);
    return G_SOURCE_REMOVE;
}

/* Any thread. */
static void
invoke(void *context, RvlCall call, void *user_data)
{
    Invocation *invocation = g_new0(Invocation, 1);
    GSource *source = g_idle_source_new();

    (void)context;
    *invocation = (Invocation){call, user_data};
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, invocation_ready, invocation, g_free);
    g_source_attach(source, NULL);
    g_source_unref(source);
}

static RvlTime
now(void *context)
{
    (void)context;
    return rvl_clock_now();
}

static void
wall(void *context, RvlWallTime *out)
{
    (void)context;
    *out = rvl_clock_wall();
}

static const char *
directory(void *context, const char *kind)
{
    const RvlPluginServices *services = context;

    for (size_t i = 0; i < services->parts.n_directories; i++)
        if (strcmp(services->parts.directories[i][0], kind) == 0)
            return services->parts.directories[i][1];
    return NULL;
}

RvlPluginServices *
rvl_plugin_services_new(const RvlPluginServicesParts *parts)
{
    RvlPluginServices *services = g_new0(RvlPluginServices, 1);

    services->parts = *parts;
    services->timers =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)timer_free);
    return services;
}

void
rvl_plugin_services_free(RvlPluginServices *services)
{
    if (services == NULL)
        return;
    g_hash_table_unref(services->timers);
    g_free(services);
}

void
rvl_plugin_services_fill(RvlPluginServices *services, RvlHostServices *out)
{
    out->context = services;
    out->now = now;
    out->wall = wall;
    out->timer_add = timer_add;
    out->timer_remove = timer_remove;
    out->invoke = invoke;
    out->directory = directory;
}
