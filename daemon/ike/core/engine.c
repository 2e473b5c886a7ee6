/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine: makes and frees it, takes events in, hands actions out, finds SAs and jobs. */
#include "config.h"

#include "ike/core/engine.h"

#include <string.h>

#include "ike/core/child-life.h"
#include "ike/core/commands.h"
#include "ike/core/address-change.h"
#include "ike/core/engine-state.h"
#include "ike/core/inbound.h"
#include "ike/core/retransmit.h"
#include "ike/core/sa-life.h"

/** RvlJobRecord: a job that was asked and has not ended. */
typedef struct {
    RvlJobId id; /* its key */
    RvlSaRef sa;
    uint64_t token;
    RvlJobEnded ended;
} RvlJobRecord;

void
rvl_engine_action_clear(RvlEngineAction *action)
{
    g_clear_pointer(&action->octets, g_bytes_unref);
    g_clear_pointer(&action->job, rvl_job_free);
    g_clear_error(&action->error);
}

static void
action_free(void *data)
{
    rvl_engine_action_clear(data);
    g_free(data);
}

bool
rvl_engine_random(RvlEngine *engine, void *out, size_t octets)
{
    if (!engine->random_failed &&
        !engine->services.random(engine->services.random_context, out, octets))
        engine->random_failed = true;
    return !engine->random_failed;
}

RvlTime
rvl_engine_jitter(RvlEngine *engine, RvlTime most)
{
    uint64_t random;

    if (most <= 0 || !rvl_engine_random(engine, &random, sizeof random))
        return 0;
    return (RvlTime)(random % (uint64_t)(most + 1));
}

RvlEngine *
rvl_engine_new(const RvlEngineServices *services)
{
    RvlEngine *engine = g_new0(RvlEngine, 1);
    uint8_t keys[4][RVL_TABLE_KEY_OCTETS] = {0};

    engine->services = *services;
    engine->timers = rvl_timer_heap_new();
    rvl_timer_init(&engine->stop, RVL_TIMER_STOP);
    rvl_stock_init(&engine->stock);
    if (!rvl_engine_random(engine, keys, sizeof keys) ||
        !rvl_engine_random(engine, engine->digest_key, sizeof engine->digest_key))
        engine->random_failed = true; /* shows when an SA begins */
    engine->by_spi = rvl_keyed_table_new(keys[0]);
    engine->by_first = rvl_keyed_table_new(keys[1]);
    engine->by_peer = rvl_keyed_table_new(keys[2]);
    rvl_half_open_init(&engine->half_open, keys[3]);
    engine->protector = rvl_message_protector_new(services->crypto);
    engine->by_number = g_hash_table_new(g_int64_hash, g_int64_equal);
    engine->by_sa_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    engine->by_policy = g_hash_table_new(g_int64_hash, g_int64_equal);
    engine->slots = g_array_new(FALSE, TRUE, sizeof(RvlSlot));
    engine->free_slots = g_array_new(FALSE, FALSE, sizeof(guint));
    engine->gone = g_ptr_array_new();
    engine->jobs = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    engine->switching = g_hash_table_new(g_int64_hash, g_int64_equal);
    engine->removing = g_hash_table_new(g_int64_hash, g_int64_equal);
    engine->upkeeps = g_ptr_array_new();
    engine->upkeep_tokens = g_hash_table_new(g_int64_hash, g_int64_equal);
    rvl_rules_init(&engine->rules);
    return engine;
}

static void
free_sas(RvlEngine *engine)
{
    for (GList *link = engine->sas.head, *next; link != NULL; link = next) {
        next = link->next;
        rvl_sa_life_drop(link->data);
    }
}

/* Nobody will say that these were removed. */
static void
forget_removing(RvlEngine *engine)
{
    GHashTableIter iter;
    gpointer child;

    g_hash_table_iter_init(&iter, engine->removing);
    while (g_hash_table_iter_next(&iter, NULL, &child))
        rvl_child_life_forget(engine, child);
    g_hash_table_unref(engine->removing);
}

void
rvl_engine_free(RvlEngine *engine)
{
    if (engine == NULL)
        return;
    free_sas(engine);
    forget_removing(engine);
    rvl_stock_clear(engine);
    while (engine->upkeeps->len > 0)
        rvl_upkeep_free(engine, g_ptr_array_index(engine->upkeeps, engine->upkeeps->len - 1));
    g_queue_clear_full(&engine->actions, action_free);
    rvl_rules_fini(engine);
    g_ptr_array_unref(engine->upkeeps);
    g_hash_table_unref(engine->upkeep_tokens);
    g_hash_table_unref(engine->jobs);
    g_ptr_array_unref(engine->gone);
    g_array_unref(engine->slots);
    g_array_unref(engine->free_slots);
    g_hash_table_unref(engine->switching);
    rvl_message_protector_free(engine->protector);
    rvl_cookies_fini(&engine->cookies);
    rvl_half_open_fini(&engine->half_open);
    g_hash_table_unref(engine->by_policy);
    g_hash_table_unref(engine->by_sa_id);
    g_hash_table_unref(engine->by_number);
    rvl_keyed_table_free(engine->by_peer);
    rvl_keyed_table_free(engine->by_first);
    rvl_keyed_table_free(engine->by_spi);
    rvl_timer_heap_free(engine->timers);
    g_clear_pointer(&engine->snapshot, rvl_snapshot_unref);
    g_free(engine);
}

uint64_t
rvl_engine_digest(const RvlEngine *engine, RvlOctets datagram)
{
    return rvl_keyed_hash(engine->digest_key, datagram.data, datagram.size);
}

char *
rvl_engine_owner_tag(const RvlEngine *engine, const char *connection)
{
    return g_strdup_printf("%s/%s", engine->services.owner != NULL ? engine->services.owner : "",
                           connection);
}

char *
rvl_engine_rules_tag(const RvlEngine *engine)
{
    return rvl_engine_owner_tag(engine, "/spd"); /* a connection's name holds no slash */
}

uint64_t
rvl_engine_next_id(RvlEngine *engine)
{
    return ++engine->last_id;
}

/* Actions */

void
rvl_engine_act(RvlEngine *engine, const RvlEngineAction *action)
{
    g_queue_push_tail(&engine->actions, g_memdup2(action, sizeof *action));
}

void
rvl_engine_send(RvlEngine *engine, const RvlPath *path, GBytes *octets)
{
    RvlEngineAction action = {
        .kind = RVL_ENGINE_SEND,
        .path = *path,
        .octets = g_bytes_ref(octets),
    };

    rvl_engine_act(engine, &action);
}

void
rvl_engine_reply(RvlEngine *engine, RvlCommandId command, const GError *error)
{
    RvlEngineAction action = {
        .kind = RVL_ENGINE_REPLY,
        .command = command,
    };

    if (command == 0)
        return; /* nobody waits */
    action.error = error != NULL ? g_error_copy(error) : NULL;
    rvl_engine_act(engine, &action);
}

bool
rvl_engine_next_action(RvlEngine *engine, RvlEngineAction *action)
{
    RvlEngineAction *next = g_queue_pop_head(&engine->actions);

    if (next == NULL)
        return false;
    *action = *next;
    g_free(next);
    return true;
}

RvlTime
rvl_engine_next_wakeup(const RvlEngine *engine)
{
    return rvl_timer_heap_next(engine->timers);
}

void
rvl_engine_set_timer(RvlEngine *engine, RvlTimer *timer, RvlTime delay)
{
    rvl_timer_set(engine->timers, timer, rvl_time_add(engine->now.time, delay));
}

/* Finding SAs */

RvlIkeSa *
rvl_engine_find_sa(const RvlEngine *engine, RvlSaRef ref)
{
    const RvlSlot *slot;

    if (ref.id == 0 || ref.id > engine->slots->len)
        return NULL;
    slot = &g_array_index(engine->slots, RvlSlot, ref.id - 1);
    return slot->generation == ref.generation && slot->ike->state != RVL_IKE_SA_GONE ? slot->ike
                                                                                     : NULL;
}

RvlIkeSa *
rvl_engine_find_spi(const RvlEngine *engine, uint64_t spi)
{
    RvlTableLink *link = rvl_keyed_table_first(
        engine->by_spi, rvl_keyed_table_hash(engine->by_spi, &spi, sizeof spi));

    while (link != NULL && rvl_table_entry(link, RvlIkeSa, by_spi)->spi_local != spi)
        link = rvl_keyed_table_next(link);
    return rvl_table_entry(link, RvlIkeSa, by_spi);
}

RvlIkeSa *
rvl_engine_find_number(const RvlEngine *engine, uint64_t number)
{
    RvlIkeSa *ike = g_hash_table_lookup(engine->by_number, &number);

    return ike != NULL && ike->state != RVL_IKE_SA_GONE ? ike : NULL;
}

/* Jobs */

RvlJobId
rvl_engine_start_job(RvlEngine *engine, RvlJob *job, RvlJobEnded ended)
{
    RvlJobRecord *record = g_new0(RvlJobRecord, 1);
    RvlEngineAction action = {.kind = RVL_ENGINE_START_JOB, .job = job};

    job->id = ++engine->last_job;
    record->id = job->id;
    record->sa = job->sa;
    record->token = job->token;
    record->ended = ended;
    g_hash_table_insert(engine->jobs, &record->id, record);
    engine->counts.jobs++;
    rvl_engine_act(engine, &action);
    return job->id;
}

void
rvl_engine_cancel_job(RvlEngine *engine, RvlJobId id)
{
    RvlEngineAction action = {.kind = RVL_ENGINE_CANCEL_JOB, .job_id = id};

    rvl_engine_act(engine, &action);
}

static bool
released(RvlEngine *engine, uint64_t token, RvlJobResult *result)
{
    (void)engine;
    (void)token;
    rvl_job_result_free(result);
    return true;
}

void
rvl_engine_release_spi(RvlIkeSa *ike, uint8_t protocol, uint32_t spi)
{
    RvlJob *job;

    if (spi == 0)
        return;
    job = rvl_job_new(RVL_JOB_RELEASE_SPIS, RVL_JOB_TEARDOWN, (RvlSaRef){0}, 0);
    job->request.release.path = ike->path.current;
    job->request.release.protocol = protocol;
    g_array_append_val(job->request.release.spis, spi);
    (void)rvl_engine_start_job(ike->engine, job, released);
}

static bool
take_result(RvlEngine *engine, RvlJobResult *result)
{
    g_autoptr(RvlJobResult) owned = result;
    g_autofree RvlJobRecord *record = NULL;
    RvlIkeSa *ike;

    if (!g_hash_table_steal_extended(engine->jobs, &result->id, NULL, (gpointer *)&record))
        return false;
    engine->counts.jobs--;
    if (record->ended != NULL)
        return record->ended(engine, record->token, g_steal_pointer(&owned));
    ike = rvl_engine_find_sa(engine, record->sa);
    return ike != NULL && rvl_exchange_completed(ike, record->token, g_steal_pointer(&owned));
}

/* Events */

static void
begin_event(RvlEngine *engine, const RvlNow *now)
{
    engine->now = *now;
}

static void
end_event(RvlEngine *engine)
{
    for (guint i = 0; i < engine->gone->len; i++)
        rvl_ike_sa_free(g_ptr_array_index(engine->gone, i));
    g_ptr_array_set_size(engine->gone, 0);
    if (engine->is_stopping)
        rvl_commands_stop_check(engine);
}

void
rvl_engine_datagram(RvlEngine *engine,
                    const RvlPath *path,
                    const uint8_t *octets,
                    size_t n,
                    const RvlNow *now)
{
    begin_event(engine, now);
    rvl_inbound_datagram(engine, path, RVL_OCTETS(octets, n));
    end_event(engine);
}

bool
rvl_engine_complete(RvlEngine *engine, RvlJobResult *result, const RvlNow *now)
{
    bool wanted;

    begin_event(engine, now);
    wanted = take_result(engine, result);
    end_event(engine);
    return wanted;
}

#define OWNER(timer, type, member) ((type *)(void *)((char *)(timer)-G_STRUCT_OFFSET(type, member)))

/* Which struct embeds a timer of each kind, and what is due. */
static void
fire(RvlEngine *engine, RvlTimer *timer)
{
    switch ((RvlTimerKind)timer->kind) {
    case RVL_TIMER_SET_UP:
        rvl_sa_life_set_up_due(OWNER(timer, RvlIkeSa, timers.set_up));
        break;
    case RVL_TIMER_RETRANSMIT:
        rvl_retransmit_due(OWNER(timer, RvlIkeSa, timers.retransmit));
        break;
    case RVL_TIMER_LIVENESS:
        rvl_sa_life_liveness_due(OWNER(timer, RvlIkeSa, timers.liveness));
        break;
    case RVL_TIMER_KEEPALIVE:
        rvl_sa_life_keepalive_due(OWNER(timer, RvlIkeSa, timers.keepalive));
        break;
    case RVL_TIMER_IKE_REKEY:
        rvl_sa_life_rekey_due(OWNER(timer, RvlIkeSa, timers.rekey));
        break;
    case RVL_TIMER_IKE_EXPIRE:
        rvl_sa_life_expire_due(OWNER(timer, RvlIkeSa, timers.expire));
        break;
    case RVL_TIMER_PROOF_END:
        rvl_sa_life_proof_end_due(OWNER(timer, RvlIkeSa, timers.proof_end));
        break;
    case RVL_TIMER_QUEUE:
        rvl_exchange_pump(OWNER(timer, RvlIkeSa, timers.queue));
        break;
    case RVL_TIMER_CHILD_REKEY:
        rvl_child_life_rekey_due(OWNER(timer, RvlChildSa, rekey));
        break;
    case RVL_TIMER_CHILD_EXPIRE:
        rvl_child_life_expire_due(OWNER(timer, RvlChildSa, expire), RVL_CAUSE_LIFETIME_EXPIRED);
        break;
    case RVL_TIMER_CHILD_LINGER:
        rvl_child_life_linger_due(OWNER(timer, RvlChildSa, linger));
        break;
    case RVL_TIMER_UPKEEP:
        rvl_upkeep_due(engine, OWNER(timer, RvlUpkeep, timer));
        break;
    case RVL_TIMER_STOP:
        rvl_commands_stop_due(engine);
        break;
    case RVL_TIMER_STOCK:
        rvl_stock_take(engine);
        break;
    case RVL_TIMER_RULES:
        rvl_rules_due(engine);
        break;
    }
}

void
rvl_engine_timer(RvlEngine *engine, const RvlNow *now)
{
    RvlTimer *timer;

    begin_event(engine, now);
    while ((timer = rvl_timer_heap_pop(engine->timers, now->time)) != NULL)
        fire(engine, timer);
    end_event(engine);
}

void
rvl_engine_command(RvlEngine *engine, const RvlCommand *command, const RvlNow *now)
{
    begin_event(engine, now);
    rvl_commands_take(engine, command);
    end_event(engine);
}

void
rvl_engine_installer_report(RvlEngine *engine, const RvlInstallerReport *report, const RvlNow *now)
{
    begin_event(engine, now);
    rvl_commands_report(engine, report);
    end_event(engine);
}

void
rvl_engine_set_snapshot(RvlEngine *engine, RvlSnapshot *snapshot, const RvlNow *now)
{
    begin_event(engine, now);
    rvl_upkeep_apply(engine, snapshot);
    end_event(engine);
}

void
rvl_engine_address_change(RvlEngine *engine,
                          const RvlAddress *address,
                          bool is_present,
                          const RvlNow *now)
{
    begin_event(engine, now);
    rvl_address_change_take(engine, address, is_present);
    end_event(engine);
}

RvlEngineCounts
rvl_engine_counts(const RvlEngine *engine)
{
    RvlEngineCounts counts = engine->counts;

    counts.half_open = engine->half_open.total;
    return counts;
}
