/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An engine's own state: its tables, timers, and the event that it is working on. For ike/ alone. */
#pragma once

#include "ike/core/cookie.h"
#include "ike/core/engine.h"
#include "ike/core/half-open.h"
#include "ike/core/ike-sa.h"
#include "ike/core/keyed-table.h"
#include "ike/core/lineage.h"
#include "ike/core/rules.h"
#include "ike/core/take-stock.h"
#include "ike/core/timer-heap.h"
#include "ike/core/upkeep.h"

/** RvlTimerKind: what is due when a timer comes, and so which struct embeds it. */
typedef enum {
    RVL_TIMER_SET_UP = 1,
    RVL_TIMER_RETRANSMIT,
    RVL_TIMER_LIVENESS,
    RVL_TIMER_KEEPALIVE,
    RVL_TIMER_IKE_REKEY,
    RVL_TIMER_IKE_EXPIRE,
    RVL_TIMER_QUEUE,
    RVL_TIMER_PROOF_END,
    RVL_TIMER_CHILD_REKEY,
    RVL_TIMER_CHILD_EXPIRE,
    RVL_TIMER_CHILD_LINGER,
    RVL_TIMER_UPKEEP,
    RVL_TIMER_STOP,
    RVL_TIMER_STOCK,
    RVL_TIMER_RULES,
} RvlTimerKind;

/** RvlNoise: of strangers: when it was last spoken of, and how much has come since. */
typedef struct {
    RvlTime said;
    uint64_t unsaid;
} RvlNoise;

/** RvlSlot: a place for an IKE SA; its generation goes up when an SA leaves it. */
typedef struct {
    RvlIkeSa *ike;
    uint32_t generation;
} RvlSlot;

/**
 * RvlEngine:
 * @now: of the event that is being worked on
 * @actions: (element-type RvlEngineAction): to be taken by the driver
 * @jobs: (element-type uint64_t RvlJobRecord): what was asked and has not ended
 * @sas: IKE SAs in order of set-up
 * @half_open_sas: responders' that are half-way, the oldest first
 * @held_octets: parked messages and fragments of those
 * @gone: those that are freed when the event is over
 * @digest_key: of the digests in windows
 * @random_failed: the generator failed: no SA begins any more
 */
struct RvlEngine {
    RvlEngineServices services;
    RvlNow now;
    GQueue actions;
    RvlTimerHeap *timers;
    RvlKeyedTable *by_spi;
    RvlKeyedTable *by_first;
    RvlKeyedTable *by_peer;
    GHashTable *by_number; /* IKE SAs, by their number */
    GHashTable *by_sa_id;  /* Child SAs, by the installer's id of either direction */
    GHashTable *by_policy; /* lineages, by the installer's id of their policy */
    GArray *slots;
    GArray *free_slots;
    GQueue sas;
    GPtrArray *gone;
    GHashTable *jobs;
    GHashTable *switching; /* Child SAs whose installation changes, by number */
    GHashTable *removing;  /* Child SAs that the installer is removing, by number */
    RvlJobId last_job;
    uint64_t last_number;
    uint64_t last_id;
    RvlHalfOpen half_open;
    GQueue half_open_sas;
    size_t held_octets;
    RvlCookies cookies;
    RvlMessageProtector *protector;
    uint8_t digest_key[RVL_TABLE_KEY_OCTETS];
    RvlSnapshot *snapshot;
    GPtrArray *upkeeps;        /* in order of name */
    GHashTable *upkeep_tokens; /* the same, by token */
    GQueue lineages;           /* in order of making */
    RvlStock stock;
    RvlRules rules;
    RvlTokenBucket stranger_answers;
    RvlNoise noise;
    bool random_failed;
    bool is_stopping;
    RvlCommandId stop_command;
    RvlTimer stop; /* when peers that answer no delete are waited for no more */
    RvlEngineCounts counts;
};

/** rvl_engine_random: fills @out; false (and no SA begins any more) where the generator fails. */
bool rvl_engine_random(RvlEngine *engine, void *out, size_t octets) G_GNUC_WARN_UNUSED_RESULT;
/** rvl_engine_jitter: between 0 and @most; 0 where the generator fails. */
RvlTime rvl_engine_jitter(RvlEngine *engine, RvlTime most);
/** rvl_engine_digest: keyed hash of a datagram. */
uint64_t rvl_engine_digest(const RvlEngine *engine, RvlOctets datagram);
/** rvl_engine_next_id: of SAs and policies in the installer. */
uint64_t rvl_engine_next_id(RvlEngine *engine);

/** rvl_engine_act: (transfer full contents): appends @action. */
void rvl_engine_act(RvlEngine *engine, const RvlEngineAction *action);
/** rvl_engine_send: @octets: (transfer none). */
void rvl_engine_send(RvlEngine *engine, const RvlPath *path, GBytes *octets);
void rvl_engine_reply(RvlEngine *engine, RvlCommandId command, const GError *error);

/** rvl_engine_find_sa: (nullable): by number and generation; NULL where it has gone. */
RvlIkeSa *rvl_engine_find_sa(const RvlEngine *engine, RvlSaRef ref);
/** rvl_engine_find_spi: (nullable): by our SPI. */
RvlIkeSa *rvl_engine_find_spi(const RvlEngine *engine, uint64_t spi);
/** rvl_engine_find_number: (nullable): by number in the order of set-up. */
RvlIkeSa *rvl_engine_find_number(const RvlEngine *engine, uint64_t number);

/** RvlJobEnded: takes @result (transfer full) of a job that no SA asked for; false: undo it. */
typedef bool (*RvlJobEnded)(RvlEngine *engine, uint64_t token, RvlJobResult *result);

/**
 * rvl_engine_start_job:
 * @job: (transfer full): its sa and token say whose exchange wants the answer
 * @ended: (nullable): for jobs of the engine itself; NULL: of an exchange
 */
RvlJobId rvl_engine_start_job(RvlEngine *engine, RvlJob *job, RvlJobEnded ended);
void rvl_engine_cancel_job(RvlEngine *engine, RvlJobId id);

/** rvl_engine_release_spi: @ike's reserved SPI that nothing was installed on; 0 is none. */
void rvl_engine_release_spi(RvlIkeSa *ike, uint8_t protocol, uint32_t spi);

/** rvl_engine_set_timer: @delay from the event's time. */
void rvl_engine_set_timer(RvlEngine *engine, RvlTimer *timer, RvlTime delay);
