/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The worker pool: bounds by class, and the order in which waiting jobs run. */
#include "config.h"

#include "io/worker-pool.h"

typedef struct {
    GMutex lock;
    GCond changed;
    bool is_open;    /* the first job may end */
    bool is_running; /* the first job has begun */
    GString *order;
} Gate;

static void
hold(void *data)
{
    Gate *gate = data;

    g_mutex_lock(&gate->lock);
    gate->is_running = true;
    g_cond_broadcast(&gate->changed);
    while (!gate->is_open)
        g_cond_wait(&gate->changed, &gate->lock);
    g_mutex_unlock(&gate->lock);
}

static void
note(Gate *gate, char letter)
{
    g_mutex_lock(&gate->lock);
    g_string_append_c(gate->order, letter);
    g_mutex_unlock(&gate->lock);
}

static void
note_stranger(void *data)
{
    note(data, 's');
}

static void
note_established(void *data)
{
    note(data, 'e');
}

static void
note_teardown(void *data)
{
    note(data, 't');
}

/* One worker, held up by a first job, so that what follows waits. */
static RvlWorkerPool *
held_pool(Gate *gate)
{
    g_autoptr(GError) error = NULL;
    RvlWorkerPool *pool = rvl_worker_pool_new(1, &error);

    g_assert_no_error(error);
    g_mutex_init(&gate->lock);
    g_cond_init(&gate->changed);
    gate->order = g_string_new(NULL);
    g_assert_true(rvl_worker_pool_run(pool, RVL_JOB_TEARDOWN, NULL, hold, gate));
    g_mutex_lock(&gate->lock);
    while (!gate->is_running)
        g_cond_wait(&gate->changed, &gate->lock);
    g_mutex_unlock(&gate->lock);
    return pool;
}

static void
release(Gate *gate, RvlWorkerPool *pool)
{
    g_mutex_lock(&gate->lock);
    gate->is_open = true;
    g_cond_broadcast(&gate->changed);
    g_mutex_unlock(&gate->lock);
    rvl_worker_pool_free(pool); /* waits for all */
}

static void
gate_clear(Gate *gate)
{
    g_string_free(gate->order, TRUE);
    g_cond_clear(&gate->changed);
    g_mutex_clear(&gate->lock);
}

static void
tearing_down_goes_before_strangers(void)
{
    Gate gate = {0};
    RvlWorkerPool *pool = held_pool(&gate);

    g_assert_true(rvl_worker_pool_run(pool, RVL_JOB_STRANGER, NULL, note_stranger, &gate));
    g_assert_true(rvl_worker_pool_run(pool, RVL_JOB_ESTABLISHED, NULL, note_established, &gate));
    g_assert_true(rvl_worker_pool_run(pool, RVL_JOB_STRANGER, NULL, note_stranger, &gate));
    g_assert_true(rvl_worker_pool_run(pool, RVL_JOB_TEARDOWN, NULL, note_teardown, &gate));
    release(&gate, pool);
    g_assert_cmpstr(gate.order->str, ==, "tess");
    gate_clear(&gate);
}

static void
full_stranger_class_refuses_strangers_alone(void)
{
    Gate gate = {0};
    RvlWorkerPool *pool = held_pool(&gate);
    unsigned taken = 0;

    while (taken < 100000 &&
           rvl_worker_pool_run(pool, RVL_JOB_STRANGER, NULL, note_stranger, &gate))
        taken++;
    g_assert_cmpuint(taken, >, 0);
    g_assert_cmpuint(taken, <, 100000);
    g_assert_cmpuint(rvl_worker_pool_waiting(pool, RVL_JOB_STRANGER), ==, taken);
    g_assert_true(rvl_worker_pool_run(pool, RVL_JOB_ESTABLISHED, NULL, note_established, &gate));
    release(&gate, pool);
    g_assert_cmpuint(gate.order->len, ==, taken + 1);
    g_assert_cmpint(gate.order->str[0], ==, 'e');
    gate_clear(&gate);
}

static void
note_thread(void *data)
{
    *(GThread **)data = g_thread_self();
}

static void
small_work_is_done_in_place_once_it_is_known_to_be(void)
{
    g_autoptr(RvlJobCosts) costs = rvl_job_costs_new();
    RvlJobCost *cost = rvl_job_costs_of(costs, 1, 31, NULL);
    RvlWorkerPool *pool = rvl_worker_pool_new(1, NULL);
    GThread *first = NULL, *second = NULL, *third = NULL;

    g_assert_true(rvl_job_costs_of(costs, 1, 31, NULL) == cost);
    g_assert_true(rvl_job_costs_of(costs, 1, 14, NULL) != cost);
    g_assert_true(rvl_worker_pool_run(pool, RVL_JOB_ESTABLISHED, cost, note_thread, &first));
    while (rvl_worker_pool_waiting(pool, RVL_JOB_ESTABLISHED) > 0)
        g_thread_yield();
    g_assert_true(first != g_thread_self());
    rvl_job_cost_note(cost, 20);
    g_assert_true(rvl_worker_pool_run(pool, RVL_JOB_ESTABLISHED, cost, note_thread, &second));
    g_assert_true(second == g_thread_self());
    rvl_job_cost_note(cost, 5000);
    g_assert_true(rvl_worker_pool_run(pool, RVL_JOB_ESTABLISHED, cost, note_thread, &third));
    rvl_worker_pool_free(pool);
    g_assert_true(third != g_thread_self());
}

static void
medium_work_takes_a_quarter_of_the_loop(void)
{
    g_autoptr(RvlJobCosts) costs = rvl_job_costs_new();
    RvlJobCost *cost = rvl_job_costs_of(costs, 1, 31, NULL);
    RvlJobBudget budget = {0};
    unsigned in_place = 0;
    RvlTime now = 1000 * RVL_SECOND;

    g_assert_false(rvl_job_cost_take(cost, &budget, now)); /* not known yet */
    rvl_job_cost_note(cost, 100);
    for (RvlTime end = now + RVL_SECOND; now < end;
         now += 50) /* twice as much as one core can do */
        in_place += rvl_job_cost_take(cost, &budget, now);
    g_assert_cmpuint(in_place, >=, 2500); /* of 100 us: a quarter of the second, and one burst */
    g_assert_cmpuint(in_place, <=, 2512);
    now += RVL_SECOND; /* quiet: no more than a burst was saved up */
    for (in_place = 0; rvl_job_cost_take(cost, &budget, now); in_place++)
        continue;
    g_assert_cmpuint(in_place, ==, 11);
    rvl_job_cost_note(cost, RVL_JOB_COST_MEDIUM);
    g_assert_false(rvl_job_cost_take(cost, &budget, now + RVL_SECOND));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/io/worker-pool/tearing-down-goes-before-strangers",
                    tearing_down_goes_before_strangers);
    g_test_add_func("/io/worker-pool/full-stranger-class-refuses-strangers-alone",
                    full_stranger_class_refuses_strangers_alone);
    g_test_add_func("/io/worker-pool/small-work-is-done-in-place-once-it-is-known-to-be",
                    small_work_is_done_in_place_once_it_is_known_to_be);
    g_test_add_func("/io/worker-pool/medium-work-takes-a-quarter-of-the-loop",
                    medium_work_takes_a_quarter_of_the_loop);
    return g_test_run();
}
