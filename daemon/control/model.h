/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the control service shows and does, behind one table: the daemon's own, or a test's. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <gio/gio.h>
#include <ravelin/time.h>

#include "ike/core/command.h"

/**
 * RvlControlRows:
 * @rows: (nullable): a floating or borrowed `aa{sv}`; NULL with @error
 *
 * The answer to a list. Keys are the configuration's words with `_` for `-`; integers are named for
 * their unit (`_s`, `_octets`), SPIs are hexadecimal text, times RFC 3339.
 */
typedef void (*RvlControlRows)(GVariant *rows, const GError *error, void *user_data);

/** RvlControlProgress: a command reached @step after @elapsed. */
typedef void (*RvlControlProgress)(const char *step, RvlTime elapsed, void *user_data);
/** RvlControlEnd: a command ended; @error NULL: done. Once, possibly within the call. */
typedef void (*RvlControlEnd)(const GError *error, void *user_data);

/**
 * RvlControlModel:
 * @context: handed to each call
 * @kinds: NULL-terminated: what list() knows: `connection`, `policy`, `ike`, `child`, `plugin`, `algorithm`,
 *   `dataplane`
 * @list: all rows of @kind, in a stable order; @done comes once, possibly within the call
 * @command: RVL_COMMAND_UP, _DOWN or _REKEY of @name (`berlin`, `berlin/lan`)
 * @plan: reads the configuration anew; @changes: (out) (transfer full): `aa{sv}`: `connection`,
 *   `change` (`new`, `changed`, `gone`), `effect`, `keys`. What was read waits for apply(). False
 *   with @problems: (out) (transfer full): a line each, in compilers' form
 * @apply: puts in force what the last plan() read; false where there is none
 * @roll_back: puts in force again what the last apply() replaced; false where there is none
 * @generation: of the configuration in force
 * @counts: `a{sv}` of totals
 *
 * Thread: main loop.
 */
typedef struct {
    void *context;
    const char *const *kinds;
    void (*list)(void *context, const char *kind, RvlControlRows done, void *user_data);
    void (*command)(void *context,
                    RvlCommandKind kind,
                    const char *name,
                    RvlControlProgress progress,
                    RvlControlEnd end,
                    void *user_data);
    bool (*plan)(void *context, GVariant **changes, GStrv *problems);
    bool (*apply)(void *context, GError **error);
    bool (*roll_back)(void *context, GError **error);
    uint64_t (*generation)(void *context);
    GVariant *(*counts)(void *context);
} RvlControlModel;
