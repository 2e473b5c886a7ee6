/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A simulated host's services: they serve jobs, each after a while, and hold what was taken. */
#include "config.h"

#include "sim/services.h"

#include <string.h>

#include <ravelin/error.h>

#include "io/job-server.h"

/* How often a job that nobody wants any more ends without having been done, in permille. */
#define CANCELLED_IN_TIME 500

#define MTU 1400

/* RFC 7296 3.6: the encoding of a certificate. */
#define X509_SIGNATURE 4

#define SPIS_OF_A_LIFE 0x1000u
#define SPI_RANGES 0xf0000u

typedef struct {
    SimServices *services;
    RvlJob *job;
    RvlTimerId timer;
    bool is_unwanted; /* cancelled, but too late */
} Flight;

struct SimServices {
    SimServicesParts parts;
    RvlJobServices jobs;
    SimLedger *ledger;
    GHashTable *flights; /* RvlJobId -> Flight */
    uint32_t last_interface;
};

static const RvlSecretServices *
secrets_of(const SimServices *services)
{
    return sim_plant_secrets(services->parts.plant);
}

/* The key exchange's own half passes to the job that finishes it, also to one that isn't done. */
static void
drop_job(const SimServices *services, const RvlJob *job)
{
    const RvlSecretServices *secrets = secrets_of(services);

    if (job->kind == RVL_JOB_KE_FINISH)
        secrets->release(secrets->context, job->request.ke.state);
}

static void
flight_free(Flight *flight)
{
    fake_loop_timer_remove(flight->services->parts.loop, flight->timer);
    rvl_job_free(flight->job);
    g_free(flight);
}

/* Another range for each life of a host: the peer still has SAs of the one before. */
static uint32_t
draw_first_spi(SimDice *dice)
{
    return (uint32_t)(1 + sim_dice_below(dice, SPI_RANGES)) * SPIS_OF_A_LIFE;
}

SimServices *
sim_services_new(const SimServicesParts *parts)
{
    SimServices *services = g_new0(SimServices, 1);

    services->parts = *parts;
    services->jobs = (RvlJobServices){
        .crypto = sim_plant_crypto(parts->plant),
        .registry = sim_plant_registry(parts->plant),
        .secrets = sim_plant_secrets(parts->plant),
        .costs = rvl_job_costs_new(),
    };
    services->ledger = sim_ledger_new(sim_plant_secrets(parts->plant), draw_first_spi(parts->dice));
    services->flights =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)flight_free);
    return services;
}

void
sim_services_free(SimServices *services)
{
    GHashTableIter iter;
    gpointer flight;

    if (services == NULL)
        return;
    g_hash_table_iter_init(&iter, services->flights);
    while (g_hash_table_iter_next(&iter, NULL, &flight))
        drop_job(services, ((const Flight *)flight)->job);
    g_hash_table_unref(services->flights);
    rvl_job_costs_free(services->jobs.costs);
    sim_ledger_free(services->ledger);
    g_free(services);
}

/* Kinds. */

static RvlJobResult *
resolve(const SimServices *services, const RvlJob *job)
{
    const SimServicesParts *parts = &services->parts;
    const char *name = job->request.resolve.name;
    RvlJobResult *result = rvl_job_result_new(job, RVL_JOB_DONE);
    RvlReach reach = {
        .remote = {.address = parts->peer},
        .local = {.address = parts->address, .port = parts->port},
        .local_encap_port = parts->encap_port,
    };
    GError *error = NULL;

    if (strcmp(name, parts->peer_name) != 0 && !rvl_address_parse(name, &reach.remote.address)) {
        rvl_job_result_free(result);
        rvl_error_set(&error, RVL_CAUSE_PEER_UNRESOLVED, "nobody is called %s", name);
        return rvl_job_result_new_failed(job, error);
    }
    result->answer.resolve.reaches = g_array_new(FALSE, FALSE, sizeof(reach));
    g_array_append_val(result->answer.resolve.reaches, reach);
    return result;
}

static RvlJobResult *
reserve(const SimServices *services, const RvlJob *job)
{
    RvlJobResult *result = rvl_job_result_new(job, RVL_JOB_DONE);

    result->answer.reserve.spis = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    sim_ledger_reserve(services->ledger, job->request.reserve.n, result->answer.reserve.spis);
    return result;
}

static RvlJobResult *
counters(const SimServices *services, const RvlJob *job)
{
    RvlJobResult *result = rvl_job_result_new(job, RVL_JOB_DONE);

    result->answer.counters.counters = g_array_new(FALSE, FALSE, sizeof(RvlSaCounters));
    if (job->kind == RVL_JOB_APPLY)
        sim_ledger_apply(services->ledger, job->request.apply.steps,
                         result->answer.counters.counters);
    return result;
}

static RvlJobResult *
stock(const SimServices *services, const RvlJob *job)
{
    RvlJobResult *result = rvl_job_result_new(job, RVL_JOB_DONE);
    const SimSa *sa;

    result->answer.stock.sas = g_array_new(FALSE, FALSE, sizeof(RvlSaId));
    for (size_t i = 0; (sa = sim_ledger_sa(services->ledger, i)) != NULL; i++)
        g_array_append_val(result->answer.stock.sas, sa->id);
    return result;
}

static RvlJobResult *
deploy(SimServices *services, const RvlJob *job)
{
    RvlJobResult *result = rvl_job_result_new(job, RVL_JOB_DONE);

    sim_ledger_deploy(services->ledger, job->request.deploy.owner);
    result->answer.deploy.index = ++services->last_interface;
    result->answer.deploy.interface = g_strdup_printf("sim%u", services->last_interface);
    result->answer.deploy.mtu = MTU;
    return result;
}

/* A certificate that no method here asks for: the proof goes out in fragments (RFC 7383). */
static void
lengthen_proof(const SimServices *services, const RvlJob *job, RvlJobResult *result)
{
    size_t octets = services->parts.troubles->certificate_octets;
    g_autofree uint8_t *certificate = g_malloc0(MAX(octets, 1));

    if (octets == 0 || job->kind != RVL_JOB_PROVE || result->end != RVL_JOB_DONE)
        return;
    if (result->answer.proof.certificates == NULL)
        result->answer.proof.certificates = rvl_job_octets_new();
    rvl_job_octets_add(result->answer.proof.certificates, X509_SIGNATURE,
                       RVL_OCTETS(certificate, octets));
}

static RvlJobResult *
rules(SimServices *services, const RvlJob *job)
{
    g_autoptr(RvlJob) batch = rvl_rules_batch(&job->request.rules);
    g_autoptr(GArray) removed = g_array_new(FALSE, FALSE, sizeof(RvlSaCounters));

    sim_ledger_apply(services->ledger, batch->request.apply.steps, removed);
    return rvl_job_result_new(job, RVL_JOB_DONE);
}

static void
served(RvlJobResult *result, void *user_data)
{
    RvlJobResult **out = user_data;

    *out = result;
}

static RvlJobResult *
serve(SimServices *services, const RvlJob *job)
{
    RvlJobResult *result = NULL;

    switch (job->kind) {
    case RVL_JOB_RESOLVE:
        return resolve(services, job);
    case RVL_JOB_KE_OFFER:
    case RVL_JOB_KE_ANSWER:
    case RVL_JOB_KE_FINISH:
        rvl_serve_key_exchange(&services->jobs, job, served, &result);
        return result;
    case RVL_JOB_PROVE:
    case RVL_JOB_CHECK:
        rvl_serve_proof(&services->jobs, job, served, &result);
        lengthen_proof(services, job, result);
        return result; /* the authenticators that a plant loads answer before they return */
    case RVL_JOB_RESERVE_SPIS:
        return reserve(services, job);
    case RVL_JOB_APPLY:
    case RVL_JOB_QUERY:
        return counters(services, job);
    case RVL_JOB_TAKE_STOCK:
        return stock(services, job);
    case RVL_JOB_DEPLOY:
        return deploy(services, job);
    case RVL_JOB_WITHDRAW:
        sim_ledger_withdraw(services->ledger, job->request.deploy.owner);
        return rvl_job_result_new(job, RVL_JOB_DONE);
    case RVL_JOB_RELEASE_SPIS:
        sim_ledger_release(services->ledger, job->request.release.spis);
        return rvl_job_result_new(job, RVL_JOB_DONE);
    case RVL_JOB_RULES:
        return rules(services, job);
    }
    g_assert_not_reached();
}

/* Time. */

static void
land(SimServices *services, Flight *flight, RvlJobResult *result)
{
    g_autoptr(RvlJob) job = g_steal_pointer(&flight->job);

    flight->timer = 0;
    (void)g_hash_table_remove(services->flights, &job->id);
    services->parts.ended(job, result, services->parts.user_data);
}

/* An SA that went released its keys: an installer that comes to its batch too late refuses it whole. */
static bool
has_lost_keys(const Flight *flight)
{
    return flight->is_unwanted && flight->job->kind == RVL_JOB_APPLY &&
           !sim_ledger_has_keys(flight->services->ledger, flight->job->request.apply.steps);
}

/* Installers carry out batches as they come: a policy is there before the first SA that serves it. */
static bool
adds_policies(const RvlJob *job)
{
    return job->kind == RVL_JOB_APPLY && job->request.apply.steps->len > 0 &&
           g_array_index(job->request.apply.steps, RvlApplyStep, 0).kind ==
               RVL_OPERATION_POLICY_ADD;
}

static bool
meets_trouble(const Flight *flight)
{
    SimTroubles *troubles = flight->services->parts.troubles;

    if (flight->job->class == RVL_JOB_TEARDOWN || adds_policies(flight->job) ||
        flight->job->kind == RVL_JOB_RULES ||
        !sim_dice_chance(flight->services->parts.dice, troubles->failing))
        return false;
    troubles->failed[flight->job->kind]++;
    return true;
}

static void
due(void *user_data)
{
    Flight *flight = user_data;
    bool is_too_late = has_lost_keys(flight);
    GError *error = NULL;

    if (!is_too_late && !meets_trouble(flight)) {
        land(flight->services, flight, serve(flight->services, flight->job));
        return;
    }
    drop_job(flight->services, flight->job);
    rvl_error_set(&error, RVL_CAUSE_INSTALL_FAILED,
                  is_too_late ? "the keys are gone" : "trouble of the simulation");
    land(flight->services, flight, rvl_job_result_new_failed(flight->job, error));
}

static void
cancelled(void *user_data)
{
    Flight *flight = user_data;

    drop_job(flight->services, flight->job);
    land(flight->services, flight, rvl_job_result_new(flight->job, RVL_JOB_CANCELLED));
}

/* Rules belong to no SA: how long theirs takes decides nothing here, and costs no throw of the dice. */
static RvlTime
draw_delay(const SimServices *services, const RvlJob *job)
{
    const SimServicesParts *parts = &services->parts;
    RvlTime slowest = adds_policies(job) ? 0 : parts->slowest;

    if (job->kind == RVL_JOB_RULES)
        return slowest;
    return (RvlTime)sim_dice_below(parts->dice, (uint64_t)slowest + 1);
}

void
sim_services_start(SimServices *services, RvlJob *job)
{
    Flight *flight = g_new0(Flight, 1);

    flight->services = services;
    flight->job = job;
    flight->timer =
        fake_loop_timer_add(services->parts.loop, draw_delay(services, job), due, flight);
    (void)g_hash_table_insert(services->flights, &job->id, flight);
}

void
sim_services_cancel(SimServices *services, RvlJobId id)
{
    const SimServicesParts *parts = &services->parts;
    Flight *flight = g_hash_table_lookup(services->flights, &id);

    if (flight == NULL)
        return;
    flight->is_unwanted = true;
    if (!sim_dice_chance(parts->dice, CANCELLED_IN_TIME))
        return; /* too far to be stopped */
    fake_loop_timer_remove(parts->loop, flight->timer);
    flight->timer = fake_loop_timer_add(parts->loop, 0, cancelled, flight);
}

void
sim_services_undo(SimServices *services, RvlUndo *undo)
{
    const RvlSecretServices *secrets = secrets_of(services);

    for (size_t i = 0; i < G_N_ELEMENTS(undo->secrets); i++)
        if (undo->secrets[i] != RVL_SECRET_ID_NONE)
            secrets->release(secrets->context, undo->secrets[i]);
    if (undo->job != NULL)
        rvl_job_result_free(serve(services, undo->job));
    rvl_undo_clear(undo);
}

const SimLedger *
sim_services_ledger(const SimServices *services)
{
    return services->ledger;
}

unsigned
sim_services_under_way(const SimServices *services)
{
    return g_hash_table_size(services->flights);
}
