/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One of two plugins that need each other. */
#include "config.h"

#include "empty-store.h"

static const RvlStore store = EMPTY_STORE("blue");
static const RvlProvision provides[] = {{RVL_CAPABILITY_STORE, "blue", &store}};
static const RvlNeed needs[] = {{RVL_CAPABILITY_STORE, "red", false}};

RVL_PLUGIN(circle_blue) = {.head = RVL_PLUGIN_HEAD,
                           .name = "circle_blue",
                           RVL_PROVIDES(provides),
                           RVL_NEEDS(needs)};
