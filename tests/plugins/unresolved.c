/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin that calls a function which nobody has. */
#include "config.h"

#include <ravelin/plugin.h>

void rvl_nobody_has_this(void);

static void
unload(void *self)
{
    rvl_nobody_has_this();
}

RVL_PLUGIN(unresolved) = {.head = RVL_PLUGIN_HEAD, .name = "unresolved", .unload = unload};
