/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The worker pool: threads that serve jobs which take long, a bounded queue a class. */
#pragma once

#include "ike/core/job.h"
#include "io/job-cost.h"

/** RvlWork: runs on a worker's thread; what it returns is handed to the main loop. */
typedef void (*RvlWork)(void *work_data);

/**
 * RvlWorkerPool:
 *
 * Threads of its own: GTask's shared pool is small and GResolver uses it. Thread: main loop, but
 * for what it runs.
 */
typedef struct RvlWorkerPool RvlWorkerPool;

/** rvl_worker_pool_new: @threads: 0: as many as there are processors. */
RvlWorkerPool *rvl_worker_pool_new(unsigned threads, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_worker_pool_free: waits for what is running; what still waits runs too. */
void rvl_worker_pool_free(RvlWorkerPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlWorkerPool, rvl_worker_pool_free)

/**
 * rvl_worker_pool_run:
 * @cost: (nullable): of this kind of work; noted each time
 * @work: called with @work_data on a worker; at once and here where @cost is known to be small
 *
 * Returns: false where the class's queue is full: nothing was done.
 */
bool rvl_worker_pool_run(RvlWorkerPool *pool,
                         RvlJobClass class,
                         RvlJobCost *cost,
                         RvlWork work,
                         void *work_data) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_worker_pool_waiting: jobs of @class that wait or run. */
unsigned rvl_worker_pool_waiting(const RvlWorkerPool *pool, RvlJobClass class);
