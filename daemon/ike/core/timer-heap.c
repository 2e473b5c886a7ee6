/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine's one timer heap. */
#include "config.h"

#include "ike/core/timer-heap.h"

#define ARITY 4
#define FIRST_ROOM 64

struct RvlTimerHeap {
    RvlTimer **timers;
    uint32_t n;
    uint32_t room;
    uint64_t order;
};

RvlTimerHeap *
rvl_timer_heap_new(void)
{
    RvlTimerHeap *heap = g_new0(RvlTimerHeap, 1);

    heap->room = FIRST_ROOM;
    heap->timers = g_new(RvlTimer *, heap->room);
    return heap;
}

void
rvl_timer_heap_free(RvlTimerHeap *heap)
{
    if (heap == NULL)
        return;
    g_free(heap->timers);
    g_free(heap);
}

void
rvl_timer_init(RvlTimer *timer, uint8_t kind)
{
    *timer = (RvlTimer){.at = RVL_TIME_NEVER, .position = RVL_TIMER_IDLE, .kind = kind};
}

static bool
is_before(const RvlTimer *a, const RvlTimer *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void
place(RvlTimerHeap *heap, RvlTimer *timer, uint32_t position)
{
    heap->timers[position] = timer;
    timer->position = position;
}

static void
sift_up(RvlTimerHeap *heap, RvlTimer *timer)
{
    uint32_t position = timer->position;

    while (position > 0) {
        uint32_t parent = (position - 1) / ARITY;

        if (!is_before(timer, heap->timers[parent]))
            break;
        place(heap, heap->timers[parent], position);
        position = parent;
    }
    place(heap, timer, position);
}

static uint32_t
earliest_child(const RvlTimerHeap *heap, uint32_t position)
{
    uint32_t first = position * ARITY + 1;
    uint32_t best = first;

    for (uint32_t i = first + 1; i < first + ARITY && i < heap->n; i++) {
        if (is_before(heap->timers[i], heap->timers[best]))
            best = i;
    }
    return best;
}

static void
sift_down(RvlTimerHeap *heap, RvlTimer *timer)
{
    uint32_t position = timer->position;

    while (position * ARITY + 1 < heap->n) {
        uint32_t child = earliest_child(heap, position);

        if (!is_before(heap->timers[child], timer))
            break;
        place(heap, heap->timers[child], position);
        position = child;
    }
    place(heap, timer, position);
}

static void
append(RvlTimerHeap *heap, RvlTimer *timer)
{
    if (heap->n == heap->room) {
        heap->room *= 2;
        heap->timers = g_renew(RvlTimer *, heap->timers, heap->room);
    }
    place(heap, timer, heap->n++);
}

void
rvl_timer_set(RvlTimerHeap *heap, RvlTimer *timer, RvlTime at)
{
    if (at == RVL_TIME_NEVER) {
        rvl_timer_clear(heap, timer);
        return;
    }
    timer->at = at;
    timer->order = heap->order++;
    if (!rvl_timer_is_set(timer))
        append(heap, timer);
    sift_up(heap, timer);
    sift_down(heap, timer);
}

void
rvl_timer_clear(RvlTimerHeap *heap, RvlTimer *timer)
{
    RvlTimer *last;

    if (!rvl_timer_is_set(timer))
        return;
    last = heap->timers[--heap->n];
    if (last != timer) {
        place(heap, last, timer->position);
        sift_up(heap, last);
        sift_down(heap, last);
    }
    timer->position = RVL_TIMER_IDLE;
    timer->at = RVL_TIME_NEVER;
}

RvlTime
rvl_timer_heap_next(const RvlTimerHeap *heap)
{
    return heap->n > 0 ? heap->timers[0]->at : RVL_TIME_NEVER;
}

RvlTimer *
rvl_timer_heap_pop(RvlTimerHeap *heap, RvlTime now)
{
    RvlTimer *timer = heap->n > 0 ? heap->timers[0] : NULL;

    if (timer == NULL || timer->at > now)
        return NULL;
    rvl_timer_clear(heap, timer);
    return timer;
}

size_t
rvl_timer_heap_count(const RvlTimerHeap *heap)
{
    return heap->n;
}
