/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bell: any thread rings it, and the main loop answers, once for however many rings. */
#pragma once

#include <glib.h>

/**
 * RvlBell:
 *
 * Wakes the main loop only where it may sleep: a ring on the loop's own thread costs no system
 * call. GLib's ready times and idle sources write to the loop's wake-up descriptor then as well,
 * which costs a write, a read and a turn of the loop.
 */
typedef struct RvlBell RvlBell;

/** RvlBellRung: @user_data: as given. Main loop. What is rung for while it runs is answered again. */
typedef void (*RvlBellRung)(void *user_data);

/** rvl_bell_new: answers on the thread-default main context of its maker. */
RvlBell *rvl_bell_new(RvlBellRung rung, void *user_data);
/** rvl_bell_free: nobody may ring any more; a ring that was not answered is forgotten. */
void rvl_bell_free(RvlBell *bell);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlBell, rvl_bell_free)

/** rvl_bell_ring: @rung is called soon, never within this call. Thread: any. */
void rvl_bell_ring(RvlBell *bell);
