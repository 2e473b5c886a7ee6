/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A simulated host: an engine, the driver's part in virtual time, and services that hold things. */
#pragma once

#include "ike/core/engine.h"
#include "sim/ledger.h"
#include "sim/network.h"
#include "sim/plant.h"
#include "sim/services.h"

typedef struct SimHost SimHost;

/** SimHear: borrowed for the call. */
typedef void (*SimHear)(SimHost *host, const RvlEvent *event, void *user_data);

/**
 * SimHostParts:
 * @name: for complaints
 * @address: its one address
 * @peer_name, @peer: the name that resolves, and to what
 * @troubles: what its services do wrong
 * @slowest_job: jobs take from nothing up to this
 * @hear: hears its events
 * @changed: what the services hold may have changed
 */
typedef struct {
    const char *name;
    RvlAddress address;
    const char *peer_name;
    RvlAddress peer;
    RvlTime slowest_job;
    SimTroubles *troubles;
    SimPlant *plant;
    FakeLoop *loop;
    SimDice *dice;
    SimNetwork *network;
    SimHear hear;
    void (*changed)(void *user_data);
    void *user_data;
} SimHostParts;

SimHost *sim_host_new(const SimHostParts *parts);
/** sim_host_free: the engine goes at once. */
void sim_host_free(SimHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimHost, sim_host_free)

void sim_host_configure(SimHost *host, RvlSnapshot *snapshot);
/** sim_host_command: as an operator; replies are counted. */
void sim_host_command(SimHost *host, RvlCommandKind kind, const char *name);
/** sim_host_acquire: a packet of the first policy that is in the installer, if there is one. */
void sim_host_acquire(SimHost *host);

/**
 * sim_host_restart: the process dies without a word and another begins: everything it held in
 * memory and in the services is gone, as after a reboot. Configure it again.
 */
void sim_host_restart(SimHost *host);

const RvlEngine *sim_host_engine(const SimHost *host);
const SimLedger *sim_host_ledger(const SimHost *host);
/** sim_host_address: (transfer none): its own, as it knows it. */
const RvlAddress *sim_host_address(const SimHost *host);
const char *sim_host_name(const SimHost *host);
/** sim_host_jobs: under way. */
unsigned sim_host_jobs(const SimHost *host);
/** sim_host_replies: commands that ended well, and otherwise. */
unsigned sim_host_replies(const SimHost *host, bool well);
