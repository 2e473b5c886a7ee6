/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin that ends its process, for the plugin checker. */
#include "config.h"

#include <signal.h>

#include <ravelin/plugin.h>

static bool
load(const RvlHost *host, const RvlSettings *settings, void **self, GError **error)
{
    raise(SIGKILL); /* leaves no core, and no handler of the process is asked */
    return false;
}

RVL_PLUGIN(crashes) = {.head = RVL_PLUGIN_HEAD, .name = "crashes", .load = load};
