/* SPDX-License-Identifier: MIT */
/* Control front ends: other ways to reach the control calls, mapped onto the same rows. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <ravelin/macros.h>
#include <ravelin/octets.h>

G_BEGIN_DECLS

/** RvlControlReply: @json: the reply as one JSON object, borrowed. */
typedef void (*RvlControlReply)(const char *json, const GError *error, void *user_data);

/**
 * RvlControl:
 * @call: @method of the control interface with @arguments (a JSON array of them); @uid is who asks
 *
 * What the host gives a front end. Thread: main loop.
 */
typedef struct {
    uint32_t size;
    void *context;
    void (*call)(void *context,
                 const char *method,
                 const char *arguments,
                 uint32_t uid,
                 RvlControlReply reply,
                 void *user_data);
} RvlControl;

/** RvlFrontEnd: @start: begins to serve; @stop: ends it. Thread: main loop. */
typedef struct {
    uint32_t size;
    const char *name;
    bool (*start)(void *self, const RvlControl *control, GError **error);
    void (*stop)(void *self);
} RvlFrontEnd;

G_END_DECLS
