/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who calls, and whether they may: asked for each call and each property that is read. */
#pragma once

#include <sys/types.h>
#include <gio/gio.h>

#include "control/interface.h"

/**
 * RvlCaller:
 * @uid: (uid_t)-1 where nobody says
 * @pid: -1 where nobody says
 */
typedef struct {
    uid_t uid;
    pid_t pid;
} RvlCaller;

/** RvlAuthorized: @caller: borrowed (nullable): may; NULL with @error: may not, and why. */
typedef void (*RvlAuthorized)(const RvlCaller *caller, const GError *error, void *user_data);

/**
 * RvlAuthorize:
 * @authority: whom is asked
 * @invocation: borrowed until @done
 * @done: called once, possibly within the call
 *
 * Whether the caller of @invocation may do what needs @permission.
 *
 * Thread: main loop; never blocks.
 */
typedef void (*RvlAuthorize)(void *authority,
                             GDBusMethodInvocation *invocation,
                             RvlPermission permission,
                             RvlAuthorized done,
                             void *user_data);
