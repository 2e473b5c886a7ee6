/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A simulated host: an engine, the driver's part in virtual time, and services that hold things. */
#include "config.h"

#include "sim/host.h"

#define IKE_PORT 500
#define ENCAP_PORT 4500

struct SimHost {
    SimHostParts parts;
    RvlEvents events;
    RvlInstallerCapabilities capabilities;
    SimServices *services;
    RvlEngine *engine;
    RvlTimerId wakeup;
    RvlTime wakeup_at;
    RvlCommandId last_command;
    uint64_t last_acquire;
    unsigned done;
    unsigned failed;
};

static RvlNow
read_clock(const SimHost *host)
{
    return (RvlNow){fake_loop_now(host->parts.loop), fake_loop_wall(host->parts.loop)};
}

static void pump(SimHost *host);

static void
woken(void *user_data)
{
    SimHost *host = user_data;
    RvlNow now = read_clock(host);

    host->wakeup = 0;
    rvl_engine_timer(host->engine, &now);
    pump(host);
}

static void
job_ended(const RvlJob *job, RvlJobResult *result, void *user_data)
{
    SimHost *host = user_data;
    RvlNow now = read_clock(host);
    RvlUndo undo = rvl_job_undo_of(job, result);

    if (rvl_engine_complete(host->engine, result, &now))
        rvl_undo_clear(&undo);
    else
        sim_services_undo(host->services, &undo);
    pump(host);
    host->parts.changed(host->parts.user_data);
}

static void
carry_out(SimHost *host, RvlEngineAction *action)
{
    RvlOctets octets;

    switch (action->kind) {
    case RVL_ENGINE_SEND:
        octets = rvl_octets_from_bytes(action->octets);
        sim_network_send(host->parts.network, &action->path, octets.data, octets.size);
        break;
    case RVL_ENGINE_START_JOB:
        sim_services_start(host->services, g_steal_pointer(&action->job));
        break;
    case RVL_ENGINE_CANCEL_JOB:
        sim_services_cancel(host->services, action->job_id);
        break;
    case RVL_ENGINE_REPLY:
        if (action->error == NULL)
            host->done++;
        else
            host->failed++;
        break;
    case RVL_ENGINE_PROGRESS:
    case RVL_ENGINE_ACQUIRE_DONE:
        break;
    }
}

/* As the driver's: after every event, what the engine wants done and when it wants to be woken. */
static void
pump(SimHost *host)
{
    RvlEngineAction action;
    RvlTime at;

    while (rvl_engine_next_action(host->engine, &action)) {
        carry_out(host, &action);
        rvl_engine_action_clear(&action);
    }
    at = rvl_engine_next_wakeup(host->engine);
    if (host->wakeup != 0 && at == host->wakeup_at)
        return;
    if (host->wakeup != 0)
        fake_loop_timer_remove(host->parts.loop, host->wakeup);
    host->wakeup = 0;
    host->wakeup_at = at;
    if (at != RVL_TIME_NEVER)
        host->wakeup = fake_loop_timer_add(
            host->parts.loop, MAX(at - fake_loop_now(host->parts.loop), 0), woken, host);
}

static void
datagram_arrived(const RvlPath *path, const uint8_t *octets, size_t n, void *user_data)
{
    SimHost *host = user_data;
    RvlNow now = read_clock(host);

    if (n == 1) /* RFC 3948 2.3: it kept the NAT's mapping alive, and that is all */
        return;
    rvl_engine_datagram(host->engine, path, octets, n, &now);
    pump(host);
}

static void
hear(void *context, const RvlEvent *event)
{
    SimHost *host = context;

    host->parts.hear(host, event, host->parts.user_data);
}

/* Life. */

static void
begin(SimHost *host)
{
    const SimHostParts *parts = &host->parts;
    const SimServicesParts services = {
        .address = parts->address,
        .port = IKE_PORT,
        .encap_port = ENCAP_PORT,
        .peer_name = parts->peer_name,
        .peer = parts->peer,
        .slowest = parts->slowest_job,
        .troubles = parts->troubles,
        .plant = parts->plant,
        .loop = parts->loop,
        .dice = parts->dice,
        .ended = job_ended,
        .user_data = host,
    };
    const RvlEngineServices engine = {
        .crypto = sim_plant_crypto(parts->plant),
        .registry = sim_plant_registry(parts->plant),
        .secrets = sim_plant_secrets(parts->plant),
        .events = &host->events,
        .random = sim_dice_fill,
        .random_context = parts->dice,
        .installer = &host->capabilities,
        .schema = sim_plant_schema(parts->plant),
        .owner = "sim",
        .shards = 1,
    };

    host->services = sim_services_new(&services);
    host->engine = rvl_engine_new(&engine);
    sim_network_attach(parts->network, &parts->address, datagram_arrived, host);
}

static void
end(SimHost *host)
{
    if (host->wakeup != 0)
        fake_loop_timer_remove(host->parts.loop, host->wakeup);
    host->wakeup = 0;
    g_clear_pointer(&host->engine, rvl_engine_free);
    g_clear_pointer(&host->services, sim_services_free);
}

SimHost *
sim_host_new(const SimHostParts *parts)
{
    SimHost *host = g_new0(SimHost, 1);

    host->parts = *parts;
    host->events = (RvlEvents){sizeof(host->events), host, hear};
    host->capabilities = (RvlInstallerCapabilities){
        .size = sizeof(host->capabilities),
        .protocols = (1u << RVL_PROTOCOL_ESP) | (1u << RVL_PROTOCOL_AH),
        .modes = (1u << RVL_MODE_TUNNEL) | (1u << RVL_MODE_TRANSPORT),
        .families = (1u << RVL_FAMILY_IPV4) | (1u << RVL_FAMILY_IPV6),
        .has_esn = true,
        .largest_window = 4096,
        .encapsulation = RVL_ENCAPSULATION_NONE,
    };
    begin(host);
    return host;
}

void
sim_host_free(SimHost *host)
{
    if (host == NULL)
        return;
    end(host);
    g_free(host);
}

void
sim_host_restart(SimHost *host)
{
    end(host);
    begin(host);
}

void
sim_host_configure(SimHost *host, RvlSnapshot *snapshot)
{
    RvlNow now = read_clock(host);

    rvl_engine_set_snapshot(host->engine, snapshot, &now);
    pump(host);
}

void
sim_host_command(SimHost *host, RvlCommandKind kind, const char *name)
{
    const RvlCommand command = {.kind = kind, .id = ++host->last_command, .name = name};
    RvlNow now = read_clock(host);

    rvl_engine_command(host->engine, &command, &now);
    pump(host);
}

void
sim_host_acquire(SimHost *host)
{
    const RvlInstallerReport report = {
        .kind = RVL_INSTALLER_ACQUIRE,
        .policy = sim_ledger_policy(sim_host_ledger(host)),
        .acquire = ++host->last_acquire,
    };
    RvlNow now = read_clock(host);

    if (report.policy == 0)
        return;
    rvl_engine_installer_report(host->engine, &report, &now);
    pump(host);
}

const RvlEngine *
sim_host_engine(const SimHost *host)
{
    return host->engine;
}

const SimLedger *
sim_host_ledger(const SimHost *host)
{
    return sim_services_ledger(host->services);
}

const RvlAddress *
sim_host_address(const SimHost *host)
{
    return &host->parts.address;
}

const char *
sim_host_name(const SimHost *host)
{
    return host->parts.name;
}

unsigned
sim_host_jobs(const SimHost *host)
{
    return sim_services_under_way(host->services);
}

unsigned
sim_host_replies(const SimHost *host, bool well)
{
    return well ? host->done : host->failed;
}
