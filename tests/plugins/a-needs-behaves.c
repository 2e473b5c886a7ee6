/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin that is found before the one that it needs, and looks it up. */
#include "config.h"

#include <ravelin/error.h>
#include <ravelin/plugin.h>
#include <ravelin/store.h>

static bool
load(const RvlHost *host, const RvlSettings *settings, void **self, GError **error)
{
    const RvlStore *store = host->lookup(host->context, RVL_CAPABILITY_STORE, "behaves", self);

    if (store != NULL && *self != NULL)
        return true;
    rvl_error_set(error, RVL_CAUSE_PLUGIN_MISSING, "what it needs was not loaded before it");
    return false;
}

static const RvlNeed needs[] = {
    {RVL_CAPABILITY_STORE, "behaves", false},
    {RVL_CAPABILITY_EVENT_SINK, NULL, true},
};

RVL_PLUGIN(a_needs_behaves) = {.head = RVL_PLUGIN_HEAD,
                               .name = "a_needs_behaves",
                               RVL_NEEDS(needs),
                               .load = load};
