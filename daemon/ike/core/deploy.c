/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Deployments, and how the set of connections follows the configuration. */
#include "config.h"

#include "ike/core/deploy.h"

#include <string.h>

#include "ike/core/engine-state.h"
#include "ike/core/report.h"
#include "ike/core/sa-life.h"
#include "ike/v2/exchanges.h"
#include "policy/difference.h"

/* A deployment that failed is tried again after this. */
#define DEPLOY_RETRY (10 * RVL_SECOND)

static void
lineage_clear(RvlEngine *engine, RvlUpkeep *upkeep)
{
    for (guint i = 0; i < upkeep->lineages->len; i++)
        rvl_lineage_unref(engine, g_ptr_array_index(upkeep->lineages, i));
    g_ptr_array_set_size(upkeep->lineages, 0);
}

RvlUpkeep *
rvl_upkeep_find_token(const RvlEngine *engine, uint64_t token)
{
    return g_hash_table_lookup(engine->upkeep_tokens, &token);
}

RvlLineage *
rvl_upkeep_lineage(const RvlEngine *engine, const char *connection, const char *child)
{
    const RvlUpkeep *upkeep = rvl_upkeep_find(engine, connection);

    for (guint i = 0; upkeep != NULL && i < upkeep->lineages->len; i++) {
        RvlLineage *lineage = g_ptr_array_index(upkeep->lineages, i);

        if (lineage != NULL && strcmp(lineage->policy->name, child) == 0)
            return lineage;
    }
    return NULL;
}

uint32_t
rvl_upkeep_interface(const RvlEngine *engine, const char *connection)
{
    const RvlUpkeep *upkeep = rvl_upkeep_find(engine, connection);

    return upkeep != NULL ? upkeep->interface_index : 0;
}

/* A selector list without `dynamic` is known before any SA stands. */
static bool
is_static(const RvlSelectors *selectors)
{
    for (size_t i = 0; i < rvl_selectors_count(selectors); i++) {
        if (rvl_selectors_get(selectors, i)->range.first.family == RVL_FAMILY_NONE)
            return false;
    }
    return true;
}

static void
install_lineages(RvlEngine *engine, RvlUpkeep *upkeep)
{
    const RvlConnection *connection = upkeep->connection;

    for (size_t i = 0; i < connection->n_children; i++) {
        const RvlChildPolicy *child = &connection->children[i];
        RvlLineage *lineage = NULL;

        if (child->keep != RVL_KEEP_NONE && is_static(child->local) && is_static(child->remote)) {
            lineage = rvl_lineage_new(engine, connection, child, child->local, child->remote);
            lineage->is_permanent = true;
            lineage->is_trap = child->keep == RVL_KEEP_TRAP;
            lineage->interface = upkeep->interface_index;
            rvl_lineage_install(engine, lineage);
        }
        g_ptr_array_add(upkeep->lineages, lineage);
    }
}

static bool
deployed(RvlEngine *engine, uint64_t token, RvlJobResult *result)
{
    g_autoptr(RvlJobResult) owned = result;
    RvlUpkeep *upkeep = rvl_upkeep_find_token(engine, token);

    if (upkeep == NULL)
        return false;
    if (owned->end != RVL_JOB_DONE) {
        /* What keeps clear packets back stands nevertheless. */
        upkeep->deployed = RVL_DEPLOY_FAILED;
        rvl_report_undeployed(engine, upkeep->connection->name, "deployment", owned->error);
        rvl_upkeep_undeployed(engine, upkeep, owned->error);
        if (!upkeep->is_closing)
            rvl_engine_set_timer(engine, &upkeep->timer, DEPLOY_RETRY);
    } else {
        upkeep->deployed = RVL_DEPLOY_STANDS;
        upkeep->interface = g_strdup(owned->answer.deploy.interface);
        upkeep->interface_index = owned->answer.deploy.index;
        if (!upkeep->is_closing)
            install_lineages(engine, upkeep);
    }
    rvl_upkeep_advance(engine, upkeep);
    return true;
}

static void
append_prefixes(GArray *prefixes, const RvlSelectors *selectors)
{
    for (size_t i = 0; i < rvl_selectors_count(selectors); i++) {
        const RvlSelector *selector = rvl_selectors_get(selectors, i);
        RvlPrefix parts[256];
        size_t n;

        if (selector->range.first.family == RVL_FAMILY_NONE)
            continue;
        n = rvl_range_to_prefixes(&selector->range, parts, G_N_ELEMENTS(parts));
        g_array_append_vals(prefixes, parts, (guint)MIN(n, G_N_ELEMENTS(parts)));
    }
}

/* Each integrity algorithm of @proposal beside @encr; none where there is none. */
static void
append_pairs(GArray *suites, const RvlProposal *proposal, const RvlTransform *encr, RvlMode mode)
{
    RvlDeploySuite suite = {
        .encr = *encr,
        .integ = {RVL_TRANSFORM_INTEG, RVL_TRANSFORM_ID_NONE, 0},
        .mode = mode,
    };
    guint before = suites->len;

    for (size_t i = 0; i < proposal->n_transforms; i++) {
        if (proposal->transforms[i].transform.type != RVL_TRANSFORM_INTEG)
            continue;
        suite.integ = proposal->transforms[i].transform;
        g_array_append_val(suites, suite);
    }
    if (suites->len == before)
        g_array_append_val(suites, suite);
}

/* Every pair that a peer may choose out of @child's proposals (RFC 7296 3.3). */
static void
append_suites(GArray *suites, const RvlChildPolicy *child)
{
    for (size_t i = 0; i < child->proposals->n; i++) {
        const RvlProposal *proposal = &child->proposals->list[i];

        for (size_t j = 0; j < proposal->n_transforms; j++) {
            if (proposal->transforms[j].transform.type == RVL_TRANSFORM_ENCR)
                append_pairs(suites, proposal, &proposal->transforms[j].transform, child->mode);
        }
    }
}

/* A name may have addresses of both families, and so may anybody; our own addresses can settle it. */
static bool
may_have_ipv6(const RvlConnection *connection)
{
    bool is_ipv4_here = connection->n_local > 0, is_ipv4_there = connection->n_remotes > 0;

    for (size_t i = 0; i < connection->n_local; i++)
        is_ipv4_here &= connection->local_addresses[i].family == RVL_FAMILY_IPV4;
    for (size_t i = 0; i < connection->n_remotes; i++) {
        const RvlRemote *remote = &connection->remotes[i];

        is_ipv4_there &= remote->name == NULL && remote->range.first.family == RVL_FAMILY_IPV4;
    }
    return !is_ipv4_here && !is_ipv4_there;
}

static RvlJob *
job_of(RvlEngine *engine, const RvlUpkeep *upkeep, RvlJobKind kind, RvlJobClass class)
{
    RvlJob *job = rvl_job_new(kind, class, (RvlSaRef){0}, upkeep->token);

    job->request.deploy.connection = g_strdup(upkeep->connection->name);
    job->request.deploy.owner = rvl_engine_owner_tag(engine, upkeep->connection->name);
    return job;
}

void
rvl_deploy_begin(RvlEngine *engine, RvlUpkeep *upkeep)
{
    const RvlConnection *connection = upkeep->connection;
    const RvlDeployment *deployment = &connection->deployment;
    RvlJob *job = job_of(engine, upkeep, RVL_JOB_DEPLOY, RVL_JOB_ESTABLISHED);
    RvlDeployRequest *deploy = &job->request.deploy;

    deploy->interface = g_strdup(deployment->interface);
    deploy->mtu = deployment->mtu;
    deploy->has_ipv6 = may_have_ipv6(connection);
    deploy->may_encapsulate = connection->encapsulation != RVL_ENCAPSULATE_NEVER;
    deploy->has_routes = deployment->has_routes;
    deploy->table = deployment->table;
    g_array_append_vals(deploy->addresses, deployment->addresses, (guint)deployment->n_addresses);
    for (size_t i = 0; i < connection->n_children; i++) {
        append_prefixes(deploy->destinations, connection->children[i].remote);
        append_prefixes(deploy->sources, connection->children[i].local);
        append_suites(deploy->suites, &connection->children[i]);
    }
    upkeep->deployed = RVL_DEPLOY_UNDER_WAY;
    (void)rvl_engine_start_job(engine, job, deployed);
}

static RvlUpkeep *
upkeep_new(RvlEngine *engine, const RvlConnection *connection)
{
    RvlUpkeep *upkeep = g_new0(RvlUpkeep, 1);
    guint place;

    upkeep->connection = rvl_connection_ref(connection);
    upkeep->token = rvl_engine_next_id(engine);
    upkeep->lineages = g_ptr_array_new();
    upkeep->waiters = g_array_new(FALSE, FALSE, sizeof(RvlWaiter));
    upkeep->since = engine->now.time;
    rvl_timer_init(&upkeep->timer, RVL_TIMER_UPKEEP);
    (void)rvl_upkeep_place(engine, connection->name, &place);
    g_ptr_array_insert(engine->upkeeps, (gint)place, upkeep);
    g_hash_table_insert(engine->upkeep_tokens, &upkeep->token, upkeep);
    return upkeep;
}

void
rvl_upkeep_free(RvlEngine *engine, RvlUpkeep *upkeep)
{
    rvl_timer_clear(engine->timers, &upkeep->timer);
    g_ptr_array_remove(engine->upkeeps, upkeep);
    g_hash_table_remove(engine->upkeep_tokens, &upkeep->token);
    lineage_clear(engine, upkeep);
    g_ptr_array_unref(upkeep->lineages);
    g_array_unref(upkeep->waiters);
    g_free(upkeep->interface);
    g_free(upkeep->last_error);
    rvl_connection_unref(upkeep->connection);
    g_clear_pointer(&upkeep->next, rvl_connection_unref);
    g_free(upkeep);
}

/* The old connection has left no trace: the next one begins, or none. */
static void
begin_next(RvlEngine *engine, RvlUpkeep *upkeep)
{
    upkeep->deployed = RVL_DEPLOY_NOT;
    g_clear_pointer(&upkeep->interface, g_free);
    upkeep->interface_index = 0;
    if (upkeep->next == NULL) {
        rvl_upkeep_free(engine, upkeep);
        return;
    }
    rvl_connection_unref(upkeep->connection);
    upkeep->connection = g_steal_pointer(&upkeep->next);
    upkeep->is_closing = false;
    upkeep->rests = false;
    upkeep->tries = 0;
    rvl_upkeep_advance(engine, upkeep);
}

static bool
withdrawn(RvlEngine *engine, uint64_t token, RvlJobResult *result)
{
    g_autoptr(RvlJobResult) owned = result;
    RvlUpkeep *upkeep = rvl_upkeep_find_token(engine, token);

    if (owned->end == RVL_JOB_FAILED)
        rvl_report_undeployed(engine, upkeep != NULL ? upkeep->connection->name : NULL,
                              "withdrawal", owned->error);
    if (upkeep != NULL && upkeep->deployed == RVL_DEPLOY_LEAVING)
        begin_next(engine, upkeep);
    return true;
}

void
rvl_deploy_end(RvlEngine *engine, RvlUpkeep *upkeep)
{
    switch (upkeep->deployed) {
    case RVL_DEPLOY_NOT:
        begin_next(engine, upkeep);
        return;
    case RVL_DEPLOY_STANDS:
    case RVL_DEPLOY_FAILED:
        lineage_clear(engine, upkeep);
        upkeep->deployed = RVL_DEPLOY_LEAVING;
        (void)rvl_engine_start_job(
            engine, job_of(engine, upkeep, RVL_JOB_WITHDRAW, RVL_JOB_TEARDOWN), withdrawn);
        return;
    case RVL_DEPLOY_UNDER_WAY: /* goes on when that has ended */
    case RVL_DEPLOY_LEAVING:
        return;
    }
}

/* The configuration */

/* Who waits, waits for the child of the same name; one that is gone can't come. */
static void
rename_waiters(RvlUpkeep *upkeep, const RvlConnection *after)
{
    for (guint i = 0; i < upkeep->waiters->len; i++) {
        RvlWaiter *waiter = &g_array_index(upkeep->waiters, RvlWaiter, i);

        if (waiter->child != NULL)
            waiter->child = rvl_connection_child(after, waiter->child->name);
    }
}

/*
 * What changed asks for no new SA: those that stand go on under it. Their Child SAs keep what they were
 * negotiated under until they are replaced.
 */
static void
follow(RvlUpkeep *upkeep, const RvlConnection *after)
{
    RvlConnection *before = upkeep->connection;

    rename_waiters(upkeep, after);
    for (GList *link = upkeep->sas.head; link != NULL; link = link->next)
        rvl_sa_life_follow(link->data, after);
    upkeep->connection = rvl_connection_ref(after);
    rvl_connection_unref(before);
}

static void
change(RvlEngine *engine, RvlUpkeep *upkeep, const RvlChangeRow *row)
{
    upkeep->rests = false;
    if (upkeep->is_closing || row->cost >= RVL_COST_RENEW) {
        g_clear_pointer(&upkeep->next, rvl_connection_unref);
        upkeep->next = rvl_connection_ref(row->after);
        rvl_upkeep_close(engine, upkeep, RVL_CAUSE_POLICY_CHANGED);
        return;
    }
    follow(upkeep, row->after);
    if (row->cost == RVL_COST_REKEY)
        rvl_exchanges_rekey_connection(engine, upkeep->connection);
    rvl_upkeep_advance(engine, upkeep);
}

static void
apply_row(RvlEngine *engine, const RvlChangeRow *row)
{
    const char *name = row->before != NULL ? row->before->name : row->after->name;
    RvlUpkeep *upkeep = rvl_upkeep_find(engine, name);

    if (row->change == RVL_CHANGE_NEW || row->change == RVL_CHANGE_CHANGED)
        rvl_report_weak(engine, row->after);
    switch (row->change) {
    case RVL_CHANGE_NONE:
        if (upkeep != NULL && !upkeep->is_closing) {
            upkeep->rests = false;
            follow(upkeep, row->after); /* its lines may have moved */
            rvl_upkeep_advance(engine, upkeep);
        }
        return;
    case RVL_CHANGE_NEW:
        if (upkeep != NULL) { /* it is still leaving */
            g_clear_pointer(&upkeep->next, rvl_connection_unref);
            upkeep->next = rvl_connection_ref(row->after);
        } else {
            rvl_upkeep_advance(engine, upkeep_new(engine, row->after));
        }
        return;
    case RVL_CHANGE_CHANGED:
        if (upkeep != NULL)
            change(engine, upkeep, row);
        return;
    case RVL_CHANGE_GONE:
        if (upkeep != NULL) {
            g_clear_pointer(&upkeep->next, rvl_connection_unref);
            rvl_upkeep_close(engine, upkeep, RVL_CAUSE_POLICY_CHANGED);
        }
        return;
    }
}

void
rvl_upkeep_apply(RvlEngine *engine, RvlSnapshot *snapshot)
{
    g_autoptr(RvlDifference) difference =
        rvl_difference_new(engine->snapshot, snapshot, engine->services.schema);
    const RvlLimits *limits = rvl_snapshot_limits(snapshot);

    g_clear_pointer(&engine->snapshot, rvl_snapshot_unref);
    engine->snapshot = rvl_snapshot_ref(snapshot);
    engine->half_open.limits = (RvlHalfOpenLimits){
        .total = limits->half_open,
        .per_source = limits->half_open_per_source,
        .cookies = limits->cookie_threshold,
    };
    rvl_rules_follow(engine, snapshot);
    for (size_t i = 0; i < rvl_difference_count(difference); i++)
        apply_row(engine, rvl_difference_get(difference, i));
}
