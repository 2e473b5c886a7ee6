/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one owner asks of the system, set and removed: addresses, routes, guard. */
#pragma once

#include "placement.h"
#include "rtnetlink.h"

G_BEGIN_DECLS

/** connection_routes_set: RvlRoutes.set; the guard comes first, the tunnel's routes last. */
bool connection_routes_set(const System *system, const RvlRouteSet *routes, GError **error);

/** connection_routes_remove: RvlRoutes.remove, also of the rules' owner; the guard goes last. */
bool connection_routes_remove(const System *system, const char *owner, GError **error);

/** connection_routes_retain: removes what belongs to none of @owners (NULL-terminated). */
bool connection_routes_retain(const System *system, const char *const *owners, GError **error);

G_END_DECLS
