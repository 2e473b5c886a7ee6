/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin whose needs nobody meets. */
#include "config.h"

#include <ravelin/plugin.h>

static const RvlNeed needs[] = {{RVL_CAPABILITY_AUTHENTICATOR, "nobody", false}};

RVL_PLUGIN(needs_nobody) = {.head = RVL_PLUGIN_HEAD, .name = "needs_nobody", RVL_NEEDS(needs)};
