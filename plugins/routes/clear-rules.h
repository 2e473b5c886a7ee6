/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What passes or is dropped in the clear, as rules of the guard and of routing. */
#pragma once

#include "placement.h"

G_BEGIN_DECLS

/**
 * clear_rules_set:
 *
 * RvlRoutes.set_rules. Routing changes first, then the guard, each whole or not at all: where the
 * guard's change fails, what it didn't let through before stays dropped.
 */
bool clear_rules_set(System *system, const RvlRoutesRules *rules, GError **error);

G_END_DECLS
