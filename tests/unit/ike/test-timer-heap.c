/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The timer heap: order of times, order of equal times, moving and clearing. */
#include "config.h"

#include "ike/core/timer-heap.h"

#define N 500

static void
pops_in_order_of_time(void)
{
    g_autoptr(RvlTimerHeap) heap = rvl_timer_heap_new();
    RvlTimer timers[N];
    RvlTime last = 0;

    for (int i = 0; i < N; i++) {
        rvl_timer_init(&timers[i], 0);
        rvl_timer_set(heap, &timers[i], (i * 7919) % 1009);
    }
    for (int i = 0; i < N; i++) {
        RvlTime next = rvl_timer_heap_next(heap);

        g_assert_cmpint(next, >=, last);
        last = next;
        g_assert_nonnull(rvl_timer_heap_pop(heap, next));
    }
    g_assert_cmpint(rvl_timer_heap_next(heap), ==, RVL_TIME_NEVER);
}

static void
equal_times_pop_in_the_order_of_setting(void)
{
    g_autoptr(RvlTimerHeap) heap = rvl_timer_heap_new();
    RvlTimer timers[N];

    for (int i = 0; i < N; i++) {
        rvl_timer_init(&timers[i], 0);
        rvl_timer_set(heap, &timers[i], 5);
    }
    rvl_timer_set(heap, &timers[0], 5); /* set anew: now the last */
    for (int i = 1; i < N; i++)
        g_assert_true(rvl_timer_heap_pop(heap, 5) == &timers[i]);
    g_assert_true(rvl_timer_heap_pop(heap, 5) == &timers[0]);
}

static void
cleared_timers_never_come(void)
{
    g_autoptr(RvlTimerHeap) heap = rvl_timer_heap_new();
    RvlTimer timers[N];

    for (int i = 0; i < N; i++) {
        rvl_timer_init(&timers[i], 0);
        rvl_timer_set(heap, &timers[i], i);
    }
    for (int i = 0; i < N; i += 2)
        rvl_timer_clear(heap, &timers[i]);
    rvl_timer_clear(heap, &timers[0]);
    rvl_timer_set(heap, &timers[1], RVL_TIME_NEVER);
    for (int i = 3; i < N; i += 2)
        g_assert_true(rvl_timer_heap_pop(heap, N) == &timers[i]);
    g_assert_cmpuint(rvl_timer_heap_count(heap), ==, 0);
}

static void
nothing_pops_before_its_time(void)
{
    g_autoptr(RvlTimerHeap) heap = rvl_timer_heap_new();
    RvlTimer timer;

    rvl_timer_init(&timer, 3);
    rvl_timer_set(heap, &timer, 100);
    g_assert_null(rvl_timer_heap_pop(heap, 99));
    rvl_timer_set(heap, &timer, 200); /* moved, not doubled */
    g_assert_null(rvl_timer_heap_pop(heap, 150));
    g_assert_true(rvl_timer_heap_pop(heap, 200) == &timer);
    g_assert_false(rvl_timer_is_set(&timer));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ike/core/timer-heap/pops-in-order-of-time", pops_in_order_of_time);
    g_test_add_func("/ike/core/timer-heap/equal-times-pop-in-the-order-of-setting",
                    equal_times_pop_in_the_order_of_setting);
    g_test_add_func("/ike/core/timer-heap/cleared-timers-never-come", cleared_timers_never_come);
    g_test_add_func("/ike/core/timer-heap/nothing-pops-before-its-time",
                    nothing_pops_before_its_time);
    return g_test_run();
}
