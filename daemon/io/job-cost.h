/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What kinds of work have cost so far, so that small ones need no other thread. */
#pragma once

#include <stdbool.h>
#include <glib.h>
#include <ravelin/time.h>

/**
 * RVL_JOB_COST_SMALL: work below this is done in place: waking a thread and being woken by it costs
 * as much, and twice.
 */
#define RVL_JOB_COST_SMALL ((RvlTime)50)
/**
 * RVL_JOB_COST_MEDIUM: work below this (an X25519 answer, say) is done in place while the loop has
 * time to spare: with the wake-ups it costs less CPU there, but it would keep other cores from helping.
 */
#define RVL_JOB_COST_MEDIUM ((RvlTime)250)

/** RvlJobCost: of one kind of work: the largest of late, forgotten slowly. */
typedef struct RvlJobCost RvlJobCost;
typedef struct RvlJobCosts RvlJobCosts;

RvlJobCosts *rvl_job_costs_new(void);
/** rvl_job_costs_free: no work that was given a cost is under way any more. */
void rvl_job_costs_free(RvlJobCosts *costs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlJobCosts, rvl_job_costs_free)

/**
 * rvl_job_costs_of:
 * @kind: RvlJobKind; @number, @word: what of the request decides the cost: a group, an authenticator
 *
 * Returns: (transfer none): the same for the same three; as long as @costs. Main loop.
 */
RvlJobCost *rvl_job_costs_of(RvlJobCosts *costs, int kind, unsigned number, const char *word);

/** rvl_job_cost_note: Thread: any. */
void rvl_job_cost_note(RvlJobCost *cost, RvlTime took);
/**
 * RvlJobBudget: how much medium work was done in place of late. Zero-initialised: none.
 *
 * Over time it takes at most a quarter of the loop's, in bursts of some work that was saved up.
 */
typedef struct {
    RvlTime debt;
    RvlTime since;
} RvlJobBudget;

/**
 * rvl_job_cost_take: whether work of @cost is to be done in place; charges @budget if so. False also
 * where the cost is not known yet. Main loop.
 */
bool rvl_job_cost_take(const RvlJobCost *cost,
                       RvlJobBudget *budget,
                       RvlTime now) G_GNUC_WARN_UNUSED_RESULT;
