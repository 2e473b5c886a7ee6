/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin host's services in virtual time. */
#include "config.h"

#include "fakes/services.h"

#include <ravelin/error.h>

/* 2026-01-01T00:00:00Z */
#define START_UNIX_S 1767225600

static bool
refuse(GError **error)
{
    rvl_error_set(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, "the test has no crypto backend");
    return false;
}

static RvlProtection *
protection(void *context,
           const RvlTransform *encr,
           const RvlTransform *integ,
           uint32_t use,
           GError **error)
{
    (void)refuse(error);
    return NULL;
}

static RvlProtectionKey *
protection_key(void *context,
               const RvlProtection *object,
               RvlSecretId encr,
               RvlSecretId integ,
               GError **error)
{
    (void)refuse(error);
    return NULL;
}

static const RvlMac *
prf(void *context, uint16_t id, GError **error)
{
    (void)refuse(error);
    return NULL;
}

static RvlTime
now(void *context)
{
    return fake_loop_now(((FakeServices *)context)->loop);
}

static void
wall(void *context, RvlWallTime *time)
{
    *time = fake_loop_wall(((FakeServices *)context)->loop);
}

static RvlTimerId
timer_add(void *context, RvlTime delay, RvlCall call, void *user_data)
{
    return fake_loop_timer_add(((FakeServices *)context)->loop, delay, call, user_data);
}

static void
timer_remove(void *context, RvlTimerId timer)
{
    fake_loop_timer_remove(((FakeServices *)context)->loop, timer);
}

static void
invoke(void *context, RvlCall call, void *user_data)
{
    fake_loop_post(((FakeServices *)context)->loop, call, user_data);
}

static const char *
directory(void *context, const char *kind)
{
    return "/nonexistent";
}

FakeServices *
fake_services_new(void)
{
    FakeServices *services = g_new0(FakeServices, 1);

    services->loop = fake_loop_new(RVL_HOUR, (RvlWallTime){START_UNIX_S});
    services->events = fake_events_new();
    services->secrets = rvl_secret_store_new();
    services->table = (RvlHostServices){
        .context = services,
        .secrets = rvl_secret_store_services(services->secrets),
        .events = fake_events_sink(services->events),
        .protection = protection,
        .protection_key = protection_key,
        .prf = prf,
        .now = now,
        .wall = wall,
        .timer_add = timer_add,
        .timer_remove = timer_remove,
        .invoke = invoke,
        .directory = directory,
        .owner = "ravelin:test",
    };
    return services;
}

void
fake_services_free(FakeServices *services)
{
    if (services == NULL)
        return;
    fake_loop_run(services->loop);
    fake_loop_free(services->loop);
    fake_events_free(services->events);
    rvl_secret_store_free(services->secrets);
    g_free(services);
}
