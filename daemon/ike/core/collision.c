/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Collisions. */
#include "config.h"

#include "ike/core/collision.h"

#include <string.h>

#include <ravelin/error.h>
#include "ike/core/child-life.h"
#include "ike/core/engine-state.h"
#include "ike/core/report.h"
#include "ike/core/sa-life.h"
#include "ike/v2/exchanges.h"
#include "wire/notify.h"

/* A rekey that was refused for now is tried again after this, and up to as much more. */
#define RETRY_LATER (2 * RVL_SECOND)
/* Twins that both ends asked for were installed within this time. */
#define AT_ONCE (10 * RVL_SECOND)

void
rvl_rivalry_clear(RvlRivalry *rivalry)
{
    g_clear_pointer(&rivalry->lowest, g_bytes_unref);
    rivalry->number = 0;
}

int
rvl_nonce_compare(GBytes *a, GBytes *b)
{
    return g_bytes_compare(a, b);
}

static GBytes *
lower(GBytes *a, GBytes *b)
{
    return rvl_nonce_compare(a, b) <= 0 ? a : b;
}

void
rvl_rivalry_set(RvlRivalry *rivalry, uint64_t number, GBytes *a, GBytes *b)
{
    rvl_rivalry_clear(rivalry);
    rivalry->number = number;
    rivalry->lowest = g_bytes_ref(lower(a, b));
}

bool
rvl_rivalry_is_lost(const RvlRivalry *rivalry, GBytes *a, GBytes *b)
{
    return rivalry->number != 0 && rvl_nonce_compare(lower(a, b), rivalry->lowest) < 0;
}

/* Child SAs */

/* Whether a rekey of ours for @child is out, so that the peer may be answering it just now. */
static RvlExchange *
rekey_under_way(const RvlIkeSa *ike, const RvlChildSa *child)
{
    RvlExchange *x = ike->exchanges.asking;

    return x != NULL && x->kind == &rvl_exchange_rekey_child && x->phase >= RVL_PHASE_SENT &&
                   rvl_exchanges_replaces(x) == child->number
               ? x
               : NULL;
}

static bool
ike_rekey_under_way(const RvlIkeSa *ike)
{
    const RvlExchange *x = ike->exchanges.asking;

    return x != NULL && x->kind == &rvl_exchange_rekey_ike && x->phase >= RVL_PHASE_SENT;
}

static bool
delete_under_way(const RvlIkeSa *ike, const RvlChildSa *child)
{
    const RvlExchange *x = ike->exchanges.asking;

    return x != NULL && x->phase >= RVL_PHASE_SENT && rvl_exchanges_is_deleting(x, child);
}

static bool
refuse_for_now(RvlIkeSa *ike, RvlExchange *x, const char *outcome)
{
    rvl_report_collision(ike, rvl_exchange_name(x->kind->type), outcome);
    rvl_exchange_refuse(x, RVL_NOTIFY_TEMPORARY_FAILURE, NULL, RVL_CAUSE_REKEY_FAILED);
    return false;
}

static bool
is_rivalry_with(RvlExchange *x, const RvlIkeSa *ike)
{
    return x != NULL && x->kind == &rvl_exchange_rekey_ike &&
           rvl_exchanges_rivalry(x)->number == ike->number;
}

bool
rvl_collision_is_open(const RvlIkeSa *ike)
{
    const RvlIkeSa *old = rvl_engine_find_sa(ike->engine, ike->rekeyed);

    return old != NULL && (is_rivalry_with(old->exchanges.asking, ike) ||
                           is_rivalry_with(old->exchanges.answering, ike));
}

bool
rvl_collision_admits_child(RvlIkeSa *ike, RvlExchange *x)
{
    if (rvl_collision_is_open(ike))
        return refuse_for_now(ike, x, "the IKE SA's own rekey isn't over");
    if (ike->state != RVL_IKE_SA_ESTABLISHED)
        return refuse_for_now(ike, x, "the IKE SA is ending");
    if (ike_rekey_under_way(ike))
        return refuse_for_now(ike, x, "our rekey of the IKE SA goes first");
    return true;
}

bool
rvl_collision_finds_old(RvlIkeSa *ike, RvlExchange *x, RvlChildSa **old)
{
    const RvlNotifyPayload *rekey =
        rvl_message_find_notify(x->request->message, RVL_NOTIFY_REKEY_SA);
    uint32_t spi = rvl_notify_payload_spi(rekey);

    if (!rvl_collision_admits_child(ike, x))
        return false;
    *old = rvl_ike_sa_find_child_out(ike, (RvlProtocol)rekey->protocol, spi);
    if (*old == NULL || (*old)->state == RVL_CHILD_NEGOTIATED) {
        rvl_report_collision(ike, "CREATE_CHILD_SA", "the Child SA is not here");
        rvl_exchange_refuse(x, RVL_NOTIFY_CHILD_SA_NOT_FOUND, NULL, RVL_CAUSE_REKEY_FAILED);
        x->refusal_protocol = rekey->protocol;
        x->refusal_spi = spi;
        return false;
    }
    if ((*old)->state != RVL_CHILD_INSTALLED)
        return refuse_for_now(ike, x, "the Child SA was replaced already");
    if (delete_under_way(ike, *old))
        return refuse_for_now(ike, x, "our delete of the Child SA goes first");
    if (rekey_under_way(ike, *old) != NULL)
        rvl_report_collision(ike, "CREATE_CHILD_SA", "both ends rekey the Child SA");
    return true;
}

/* The peer's rekey of the same SA that we are answering just now; NULL: none. */
static RvlExchange *
answer_under_way(const RvlIkeSa *ike, const RvlExchangeKind *kind, uint64_t old)
{
    RvlExchange *x = ike->exchanges.answering;

    return x != NULL && x->kind == kind && rvl_exchanges_replaces(x) == old ? x : NULL;
}

/* Ours has the lowest nonce: it goes, once the peer's is known to stand on both ends (2.8.1). */
static void
yield_child(RvlIkeSa *ike, RvlChildSa *old, RvlChildSa *ours, RvlChildSa *theirs)
{
    rvl_report_collision(ike, "CREATE_CHILD_SA", "the peer's Child SA stays");
    rvl_child_life_replaced(ours, theirs);
    if (old != NULL && old->state == RVL_CHILD_INSTALLED) {
        rvl_child_life_replaced(old, theirs); /* the peer deletes it; then ours goes */
    } else {
        rvl_child_life_activate(theirs); /* ours was switched to when it was installed */
        rvl_child_life_retire(ours);
    }
}

/* @theirs: (nullable): the peer made it, and deletes it. */
static void
keep_child(RvlIkeSa *ike, RvlChildSa *old, RvlChildSa *ours, RvlChildSa *theirs)
{
    if (theirs != NULL) {
        rvl_report_collision(ike, "CREATE_CHILD_SA", "our Child SA stays");
        rvl_child_life_replaced(theirs, ours);
    }
    rvl_child_life_activate(ours); /* nothing, unless another was made to serve meanwhile */
    if (old == NULL || old->state != RVL_CHILD_INSTALLED)
        return;
    rvl_child_life_replaced(old, ours);
    rvl_exchanges_delete_child(ike, old, RVL_CAUSE_REPLACED);
}

static RvlChildSa *
find_rival(const RvlIkeSa *ike, const RvlRivalry *rivalry)
{
    RvlChildSa *rival = rvl_ike_sa_find_child_number(ike, rivalry->number);

    return rival != NULL && rival->state == RVL_CHILD_INSTALLED ? rival : NULL;
}

void
rvl_collision_child_rekeyed(RvlIkeSa *ike,
                            uint64_t old,
                            RvlChildSa *child,
                            const RvlRivalry *rivalry,
                            GBytes *nonce_i,
                            GBytes *nonce_r)
{
    RvlExchange *answer = answer_under_way(ike, &rvl_exchange_rekey_child, old);
    RvlChildSa *rival = find_rival(ike, rivalry);

    if (answer != NULL) /* which of the two stays is known when that is answered */
        rvl_rivalry_set(rvl_exchanges_rivalry(answer), child->number, nonce_i, nonce_r);
    else if (rival != NULL && rvl_rivalry_is_lost(rivalry, nonce_i, nonce_r))
        yield_child(ike, rvl_ike_sa_find_child_number(ike, old), child, rival);
    else
        keep_child(ike, rvl_ike_sa_find_child_number(ike, old), child, rival);
}

void
rvl_collision_child_rekeyed_by_peer(RvlIkeSa *ike,
                                    RvlChildSa *old,
                                    RvlChildSa *child,
                                    const RvlRivalry *rivalry,
                                    GBytes *nonce_i,
                                    GBytes *nonce_r)
{
    RvlExchange *asking = old != NULL ? rekey_under_way(ike, old) : NULL;
    RvlChildSa *ours = find_rival(ike, rivalry);

    if (ours != NULL && rvl_rivalry_is_lost(rivalry, nonce_i, nonce_r))
        keep_child(ike, old, ours, child);
    else if (ours != NULL)
        yield_child(ike, old, ours, child);
    else if (old == NULL)
        rvl_child_life_activate(child); /* we deleted @old: nothing else serves the policy */
    else if (asking != NULL)
        rvl_rivalry_set(rvl_exchanges_rivalry(asking), child->number, nonce_i, nonce_r);
    else
        rvl_child_life_replaced(old, child);
}

void
rvl_collision_answer_failed(RvlIkeSa *ike, RvlChildSa *old, const RvlRivalry *rivalry)
{
    RvlChildSa *ours = find_rival(ike, rivalry);

    if (ours != NULL)
        keep_child(ike, old, ours, NULL);
}

/* The inbound SPI of the end that asked for the pair: both ends know it. */
static uint32_t
asking_spi(const RvlChildSa *child)
{
    return child->is_initiator ? child->spi_in : child->spi_out;
}

/* Their order says which packet asked for each. */
static bool
hold_the_same(const RvlSelectors *a, const RvlSelectors *b)
{
    return rvl_selectors_includes(a, b) && rvl_selectors_includes(b, a);
}

static bool
is_twin(const RvlEngine *engine, const RvlChildSa *child, const RvlChildSa *other)
{
    return other != child && other->state == RVL_CHILD_INSTALLED &&
           other->is_initiator != child->is_initiator &&
           strcmp(other->policy->name, child->policy->name) == 0 &&
           hold_the_same(other->local, child->local) &&
           hold_the_same(other->remote, child->remote) &&
           engine->now.time - other->installed < AT_ONCE;
}

/* RFC 7296 has no rule here, since both may stand; one is enough, and both ends must mean the same. */
void
rvl_collision_child_created(RvlIkeSa *ike, RvlChildSa *child)
{
    for (RvlChildSa *other = ike->children, *next; other != NULL; other = next) {
        RvlChildSa *loser = asking_spi(child) < asking_spi(other) ? child : other;
        RvlChildSa *winner = loser == child ? other : child;

        next = other->next;
        if (!is_twin(ike->engine, child, other))
            continue;
        rvl_report_collision(ike, "CREATE_CHILD_SA",
                             loser == child ? "the other Child SA stays" : "this Child SA stays");
        rvl_child_life_replaced(loser, winner);
        if (loser->is_initiator)
            rvl_child_life_retire(loser);
        return;
    }
}

RvlChildSa *
rvl_collision_find_deleted(RvlIkeSa *ike, RvlProtocol protocol, uint32_t spi)
{
    RvlChildSa *child = rvl_ike_sa_find_child_out(ike, protocol, spi);

    if (child != NULL || !rvl_collision_is_open(ike))
        return child;
    return rvl_ike_sa_find_child_out(rvl_engine_find_sa(ike->engine, ike->rekeyed), protocol, spi);
}

bool
rvl_collision_names_ours(const RvlIkeSa *ike, const RvlChildSa *child)
{
    return !delete_under_way(ike, child);
}

/* Redundant ones of ours, which waited until their successor was known to stand on both ends. */
static void
delete_redundant(RvlIkeSa *ike, const RvlChildSa *successor)
{
    for (RvlChildSa *child = ike->children, *next; child != NULL; child = next) {
        next = child->next;
        if (child->state == RVL_CHILD_REPLACED && child->successor == successor->number &&
            child->is_initiator)
            rvl_exchanges_delete_child(ike, child, RVL_CAUSE_REPLACED);
    }
}

void
rvl_collision_child_deleted(RvlIkeSa *ike, RvlChildSa *child)
{
    RvlExchange *ours = rekey_under_way(ike, child);
    uint64_t number = child->state == RVL_CHILD_REPLACED ? child->successor
                      : ours != NULL                     ? rvl_exchanges_rivalry(ours)->number
                                                         : 0;
    RvlChildSa *successor = rvl_ike_sa_find_child_number(ike, number);

    if (delete_under_way(ike, child))
        rvl_report_collision(ike, "INFORMATIONAL", "both ends delete the Child SA");
    if (successor != NULL && successor->state == RVL_CHILD_INSTALLED) {
        rvl_child_life_activate(successor);
        rvl_child_life_linger(child, RVL_CAUSE_REPLACED);
        delete_redundant(ike, successor);
    } else if (child->state != RVL_CHILD_DELETED) {
        rvl_child_life_remove(child, RVL_CAUSE_PEER_DELETED, NULL);
    }
}

void
rvl_collision_heard_refusal(RvlIkeSa *ike,
                            RvlExchange *x,
                            const RvlNotifyPayload *refusal,
                            uint64_t replaces,
                            GError **error)
{
    RvlCause cause = rvl_error_policy_heard(refusal->type, x->kind->type);
    RvlChildSa *old = rvl_ike_sa_find_child_number(ike, replaces);
    const char *name = rvl_notify_name(refusal->type);

    /* The peer took the same proposals without a key exchange just before (1.2). */
    if (old != NULL && rvl_child_life_lacks_pfs(old) && cause == RVL_CAUSE_CHILD_PROPOSAL_MISMATCH)
        cause = RVL_CAUSE_PFS_GROUP_MISMATCH;
    rvl_report_peer_refused(ike, x, refusal->type, NULL, cause);
    rvl_error_set_found(error, cause, name, NULL, "the peer refused");
    if (refusal->type != RVL_NOTIFY_CHILD_SA_NOT_FOUND || old == NULL)
        return;
    /* 2.25.1: it is gone at the peer: forget it, and set up another */
    rvl_report_collision(ike, "CREATE_CHILD_SA", "the peer has no such Child SA");
    rvl_collision_child_deleted(ike, old);
}

/* What was refused for now soon again; what was refused for a reason four times until the end. */
static RvlTime
retry_delay(RvlEngine *engine, const RvlTimer *expire, const GError *why)
{
    RvlTime left = rvl_timer_is_set(expire) ? expire->at - engine->now.time : 0;
    RvlTime delay = RETRY_LATER;

    if (why != NULL && rvl_error_cause(why) != RVL_CAUSE_REKEY_FAILED)
        delay = CLAMP(left / 4, RETRY_LATER, RVL_HOUR);
    return delay + rvl_engine_jitter(engine, RETRY_LATER);
}

void
rvl_collision_rekey_failed(RvlIkeSa *ike,
                           RvlChildSa *old,
                           const RvlRivalry *rivalry,
                           const GError *why)
{
    RvlChildSa *rival = rvl_ike_sa_find_child_number(ike, rivalry->number);

    if (old->state != RVL_CHILD_INSTALLED)
        return;
    if (rival != NULL && rival->state == RVL_CHILD_INSTALLED)
        rvl_child_life_replaced(old, rival);
    else if (rvl_child_life_lacks_pfs(old) && rvl_error_cause(why) == RVL_CAUSE_PFS_GROUP_MISMATCH)
        rvl_child_life_refuse_pfs(old, why);
    else if (!rvl_timer_is_set(&old->rekey))
        rvl_engine_set_timer(ike->engine, &old->rekey, retry_delay(ike->engine, &old->expire, why));
}

/* IKE SAs */

bool
rvl_collision_admits_ike_rekey(RvlIkeSa *ike, RvlExchange *x)
{
    const RvlExchange *ours = ike->exchanges.asking;

    if (ike->state != RVL_IKE_SA_ESTABLISHED ||
        rvl_exchanges_next(ike, &rvl_exchange_delete_ike, NULL) != NULL)
        return refuse_for_now(ike, x, "the IKE SA was replaced or is ending");
    if (rvl_collision_is_open(ike))
        return refuse_for_now(ike, x, "the IKE SA's own rekey isn't over");
    if (ours == NULL || ours->phase < RVL_PHASE_SENT)
        return true;
    if (ours->kind->type == RVL_EXCHANGE_CREATE_CHILD_SA && ours->kind != &rvl_exchange_rekey_ike)
        return refuse_for_now(ike, x, "our Child SA goes first");
    if (ours->kind == &rvl_exchange_delete_child)
        return refuse_for_now(ike, x, "our delete of a Child SA goes first");
    if (ours->kind == &rvl_exchange_rekey_ike)
        rvl_report_collision(ike, "CREATE_CHILD_SA", "both ends rekey the IKE SA");
    return true;
}

static void
move_children(RvlIkeSa *from, RvlIkeSa *to)
{
    for (RvlChildSa *child = from->children, *next; child != NULL; child = next) {
        next = child->next;
        if (child->state != RVL_CHILD_NEGOTIATED)
            rvl_child_life_move(child, to);
    }
    rvl_exchanges_move_deletes(from, to);
}

static void
replace_ike(RvlIkeSa *ike, RvlIkeSa *successor)
{
    move_children(ike, successor);
    rvl_sa_life_replaced(ike, successor);
    rvl_upkeep_ike_rekeyed(ike, successor);
}

static void
yield_ike(RvlIkeSa *ike, RvlIkeSa *ours, RvlIkeSa *theirs)
{
    rvl_report_collision(ike, "CREATE_CHILD_SA", "the peer's IKE SA stays");
    replace_ike(ike, theirs); /* the peer deletes the old one */
    rvl_sa_life_replaced(ours, theirs);
    rvl_sa_life_delete(ours, RVL_CAUSE_REPLACED);
}

/* @theirs: (nullable): the peer made it, and deletes it. */
static void
keep_ike(RvlIkeSa *ike, RvlIkeSa *ours, RvlIkeSa *theirs)
{
    replace_ike(ike, ours);
    if (theirs != NULL) {
        rvl_report_collision(ike, "CREATE_CHILD_SA", "our IKE SA stays");
        move_children(theirs, ours);
        rvl_sa_life_replaced(theirs, ours);
    }
    rvl_sa_life_delete(ike, RVL_CAUSE_REPLACED);
}

void
rvl_collision_ike_rekeyed(RvlIkeSa *ike,
                          RvlIkeSa *successor,
                          const RvlRivalry *rivalry,
                          GBytes *nonce_i,
                          GBytes *nonce_r)
{
    RvlExchange *answer = answer_under_way(ike, &rvl_exchange_rekey_ike, 0);
    RvlIkeSa *rival = rvl_engine_find_number(ike->engine, rivalry->number);

    successor->rekeyed = ike->ref;
    if (answer != NULL)
        rvl_rivalry_set(rvl_exchanges_rivalry(answer), successor->number, nonce_i, nonce_r);
    else if (rival != NULL && rvl_rivalry_is_lost(rivalry, nonce_i, nonce_r))
        yield_ike(ike, successor, rival);
    else
        keep_ike(ike, successor, rival);
}

void
rvl_collision_ike_rekeyed_by_peer(RvlIkeSa *ike,
                                  RvlIkeSa *successor,
                                  const RvlRivalry *rivalry,
                                  GBytes *nonce_i,
                                  GBytes *nonce_r)
{
    RvlIkeSa *ours = rvl_engine_find_number(ike->engine, rivalry->number);

    successor->rekeyed = ike->ref;
    if (ours != NULL && rvl_rivalry_is_lost(rivalry, nonce_i, nonce_r))
        keep_ike(ike, ours, successor);
    else if (ours != NULL)
        yield_ike(ike, ours, successor);
    else if (ike_rekey_under_way(ike))
        rvl_rivalry_set(rvl_exchanges_rivalry(ike->exchanges.asking), successor->number, nonce_i,
                        nonce_r);
    else
        replace_ike(ike, successor);
}

void
rvl_collision_ike_answer_failed(RvlIkeSa *ike, const RvlRivalry *rivalry)
{
    RvlIkeSa *ours = rvl_engine_find_number(ike->engine, rivalry->number);

    if (ours != NULL && ike->state == RVL_IKE_SA_ESTABLISHED)
        keep_ike(ike, ours, NULL);
}

void
rvl_collision_ike_rekey_failed(RvlIkeSa *ike, const RvlRivalry *rivalry, const GError *why)
{
    RvlIkeSa *rival = rvl_engine_find_number(ike->engine, rivalry->number);

    if (ike->state != RVL_IKE_SA_ESTABLISHED)
        return;
    if (rival != NULL)
        replace_ike(ike, rival);
    else if (!rvl_timer_is_set(&ike->timers.rekey))
        rvl_engine_set_timer(ike->engine, &ike->timers.rekey,
                             retry_delay(ike->engine, &ike->timers.expire, why));
}

void
rvl_collision_ike_deleted(RvlIkeSa *ike)
{
    RvlExchange *ours = ike->exchanges.asking;
    RvlIkeSa *rival;

    if (!ike_rekey_under_way(ike))
        return;
    rival = rvl_engine_find_number(ike->engine, rvl_exchanges_rivalry(ours)->number);
    rvl_report_collision(ike, "INFORMATIONAL", "the peer deletes the IKE SA that we rekey");
    if (rival != NULL)
        replace_ike(ike, rival);
}
