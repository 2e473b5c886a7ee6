/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What plugins get of a running daemon: primitives, clocks, timers, its main loop and folders. */
#include "config.h"

#include "io/plugin-services.h"

#include <string.h>

#include <ravelin/error.h>

#include "crypto/prf.h"
#include "crypto/suite.h"
#include "io/clock.h"
#include "io/later-calls.h"

struct RvlPluginServices {
    RvlPluginServicesParts parts;
    RvlHostServices host;
    RvlPrimitives primitives;
    RvlCrypto *crypto; /* (nullable) */
    RvlLaterCalls *invocations;
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

/* Any thread. */
static void
invoke(void *context, RvlCall call, void *user_data)
{
    const RvlPluginServices *services = context;

    rvl_later_calls_add(services->invocations, call, user_data);
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

/* Primitives, by way of what is resolved later. */

static const RvlPrimitives *
resolved(const RvlPluginServices *services, GError **error)
{
    if (services->crypto != NULL)
        return rvl_crypto_primitives(services->crypto);
    rvl_error_set(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE,
                  "primitives can be had once all plugins are loaded");
    return NULL;
}

#define FORWARD(type, shape)                                                                       \
    static const type *shape(void *context, const char *name, GError **error)                      \
    {                                                                                              \
        const RvlPrimitives *primitives = resolved(context, error);                                \
                                                                                                   \
        return primitives != NULL ? primitives->shape(primitives->context, name, error) : NULL;    \
    }

FORWARD(RvlHash, hash)
FORWARD(RvlMac, mac)
FORWARD(RvlCipher, cipher)
FORWARD(RvlAead, aead)
FORWARD(RvlKem, kem)
FORWARD(RvlSignature, signature)

static bool
fill_random(void *context, uint8_t *out, size_t octets)
{
    const RvlPrimitives *primitives = resolved(context, NULL);

    return primitives != NULL && primitives->random(primitives->context, out, octets);
}

static RvlProtection *
protection(void *context,
           const RvlTransform *encr,
           const RvlTransform *integ,
           uint32_t use,
           GError **error)
{
    RvlPluginServices *services = context;

    if (resolved(services, error) == NULL)
        return NULL;
    return rvl_crypto_protection(services->crypto, encr, integ, use, error);
}

static RvlProtectionKey *
protection_key(void *context,
               const RvlProtection *of,
               RvlSecretId encr_id,
               RvlSecretId integ_id,
               GError **error)
{
    RvlPluginServices *services = context;
    const RvlSecretServices *secrets = services->parts.secrets;
    g_autoptr(RvlSecret) encr = secrets->get(secrets->context, encr_id);
    g_autoptr(RvlSecret) integ =
        integ_id != RVL_SECRET_ID_NONE ? secrets->get(secrets->context, integ_id) : NULL;

    if (resolved(services, error) == NULL)
        return NULL;
    if (encr == NULL || (integ_id != RVL_SECRET_ID_NONE && integ == NULL)) {
        rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED, "the SA's keys are gone");
        return NULL;
    }
    return rvl_protection_key_new(of, rvl_crypto_next_key_id(services->crypto), encr, integ, error);
}

static const RvlMac *
prf(void *context, uint16_t id, GError **error)
{
    RvlPluginServices *services = context;
    RvlPrf found;

    if (resolved(services, error) == NULL || !rvl_prf_find(services->crypto, id, &found, error))
        return NULL;
    return found.mac;
}

/* Life. */

static void
fill_tables(RvlPluginServices *services)
{
    services->primitives = (RvlPrimitives){
        .size = sizeof(services->primitives),
        .context = services,
        .hash = hash,
        .mac = mac,
        .cipher = cipher,
        .aead = aead,
        .kem = kem,
        .signature = signature,
        .random = fill_random,
    };
    services->host = (RvlHostServices){
        .context = services,
        .primitives = &services->primitives,
        .secrets = services->parts.secrets,
        .events = services->parts.events,
        .protection = protection,
        .protection_key = protection_key,
        .prf = prf,
        .now = now,
        .wall = wall,
        .timer_add = timer_add,
        .timer_remove = timer_remove,
        .invoke = invoke,
        .directory = directory,
        .owner = services->parts.owner,
    };
}

RvlPluginServices *
rvl_plugin_services_new(const RvlPluginServicesParts *parts)
{
    RvlPluginServices *services = g_new0(RvlPluginServices, 1);

    services->parts = *parts;
    services->invocations = rvl_later_calls_new();
    services->timers =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)timer_free);
    fill_tables(services);
    return services;
}

void
rvl_plugin_services_free(RvlPluginServices *services)
{
    if (services == NULL)
        return;
    rvl_later_calls_free(services->invocations);
    g_hash_table_unref(services->timers);
    g_free(services);
}

void
rvl_plugin_services_set_crypto(RvlPluginServices *services, RvlCrypto *crypto)
{
    services->crypto = crypto;
}

const RvlHostServices *
rvl_plugin_services_host(const RvlPluginServices *services)
{
    return &services->host;
}
