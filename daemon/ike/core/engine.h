/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine's border: events in, actions out. It does no I/O and reads no clock. */
#pragma once

#include <ravelin/event.h>
#include "ike/core/command.h"
#include "ike/core/job.h"
#include "ike/core/status.h"

typedef struct RvlCrypto RvlCrypto;     /* crypto/: resolved primitives, key schedules */
typedef struct RvlRegistry RvlRegistry; /* registry/: what plugins registered */
typedef struct RvlSchema RvlSchema;     /* config/: rows of keys */
typedef struct RvlSnapshot RvlSnapshot; /* policy/: the configuration in force */

/** RvlRandom: fills @out; false is a failure of the generator, on which the engine gives up. */
typedef bool (*RvlRandom)(void *context, uint8_t *out, size_t octets);

/**
 * RvlEngineServices:
 * @crypto, @registry: borrowed for the engine's life
 * @secrets: the secret store that jobs' handles belong to
 * @events: where the engine speaks; only queues
 * @random, @random_context: all randomness of the engine
 * @installer: what the installer in charge can do
 * @schema: says what a change of a key costs
 * @owner: tag of this daemon instance
 * @shard, @shards: this engine's number among those that run side by side; 0 of 1
 *
 * What an engine is given. All of it is called directly and never blocks.
 */
typedef struct {
    RvlCrypto *crypto;
    const RvlRegistry *registry;
    const RvlSecretServices *secrets;
    const RvlEvents *events;
    RvlRandom random;
    void *random_context;
    const RvlInstallerCapabilities *installer;
    const RvlSchema *schema;
    const char *owner;
    uint32_t shard;
    uint32_t shards;
} RvlEngineServices;

/** RvlEngineActionKind: what an engine asks of its driver. */
typedef enum {
    RVL_ENGINE_SEND = 1,         /* octets on path; sends on one path go out as listed */
    RVL_ENGINE_START_JOB = 2,    /* job: (transfer full) to the driver */
    RVL_ENGINE_CANCEL_JOB = 3,   /* job_id: its end still comes, CANCELLED or otherwise */
    RVL_ENGINE_PROGRESS = 4,     /* command reached step */
    RVL_ENGINE_REPLY = 5,        /* command ended; error NULL: done */
    RVL_ENGINE_ACQUIRE_DONE = 6, /* acquire ended; succeeded */
} RvlEngineActionKind;

/**
 * RvlEngineAction:
 *
 * Owned by its holder; rvl_engine_action_clear() frees what a driver has not taken out of it. Octets of
 * SEND are without non-ESP marker: the driver adds it where path.transport asks for it.
 */
typedef struct {
    RvlEngineActionKind kind;
    RvlPath path;
    GBytes *octets;
    RvlJob *job;
    RvlJobId job_id;
    RvlCommandId command;
    const char *step; /* static: `IKE_SA_INIT` */
    GError *error;
    uint64_t acquire;
    bool succeeded;
} RvlEngineAction;

void rvl_engine_action_clear(RvlEngineAction *action);

/** RvlNow: both clocks, as the driver read them for this event. */
typedef struct {
    RvlTime time;
    RvlWallTime wall;
} RvlNow;

/** rvl_engine_new: nothing is configured until rvl_engine_set_snapshot(). */
RvlEngine *rvl_engine_new(const RvlEngineServices *services);

/** rvl_engine_owner_tag: (transfer full): of a connection, for the installer and routes. */
char *rvl_engine_owner_tag(const RvlEngine *engine, const char *connection);

/** rvl_engine_rules_tag: (transfer full): of the SPD's rules: no connection has it. */
char *rvl_engine_rules_tag(const RvlEngine *engine);

/** rvl_engine_free: drops everything at once and silently; a driver shuts down by command first. */
void rvl_engine_free(RvlEngine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlEngine, rvl_engine_free)

/* Events. Each may leave actions to be taken by rvl_engine_next_action(). */

/**
 * rvl_engine_datagram:
 * @path: local end is the address that was asked
 * @octets: a datagram without non-ESP marker; borrowed
 */
void rvl_engine_datagram(RvlEngine *engine,
                         const RvlPath *path,
                         const uint8_t *octets,
                         size_t n,
                         const RvlNow *now);

/** rvl_engine_timer: to be called when rvl_engine_next_wakeup() has come; early calls do no harm. */
void rvl_engine_timer(RvlEngine *engine, const RvlNow *now);

/**
 * rvl_engine_complete:
 * @result: (transfer full)
 *
 * Returns: false where nobody wants the answer any more: the driver carries out the job's undo.
 * In that case @result is still freed: take the undo from it before the call
 * (rvl_job_undo_of()), and clear it unused when the answer is true.
 */
bool rvl_engine_complete(RvlEngine *engine,
                         RvlJobResult *result,
                         const RvlNow *now) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_engine_command: the end comes as RVL_ENGINE_REPLY with the command's id. */
void rvl_engine_command(RvlEngine *engine, const RvlCommand *command, const RvlNow *now);

/** rvl_engine_installer_report: what the installer told. */
void rvl_engine_installer_report(RvlEngine *engine,
                                 const RvlInstallerReport *report,
                                 const RvlNow *now);

/**
 * rvl_engine_address_change:
 * @address: appeared on, or went from, an interface of this machine
 *
 * SAs whose local end it was look for another path; connections that wait may find one.
 */
void rvl_engine_address_change(RvlEngine *engine,
                               const RvlAddress *address,
                               bool is_present,
                               const RvlNow *now);

/**
 * rvl_engine_set_snapshot:
 * @snapshot: (transfer none): referenced by the engine and by the SAs negotiated under it
 *
 * The configuration in force from now on. Connections that did not change keep their SAs; gone
 * ones are closed, changed ones are set up anew as far as their change asks for it.
 */
void rvl_engine_set_snapshot(RvlEngine *engine, RvlSnapshot *snapshot, const RvlNow *now);

/* Actions. */

/**
 * rvl_engine_next_action:
 * @action: (out): filled in; the caller clears it
 *
 * Returns: false when there is none left.
 */
bool rvl_engine_next_action(RvlEngine *engine, RvlEngineAction *action) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_engine_next_wakeup: when rvl_engine_timer() wants to be called; RVL_TIME_NEVER: not. */
RvlTime rvl_engine_next_wakeup(const RvlEngine *engine);
