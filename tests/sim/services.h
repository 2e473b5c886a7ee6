/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A simulated host's services: they serve jobs, each after a while, and hold what was taken. */
#pragma once

#include "ike/core/engine.h"
#include "sim/dice.h"
#include "sim/ledger.h"
#include "sim/plant.h"

/** SIM_JOB_KINDS: past the last RvlJobKind. */
#define SIM_JOB_KINDS 16

/**
 * SimTroubles:
 * @failing: how many jobs fail, in permille; those that take away never do: nobody could go on
 * @failed: by RvlJobKind: how many did
 * @certificate_octets: of a certificate that comes with each proof; 0: none
 *
 * What a run's services do wrong, and that proofs are long. Shared by both hosts, over restarts.
 */
typedef struct {
    unsigned failing;
    unsigned failed[SIM_JOB_KINDS];
    size_t certificate_octets;
} SimTroubles;

/** SimJobEnded: @result is (transfer full). */
typedef void (*SimJobEnded)(const RvlJob *job, RvlJobResult *result, void *user_data);

typedef struct {
    RvlAddress address;
    uint16_t port;
    uint16_t encap_port;
    const char *peer_name;
    RvlAddress peer;
    RvlTime slowest;
    SimPlant *plant;
    FakeLoop *loop;
    SimDice *dice;
    SimTroubles *troubles;
    SimJobEnded ended;
    void *user_data;
} SimServicesParts;

/**
 * SimServices:
 *
 * Jobs are served when their time has come, so that they overtake each other and meet SAs that are
 * gone. Secrets, proofs and key exchanges are real: the plant's crypto and authenticators.
 */
typedef struct SimServices SimServices;

SimServices *sim_services_new(const SimServicesParts *parts);
/** sim_services_free: jobs under way are dropped, with what they would have taken. */
void sim_services_free(SimServices *services);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimServices, sim_services_free)

/** sim_services_start: @job: (transfer full). */
void sim_services_start(SimServices *services, RvlJob *job);
void sim_services_cancel(SimServices *services, RvlJobId id);
void sim_services_undo(SimServices *services, RvlUndo *undo);

const SimLedger *sim_services_ledger(const SimServices *services);
unsigned sim_services_under_way(const SimServices *services);
