/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a service manager is told: ready, reloading, stopping, alive (systemd's notify protocol). */
#pragma once

#include <glib.h>

typedef struct RvlReadiness RvlReadiness;

/**
 * rvl_readiness_new:
 *
 * Reads NOTIFY_SOCKET and WATCHDOG_USEC; without them every call below does nothing.
 *
 * Thread: main loop, which the watchdog proves to be turning.
 */
RvlReadiness *rvl_readiness_new(void);
void rvl_readiness_free(RvlReadiness *readiness);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlReadiness, rvl_readiness_free)

/** rvl_readiness_ready: @status: (nullable): a line for `systemctl status`. */
void rvl_readiness_ready(RvlReadiness *readiness, const char *status);
/** rvl_readiness_reloading: rvl_readiness_ready() ends it. */
void rvl_readiness_reloading(RvlReadiness *readiness);
void rvl_readiness_stopping(RvlReadiness *readiness);
