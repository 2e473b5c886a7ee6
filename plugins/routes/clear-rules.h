/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What passes or is dropped in the clear, as rules of the guard and of routing. */
#pragma once

#include "placement.h"

G_BEGIN_DECLS

/**
 * clear_rules_set:
 *
 * RvlRoutes.set_rules, but for the tunnels' routes, which the caller then places anew where the first
 * BYPASS rule came or the last went. On an error nothing was changed.
 */
bool clear_rules_set(System *system, const RvlRoutesRules *rules, GError **error);

G_END_DECLS
