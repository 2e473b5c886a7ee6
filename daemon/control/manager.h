/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The object Manager on one D-Bus connection: carries out the calls of calls.def. */
#pragma once

#include "control/authorize.h"
#include "control/changeover.h"
#include "control/event-hub.h"
#include "control/findings.h"
#include "control/interface.h"
#include "control/log.h"
#include "control/model.h"

/**
 * RvlManagerParts:
 * @log: (nullable)
 * @findings: for Explain
 * @changeover: for Apply, Confirm and Rollback
 * @version: of the release
 *
 * Borrowed for the life of all managers.
 */
typedef struct {
    const RvlControlModel *model;
    RvlEventHub *hub;
    RvlLog *log;
    RvlFindings *findings;
    RvlChangeover *changeover;
    const char *version;
} RvlManagerParts;

/**
 * RvlManager:
 *
 * Emits Alert(cause, details) for each event of level error, with the event's fields, to who is
 * connected to the daemon's own socket. The property State is `ready`, or `on-trial` while a
 * configuration waits to be confirmed.
 *
 * State that all connections share: numbers of jobs, open event streams.
 */
typedef struct RvlManager RvlManager;

RvlManager *rvl_manager_new(const RvlManagerParts *parts, GError **error);
void rvl_manager_free(RvlManager *manager);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlManager, rvl_manager_free)

/**
 * rvl_manager_serve: exports the object on @connection until that closes or the manager goes.
 * @authorize: asked before each call, and before properties are read
 * @authority: handed to it; outlives the manager
 */
bool rvl_manager_serve(RvlManager *manager,
                       GDBusConnection *connection,
                       RvlAuthorize authorize,
                       void *authority,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
