/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of a Child SA. */
#include "config.h"

#include "ike/core/child-life.h"

#include <string.h>

#include <ravelin/error.h>

#include "ike/core/engine-state.h"
#include "ike/core/lifetime.h"
#include "ike/core/report.h"
#include "ike/v2/exchanges.h"

/* A replaced inbound SA stays for packets that are still on their way (RFC 7296 2.8). */
#define LINGER (5 * RVL_SECOND)
/* A responder whose peer never deletes the old pair switches and removes by itself after this. */
#define PATIENCE (60 * RVL_SECOND)
/* How long one may live without the key exchange that is required of it, and when the end that
 * answered asks for one: not before the other end had its chance. */
#define PFS_PATIENCE (5 * RVL_SECOND)
#define PFS_ANSWERER_WAITS RVL_SECOND

enum { KEY_ENCR_IN, KEY_INTEG_IN, KEY_ENCR_OUT, KEY_INTEG_OUT };

RvlChildSa *
rvl_child_sa_new(RvlIkeSa *ike,
                 const RvlConnection *connection,
                 const RvlChildPolicy *policy,
                 RvlLineage *lineage,
                 bool is_initiator)
{
    RvlChildSa *child = g_new0(RvlChildSa, 1);
    RvlChildSa **at = &ike->children;

    child->ike = ike;
    child->number = ++ike->engine->last_number;
    child->connection = rvl_connection_ref(connection);
    child->policy = policy;
    child->lineage = lineage;
    child->is_initiator = is_initiator;
    child->protocol = (uint8_t)policy->protocol;
    child->mode = (uint8_t)policy->mode;
    child->id_in = rvl_engine_next_id(ike->engine);
    child->id_out = rvl_engine_next_id(ike->engine);
    g_hash_table_insert(ike->engine->by_sa_id, &child->id_in, child);
    g_hash_table_insert(ike->engine->by_sa_id, &child->id_out, child);
    rvl_timer_init(&child->rekey, RVL_TIMER_CHILD_REKEY);
    rvl_timer_init(&child->expire, RVL_TIMER_CHILD_EXPIRE);
    rvl_timer_init(&child->linger, RVL_TIMER_CHILD_LINGER);
    while (*at != NULL)
        at = &(*at)->next;
    *at = child;
    ike->engine->counts.child_sas++;
    return child;
}

static void
unlink_child(RvlChildSa *child)
{
    RvlChildSa **at = &child->ike->children;

    while (*at != NULL && *at != child)
        at = &(*at)->next;
    if (*at == child)
        *at = child->next;
    child->next = NULL;
}

static RvlTransform
transform_of(const RvlChildSa *child, RvlTransformType type)
{
    RvlTransform transform = {.type = (uint8_t)type, .id = RVL_TRANSFORM_ID_NONE};

    (void)rvl_choice_transform(&child->choice, type, &transform);
    return transform;
}

/* The path of ESP differs from IKE's: ports count only where it goes in UDP. */
static RvlPath
esp_path(const RvlIkeSa *ike)
{
    RvlPath path = ike->path.current;

    if (!ike->path.encapsulates && path.transport != RVL_TRANSPORT_TCP) {
        path.transport = RVL_TRANSPORT_UDP;
        path.local.port = path.remote.port = 0;
    }
    return path;
}

static void
set_lifetimes(RvlSaAdd *sa, const RvlLifetime *lifetime)
{
    if (lifetime->octets != 0) {
        sa->needs |= RVL_SA_NEEDS_LIFETIME_OCTETS;
        sa->soft_octets = rvl_lifetime_soft_amount(lifetime->octets);
        sa->hard_octets = lifetime->octets;
    }
    if (lifetime->packets != 0) {
        sa->needs |= RVL_SA_NEEDS_LIFETIME_PACKETS;
        sa->soft_packets = rvl_lifetime_soft_amount(lifetime->packets);
        sa->hard_packets = lifetime->packets;
    }
}

static void
add_sa_step(RvlChildSa *child, RvlJob *job, bool is_inbound)
{
    RvlIkeSa *ike = child->ike;
    RvlApplyStep step = {
        .kind = RVL_OPERATION_SA_ADD,
        .id = is_inbound ? child->id_in : child->id_out,
        .sa =
            {
                .size = sizeof(RvlSaAdd),
                .id = is_inbound ? child->id_in : child->id_out,
                .pair = is_inbound ? child->id_out : child->id_in,
                .policy = child->lineage->id,
                .direction = is_inbound ? RVL_DIRECTION_IN : RVL_DIRECTION_OUT,
                .protocol = child->protocol,
                .mode = child->mode,
                .spi = is_inbound ? child->spi_in : child->spi_out,
                .encr = transform_of(child, RVL_TRANSFORM_ENCR),
                .integ = transform_of(child, RVL_TRANSFORM_INTEG),
                .encr_key = child->keys[is_inbound ? KEY_ENCR_IN : KEY_ENCR_OUT],
                .integ_key = child->keys[is_inbound ? KEY_INTEG_IN : KEY_INTEG_OUT],
                .has_esn = child->has_esn,
                .replay_window = is_inbound ? child->policy->replay_window : 0,
                .interface = child->lineage->interface,
            },
        .path = esp_path(ike),
    };

    step.owner = rvl_engine_owner_tag(ike->engine, ike->peer.connection->name);
    step.local = rvl_selectors_ref(child->local);
    step.remote = rvl_selectors_ref(child->remote);
    set_lifetimes(&step.sa, &child->policy->lifetime);
    rvl_job_apply_add(job, &step);
}

RvlJob *
rvl_child_life_install_job(RvlChildSa *child, unsigned what)
{
    RvlJob *job = rvl_job_new(RVL_JOB_APPLY, RVL_JOB_ESTABLISHED, (RvlSaRef){0}, 0);
    RvlApplyStep activate = {.kind = RVL_OPERATION_SA_ACTIVATE, .id = child->id_out};

    child->ousts = child->lineage->serving;
    rvl_lineage_add_step(child->ike->engine, child->lineage, job);
    if ((what & RVL_INSTALL_INBOUND) != 0)
        add_sa_step(child, job, true);
    if ((what & RVL_INSTALL_OUTBOUND) != 0)
        add_sa_step(child, job, false);
    if ((what & RVL_INSTALL_ACTIVATE) != 0)
        rvl_job_apply_add(job, &activate);
    return job;
}

bool
rvl_child_life_lacks_pfs(const RvlChildSa *child)
{
    return child->policy->pfs == RVL_PFS_REQUIRE &&
           rvl_choice_id(&child->choice, RVL_TRANSFORM_KE) == RVL_TRANSFORM_ID_NONE;
}

bool
rvl_child_life_hold(const RvlSelectors *local, const RvlSelectors *remote, const RvlFlow *packet)
{
    return packet->source.family == RVL_FAMILY_NONE ||
           (rvl_selectors_match(local, &packet->source, packet->protocol, packet->ports_known,
                                packet->source_port) &&
            rvl_selectors_match(remote, &packet->destination, packet->protocol, packet->ports_known,
                                packet->destination_port));
}

bool
rvl_child_life_will_serve(const RvlChildSa *child, const char *name, const RvlFlow *packet)
{
    return child->state <= RVL_CHILD_INSTALLED && strcmp(child->policy->name, name) == 0 &&
           rvl_child_life_hold(child->local, child->remote, packet);
}

bool
rvl_child_life_serves(const RvlChildSa *child, const char *name, const RvlFlow *packet)
{
    return child->state == RVL_CHILD_INSTALLED && !rvl_child_life_lacks_pfs(child) &&
           rvl_child_life_will_serve(child, name, packet);
}

void
rvl_child_life_refuse_pfs(RvlChildSa *child, const GError *why)
{
    g_autoptr(GError) late = NULL;

    rvl_error_set(&late, RVL_CAUSE_PFS_GROUP_MISMATCH,
                  "no Child SA with a key exchange of its own came within %d s",
                  (int)(PFS_PATIENCE / RVL_SECOND));
    rvl_upkeep_child_failed(child->ike, child->policy, why != NULL ? why : late);
    rvl_child_life_delete(child, RVL_CAUSE_PFS_GROUP_MISMATCH);
}

bool
rvl_child_life_is_known(const RvlChildSa *child)
{
    const RvlIkeSa *ike = child->ike;
    const RvlWindow *window = &ike->window;

    if (child->is_initiator || child->made_in != ike->number ||
        ike->engine->now.time - child->installed >= PATIENCE)
        return true;
    return window->expected > child->made_by + 1 ||
           (window->slot == RVL_SLOT_IN_WORK && window->expected == child->made_by + 1);
}

static void begin_removal(RvlEngine *engine, RvlChildSa *child);

/* A job that changes what is installed is under way: jobs overtake each other, and @child mustn't be removed first. */
static void
switch_begins(RvlEngine *engine, RvlChildSa *child)
{
    child->switches++;
    g_hash_table_insert(engine->switching, &child->number, child);
}

static void
switch_ended(RvlEngine *engine, uint64_t number)
{
    RvlChildSa *child = g_hash_table_lookup(engine->switching, &number);

    if (child == NULL || --child->switches > 0)
        return;
    g_hash_table_remove(engine->switching, &number);
    if (g_hash_table_contains(engine->removing, &number))
        begin_removal(engine, child);
}

/* It serves nothing, and nothing else does: a pair of no use, and the peer takes it for one of use. */
static void
activation_failed(RvlEngine *engine, uint64_t number, const GError *error)
{
    RvlChildSa *child = g_hash_table_lookup(engine->switching, &number);

    rvl_report_install_failed(engine, NULL, "activate", error);
    if (child == NULL || g_hash_table_contains(engine->removing, &number) ||
        child->state != RVL_CHILD_INSTALLED || child->lineage->serving != number)
        return;
    child->lineage->serving = 0;
    rvl_child_life_delete(child, RVL_CAUSE_INSTALL_FAILED);
}

static bool
activated(RvlEngine *engine, uint64_t token, RvlJobResult *result)
{
    g_autoptr(RvlJobResult) owned = result;

    if (owned->end == RVL_JOB_FAILED)
        activation_failed(engine, token, owned->error);
    switch_ended(engine, token);
    return true;
}

static void
switch_to(RvlEngine *engine, RvlChildSa *child)
{
    RvlJob *job = rvl_job_new(RVL_JOB_APPLY, RVL_JOB_ESTABLISHED, (RvlSaRef){0}, child->number);
    RvlApplyStep step = {.kind = RVL_OPERATION_SA_ACTIVATE, .id = child->id_out};

    child->lineage->serving = child->number;
    rvl_job_apply_add(job, &step);
    switch_begins(engine, child);
    (void)rvl_engine_start_job(engine, job, activated);
}

void
rvl_child_life_activate(RvlChildSa *child)
{
    if (child->lineage->serving != child->number && child->state == RVL_CHILD_INSTALLED)
        switch_to(child->ike->engine, child);
}

/* @child was installed and made to serve. Where another was, meanwhile, that one does, whichever of the
 * two came last in the installer. */
static void
take_over(RvlEngine *engine, RvlChildSa *child)
{
    RvlChildSa *other = child->lineage->serving != child->ousts
                            ? rvl_lineage_find_child(child->lineage, child->lineage->serving)
                            : NULL;

    if (other != NULL && other->state == RVL_CHILD_INSTALLED)
        switch_to(engine, other);
    else
        child->lineage->serving = child->number;
}

void
rvl_child_life_installed(RvlChildSa *child, unsigned what)
{
    RvlEngine *engine = child->ike->engine;

    child->state = RVL_CHILD_INSTALLED;
    child->installed = engine->now.time;
    rvl_lineage_enter(child->lineage, child);
    if ((what & RVL_INSTALL_ACTIVATE) != 0)
        take_over(engine, child);
    rvl_lifetime_arm(engine, &child->policy->lifetime, child->policy->rekey, &child->rekey,
                     &child->expire);
    if (rvl_child_life_lacks_pfs(child)) {
        rvl_engine_set_timer(engine, &child->rekey, child->is_initiator ? 0 : PFS_ANSWERER_WAITS);
        rvl_engine_set_timer(engine, &child->expire, PFS_PATIENCE);
    }
}

static bool
migrated(RvlEngine *engine, uint64_t token, RvlJobResult *result)
{
    g_autoptr(RvlJobResult) owned = result;

    switch_ended(engine, token);
    if (owned->end == RVL_JOB_FAILED)
        rvl_report_install_failed(engine, NULL, "migrate", owned->error);
    return true;
}

/* A job of its own: an installer that refuses a batch refuses it whole, also for those that are well. */
void
rvl_child_life_migrate(RvlChildSa *child)
{
    RvlApplyStep step = {.kind = RVL_OPERATION_SA_MIGRATE, .path = esp_path(child->ike)};
    RvlJob *job;

    if (child->state == RVL_CHILD_NEGOTIATED)
        return;
    job = rvl_job_new(RVL_JOB_APPLY, RVL_JOB_ESTABLISHED, (RvlSaRef){0}, child->number);
    step.id = child->id_out;
    rvl_job_apply_add(job, &step);
    step.id = child->id_in;
    rvl_job_apply_add(job, &step);
    switch_begins(child->ike->engine, child);
    (void)rvl_engine_start_job(child->ike->engine, job, migrated);
}

void
rvl_child_life_replaced(RvlChildSa *child, RvlChildSa *successor)
{
    RvlEngine *engine = child->ike->engine;

    child->state = RVL_CHILD_REPLACED;
    child->successor = successor->number;
    rvl_timer_clear(engine->timers, &child->rekey);
    if (rvl_child_life_lacks_pfs(child)) /* what it lacked is there now */
        rvl_timer_clear(engine->timers, &child->expire);
    rvl_engine_set_timer(engine, &child->linger, PATIENCE);
}

void
rvl_child_life_retire(RvlChildSa *child)
{
    const RvlChildSa *successor = rvl_ike_sa_find_child_number(child->ike, child->successor);

    if (successor == NULL || rvl_child_life_is_known(successor))
        rvl_child_life_linger_due(child);
    else
        rvl_engine_set_timer(child->ike->engine, &child->linger, RVL_SECOND);
}

void
rvl_child_life_linger(RvlChildSa *child, RvlCause cause)
{
    RvlEngine *engine = child->ike->engine;

    child->state = RVL_CHILD_DELETED;
    child->cause = cause;
    rvl_timer_clear(engine->timers, &child->rekey);
    rvl_timer_clear(engine->timers, &child->expire);
    rvl_engine_set_timer(engine, &child->linger, LINGER);
}

static void
clear_timers(RvlEngine *engine, RvlChildSa *child)
{
    rvl_timer_clear(engine->timers, &child->rekey);
    rvl_timer_clear(engine->timers, &child->expire);
    rvl_timer_clear(engine->timers, &child->linger);
}

static void
child_free(RvlEngine *engine, RvlChildSa *child)
{
    const RvlSecretServices *secrets = engine->services.secrets;

    for (size_t i = 0; i < G_N_ELEMENTS(child->keys); i++)
        secrets->release(secrets->context, child->keys[i]);
    g_clear_error(&child->error);
    g_free(child->farewell_peer);
    g_clear_pointer(&child->local, rvl_selectors_unref);
    g_clear_pointer(&child->remote, rvl_selectors_unref);
    rvl_lineage_unref(engine, child->lineage);
    rvl_connection_unref(child->connection);
    g_free(child);
}

void
rvl_child_life_forget(RvlEngine *engine, RvlChildSa *child)
{
    child_free(engine, child);
}

/* What is left of a child while the installer removes it: the keys must stand until then. */
static bool
removed(RvlEngine *engine, uint64_t token, RvlJobResult *result)
{
    g_autoptr(RvlJobResult) owned = result;
    RvlChildSa *child = g_hash_table_lookup(engine->removing, &token);

    if (child == NULL)
        return true;
    g_hash_table_remove(engine->removing, &token);
    switch_ended(engine, child->heir);
    rvl_report_child_counters(engine, child, owned);
    child_free(engine, child);
    return true;
}

/* Once nothing is under way that would make it serve again. */
static void
begin_removal(RvlEngine *engine, RvlChildSa *child)
{
    RvlJob *job = rvl_job_new(RVL_JOB_APPLY, RVL_JOB_TEARDOWN, (RvlSaRef){0}, child->number);
    RvlApplyStep out = {.kind = RVL_OPERATION_SA_REMOVE, .id = child->id_out};
    RvlApplyStep in = {.kind = RVL_OPERATION_SA_REMOVE, .id = child->id_in};
    RvlChildSa *next = rvl_lineage_next(child->lineage, child);

    if (next != NULL) { /* another pair of the same policy goes on serving it */
        RvlApplyStep activate = {.kind = RVL_OPERATION_SA_ACTIVATE, .id = next->id_out};

        child->lineage->serving = next->number;
        child->heir = next->number;
        switch_begins(engine, next);
        rvl_job_apply_add(job, &activate);
    }
    rvl_job_apply_add(job, &out);
    rvl_job_apply_add(job, &in);
    (void)rvl_engine_start_job(engine, job, removed);
}

static void
start_removal(RvlEngine *engine, RvlChildSa *child)
{
    rvl_lineage_leave(child->lineage, child);
    g_hash_table_insert(engine->removing, &child->number, child);
    if (child->switches == 0)
        begin_removal(engine, child);
}

void
rvl_child_life_remove(RvlChildSa *child, RvlCause cause, const GError *error)
{
    RvlIkeSa *ike = child->ike;
    RvlEngine *engine = ike->engine;
    bool was_installed = child->state != RVL_CHILD_NEGOTIATED;
    bool was_serving = child->state == RVL_CHILD_INSTALLED;

    clear_timers(engine, child);
    unlink_child(child);
    g_hash_table_remove(engine->by_sa_id, &child->id_in);
    g_hash_table_remove(engine->by_sa_id, &child->id_out);
    engine->counts.child_sas--;
    child->cause = cause;
    if (!was_installed) { /* an installation under way is undone by the driver */
        rvl_engine_release_spi(ike, child->protocol, child->spi_in);
        child_free(engine, child);
        return;
    }
    rvl_report_child_down(ike, child, cause, error);
    if (was_serving)
        rvl_upkeep_child_down(ike, child, cause);
    start_removal(engine, child);
}

void
rvl_child_life_move(RvlChildSa *child, RvlIkeSa *ike)
{
    RvlChildSa **at = &ike->children;

    unlink_child(child);
    child->ike = ike;
    while (*at != NULL)
        at = &(*at)->next;
    *at = child;
    /* A rekey that the old IKE SA had queued went with it. */
    if (child->state == RVL_CHILD_INSTALLED && ike->state <= RVL_IKE_SA_ESTABLISHED &&
        (child->policy->rekey || rvl_child_life_lacks_pfs(child)) &&
        !rvl_timer_is_set(&child->rekey) && rvl_timer_is_set(&child->expire))
        rvl_engine_set_timer(ike->engine, &child->rekey, RVL_SECOND);
}

void
rvl_child_life_rekey_due(RvlChildSa *child)
{
    if (child->state != RVL_CHILD_INSTALLED)
        return;
    if (rvl_child_life_is_known(child))
        rvl_exchanges_rekey_child(child->ike, child);
    else
        rvl_engine_set_timer(child->ike->engine, &child->rekey, RVL_SECOND);
}

void
rvl_child_life_delete(RvlChildSa *child, RvlCause cause)
{
    if (rvl_child_life_is_known(child)) {
        rvl_exchanges_delete_child(child->ike, child, cause);
    } else if (child->state == RVL_CHILD_INSTALLED) {
        child->cause = cause;
        rvl_engine_set_timer(child->ike->engine, &child->linger, RVL_SECOND);
    }
}

/* Not while its replacement is being talked about: that ends by itself. */
static void
end_without_pfs(RvlChildSa *child)
{
    if (rvl_exchanges_is_rekeying(child->ike, child))
        rvl_engine_set_timer(child->ike->engine, &child->expire, RVL_SECOND);
    else
        rvl_child_life_refuse_pfs(child, NULL);
}

void
rvl_child_life_expire_due(RvlChildSa *child, RvlCause cause)
{
    if (child->state == RVL_CHILD_INSTALLED && rvl_child_life_lacks_pfs(child))
        end_without_pfs(child);
    else if (child->state == RVL_CHILD_INSTALLED || child->state == RVL_CHILD_REPLACED)
        rvl_child_life_delete(child, cause);
}

void
rvl_child_life_limit_reached(RvlChildSa *child, bool is_hard, uint32_t cause)
{
    RvlCause why = cause == RVL_CAUSE_SEQUENCE_EXHAUSTED ? RVL_CAUSE_SEQUENCE_EXHAUSTED
                                                         : RVL_CAUSE_LIFETIME_EXPIRED;

    rvl_report_child_limit(child, is_hard, why);
    if (is_hard)
        rvl_child_life_expire_due(child, why);
    else
        rvl_child_life_rekey_due(child);
}

/* A delete that was put off, a replaced pair whose peer never deleted it, a deleted one's time. */
void
rvl_child_life_linger_due(RvlChildSa *child)
{
    RvlChildSa *successor = rvl_ike_sa_find_child_number(child->ike, child->successor);

    if (child->state == RVL_CHILD_REPLACED && successor != NULL &&
        !rvl_child_life_is_known(successor)) {
        rvl_engine_set_timer(child->ike->engine, &child->linger, RVL_SECOND);
        return;
    }
    if (child->state == RVL_CHILD_REPLACED) {
        if (successor != NULL)
            rvl_child_life_activate(successor);
        rvl_exchanges_delete_child(child->ike, child, RVL_CAUSE_REPLACED);
        return;
    }
    if (child->state == RVL_CHILD_INSTALLED)
        rvl_child_life_delete(child, child->cause);
    else
        rvl_child_life_remove(child, child->cause, NULL);
}
