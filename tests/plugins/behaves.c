/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin that does all that one may: options, a timer, a call, an event, an instance. */
#include "config.h"

#include "empty-store.h"

typedef struct {
    const RvlHost *host;
    int64_t size;
} Instance;

static void
came(void *user_data)
{
    const Instance *instance = user_data;

    rvl_event_emit(instance->host->events, NULL, RVL_EVENT_OFFLOAD_OFF,
                   RVL_TEXT("offload", "timer or call"));
}

static bool
load(const RvlHost *host, const RvlSettings *settings, void **self, GError **error)
{
    Instance *instance = g_new0(Instance, 1);

    instance->host = host;
    instance->size = rvl_settings_number(settings, "size", 0);
    (void)host->timer_add(host->context, RVL_SECOND, came, instance);
    host->invoke(host->context, came, instance);
    rvl_event_emit(host->events, NULL, RVL_EVENT_OFFLOAD_OFF, RVL_TEXT("offload", "load"),
                   RVL_INTEGER("size", instance->size));
    *self = instance;
    return true;
}

static void
unload(void *self)
{
    g_free(self);
}

static const RvlStore store = EMPTY_STORE("behaves");
static const RvlProvision provides[] = {{RVL_CAPABILITY_STORE, "behaves", &store}};
static const RvlKey options[] = {
    {NULL, "size", RVL_KEY_INTEGER, "7", 0, 100, NULL, RVL_COST_RESTART, false, "how much"},
    {"connection", "toy-key", RVL_KEY_TEXT, NULL, 0, 0, NULL, RVL_COST_NONE, false, "a toy"},
};

RVL_PLUGIN(behaves) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "behaves",
    .version = "1.2",
    .licence = "MIT",
    .summary = "does all that a plugin may",
    RVL_PROVIDES(provides),
    RVL_OPTIONS(options),
    .load = load,
    .unload = unload,
};
