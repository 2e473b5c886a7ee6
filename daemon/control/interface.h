/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The D-Bus interfaces, made from the table of calls. */
#pragma once

#include <stdbool.h>
#include <gio/gio.h>

#define RVL_BUS_NAME "org.ravelin.Ravelin1"
#define RVL_MANAGER_PATH "/org/ravelin/Ravelin1"
#define RVL_MANAGER_INTERFACE "org.ravelin.Ravelin1.Manager"
#define RVL_JOB_INTERFACE "org.ravelin.Ravelin1.Job"

/** RvlCallId: a row of calls.def. */
typedef enum {
#define RVL_CALL_ROW(name, in, out, permission) RVL_CALL_##name,
#include "control/calls.def"
#undef RVL_CALL_ROW
    RVL_CALL_COUNT_
} RvlCallId;

/** RvlPermission: what a caller must be allowed to. */
typedef enum {
    RVL_PERMISSION_MONITOR = 1,
    RVL_PERMISSION_CONTROL = 2,
    RVL_PERMISSION_CONFIGURE = 3,
} RvlPermission;

/** rvl_interface_xml: (transfer full): introspection of both interfaces. */
char *rvl_interface_xml(void);

/** rvl_interface_call: false where no row has @method. */
bool rvl_interface_call(const char *method, RvlCallId *id, RvlPermission *permission);

/** rvl_permission_action: (transfer none): polkit's action: `org.ravelin.Ravelin1.monitor`. */
const char *rvl_permission_action(RvlPermission permission);
