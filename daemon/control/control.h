/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The control service: D-Bus on a socket of the daemon's own, and on the system bus where there is one. */
#pragma once

#include "control/event-hub.h"
#include "control/log.h"
#include "control/model.h"

/**
 * RvlControlOptions:
 * @directory: the instance's runtime directory; the socket is `control` in it
 * @is_on_bus: also serves as org.ravelin.Ravelin1 on the system bus, where there is one
 * @version: of the release
 */
typedef struct {
    const char *directory;
    bool is_on_bus;
    const char *version;
} RvlControlOptions;

typedef struct RvlControlService RvlControlService;

/**
 * rvl_control_new:
 * @model: borrowed
 * @log: (nullable): for SetLog
 *
 * Makes @directory with mode 0750 where it is missing, and listens. Root, the daemon's own user and
 * members of group `ravelin` may connect. On the system bus root may everything, and others what
 * polkit lets them.
 *
 * Errors: RVL_CAUSE_PORT_IN_USE where another daemon serves there, _PERMISSION_MISSING.
 */
RvlControlService *rvl_control_new(const RvlControlOptions *options,
                                   const RvlControlModel *model,
                                   RvlEventHub *hub,
                                   RvlLog *log,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** rvl_control_reload: as `ravelinctl reload`; what is wrong is told as an event. */
void rvl_control_reload(RvlControlService *control);
void rvl_control_free(RvlControlService *control);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlControlService, rvl_control_free)
