/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A main loop in virtual time. */
#include "config.h"

#include "fakes/loop.h"

typedef struct {
    RvlCall call;
    void *user_data;
    RvlTimerId id; /* of timers */
    RvlTime due;
} Waiting;

struct FakeLoop {
    RvlTime start;
    RvlTime now;
    RvlWallTime wall;
    RvlTimerId last_id;
    GArray *timers; /* of Waiting, the next due first; equal ones in the order of adding */
    GArray *calls;  /* of Waiting */
};

FakeLoop *
fake_loop_new(RvlTime start, RvlWallTime wall)
{
    FakeLoop *loop = g_new0(FakeLoop, 1);

    loop->start = start;
    loop->now = start;
    loop->wall = wall;
    loop->timers = g_array_new(FALSE, FALSE, sizeof(Waiting));
    loop->calls = g_array_new(FALSE, FALSE, sizeof(Waiting));
    return loop;
}

void
fake_loop_free(FakeLoop *loop)
{
    if (loop == NULL)
        return;
    g_array_unref(loop->timers);
    g_array_unref(loop->calls);
    g_free(loop);
}

RvlTime
fake_loop_now(const FakeLoop *loop)
{
    return loop->now;
}

RvlWallTime
fake_loop_wall(const FakeLoop *loop)
{
    return (RvlWallTime){loop->wall.unix_s + (loop->now - loop->start) / RVL_SECOND};
}

void
fake_loop_move_wall(FakeLoop *loop, int64_t seconds)
{
    loop->wall.unix_s += seconds;
}

RvlTimerId
fake_loop_timer_add(FakeLoop *loop, RvlTime delay, RvlCall call, void *user_data)
{
    Waiting timer = {call, user_data, ++loop->last_id, rvl_time_add(loop->now, delay)};
    guint at = 0;

    while (at < loop->timers->len && g_array_index(loop->timers, Waiting, at).due <= timer.due)
        at++;
    g_array_insert_val(loop->timers, at, timer);
    return timer.id;
}

void
fake_loop_timer_remove(FakeLoop *loop, RvlTimerId timer)
{
    for (guint i = 0; i < loop->timers->len; i++) {
        if (g_array_index(loop->timers, Waiting, i).id == timer) {
            g_array_remove_index(loop->timers, i);
            return;
        }
    }
}

size_t
fake_loop_timers(const FakeLoop *loop)
{
    return loop->timers->len;
}

void
fake_loop_post(FakeLoop *loop, RvlCall call, void *user_data)
{
    Waiting waiting = {call, user_data, 0, 0};

    g_array_append_val(loop->calls, waiting);
}

size_t
fake_loop_posted(const FakeLoop *loop)
{
    return loop->calls->len;
}

void
fake_loop_run_one(FakeLoop *loop, size_t i)
{
    Waiting waiting;

    g_assert_cmpuint(i, <, loop->calls->len);
    waiting = g_array_index(loop->calls, Waiting, i);
    g_array_remove_index(loop->calls, (guint)i);
    waiting.call(waiting.user_data);
}

void
fake_loop_run(FakeLoop *loop)
{
    while (loop->calls->len > 0)
        fake_loop_run_one(loop, 0);
}

void
fake_loop_advance(FakeLoop *loop, RvlTime by)
{
    RvlTime end = rvl_time_add(loop->now, by);

    fake_loop_run(loop);
    while (loop->timers->len > 0 && g_array_index(loop->timers, Waiting, 0).due <= end) {
        Waiting timer = g_array_index(loop->timers, Waiting, 0);

        g_array_remove_index(loop->timers, 0);
        loop->now = timer.due;
        timer.call(timer.user_data);
        fake_loop_run(loop);
    }
    loop->now = end;
}
