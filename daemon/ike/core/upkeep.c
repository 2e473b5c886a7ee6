/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keeping connections as they are wanted: attempts, back-off, who waits. */
#include "config.h"

#include "ike/core/upkeep.h"

#include <string.h>

#include "ike/core/child-life.h"
#include "ike/core/deploy.h"
#include "ike/core/engine-state.h"
#include "ike/core/report.h"
#include "ike/core/sa-life.h"
#include "ike/v2/exchanges.h"
#include "ike/v2/sa-init.h"

/* Back-off between attempts: doubles from the first to the longest, less up to a fourth. */
#define FIRST_DELAY (2 * RVL_SECOND)
#define LONGEST_DELAY (5 * RVL_MINUTE)
#define IKE_PORT 500

bool
rvl_upkeep_place(const RvlEngine *engine, const char *name, guint *place)
{
    guint low = 0;
    guint high = engine->upkeeps->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const RvlUpkeep *upkeep = g_ptr_array_index(engine->upkeeps, middle);
        int order = strcmp(upkeep->connection->name, name);

        *place = middle;
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *place = low;
    return false;
}

RvlUpkeep *
rvl_upkeep_find(const RvlEngine *engine, const char *name)
{
    guint place;

    return rvl_upkeep_place(engine, name, &place) ? g_ptr_array_index(engine->upkeeps, place)
                                                  : NULL;
}

static RvlUpkeep *
upkeep_of(const RvlIkeSa *ike)
{
    return ike->peer.connection != NULL ? rvl_upkeep_find(ike->engine, ike->peer.connection->name)
                                        : NULL;
}

/* Who wants what */

static bool
is_waited_for(const RvlUpkeep *upkeep, const RvlChildPolicy *child)
{
    for (guint i = 0; i < upkeep->waiters->len; i++) {
        const RvlWaiter *waiter = &g_array_index(upkeep->waiters, RvlWaiter, i);

        if (waiter->child == child ||
            (waiter->child == NULL && child == upkeep->connection->children))
            return true;
    }
    return false;
}

static bool
is_wanted(const RvlUpkeep *upkeep, const RvlChildPolicy *child)
{
    return is_waited_for(upkeep, child) || (!upkeep->rests && child->keep == RVL_KEEP_UP);
}

static bool
wants_anything(const RvlUpkeep *upkeep)
{
    for (size_t i = 0; i < upkeep->connection->n_children; i++) {
        if (is_wanted(upkeep, &upkeep->connection->children[i]))
            return true;
    }
    return upkeep->waiters->len > 0;
}

/* Children of older snapshots are told by name: the policy's object may have changed. */
static bool
has_child(const RvlIkeSa *ike, const RvlChildPolicy *policy)
{
    for (const RvlChildSa *child = ike->children; child != NULL; child = child->next) {
        if (child->state <= RVL_CHILD_INSTALLED && strcmp(child->policy->name, policy->name) == 0)
            return true;
    }
    return rvl_exchanges_is_creating(ike, policy->name);
}

static RvlIkeSa *
established_of(const RvlUpkeep *upkeep)
{
    return upkeep->current != NULL && upkeep->current->state == RVL_IKE_SA_ESTABLISHED
               ? upkeep->current
               : NULL;
}

/* The newest that is left when @leaves goes. */
static void
choose_current(RvlUpkeep *upkeep, const RvlIkeSa *leaves)
{
    if (upkeep->current != leaves)
        return;
    upkeep->current = NULL;
    for (GList *link = upkeep->sas.tail; link != NULL; link = link->prev) {
        RvlIkeSa *ike = link->data;

        if (ike != leaves && ike->state == RVL_IKE_SA_ESTABLISHED) {
            upkeep->current = ike;
            return;
        }
    }
}

bool
rvl_upkeep_is_up(const RvlIkeSa *ike)
{
    const RvlUpkeep *upkeep = upkeep_of(ike);

    return upkeep != NULL && established_of(upkeep) != NULL;
}

/* Whether a Child SA that stands is what @waiter waits for. */
static bool
is_served(const RvlIkeSa *ike, const RvlUpkeep *upkeep, const RvlWaiter *waiter)
{
    const RvlChildPolicy *policy =
        waiter->child != NULL ? waiter->child : &upkeep->connection->children[0];

    for (const RvlChildSa *child = ike->children; child != NULL; child = child->next) {
        if (rvl_child_life_serves(child, policy->name, &waiter->packet))
            return true;
    }
    return false;
}

static bool
will_be_served(const RvlIkeSa *ike, const RvlWaiter *waiter)
{
    for (const RvlChildSa *child = ike->children; child != NULL; child = child->next) {
        if (rvl_child_life_will_serve(child, waiter->child->name, &waiter->packet))
            return true;
    }
    return false;
}

/* The first packet that waits for a Child SA of @policy, and that none which is there will carry. */
static const RvlFlow *
packet_for(const RvlIkeSa *ike, const RvlUpkeep *upkeep, const RvlChildPolicy *policy)
{
    for (guint i = 0; i < upkeep->waiters->len; i++) {
        const RvlWaiter *waiter = &g_array_index(upkeep->waiters, RvlWaiter, i);

        if (waiter->child == policy && waiter->packet.source.family != RVL_FAMILY_NONE &&
            !will_be_served(ike, waiter))
            return &waiter->packet;
    }
    return NULL;
}

const RvlChildPolicy *
rvl_upkeep_next_child(const RvlIkeSa *ike, const RvlFlow **packet)
{
    const RvlUpkeep *upkeep = upkeep_of(ike);
    const RvlConnection *connection = ike->peer.connection;

    for (size_t i = 0; upkeep != NULL && i < connection->n_children; i++) {
        const RvlChildPolicy *child = &connection->children[i];
        const RvlChildPolicy *now = rvl_connection_child(upkeep->connection, child->name);

        if (now == NULL)
            continue;
        *packet = packet_for(ike, upkeep, now);
        if ((is_wanted(upkeep, now) && !has_child(ike, child)) ||
            (*packet != NULL && !rvl_exchanges_is_creating(ike, child->name)))
            return child;
    }
    *packet = NULL;
    return NULL;
}

static void
create_missing(RvlIkeSa *ike)
{
    const RvlChildPolicy *child;
    const RvlFlow *packet;

    while ((child = rvl_upkeep_next_child(ike, &packet)) != NULL)
        rvl_exchanges_create_child(ike, child, packet);
}

/* Answering who waits. */

static void
answer_waiter(RvlEngine *engine, const RvlWaiter *waiter, const GError *error)
{
    RvlEngineAction action = {
        .kind = RVL_ENGINE_ACQUIRE_DONE,
        .acquire = waiter->acquire,
        .succeeded = error == NULL,
    };

    if (waiter->acquire != 0)
        rvl_engine_act(engine, &action);
    rvl_engine_reply(engine, waiter->command, error);
}

/* @child: (nullable): those that wait for it, or for the IKE SA alone; @all: everybody. */
static void
answer_waiters(RvlEngine *engine,
               RvlUpkeep *upkeep,
               const char *child,
               bool all,
               const GError *error)
{
    for (guint i = 0; i < upkeep->waiters->len;) {
        RvlWaiter waiter = g_array_index(upkeep->waiters, RvlWaiter, i);

        if (!all && (waiter.child == NULL ? false : strcmp(waiter.child->name, child) != 0)) {
            i++;
            continue;
        }
        g_array_remove_index(upkeep->waiters, i);
        answer_waiter(engine, &waiter, error);
    }
}

static void
progress(RvlEngine *engine, const RvlUpkeep *upkeep, const char *step)
{
    for (guint i = 0; i < upkeep->waiters->len; i++) {
        RvlEngineAction action = {
            .kind = RVL_ENGINE_PROGRESS,
            .command = g_array_index(upkeep->waiters, RvlWaiter, i).command,
            .step = step,
        };

        if (action.command != 0)
            rvl_engine_act(engine, &action);
    }
}

/* Attempts */

static void
note_failure(RvlUpkeep *upkeep, RvlCause cause, const GError *error)
{
    upkeep->last_cause = cause;
    g_free(upkeep->last_error);
    upkeep->last_error = g_strdup(error != NULL ? error->message : NULL);
}

static void
retry_later(RvlEngine *engine, RvlUpkeep *upkeep)
{
    RvlTime delay = FIRST_DELAY;

    for (unsigned i = 0; i < upkeep->tries && delay < LONGEST_DELAY; i++)
        delay *= 2;
    delay = MIN(delay, LONGEST_DELAY);
    delay -= rvl_engine_jitter(engine, delay / 4);
    upkeep->tries++;
    rvl_engine_set_timer(engine, &upkeep->timer, delay);
    rvl_report_retry(engine, upkeep->connection->name, delay, upkeep->tries);
}

static void
attempt_failed(RvlEngine *engine, RvlUpkeep *upkeep, RvlCause cause, const GError *error)
{
    upkeep->attempt = 0;
    upkeep->is_resolving = false;
    note_failure(upkeep, cause, error);
    answer_waiters(engine, upkeep, NULL, true, error);
    if (wants_anything(upkeep) && !upkeep->is_closing)
        retry_later(engine, upkeep);
}

static bool
resolved(RvlEngine *engine, uint64_t token, RvlJobResult *result)
{
    g_autoptr(RvlJobResult) owned = result;
    RvlUpkeep *upkeep = rvl_upkeep_find_token(engine, token);
    const RvlReach *reach;
    RvlPath path = {.transport = RVL_TRANSPORT_UDP};
    RvlIkeSa *ike;

    if (upkeep == NULL || !upkeep->is_resolving)
        return true;
    if (owned->end != RVL_JOB_DONE) {
        rvl_report_unreached(engine, upkeep->connection->name, NULL, owned->error);
        attempt_failed(engine, upkeep, rvl_error_cause(owned->error), owned->error);
        return true;
    }
    upkeep->is_resolving = false;
    progress(engine, upkeep, "resolve");
    rvl_report_resolved(engine, upkeep->connection->name, upkeep->connection->name,
                        owned->answer.resolve.reaches);
    /* Each failed attempt goes on to the peer's next address. */
    reach = &g_array_index(owned->answer.resolve.reaches, RvlReach,
                           upkeep->tries % owned->answer.resolve.reaches->len);
    path.local = reach->local;
    path.remote = reach->remote;
    path.remote.port =
        upkeep->connection->remote_port != 0 ? upkeep->connection->remote_port : IKE_PORT;
    ike = rvl_sa_init_begin(engine, upkeep->connection, &path, reach->local_encap_port);
    if (ike == NULL) {
        attempt_failed(engine, upkeep, RVL_CAUSE_PLUGIN_FAILED, NULL);
        return true;
    }
    upkeep->attempt = ike->number;
    return true;
}

/* Where the peer is: a name, or one address; false: only the peer can begin. */
static char *
peer_name(const RvlConnection *connection, unsigned try)
{
    for (size_t i = 0; i < connection->n_remotes; i++) {
        const RvlRemote *remote = &connection->remotes[(i + try) % connection->n_remotes];
        char text[RVL_ADDRESS_TEXT];

        if (remote->name != NULL)
            return g_strdup(remote->name);
        if (rvl_address_equal(&remote->range.first, &remote->range.last))
            return g_strdup(rvl_address_format(&remote->range.first, text));
    }
    return NULL;
}

static void
connect(RvlEngine *engine, RvlUpkeep *upkeep)
{
    const RvlConnection *connection = upkeep->connection;
    g_autofree char *name = peer_name(connection, upkeep->tries);
    g_autoptr(GError) error = NULL;
    RvlJob *job;

    if (upkeep->attempt != 0 || upkeep->is_resolving)
        return;
    if (name == NULL) {
        rvl_error_set(&error, RVL_CAUSE_PEER_UNRESOLVED,
                      "%s has no single remote-address: only its peers can begin",
                      connection->name);
        note_failure(upkeep, RVL_CAUSE_PEER_UNRESOLVED, error);
        answer_waiters(engine, upkeep, NULL, true, error);
        return;
    }
    job = rvl_job_new(RVL_JOB_RESOLVE, RVL_JOB_ESTABLISHED, (RvlSaRef){0}, upkeep->token);
    job->request.resolve.name = g_steal_pointer(&name);
    if (connection->n_local > 0)
        job->request.resolve.local = connection->local_addresses[0];
    upkeep->is_resolving = true;
    (void)rvl_engine_start_job(engine, job, resolved);
}

void
rvl_upkeep_advance(RvlEngine *engine, RvlUpkeep *upkeep)
{
    RvlIkeSa *ike;

    if (upkeep->is_closing) {
        if (upkeep->sas.length == 0 && !upkeep->is_ending_sas)
            rvl_deploy_end(engine, upkeep);
        return;
    }
    if (rvl_timer_is_set(&upkeep->timer) || engine->is_stopping)
        return;
    if (upkeep->deployed == RVL_DEPLOY_NOT || upkeep->deployed == RVL_DEPLOY_FAILED)
        rvl_deploy_begin(engine, upkeep);
    if (upkeep->deployed != RVL_DEPLOY_STANDS || !wants_anything(upkeep))
        return;
    ike = established_of(upkeep);
    if (ike != NULL)
        create_missing(ike);
    else
        connect(engine, upkeep);
}

void
rvl_upkeep_due(RvlEngine *engine, RvlUpkeep *upkeep)
{
    rvl_upkeep_advance(engine, upkeep);
}

void
rvl_upkeep_want(RvlEngine *engine, RvlUpkeep *upkeep, const RvlWaiter *waiter)
{
    const RvlIkeSa *ike = established_of(upkeep);

    if (waiter->command != 0)
        upkeep->rests = false;
    if (ike != NULL && is_served(ike, upkeep, waiter)) {
        answer_waiter(engine, waiter, NULL);
        return;
    }
    g_array_append_vals(upkeep->waiters, waiter, 1);
    rvl_timer_clear(engine->timers, &upkeep->timer); /* somebody waits now */
    rvl_upkeep_advance(engine, upkeep);
}

void
rvl_upkeep_undeployed(RvlEngine *engine, RvlUpkeep *upkeep, const GError *error)
{
    note_failure(upkeep, rvl_error_cause(error), error);
    answer_waiters(engine, upkeep, NULL, true, error);
}

void
rvl_upkeep_rest(RvlEngine *engine, RvlUpkeep *upkeep)
{
    g_autoptr(GError) error = NULL;

    upkeep->rests = true;
    upkeep->is_resolving = false; /* nobody waits for the answer any more */
    rvl_timer_clear(engine->timers, &upkeep->timer);
    rvl_error_set(&error, RVL_CAUSE_REQUESTED, "taken down meanwhile");
    answer_waiters(engine, upkeep, NULL, true, error);
}

static void
end_sas(RvlUpkeep *upkeep, RvlCause cause)
{
    upkeep->is_ending_sas = true;
    for (GList *link = upkeep->sas.head, *next; link != NULL; link = next) {
        next = link->next;
        rvl_sa_life_delete(link->data, cause);
    }
    upkeep->is_ending_sas = false;
}

void
rvl_upkeep_close(RvlEngine *engine, RvlUpkeep *upkeep, RvlCause cause)
{
    upkeep->is_closing = true;
    rvl_upkeep_rest(engine, upkeep);
    end_sas(upkeep, cause);
    rvl_upkeep_advance(engine, upkeep);
}

/* What SAs tell */

void
rvl_upkeep_join(RvlIkeSa *ike)
{
    RvlUpkeep *upkeep = upkeep_of(ike);
    GList *before;

    if (ike->upkeep != NULL || upkeep == NULL)
        return;
    ike->upkeep = upkeep;
    ike->upkeep_link.data = ike;
    /* Mostly the last: a responder's joins late, once its connection is known. */
    before = upkeep->sas.tail;
    while (before != NULL && ((const RvlIkeSa *)before->data)->number > ike->number)
        before = before->prev;
    g_queue_insert_after_link(&upkeep->sas, before, &ike->upkeep_link);
}

void
rvl_upkeep_step(RvlIkeSa *ike, const char *step)
{
    const RvlUpkeep *upkeep = upkeep_of(ike);

    if (upkeep != NULL)
        progress(ike->engine, upkeep, step);
}

void
rvl_upkeep_ike_up(RvlIkeSa *ike)
{
    RvlUpkeep *upkeep = upkeep_of(ike);

    if (upkeep == NULL)
        return;
    if (upkeep->attempt == ike->number)
        upkeep->attempt = 0;
    upkeep->tries = 0;
    upkeep->last_cause = RVL_CAUSE_NONE;
    g_clear_pointer(&upkeep->last_error, g_free);
    upkeep->since = ike->engine->now.time;
    upkeep->current = ike;
    rvl_timer_clear(ike->engine->timers, &upkeep->timer);
    if (ike->is_initiator)
        rvl_upkeep_advance(ike->engine, upkeep);
}

void
rvl_upkeep_ike_rekeyed(RvlIkeSa *old, RvlIkeSa *successor)
{
    RvlUpkeep *upkeep = upkeep_of(successor);

    rvl_upkeep_join(successor);
    /* It may have changed since the rekey began. */
    rvl_sa_life_follow(successor, old->peer.connection);
    if (upkeep != NULL && upkeep->current == old)
        upkeep->current = successor;
    rvl_upkeep_leave(old);
    if (upkeep != NULL)
        create_missing(successor);
}

void
rvl_upkeep_ike_leaving(RvlIkeSa *ike)
{
    RvlUpkeep *upkeep = upkeep_of(ike);

    if (upkeep != NULL)
        choose_current(upkeep, ike);
}

void
rvl_upkeep_ike_down(RvlIkeSa *ike, bool was_established, RvlCause cause, const GError *error)
{
    RvlEngine *engine = ike->engine;
    RvlUpkeep *upkeep = ike->upkeep;
    bool was_attempt, is_closing;

    if (upkeep == NULL)
        return;
    was_attempt = upkeep->attempt == ike->number;
    is_closing = upkeep->is_closing;
    if (!was_established && ike->is_initiator)
        rvl_report_set_up_failed(ike, cause, error);
    rvl_upkeep_leave(ike);
    if (is_closing)
        return; /* and it may be gone with its last SA */
    if (was_attempt)
        attempt_failed(engine, upkeep, cause, error);
    else
        rvl_upkeep_advance(engine, upkeep);
}

void
rvl_upkeep_leave(RvlIkeSa *ike)
{
    RvlUpkeep *upkeep = g_steal_pointer(&ike->upkeep);

    if (upkeep == NULL)
        return;
    g_queue_unlink(&upkeep->sas, &ike->upkeep_link);
    choose_current(upkeep, ike);
    if (upkeep->sas.length == 0)
        upkeep->since = ike->engine->now.time;
    if (upkeep->is_closing)
        rvl_upkeep_advance(ike->engine, upkeep);
}

/* Those that wait for what it carries; those whose packet it doesn't carry need another. */
static void
answer_served(RvlEngine *engine, RvlUpkeep *upkeep, const RvlChildSa *child)
{
    for (guint i = 0; i < upkeep->waiters->len;) {
        RvlWaiter waiter = g_array_index(upkeep->waiters, RvlWaiter, i);

        if (waiter.child != NULL &&
            !rvl_child_life_serves(child, waiter.child->name, &waiter.packet)) {
            i++;
            continue;
        }
        g_array_remove_index(upkeep->waiters, i);
        answer_waiter(engine, &waiter, NULL);
    }
}

void
rvl_upkeep_child_up(RvlIkeSa *ike, RvlChildSa *child)
{
    RvlUpkeep *upkeep = upkeep_of(ike);

    if (upkeep == NULL)
        return;
    progress(ike->engine, upkeep, "Child SA");
    answer_served(ike->engine, upkeep, child);
    if (ike == established_of(upkeep) && upkeep->waiters->len > 0)
        create_missing(ike);
}

void
rvl_upkeep_child_down(RvlIkeSa *ike, RvlChildSa *child, RvlCause cause)
{
    RvlUpkeep *upkeep = upkeep_of(ike);

    (void)child;
    if (upkeep == NULL || upkeep->is_closing || ike->state == RVL_IKE_SA_GONE)
        return;
    note_failure(upkeep, cause, NULL);
    if (ike->state == RVL_IKE_SA_ESTABLISHED && cause != RVL_CAUSE_REPLACED &&
        cause != RVL_CAUSE_REQUESTED && wants_anything(upkeep) && !rvl_timer_is_set(&upkeep->timer))
        retry_later(ike->engine, upkeep);
}

void
rvl_upkeep_child_failed(RvlIkeSa *ike, const RvlChildPolicy *child, const GError *error)
{
    RvlUpkeep *upkeep = upkeep_of(ike);

    if (upkeep == NULL)
        return;
    note_failure(upkeep, rvl_error_cause(error), error);
    answer_waiters(ike->engine, upkeep, child->name, false, error);
    if (!upkeep->is_closing && wants_anything(upkeep) && !rvl_timer_is_set(&upkeep->timer))
        retry_later(ike->engine, upkeep);
}

RvlConnectionState
rvl_upkeep_state(const RvlUpkeep *upkeep)
{
    if (established_of(upkeep) != NULL)
        return RVL_CONNECTION_UP;
    if (upkeep->attempt != 0 || upkeep->is_resolving)
        return RVL_CONNECTION_CONNECTING;
    return rvl_timer_is_set(&upkeep->timer) ? RVL_CONNECTION_WAITING : RVL_CONNECTION_DOWN;
}
