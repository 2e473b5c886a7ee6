/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One of two plugins that need each other. */
#include "config.h"

#include "empty-store.h"

static const RvlStore store = EMPTY_STORE("red");
static const RvlProvision provides[] = {{RVL_CAPABILITY_STORE, "red", &store}};
static const RvlNeed needs[] = {{RVL_CAPABILITY_STORE, "blue", false}};

RVL_PLUGIN(circle_red) = {.head = RVL_PLUGIN_HEAD,
                          .name = "circle_red",
                          RVL_PROVIDES(provides),
                          RVL_NEEDS(needs)};
