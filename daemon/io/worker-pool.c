/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The worker pool: threads that serve jobs which take long, a bounded queue a class. */
#include "config.h"

#include "io/worker-pool.h"

#include <time.h>

#include <ravelin/error.h>

/*
 * Jobs of a class that may wait at once. A stranger's Diffie-Hellman takes up to some milliseconds:
 * 256 of them are about a second's work of a core, and beyond that strangers must show a cookie.
 * What tears down is never refused.
 */
static const unsigned bounds[RVL_JOB_CLASSES] = {
    [RVL_JOB_STRANGER] = 256,
    [RVL_JOB_AUTHENTICATING] = 1024,
    [RVL_JOB_ESTABLISHED] = 4096,
    [RVL_JOB_TEARDOWN] = G_MAXUINT,
};

typedef struct {
    RvlWorkerPool *pool;
    RvlJobClass class;
    guint64 number;
    RvlJobCost *cost; /* (nullable) */
    RvlWork work;
    void *work_data;
} Item;

struct RvlWorkerPool {
    GThreadPool *threads;
    gint waiting[RVL_JOB_CLASSES]; /* atomic */
    guint64 last_number;
    RvlJobBudget in_place; /* the main loop's */
};

/* Tearing down first, strangers last; in a class, in the order of their coming. */
static gint
compare_items(gconstpointer a, gconstpointer b, gpointer user_data)
{
    const Item *left = a;
    const Item *right = b;

    (void)user_data;
    if (left->class != right->class)
        return left->class > right->class ? -1 : 1;
    return left->number < right->number ? -1 : left->number > right->number;
}

/* CPU of this thread: what waits for a processor costs nothing. */
static RvlTime
thread_time(void)
{
    struct timespec spent;

    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent) != 0)
        return 0;
    return (RvlTime)spent.tv_sec * RVL_SECOND + spent.tv_nsec / 1000;
}

static void
do_work(RvlJobCost *cost, RvlWork work, void *work_data)
{
    RvlTime began = thread_time();

    work(work_data);
    if (cost != NULL)
        rvl_job_cost_note(cost, thread_time() - began);
}

static void
run(gpointer data, gpointer user_data)
{
    Item *item = data;

    (void)user_data;
    do_work(item->cost, item->work, item->work_data);
    (void)g_atomic_int_add(&item->pool->waiting[item->class], -1);
    g_free(item);
}

RvlWorkerPool *
rvl_worker_pool_new(unsigned threads, GError **error)
{
    g_autofree RvlWorkerPool *pool = g_new0(RvlWorkerPool, 1);

    if (threads == 0)
        threads = g_get_num_processors();
    pool->threads = g_thread_pool_new(run, NULL, (gint)MIN(threads, 256), TRUE, error);
    if (pool->threads == NULL)
        return NULL;
    g_thread_pool_set_sort_function(pool->threads, compare_items, NULL);
    return g_steal_pointer(&pool);
}

void
rvl_worker_pool_free(RvlWorkerPool *pool)
{
    if (pool == NULL)
        return;
    g_thread_pool_free(pool->threads, FALSE, TRUE);
    g_free(pool);
}

bool
rvl_worker_pool_run(RvlWorkerPool *pool,
                    RvlJobClass class,
                    RvlJobCost *cost,
                    RvlWork work,
                    void *work_data)
{
    Item *item;

    if (cost != NULL && rvl_worker_pool_waiting(pool, class) == 0 &&
        rvl_job_cost_take(cost, &pool->in_place, g_get_monotonic_time())) {
        do_work(cost, work, work_data);
        return true;
    }
    if (rvl_worker_pool_waiting(pool, class) >= bounds[class])
        return false;
    item = g_new0(Item, 1);
    *item = (Item){pool, class, ++pool->last_number, cost, work, work_data};
    (void)g_atomic_int_add(&pool->waiting[class], 1);
    /* exclusive threads are there already: pushing cannot fail for want of one */
    return g_thread_pool_push(pool->threads, item, NULL);
}

unsigned
rvl_worker_pool_waiting(const RvlWorkerPool *pool, RvlJobClass class)
{
    return (unsigned)g_atomic_int_get(&pool->waiting[class]);
}
