/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin that was built against a newer contract. */
#include "config.h"

#include <ravelin/plugin.h>

RVL_PLUGIN(higher_minor) = {
    .head = {sizeof(RvlPlugin) + 64, RVL_CONTRACT_MAJOR, RVL_CONTRACT_MINOR + 1},
    .name = "higher_minor",
};
