/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lineages. */
#include "config.h"

#include "ike/core/lineage.h"

#include "ike/core/engine-state.h"
#include "ike/core/child-sa.h"
#include "ike/core/report.h"

RvlLineage *
rvl_lineage_new(RvlEngine *engine,
                const RvlConnection *connection,
                const RvlChildPolicy *policy,
                const RvlSelectors *local,
                const RvlSelectors *remote)
{
    RvlLineage *lineage = g_new0(RvlLineage, 1);

    lineage->references = 1;
    lineage->id = rvl_engine_next_id(engine);
    lineage->connection = rvl_connection_ref(connection);
    lineage->policy = policy;
    lineage->local = rvl_selectors_ref(local);
    lineage->remote = rvl_selectors_ref(remote);
    lineage->children = g_ptr_array_new();
    lineage->link.data = lineage;
    g_queue_push_tail_link(&engine->lineages, &lineage->link);
    g_hash_table_insert(engine->by_policy, &lineage->id, lineage);
    return lineage;
}

RvlLineage *
rvl_lineage_ref(RvlLineage *lineage)
{
    lineage->references++;
    return lineage;
}

/* @token: the policy's id where it was to be added, 0 where it was removed. */
static bool
job_ended(RvlEngine *engine, uint64_t token, RvlJobResult *result)
{
    g_autoptr(RvlJobResult) owned = result;
    RvlLineage *lineage = rvl_lineage_find(engine, token);

    if (owned->end == RVL_JOB_FAILED)
        rvl_report_install_failed(engine, NULL, "policy", owned->error);
    if (lineage != NULL)
        lineage->stands = owned->end == RVL_JOB_DONE;
    if (lineage != NULL && !lineage->stands)
        lineage->is_installed = false; /* the next Child SA brings it */
    return true;
}

static void
remove_policy(RvlEngine *engine, const RvlLineage *lineage)
{
    RvlJob *job = rvl_job_new(RVL_JOB_APPLY, RVL_JOB_TEARDOWN, (RvlSaRef){0}, 0);
    RvlApplyStep step = {.kind = RVL_OPERATION_POLICY_REMOVE, .id = lineage->id};

    rvl_job_apply_add(job, &step);
    (void)rvl_engine_start_job(engine, job, job_ended);
}

void
rvl_lineage_unref(RvlEngine *engine, RvlLineage *lineage)
{
    if (lineage == NULL || --lineage->references > 0)
        return;
    if (lineage->is_installed)
        remove_policy(engine, lineage);
    g_queue_unlink(&engine->lineages, &lineage->link);
    g_hash_table_remove(engine->by_policy, &lineage->id);
    rvl_selectors_unref(lineage->local);
    rvl_selectors_unref(lineage->remote);
    rvl_connection_unref(lineage->connection);
    g_ptr_array_unref(lineage->children);
    g_free(lineage);
}

RvlLineage *
rvl_lineage_find(const RvlEngine *engine, RvlPolicyId id)
{
    return g_hash_table_lookup(engine->by_policy, &id);
}

RvlLineage *
rvl_lineage_for(RvlEngine *engine,
                const RvlConnection *connection,
                const RvlChildPolicy *policy,
                const RvlSelectors *local,
                const RvlSelectors *remote)
{
    RvlLineage *permanent = rvl_upkeep_lineage(engine, connection->name, policy->name);

    if (permanent != NULL && rvl_selectors_includes(permanent->local, local) &&
        rvl_selectors_includes(permanent->remote, remote))
        return rvl_lineage_ref(permanent);
    return rvl_lineage_new(engine, connection, policy, local, remote);
}

void
rvl_lineage_enter(RvlLineage *lineage, RvlChildSa *child)
{
    lineage->stands = true; /* it was installed with the first of them, or before */
    g_ptr_array_add(lineage->children, child);
}

void
rvl_lineage_leave(RvlLineage *lineage, RvlChildSa *child)
{
    g_ptr_array_remove(lineage->children, child);
}

RvlChildSa *
rvl_lineage_find_child(const RvlLineage *lineage, uint64_t number)
{
    for (guint i = 0; i < lineage->children->len; i++) {
        RvlChildSa *child = g_ptr_array_index(lineage->children, i);

        if (child->number == number)
            return child;
    }
    return NULL;
}

RvlChildSa *
rvl_lineage_next(const RvlLineage *lineage, const RvlChildSa *child)
{
    if (lineage->serving != child->number)
        return NULL;
    for (guint i = lineage->children->len; i-- > 0;) {
        RvlChildSa *other = g_ptr_array_index(lineage->children, i);

        if (other != child && other->state == RVL_CHILD_INSTALLED)
            return other;
    }
    return NULL;
}

void
rvl_lineage_add_step(RvlEngine *engine, RvlLineage *lineage, RvlJob *job)
{
    RvlApplyStep step = {
        .kind = RVL_OPERATION_POLICY_ADD,
        .id = lineage->id,
        .policy =
            {
                .size = sizeof(RvlPolicyAdd),
                .id = lineage->id,
                .action = RVL_ACTION_PROTECT,
                .is_trap = lineage->is_trap,
                .order = RVL_ORDER_PROTECT,
                .interface = lineage->interface,
            },
    };

    if (lineage->is_installed)
        return;
    step.owner = rvl_engine_owner_tag(engine, lineage->connection->name);
    step.local = rvl_selectors_ref(lineage->local);
    step.remote = rvl_selectors_ref(lineage->remote);
    rvl_job_apply_add(job, &step);
    lineage->is_installed = true;
}

void
rvl_lineage_install(RvlEngine *engine, RvlLineage *lineage)
{
    RvlJob *job;

    if (lineage->is_installed)
        return;
    lineage->stands = false;
    job = rvl_job_new(RVL_JOB_APPLY, RVL_JOB_ESTABLISHED, (RvlSaRef){0}, lineage->id);
    rvl_lineage_add_step(engine, lineage, job);
    (void)rvl_engine_start_job(engine, job, job_ended);
}
