/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine's one timer heap: intrusive and 4-ary; equal times in the order in which they were set. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>
#include <ravelin/time.h>

/** RVL_TIMER_IDLE: @position of a timer that isn't set. */
#define RVL_TIMER_IDLE UINT32_MAX

/**
 * RvlTimer:
 * @at: when it is due
 * @order: which of equal times was set first
 * @position: in the heap, or RVL_TIMER_IDLE
 * @kind: RvlTimerKind of "ike/core/timers.h": which struct embeds it, and what is due
 *
 * Embedded in what it belongs to. To be made by rvl_timer_init().
 */
typedef struct {
    RvlTime at;
    uint64_t order;
    uint32_t position;
    uint8_t kind;
} RvlTimer;

typedef struct RvlTimerHeap RvlTimerHeap;

RvlTimerHeap *rvl_timer_heap_new(void);
/** rvl_timer_heap_free: the timers in it are the caller's. */
void rvl_timer_heap_free(RvlTimerHeap *heap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlTimerHeap, rvl_timer_heap_free)

void rvl_timer_init(RvlTimer *timer, uint8_t kind);

static inline bool
rvl_timer_is_set(const RvlTimer *timer)
{
    return timer->position != RVL_TIMER_IDLE;
}

/** rvl_timer_set: to @at, whether it was set or not; RVL_TIME_NEVER clears it. */
void rvl_timer_set(RvlTimerHeap *heap, RvlTimer *timer, RvlTime at);
/** rvl_timer_clear: nothing happens where it isn't set. */
void rvl_timer_clear(RvlTimerHeap *heap, RvlTimer *timer);

/** rvl_timer_heap_next: when the earliest is due; RVL_TIME_NEVER where none is set. */
RvlTime rvl_timer_heap_next(const RvlTimerHeap *heap);
/** rvl_timer_heap_pop: (transfer none) (nullable): the earliest that is due at @now; it is cleared. */
RvlTimer *rvl_timer_heap_pop(RvlTimerHeap *heap, RvlTime now);
size_t rvl_timer_heap_count(const RvlTimerHeap *heap);
