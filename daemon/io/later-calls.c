/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls that any thread leaves for the main loop, in the order of their coming. */
#include "config.h"

#include "io/later-calls.h"

#include "io/bell.h"

/* Calls in one turn of the loop, so that sockets, timers and control have theirs. */
#define CALLS_A_TURN 64

typedef struct Later Later;
struct Later {
    Later *next;
    RvlCall call;
    void *user_data;
};

struct RvlLaterCalls {
    GMutex lock; /* of the list and the flag */
    Later *first;
    Later **end;
    bool is_awaited; /* the bell was rung, and the list not found empty since */
    RvlBell *bell;
};

static Later *
take(RvlLaterCalls *calls)
{
    Later *later;

    g_mutex_lock(&calls->lock);
    later = calls->first;
    if (later != NULL)
        calls->first = later->next;
    else
        calls->is_awaited = false;
    if (calls->first == NULL)
        calls->end = &calls->first;
    g_mutex_unlock(&calls->lock);
    return later;
}

static bool
run_one(RvlLaterCalls *calls)
{
    g_autofree Later *later = take(calls);

    if (later != NULL)
        later->call(later->user_data);
    return later != NULL;
}

static void
run_some(void *user_data)
{
    RvlLaterCalls *calls = user_data;

    for (int i = 0; i < CALLS_A_TURN; i++)
        if (!run_one(calls))
            return;
    rvl_bell_ring(calls->bell);
}

RvlLaterCalls *
rvl_later_calls_new(void)
{
    RvlLaterCalls *calls = g_new0(RvlLaterCalls, 1);

    g_mutex_init(&calls->lock);
    calls->end = &calls->first;
    calls->bell = rvl_bell_new(run_some, calls);
    return calls;
}

void
rvl_later_calls_free(RvlLaterCalls *calls)
{
    if (calls == NULL)
        return;
    while (run_one(calls))
        continue;
    rvl_bell_free(calls->bell);
    g_mutex_clear(&calls->lock);
    g_free(calls);
}

void
rvl_later_calls_add(RvlLaterCalls *calls, RvlCall call, void *user_data)
{
    Later *later = g_new(Later, 1);
    bool rings;

    *later = (Later){NULL, call, user_data};
    g_mutex_lock(&calls->lock);
    *calls->end = later;
    calls->end = &later->next;
    rings = !calls->is_awaited;
    calls->is_awaited = true;
    g_mutex_unlock(&calls->lock);
    if (rings)
        rvl_bell_ring(calls->bell);
}
