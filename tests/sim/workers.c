/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plays the worker pool: the daemon's job servers find their work done at once, on the one thread. */
#include "config.h"

#include "io/worker-pool.h"

/* In place of the daemon's: a simulation has no threads, and lets a job take its virtual time itself. */
bool
rvl_worker_pool_run(RvlWorkerPool *pool,
                    RvlJobClass class,
                    RvlJobCost *cost,
                    RvlWork work,
                    void *work_data)
{
    (void)pool;
    (void)class;
    (void)cost;
    work(work_data);
    return true;
}
