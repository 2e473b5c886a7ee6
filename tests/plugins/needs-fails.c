/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin that needs one which fails to load. */
#include "config.h"

#include <ravelin/plugin.h>

static const RvlNeed needs[] = {{RVL_CAPABILITY_STORE, "fails", false}};

RVL_PLUGIN(needs_fails) = {.head = RVL_PLUGIN_HEAD, .name = "needs_fails", RVL_NEEDS(needs)};
