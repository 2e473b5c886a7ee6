/* SPDX-License-Identifier: MIT */
/* Event sinks: plugins that are shown the event stream. */
#pragma once

#include <ravelin/event.h>

G_BEGIN_DECLS

/**
 * RvlEventSink:
 * @event: one event, with the wall time at which it was emitted; borrowed for the call
 * @is_audit: whether only events with an audit word are wanted
 *
 * Thread: main loop; must not block.
 */
typedef struct {
    uint32_t size;
    const char *name;
    bool is_audit;
    void (*event)(void *self, const RvlEvent *event, int64_t unix_us);
} RvlEventSink;

G_END_DECLS
