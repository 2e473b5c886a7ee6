/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may do what over a message bus: the bus says who calls, and polkit whether they may. */
#pragma once

#include "control/authorize.h"

/* How long the bus, or polkit where it asks nobody, has to answer. */
#define RVL_BUS_PATIENCE_MS 10000

typedef struct RvlBusAccess RvlBusAccess;

/**
 * rvl_bus_access_new:
 * @trusted: who may everything without being looked up: 0, root
 * @patience_ms: RVL_BUS_PATIENCE_MS
 *
 * Everybody else needs polkit's leave for rvl_permission_action(), and nobody else gets in where
 * there is no polkit. What a caller may have under way at once is bounded, by user and in all.
 */
RvlBusAccess *rvl_bus_access_new(uid_t trusted, int patience_ms);
/** rvl_bus_access_free: who still waits for an answer is refused when the main loop runs next. */
void rvl_bus_access_free(RvlBusAccess *access);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlBusAccess, rvl_bus_access_free)

/**
 * rvl_bus_access_authorize: an RvlAuthorize of @authority, an RvlBusAccess.
 *
 * polkit may ask the user for a password where the call allows interaction; else it answers at once.
 *
 * Errors: RVL_CAUSE_PERMISSION_MISSING.
 * Source: D-Bus specification, GetConnectionCredentials; polkit's CheckAuthorization, subject
 * `system-bus-name`.
 */
void rvl_bus_access_authorize(void *authority,
                              GDBusMethodInvocation *invocation,
                              RvlPermission permission,
                              RvlAuthorized done,
                              void *user_data);
