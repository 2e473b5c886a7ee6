/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A main loop in virtual time: a clock that only a test moves, timers, and a queue that a test drives. */
#pragma once

#include <ravelin/plugin.h>

/**
 * FakeLoop:
 *
 * Calls that are posted wait until the test runs them; timers come due when the test advances the
 * clock. Nothing else ever runs. One thread.
 */
typedef struct FakeLoop FakeLoop;

FakeLoop *fake_loop_new(RvlTime start, RvlWallTime wall);
/** fake_loop_free: drops what still waits. */
void fake_loop_free(FakeLoop *loop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakeLoop, fake_loop_free)

RvlTime fake_loop_now(const FakeLoop *loop);
/** fake_loop_wall: moves with the clock. */
RvlWallTime fake_loop_wall(const FakeLoop *loop);

/** fake_loop_move_wall: by @seconds, as somebody sets the clock; no timer moves. */
void fake_loop_move_wall(FakeLoop *loop, int64_t seconds);

RvlTimerId fake_loop_timer_add(FakeLoop *loop, RvlTime delay, RvlCall call, void *user_data);
void fake_loop_timer_remove(FakeLoop *loop, RvlTimerId timer);
/** fake_loop_timers: how many stand. */
size_t fake_loop_timers(const FakeLoop *loop);

void fake_loop_post(FakeLoop *loop, RvlCall call, void *user_data);
/** fake_loop_posted: how many calls wait. */
size_t fake_loop_posted(const FakeLoop *loop);
/** fake_loop_run_one: runs the @i-th call that waits: a test may let answers overtake each other. */
void fake_loop_run_one(FakeLoop *loop, size_t i);
/** fake_loop_run: runs calls in order until none waits. */
void fake_loop_run(FakeLoop *loop);

/** fake_loop_advance: moves the clock by @by; timers come due in order, calls run between them. */
void fake_loop_advance(FakeLoop *loop, RvlTime by);
