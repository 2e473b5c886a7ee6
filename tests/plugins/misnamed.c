/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin whose name isn't the one that it is declared by. */
#include "config.h"

#include <ravelin/plugin.h>

RVL_PLUGIN(misnamed) = {.head = RVL_PLUGIN_HEAD, .name = "psk"};
