/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A command of an operator's under way: tells its caller of each step, and its end, as D-Bus signals. */
#pragma once

#include <gio/gio.h>

#include "control/model.h"

/**
 * rvl_command_job_start:
 * @path: object path of the job; its signals go to @sender (nullable) on @connection
 * @names: what to do it to, one after the other
 *
 * Frees itself at the end. Signals: Progress(step, {name, elapsed_ms}), Done(cause, {name, error,
 * remedy …}); cause `none` where all went well.
 */
void rvl_command_job_start(const RvlControlModel *model,
                           GDBusConnection *connection,
                           const char *sender,
                           const char *path,
                           RvlCommandKind kind,
                           const char *const *names);
