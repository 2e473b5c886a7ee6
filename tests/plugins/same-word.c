/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin that provides what another one does. */
#include "config.h"

#include "empty-store.h"

static const RvlStore store = EMPTY_STORE("behaves");
static const RvlProvision provides[] = {{RVL_CAPABILITY_STORE, "behaves", &store}};

RVL_PLUGIN(same_word) = {.head = RVL_PLUGIN_HEAD, .name = "same_word", RVL_PROVIDES(provides)};
