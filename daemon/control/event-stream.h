/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events as JSON lines over a descriptor, for readers that may be slow. */
#pragma once

#include "control/event-hub.h"

/** RvlEventStream: ends by itself when its reader does. Main loop. */
typedef struct RvlEventStream RvlEventStream;

/**
 * rvl_event_stream_new:
 * @connection: (nullable): only its events
 * @level: least urgent level
 * @reader: (out): the end to hand out; the caller closes it
 * @ended: called once when the reader has gone; free the stream then
 *
 * Bounded: what comes while the reader is behind is counted, and a line
 * `{"schema":"ravelin/1","event":"lost","count":N}` stands where they would have been.
 */
RvlEventStream *rvl_event_stream_new(RvlEventHub *hub,
                                     const char *connection,
                                     RvlEventLevel level,
                                     int *reader,
                                     void (*ended)(RvlEventStream *stream, void *user_data),
                                     void *user_data,
                                     GError **error);
void rvl_event_stream_free(RvlEventStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlEventStream, rvl_event_stream_free)
