/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The control socket's place: its directory, the lock against a second daemon, who may use it. */
#pragma once

#include <stdbool.h>
#include <gio/gio.h>

typedef struct RvlSocketGuard RvlSocketGuard;

/**
 * rvl_socket_guard_new:
 * @directory: made with mode 0750, of group `ravelin` where there is one
 *
 * Holds a lock as long as it lives, and unlinks the socket of a daemon that died.
 *
 * Errors: RVL_CAUSE_PORT_IN_USE where another daemon holds the lock, _PERMISSION_MISSING.
 */
RvlSocketGuard *rvl_socket_guard_new(const char *directory, GError **error);
/** rvl_socket_guard_free: unlinks the socket. */
void rvl_socket_guard_free(RvlSocketGuard *guard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlSocketGuard, rvl_socket_guard_free)

/** rvl_socket_guard_path: (transfer none): of the socket. */
const char *rvl_socket_guard_path(const RvlSocketGuard *guard);
/** rvl_socket_guard_open_up: once the socket is there: members of the group may connect. */
void rvl_socket_guard_open_up(const RvlSocketGuard *guard);

/** rvl_socket_guard_admits: root, the daemon's own user, and members of group `ravelin`. */
bool rvl_socket_guard_admits(uid_t uid);
