/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls that any thread leaves for the main loop, in the order of their coming. */
#pragma once

#include <ravelin/plugin.h>

typedef struct RvlLaterCalls RvlLaterCalls;

/** rvl_later_calls_new: runs on the thread-default main context of its maker. */
RvlLaterCalls *rvl_later_calls_new(void);
/** rvl_later_calls_free: nobody may leave one any more; what still waits is called now. Main loop. */
void rvl_later_calls_free(RvlLaterCalls *calls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlLaterCalls, rvl_later_calls_free)

/**
 * rvl_later_calls_add:
 * @call: called once with @user_data, soon, never within this call
 *
 * A call that is left by a call runs in the same turn of the loop, up to a bound, so that a chain of
 * short steps costs one.
 *
 * Thread: any.
 */
void rvl_later_calls_add(RvlLaterCalls *calls, RvlCall call, void *user_data);
