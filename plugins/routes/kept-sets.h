/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each owner asked for last, so that its routes can be placed anew. */
#pragma once

#include <ravelin/routes.h>

G_BEGIN_DECLS

/** KeptSets: by owner. */
typedef struct KeptSets KeptSets;

KeptSets *kept_sets_new(void);
void kept_sets_free(KeptSets *sets);
/** kept_sets_put: copies @routes, in place of what its owner asked for before. */
void kept_sets_put(KeptSets *sets, const RvlRouteSet *routes);
void kept_sets_remove(KeptSets *sets, const char *owner);

/** KeptSetCall: false, with @error, ends the walk. */
typedef bool (*KeptSetCall)(const RvlRouteSet *routes, void *user_data, GError **error);
/** kept_sets_each: in no order. */
bool kept_sets_each(const KeptSets *sets, KeptSetCall call, void *user_data, GError **error);

G_END_DECLS
