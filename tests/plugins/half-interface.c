/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin whose interface lacks what it must have. */
#include "config.h"

#include <ravelin/plugin.h>
#include <ravelin/store.h>

static const RvlStore store = {sizeof(store), .name = "half"};
static const RvlProvision provides[] = {{RVL_CAPABILITY_STORE, "half", &store}};

RVL_PLUGIN(half_interface) = {.head = RVL_PLUGIN_HEAD,
                              .name = "half_interface",
                              RVL_PROVIDES(provides)};
