/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin that claims another one's key. */
#include "config.h"

#include <ravelin/plugin.h>

static const RvlKey options[] = {
    {"connection", "toy-key", RVL_KEY_BOOL, NULL, 0, 0, NULL, RVL_COST_NONE, false, "another toy"},
};

RVL_PLUGIN(same_key) = {.head = RVL_PLUGIN_HEAD, .name = "same_key", RVL_OPTIONS(options)};
