/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of an IKE SA. */
#include "config.h"

#include "ike/core/sa-life.h"

#include "ike/core/child-life.h"
#include "ike/core/engine-state.h"
#include "ike/core/inbound.h"
#include "ike/core/lifetime.h"
#include "ike/core/report.h"
#include "ike/core/retransmit.h"
#include "ike/core/siblings.h"
#include "ike/v2/exchanges.h"
#include "ike/v2/init-state.h"

/* A responder waits so long for IKE_AUTH; an initiator's retransmission ends it earlier. */
#define SET_UP_RESPONDER (30 * RVL_SECOND)
#define SET_UP_INITIATOR (165 * RVL_SECOND)
/* RFC 3948 4: a NAT's mapping is kept alive by a packet in this time. */
#define KEEPALIVE (20 * RVL_SECOND)
/* A replaced SA whose peer never deletes it, and one whose delete nobody answers. */
#define REPLACED_LIFE (60 * RVL_SECOND)
/* Wall time may be set, and stands still for no timer: how long that goes unseen. */
#define PROOF_WATCH RVL_HOUR

static const struct {
    const char *word;
    uint32_t next; /* states that may follow */
} states[] = {
    [RVL_IKE_SA_BEGUN] = {"begun", RVL_IN_KEYED | RVL_IN_ESTABLISHED},
    [RVL_IKE_SA_KEYED] = {"keyed", RVL_IN_ESTABLISHED | RVL_IN_DELETING},
    [RVL_IKE_SA_ESTABLISHED] = {"established", RVL_IN_REPLACED | RVL_IN_DELETING},
    [RVL_IKE_SA_REPLACED] = {"replaced", RVL_IN_DELETING},
    [RVL_IKE_SA_DELETING] = {"deleting", 0},
    [RVL_IKE_SA_GONE] = {"gone", 0},
};

const char *
rvl_sa_life_state_word(RvlIkeSaState state)
{
    return states[state].word;
}

/* Any state may become GONE; all else as the table has it. */
static bool
enter(RvlIkeSa *ike, RvlIkeSaState state)
{
    if (state != RVL_IKE_SA_GONE && (states[ike->state].next >> state & 1) == 0)
        return false;
    ike->state = state;
    return true;
}

static void
leave_half_open(RvlIkeSa *ike)
{
    RvlEngine *engine = ike->engine;

    rvl_timer_clear(engine->timers, &ike->timers.set_up);
    if (ike->is_half_open) {
        rvl_half_open_leave(&engine->half_open, &ike->half_open_source.address);
        g_queue_unlink(&engine->half_open_sas, &ike->half_open_link);
        engine->held_octets -= ike->held_octets;
        ike->held_octets = 0;
    }
    ike->is_half_open = false;
    if (ike->is_in_first)
        rvl_keyed_table_remove(engine->by_first, &ike->by_first);
    ike->is_in_first = false;
}

void
rvl_sa_life_begin_set_up(RvlIkeSa *ike)
{
    RvlEngine *engine = ike->engine;

    rvl_engine_set_timer(engine, &ike->timers.set_up,
                         ike->is_initiator ? SET_UP_INITIATOR : SET_UP_RESPONDER);
    if (ike->is_initiator)
        return;
    ike->is_half_open = true;
    ike->half_open_source = ike->path.current.remote;
    rvl_half_open_enter(&engine->half_open, &ike->half_open_source.address);
    ike->half_open_link.data = ike;
    g_queue_push_tail_link(&engine->half_open_sas, &ike->half_open_link);
}

void
rvl_sa_life_keyed(RvlIkeSa *ike)
{
    if (enter(ike, RVL_IKE_SA_KEYED))
        rvl_inbound_unpark(ike);
}

static void
watch_liveness(RvlIkeSa *ike)
{
    RvlTime period = ike->peer.connection->liveness;

    if (period > 0)
        rvl_engine_set_timer(ike->engine, &ike->timers.liveness, period);
}

/* RFC 5280 4.1.2.5: valid through notAfter, inclusive. */
bool
rvl_sa_life_proof_is_over(const RvlIkeSa *ike)
{
    return ike->peer.proof_ends.unix_s != 0 &&
           ike->engine->now.wall.unix_s > ike->peer.proof_ends.unix_s;
}

static void
watch_proof(RvlIkeSa *ike)
{
    int64_t now_s = ike->engine->now.wall.unix_s;
    int64_t ends_s = ike->peer.proof_ends.unix_s;
    RvlTime left = PROOF_WATCH;

    if (ends_s == 0)
        return;
    if (ends_s < now_s)
        left = 0;
    else if (ends_s - now_s < PROOF_WATCH / RVL_SECOND)
        left = (ends_s - now_s + 1) * RVL_SECOND;
    rvl_engine_set_timer(ike->engine, &ike->timers.proof_end, left);
}

void
rvl_sa_life_follow(RvlIkeSa *ike, const RvlConnection *connection)
{
    RvlConnection *before = ike->peer.connection;

    ike->peer.connection = rvl_connection_ref(connection);
    if (ike->state == RVL_IKE_SA_ESTABLISHED && connection->liveness != before->liveness)
        watch_liveness(ike);
    rvl_connection_unref(before);
}

void
rvl_sa_life_established(RvlIkeSa *ike)
{
    RvlEngine *engine = ike->engine;
    const RvlConnection *connection = ike->peer.connection;

    if (!enter(ike, RVL_IKE_SA_ESTABLISHED))
        return;
    leave_half_open(ike);
    ike->times.established = engine->now.time;
    rvl_sa_keys_forget_proofs(&ike->keys, engine->services.secrets);
    g_clear_pointer(&ike->init, rvl_init_free);
    g_clear_pointer(&ike->peer.candidates, rvl_candidates_free);
    g_clear_error(&ike->noted);
    rvl_lifetime_arm(engine, &connection->ike_lifetime, connection->rekey, &ike->timers.rekey,
                     &ike->timers.expire);
    rvl_siblings_add(ike);
    watch_liveness(ike);
    watch_proof(ike);
    if (ike->path.has_nat_here)
        rvl_engine_set_timer(engine, &ike->timers.keepalive, KEEPALIVE);
}

void
rvl_sa_life_replaced(RvlIkeSa *ike, RvlIkeSa *successor)
{
    RvlEngine *engine = ike->engine;

    if (!enter(ike, RVL_IKE_SA_REPLACED))
        return;
    ike->successor = successor->number;
    rvl_siblings_remove(ike);
    rvl_timer_clear(engine->timers, &ike->timers.rekey);
    rvl_timer_clear(engine->timers, &ike->timers.liveness);
    rvl_timer_clear(engine->timers, &ike->timers.keepalive);
    rvl_timer_clear(engine->timers, &ike->timers.proof_end);
    rvl_engine_set_timer(engine, &ike->timers.expire, REPLACED_LIFE);
}

/* A mapping of a NAT before the peer may change: authenticated and new messages alone move it. */
static void
follow_path(RvlIkeSa *ike, const RvlPath *path)
{
    if (rvl_path_equal(&ike->path.current, path))
        return;
    if (ike->state != RVL_IKE_SA_KEYED || ike->is_initiator) {
        if (!ike->path.has_nat_there ||
            !rvl_address_equal(&ike->path.current.local.address, &path->local.address))
            return;
        rvl_report_path_changed(ike, path);
    } /* else: the initiator floats to its other port before IKE_AUTH (2.23) */
    ike->path.current.remote = path->remote;
    ike->path.current.local = path->local;
    ike->path.current.transport = path->transport;
    if (ike->state == RVL_IKE_SA_ESTABLISHED)
        rvl_exchanges_migrate_children(ike);
}

void
rvl_sa_life_heard(RvlIkeSa *ike, const RvlPath *path)
{
    ike->times.last_inbound = ike->engine->now.time;
    follow_path(ike, path);
}

void
rvl_sa_life_delete(RvlIkeSa *ike, RvlCause cause)
{
    switch (ike->state) {
    case RVL_IKE_SA_BEGUN:
        /* One that a rekey made ends with the rekey, or with what it replaces. */
        if (ike->origin.begun == 0)
            rvl_sa_life_end(ike, cause, NULL);
        return;
    case RVL_IKE_SA_KEYED:
    case RVL_IKE_SA_ESTABLISHED:
    case RVL_IKE_SA_REPLACED:
        ike->cause = cause;
        rvl_exchanges_delete_ike(ike);
        return;
    case RVL_IKE_SA_DELETING:
    case RVL_IKE_SA_GONE:
        return;
    }
}

void
rvl_sa_life_refuse(RvlIkeSa *ike, const GError *why)
{
    /* Whoever waits for the SA hears at once; only the peer is still to be told. */
    if (ike->state == RVL_IKE_SA_KEYED)
        rvl_upkeep_ike_down(ike, false, rvl_error_cause(why), why);
    rvl_sa_life_delete(ike, rvl_error_cause(why));
}

void
rvl_sa_life_deleting(RvlIkeSa *ike)
{
    if (enter(ike, RVL_IKE_SA_DELETING))
        rvl_upkeep_ike_leaving(ike);
}

void
rvl_sa_life_end(RvlIkeSa *ike, RvlCause cause, const GError *error)
{
    RvlEngine *engine = ike->engine;
    bool was_established = ike->times.established != 0;
    bool was_replaced = ike->successor != 0;

    if (ike->state == RVL_IKE_SA_GONE)
        return;
    ike->state = RVL_IKE_SA_GONE;
    ike->cause = cause;
    g_ptr_array_add(engine->gone, ike);
    rvl_retransmit_end(ike);
    rvl_exchange_drop_all(ike, error);
    leave_half_open(ike);
    rvl_siblings_remove(ike);
    if (was_established && !was_replaced)
        rvl_report_ike_down(ike, cause, error);
    while (ike->children != NULL)
        rvl_child_life_remove(ike->children, cause, error);
    if (!was_replaced)
        rvl_upkeep_ike_down(ike, was_established, cause, error);
}

void
rvl_sa_life_drop(RvlIkeSa *ike)
{
    ike->state = RVL_IKE_SA_GONE;
    rvl_exchange_drop_all(ike, NULL);
    leave_half_open(ike);
    rvl_siblings_remove(ike);
    while (ike->children != NULL) {
        RvlChildSa *child = ike->children;

        child->state = RVL_CHILD_NEGOTIATED;
        rvl_child_life_remove(child, RVL_CAUSE_SHUTTING_DOWN, NULL);
    }
    rvl_ike_sa_free(ike);
}

void
rvl_sa_life_set_up_due(RvlIkeSa *ike)
{
    g_autoptr(GError) error = NULL;

    rvl_error_set(&error, RVL_CAUSE_PEER_SILENT, "the set-up was not finished in time");
    rvl_sa_life_end(ike, RVL_CAUSE_PEER_SILENT, error);
}

/* Asks only where nothing was heard; an exchange that is out asks already (2.4). */
void
rvl_sa_life_liveness_due(RvlIkeSa *ike)
{
    RvlEngine *engine = ike->engine;
    RvlTime silent = engine->now.time - ike->times.last_inbound;
    RvlTime period = ike->peer.connection->liveness;

    if (ike->state != RVL_IKE_SA_ESTABLISHED || period <= 0)
        return;
    if (silent < period) {
        rvl_engine_set_timer(engine, &ike->timers.liveness, period - silent);
        return;
    }
    rvl_engine_set_timer(engine, &ike->timers.liveness, period);
    if (ike->exchanges.asking == NULL)
        rvl_exchanges_liveness(ike);
}

void
rvl_sa_life_keepalive_due(RvlIkeSa *ike)
{
    static const uint8_t keepalive[] = {0xff}; /* RFC 3948 2.3 */
    g_autoptr(GBytes) octets = g_bytes_new_static(keepalive, sizeof keepalive);

    if (ike->state != RVL_IKE_SA_ESTABLISHED)
        return;
    rvl_engine_send(ike->engine, &ike->path.current, octets);
    rvl_engine_set_timer(ike->engine, &ike->timers.keepalive, KEEPALIVE);
}

void
rvl_sa_life_rekey_due(RvlIkeSa *ike)
{
    if (ike->state == RVL_IKE_SA_ESTABLISHED)
        rvl_exchanges_rekey_ike(ike);
}

void
rvl_sa_life_expire_due(RvlIkeSa *ike)
{
    if (ike->state == RVL_IKE_SA_ESTABLISHED)
        rvl_sa_life_delete(ike, RVL_CAUSE_LIFETIME_EXPIRED);
    else if (ike->state == RVL_IKE_SA_REPLACED)
        rvl_sa_life_delete(ike, RVL_CAUSE_REPLACED);
}

/* A rekey proves nothing anew (RFC 7296 2.8.3): only another IKE_AUTH does. */
void
rvl_sa_life_proof_end_due(RvlIkeSa *ike)
{
    if (ike->state != RVL_IKE_SA_ESTABLISHED)
        return;
    if (rvl_sa_life_proof_is_over(ike))
        rvl_sa_life_delete(ike, RVL_CAUSE_CERTIFICATE_EXPIRED);
    else
        watch_proof(ike);
}
