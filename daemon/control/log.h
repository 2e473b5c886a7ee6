/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log: events as the journal's fields, as lines for people, or as JSON lines; and the audit log. */
#pragma once

#include "control/event-hub.h"

/** RvlLogFormat: AUTO: the journal where stderr is one, else text. */
typedef enum {
    RVL_LOG_AUTO = 0,
    RVL_LOG_TEXT = 1,
    RVL_LOG_JOURNAL = 2,
    RVL_LOG_JSON = 3,
} RvlLogFormat;

/**
 * RvlLogOptions:
 * @level: least urgent level that is shown
 * @descriptor: of TEXT and JSON; 2 is stderr
 * @audit: (nullable): file that audit lines are appended to, as JSON lines; NULL: they are in the
 *   log alone, with the field RAVELIN_AUDIT
 */
typedef struct {
    RvlLogFormat format;
    RvlEventLevel level;
    int descriptor;
    const char *audit;
} RvlLogOptions;

typedef struct RvlLog RvlLog;

/** rvl_log_new: shows @hub's events until freed. Errors: the audit file can't be opened. */
RvlLog *rvl_log_new(RvlEventHub *hub, const RvlLogOptions *options, GError **error);
void rvl_log_free(RvlLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlLog, rvl_log_free)

/**
 * rvl_log_set_level:
 * @subject: a connection's name or a peer's address; empty: everything else
 * @word: `error`, `warning`, `notice`, `info`, `debug`, or `default` to forget @subject
 */
bool rvl_log_set_level(RvlLog *log, const char *subject, const char *word, GError **error);
