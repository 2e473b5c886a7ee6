/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver: carries events to the engine and the engine's actions out, on the main loop. */
#include "config.h"

#include "io/driver.h"

#include <ravelin/error.h>
#include <ravelin/sized.h>

#include "io/clock.h"
#include "io/commands.h"
#include "io/installer-link.h"
#include "io/interface-addresses.h"
#include "io/job-table.h"
#include "policy/snapshot.h"

/* Ready when the engine wants to be woken. */
typedef struct {
    GSource source;
    RvlTime wakeup;
} EngineTimer;

struct RvlDriver {
    RvlDriverParts parts;
    RvlEngine *engine;
    RvlInstallerCapabilities capabilities; /* the installer's, as this side knows them */
    RvlInstallerLink *link;
    RvlEndpoints *endpoints;
    RvlWorkerPool *workers;
    RvlJobCosts *costs;
    RvlJobServices services;
    RvlJobTable *jobs;
    RvlCommands *commands;
    EngineTimer *timer;
    bool has_retained; /* what an earlier daemon left of connections that are gone was removed */
    uint64_t sends_failed;
    RvlCall shut_down; /* (nullable): wanted when nothing is left */
    void *shut_down_data;
    GSource *patience; /* (nullable) */
    bool is_deleted;   /* the engine's shutdown command has ended */
};

/* Actions. */

static void
carry_out(RvlDriver *driver, RvlEngineAction *action)
{
    RvlOctets octets;

    switch (action->kind) {
    case RVL_ENGINE_SEND:
        octets = rvl_octets_from_bytes(action->octets);
        if (!rvl_endpoints_send(driver->endpoints, &action->path, octets.data, octets.size, NULL))
            driver->sends_failed++; /* like a loss on the way: IKE sends again */
        break;
    case RVL_ENGINE_START_JOB:
        rvl_job_table_start(driver->jobs, g_steal_pointer(&action->job));
        break;
    case RVL_ENGINE_CANCEL_JOB:
        rvl_job_table_cancel(driver->jobs, action->job_id);
        break;
    case RVL_ENGINE_PROGRESS:
        rvl_commands_progress(driver->commands, action->command, action->step);
        break;
    case RVL_ENGINE_REPLY:
        rvl_commands_reply(driver->commands, action->command, action->error);
        break;
    case RVL_ENGINE_ACQUIRE_DONE:
        if (RVL_HAS_CALL(driver->parts.installer, acquire_done))
            driver->parts.installer->acquire_done(driver->parts.installer_self, action->acquire,
                                                  action->succeeded);
        break;
    }
}

/* After every event: what the engine wants done, and when it wants to be woken. */
static void
pump(RvlDriver *driver)
{
    RvlEngineAction action;

    while (rvl_engine_next_action(driver->engine, &action)) {
        carry_out(driver, &action);
        rvl_engine_action_clear(&action);
    }
    driver->timer->wakeup = rvl_engine_next_wakeup(driver->engine);
}

/* Events. */

static void
datagram_received(const RvlPath *path, const uint8_t *octets, size_t n, void *user_data)
{
    RvlDriver *driver = user_data;
    RvlNow now = rvl_clock_read();

    if (driver->engine == NULL)
        return; /* stopped */
    rvl_engine_datagram(driver->engine, path, octets, n, &now);
    pump(driver);
}

static void
installer_reported(const RvlInstallerReport *report, void *user_data)
{
    RvlDriver *driver = user_data;
    RvlNow now = rvl_clock_read();

    if (driver->engine == NULL)
        return; /* stopped */
    rvl_engine_installer_report(driver->engine, report, &now);
    pump(driver);
}

static void
address_changed(const RvlLocalAddress *local, bool is_present, void *user_data)
{
    RvlDriver *driver = user_data;
    RvlNow now = rvl_clock_read();

    if (is_present)
        rvl_endpoints_add_address(driver->endpoints, &local->address, local->scope);
    else
        rvl_endpoints_remove_address(driver->endpoints, &local->address, local->scope);
    rvl_engine_address_change(driver->engine, &local->address, is_present, &now);
    pump(driver);
}

static gboolean
timer_ready(gpointer user_data)
{
    RvlDriver *driver = user_data;
    RvlNow now = rvl_clock_read();

    rvl_engine_timer(driver->engine, &now);
    pump(driver);
    return G_SOURCE_CONTINUE;
}

static void look_for_end(RvlDriver *driver);

static void
job_ended(const RvlJob *job, RvlJobResult *result, void *user_data)
{
    RvlDriver *driver = user_data;
    RvlNow now = rvl_clock_read();
    RvlUndo undo = rvl_job_undo_of(job, result);

    if (rvl_engine_complete(driver->engine, result, &now))
        rvl_undo_clear(&undo);
    else
        rvl_job_table_undo(driver->jobs, &undo);
    pump(driver);
    look_for_end(driver);
}

/* Life. */

static gboolean
timer_check(GSource *source)
{
    return ((const EngineTimer *)source)->wakeup <= g_source_get_time(source);
}

/* Rounded up to milliseconds: the engine is never woken early. */
static gboolean
timer_prepare(GSource *source, gint *timeout)
{
    RvlTime wakeup = ((const EngineTimer *)source)->wakeup;
    RvlTime left = wakeup - g_source_get_time(source);

    *timeout = wakeup == RVL_TIME_NEVER
                   ? -1
                   : (gint)CLAMP((left + RVL_MILLISECOND - 1) / RVL_MILLISECOND, 0, G_MAXINT);
    return left <= 0;
}

static gboolean
timer_dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
    (void)source;
    return callback(user_data);
}

/* Not GLib's ready time: setting that wakes the loop, which is what sets it here. */
static GSourceFuncs timer_functions = {.prepare = timer_prepare,
                                       .check = timer_check,
                                       .dispatch = timer_dispatch};

static void
make_parts(RvlDriver *driver)
{
    const RvlDriverParts *parts = &driver->parts;
    RvlEndpointsParts endpoints = {
        .installer = parts->installer,
        .installer_self = parts->installer_self,
        .events = parts->services.events,
        .port = parts->port,
        .encap_port = parts->encap_port,
        .listen = parts->listen,
        .n_listen = parts->n_listen,
        .opens_raw = parts->services.installer->encapsulation != RVL_ENCAPSULATION_REQUIRED,
        .received = datagram_received,
        .user_data = driver,
    };

    driver->endpoints = rvl_endpoints_new(&endpoints);
    driver->services = (RvlJobServices){
        .workers = driver->workers,
        .costs = driver->costs,
        .crypto = parts->services.crypto,
        .registry = parts->services.registry,
        .secrets = parts->services.secrets,
        .events = parts->services.events,
        .endpoints = driver->endpoints,
        .installer = parts->installer,
        .installer_self = parts->installer_self,
        .capabilities = parts->services.installer,
        .routes = parts->routes,
        .routes_self = parts->routes_self,
        .ports = {parts->port, parts->encap_port},
    };
    driver->jobs = rvl_job_table_new(&driver->services, job_ended, driver);
    driver->commands = rvl_commands_new();
    driver->timer = (EngineTimer *)g_source_new(&timer_functions, sizeof(EngineTimer));
    driver->timer->wakeup = RVL_TIME_NEVER;
    g_source_set_callback(&driver->timer->source, timer_ready, driver, NULL);
    g_source_attach(&driver->timer->source, NULL);
}

RvlDriver *
rvl_driver_new(const RvlDriverParts *parts, GError **error)
{
    g_autoptr(RvlDriver) driver = g_new0(RvlDriver, 1);
    const RvlInstallerCapabilities *can;

    driver->parts = *parts;
    driver->link = rvl_installer_link_new(installer_reported, datagram_received, driver);
    parts->installer->attach(parts->installer_self, rvl_installer_link_host(driver->link));
    can = parts->installer->capabilities(parts->installer_self);
    rvl_sized_copy(&driver->capabilities, sizeof(driver->capabilities), can, can->size);
    driver->parts.services.installer = &driver->capabilities;
    driver->costs = rvl_job_costs_new();
    driver->workers = rvl_worker_pool_new(parts->workers, error);
    if (driver->workers == NULL)
        return NULL;
    make_parts(driver);
    driver->engine = rvl_engine_new(&driver->parts.services);
    return g_steal_pointer(&driver);
}

static void
source_end(GSource **source)
{
    if (*source == NULL)
        return;
    g_source_destroy(*source);
    g_source_unref(*source);
    *source = NULL;
}

static void
timer_end(RvlDriver *driver)
{
    GSource *timer = &driver->timer->source;

    driver->timer = NULL;
    source_end(&timer);
}

static void
stop_watching(RvlDriver *driver)
{
    const RvlRoutes *routes = driver->parts.routes;

    if (RVL_HAS_CALL(routes, watch_addresses))
        (void)routes->watch_addresses(driver->parts.routes_self, NULL, NULL, NULL);
}

void
rvl_driver_stop(RvlDriver *driver)
{
    if (driver->engine == NULL)
        return; /* stopped before */
    source_end(&driver->patience);
    timer_end(driver);
    stop_watching(driver);
    g_clear_pointer(&driver->workers, rvl_worker_pool_free);
    g_clear_pointer(&driver->costs, rvl_job_costs_free);
    g_clear_pointer(&driver->endpoints, rvl_endpoints_free);
    g_clear_pointer(&driver->jobs, rvl_job_table_free);
    g_clear_pointer(&driver->commands, rvl_commands_free);
    g_clear_pointer(&driver->engine, rvl_engine_free);
}

void
rvl_driver_free(RvlDriver *driver)
{
    if (driver == NULL)
        return;
    rvl_driver_stop(driver);
    g_clear_pointer(&driver->link, rvl_installer_link_free);
    g_free(driver);
}

bool
rvl_driver_start(RvlDriver *driver, GError **error)
{
    const RvlRoutes *routes = driver->parts.routes;

    bool is_told =
        RVL_HAS_CALL(routes, watch_addresses)
            ? routes->watch_addresses(driver->parts.routes_self, address_changed, driver, error)
            : rvl_interface_addresses_read(address_changed, driver, error);

    if (is_told)
        rvl_endpoints_add_listened(driver->endpoints);
    return is_told;
}

static void
retained(const GError *error, void *user_data)
{
    const RvlEvents *events = user_data;

    if (error != NULL)
        rvl_event_emit_error(events, NULL, RVL_EVENT_ROUTES_FAILED, rvl_error_cause(error), error);
}

/* Routes and guard outlive a daemon that was killed: those of connections that are gone meanwhile go. */
static void
remove_leftovers(RvlDriver *driver, const RvlSnapshot *snapshot)
{
    const RvlDriverParts *parts = &driver->parts;
    g_autoptr(GStrvBuilder) owners = g_strv_builder_new();
    g_auto(GStrv) tags = NULL;

    if (driver->has_retained || !RVL_HAS_CALL(parts->routes, retain))
        return;
    driver->has_retained = true;
    for (size_t i = 0; i < rvl_snapshot_count(snapshot); i++) {
        g_autofree char *tag =
            rvl_engine_owner_tag(driver->engine, rvl_snapshot_get(snapshot, i)->name);

        g_strv_builder_add(owners, tag);
    }
    if (rvl_snapshot_count(snapshot) + rvl_snapshot_n_rules(snapshot) > 0) {
        g_autofree char *tag = rvl_engine_rules_tag(driver->engine);

        g_strv_builder_add(owners, tag);
    }
    tags = g_strv_builder_end(owners);
    parts->routes->retain(parts->routes_self, parts->services.owner, (const char *const *)tags,
                          retained, (void *)parts->services.events);
}

void
rvl_driver_set_snapshot(RvlDriver *driver, RvlSnapshot *snapshot)
{
    RvlNow now = rvl_clock_read();

    remove_leftovers(driver, snapshot);
    rvl_engine_set_snapshot(driver->engine, snapshot, &now);
    pump(driver);
}

void
rvl_driver_command(RvlDriver *driver,
                   const RvlCommand *command,
                   RvlCommandProgress progress,
                   RvlCommandReply reply,
                   void *user_data)
{
    RvlCommand numbered = *command;
    RvlNow now = rvl_clock_read();

    numbered.id = rvl_commands_add(driver->commands, now.time, progress, reply, user_data);
    rvl_engine_command(driver->engine, &numbered, &now);
    pump(driver);
}

const RvlEngine *
rvl_driver_engine(const RvlDriver *driver)
{
    return driver->engine;
}

void
rvl_driver_counters(RvlDriver *driver, RvlCountersDone done, void *user_data)
{
    const RvlInstaller *installer = driver->parts.installer;

    if (RVL_HAS_CALL(installer, query))
        installer->query(driver->parts.installer_self, NULL, 0, done, user_data);
    else
        done(NULL, 0, sizeof(RvlSaCounters), NULL, user_data);
}

size_t
rvl_driver_report(RvlDriver *driver, RvlReportRow *rows, size_t max)
{
    const RvlInstaller *installer = driver->parts.installer;

    if (!RVL_HAS_CALL(installer, report))
        return 0;
    return MIN(max, installer->report(driver->parts.installer_self, rows, sizeof(*rows), max));
}

RvlDriverCounts
rvl_driver_counts(const RvlDriver *driver)
{
    return (RvlDriverCounts){
        .jobs = rvl_job_table_count(driver->jobs),
        .endpoints = rvl_endpoints_count(driver->endpoints),
        .sends_failed = driver->sends_failed,
    };
}

/* The end. */

static void
end(RvlDriver *driver)
{
    RvlCall done = driver->shut_down;

    driver->shut_down = NULL;
    source_end(&driver->patience);
    if (done != NULL)
        done(driver->shut_down_data);
}

static void
endpoints_closed(const GError *error, void *user_data)
{
    (void)error;
    end(user_data);
}

static void
look_for_end(RvlDriver *driver)
{
    if (driver->shut_down == NULL || !driver->is_deleted || rvl_job_table_count(driver->jobs) > 0)
        return;
    driver->is_deleted = false; /* asked once */
    rvl_endpoints_close(driver->endpoints, endpoints_closed, driver);
}

static void
everything_deleted(const GError *error, void *user_data)
{
    RvlDriver *driver = user_data;

    (void)error;
    driver->is_deleted = true;
    look_for_end(driver);
}

static gboolean
patience_over(gpointer user_data)
{
    end(user_data);
    return G_SOURCE_REMOVE;
}

void
rvl_driver_shut_down(RvlDriver *driver, RvlTime patience, RvlCall done, void *user_data)
{
    const RvlCommand command = {.kind = RVL_COMMAND_SHUTDOWN};

    driver->shut_down = done;
    driver->shut_down_data = user_data;
    driver->patience = g_timeout_source_new((guint)(patience / RVL_MILLISECOND));
    g_source_set_callback(driver->patience, patience_over, driver, NULL);
    g_source_attach(driver->patience, NULL);
    rvl_driver_command(driver, &command, NULL, everything_deleted, driver);
}
