/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The message windows of an IKE SA. */
#include "config.h"

#include "ike/core/window.h"

RvlWindowVerdict
rvl_window_judge(const RvlWindow *window, uint32_t message_id, uint64_t digest)
{
    if (message_id == window->expected)
        return window->slot == RVL_SLOT_IN_WORK ? RVL_WINDOW_IN_WORK : RVL_WINDOW_NEW;
    if (window->slot == RVL_SLOT_ANSWERED && message_id + 1 == window->expected &&
        digest == window->digest)
        return RVL_WINDOW_REPEAT;
    return RVL_WINDOW_OUT;
}

void
rvl_window_begin(RvlWindow *window, uint64_t digest)
{
    g_clear_pointer(&window->answer, g_ptr_array_unref);
    window->slot = RVL_SLOT_IN_WORK;
    window->digest = digest;
    window->repeats = (RvlRepeats){0};
    window->elsewhere = (RvlRepeats){0};
}

void
rvl_window_answer(RvlWindow *window, GPtrArray *datagrams)
{
    g_clear_pointer(&window->answer, g_ptr_array_unref);
    window->answer = datagrams;
    window->slot = RVL_SLOT_ANSWERED;
    window->expected++;
}

bool
rvl_window_may_repeat(RvlWindow *window, bool is_on_path, RvlTime now)
{
    RvlRepeats *repeats = is_on_path ? &window->repeats : &window->elsewhere;

    if (repeats->n > 0 && now - repeats->last < RVL_REPEAT_INTERVAL)
        return false;
    if (!is_on_path && repeats->n >= RVL_REPEATS_ELSEWHERE)
        return false;
    repeats->n++;
    repeats->last = now;
    return true;
}

void
rvl_window_clear(RvlWindow *window)
{
    g_clear_pointer(&window->answer, g_ptr_array_unref);
}
