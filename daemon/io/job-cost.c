/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What kinds of work have cost so far, so that small ones need no other thread. */
#include "config.h"

#include "io/job-cost.h"

/* Medium work takes one part in so many of the loop's time. */
#define BUDGET_SHARE 4
/* Time whose share may be taken at once. */
#define BUDGET_BURST (4 * RVL_MILLISECOND)

struct RvlJobCost {
    gint took; /* atomic; microseconds, 0: not known yet */
};

struct RvlJobCosts {
    GHashTable *by_name; /* text -> RvlJobCost */
};

RvlJobCosts *
rvl_job_costs_new(void)
{
    RvlJobCosts *costs = g_new0(RvlJobCosts, 1);

    costs->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return costs;
}

void
rvl_job_costs_free(RvlJobCosts *costs)
{
    if (costs == NULL)
        return;
    g_hash_table_unref(costs->by_name);
    g_free(costs);
}

RvlJobCost *
rvl_job_costs_of(RvlJobCosts *costs, int kind, unsigned number, const char *word)
{
    g_autofree char *name = g_strdup_printf("%d %u %s", kind, number, word != NULL ? word : "");
    RvlJobCost *cost = g_hash_table_lookup(costs->by_name, name);

    if (cost == NULL) {
        cost = g_new0(RvlJobCost, 1);
        g_hash_table_insert(costs->by_name, g_steal_pointer(&name), cost);
    }
    return cost;
}

void
rvl_job_cost_note(RvlJobCost *cost, RvlTime took)
{
    gint before = g_atomic_int_get(&cost->took);
    gint now = (gint)CLAMP(took, 1, G_MAXINT / 8);

    /* two threads at once may lose one of two values: it is an estimate */
    g_atomic_int_set(&cost->took, MAX(now, before - before / 8));
}

bool
rvl_job_cost_take(const RvlJobCost *cost, RvlJobBudget *budget, RvlTime now)
{
    RvlTime took = g_atomic_int_get(&cost->took);

    if (took == 0 || took >= RVL_JOB_COST_MEDIUM)
        return false;
    if (took < RVL_JOB_COST_SMALL)
        return true;
    budget->debt = MAX(budget->debt - (now - budget->since), 0);
    budget->since = now;
    if (budget->debt > BUDGET_BURST)
        return false;
    budget->debt += took * BUDGET_SHARE;
    return true;
}
