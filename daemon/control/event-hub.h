/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The event queue: takes events from any thread and shows them on the main loop, in order. */
#pragma once

#include <glib.h>
#include <ravelin/event.h>

typedef struct RvlEventHub RvlEventHub;

/**
 * rvl_event_hub_new: bounded: what comes while the queue is full is counted, and the count shown as
 * an event (RVL_EVENT_EVENTS_LOST). Renders on the thread-default main context of its maker.
 */
RvlEventHub *rvl_event_hub_new(void);
/** rvl_event_hub_free: shows what still waits; nobody may emit any more. */
void rvl_event_hub_free(RvlEventHub *hub);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlEventHub, rvl_event_hub_free)

/** rvl_event_hub_events: (transfer none): where events go: for engine, driver and plugins. */
const RvlEvents *rvl_event_hub_events(const RvlEventHub *hub);

/** RvlEventView: @event: borrowed; @unix_us: when it was emitted, as wall time. */
typedef void (*RvlEventView)(const RvlEvent *event, int64_t unix_us, void *user_data);

/** rvl_event_hub_add_view: @view is shown each event from now on. Main loop. */
void rvl_event_hub_add_view(RvlEventHub *hub, RvlEventView view, void *user_data);
void rvl_event_hub_remove_view(RvlEventHub *hub, RvlEventView view, void *user_data);

/** rvl_event_hub_flush: shows what waits now: before the end, and in tests. Main loop. */
void rvl_event_hub_flush(RvlEventHub *hub);
