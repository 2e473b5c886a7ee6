/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: the last refusals and failures of each connection and peer, for `explain`. */
#pragma once

#include <gio/gio.h>

#include "control/event-hub.h"

/**
 * RvlFindings:
 *
 * Keeps, of each connection (and of peers that belong to none, by address), the last different
 * events that carry a cause, with how often and since when each came. Bounded in both.
 */
typedef struct RvlFindings RvlFindings;

RvlFindings *rvl_findings_new(RvlEventHub *hub);
void rvl_findings_free(RvlFindings *findings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlFindings, rvl_findings_free)

/**
 * rvl_findings_about:
 * @subject: a connection's name or a peer's address; empty: all
 *
 * Returns: (transfer floating): `aa{sv}`, the newest first: `subject`, `event`, `message`, `cause`,
 * `count`, `first`, `last`, and the event's own fields (`found`, `wanted`, `offered`, `remedy` …).
 */
GVariant *rvl_findings_about(const RvlFindings *findings, const char *subject);
