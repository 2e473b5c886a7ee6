/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin that fails to load and doesn't say why. */
#include "config.h"

#include <ravelin/plugin.h>

static bool
load(const RvlHost *host, const RvlSettings *settings, void **self, GError **error)
{
    return false;
}

RVL_PLUGIN(fails_silently) = {.head = RVL_PLUGIN_HEAD, .name = "fails_silently", .load = load};
