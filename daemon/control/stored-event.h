/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A copy of an event that outlives the call it came with. */
#pragma once

#include <ravelin/event.h>

/**
 * RvlStoredEvent:
 * @event: points into the copy
 * @unix_us: when it was emitted, as wall time
 */
typedef struct {
    RvlEvent event;
    int64_t unix_us;
    RvlEventScope scope;
    RvlField *fields;
    GError *error;
    GStringChunk *texts;
} RvlStoredEvent;

/** rvl_stored_event_new: Thread: any. */
RvlStoredEvent *rvl_stored_event_new(const RvlEvent *event, int64_t unix_us);
void rvl_stored_event_free(RvlStoredEvent *stored);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlStoredEvent, rvl_stored_event_free)
