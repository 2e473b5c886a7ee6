/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin of another contract: only its head can be trusted. */
#include "config.h"

#include <ravelin/plugin.h>

RVL_PLUGIN(other_major) = {
    .head = {sizeof(RvlPlugin), RVL_CONTRACT_MAJOR + 1, 0},
    .name = (const char *)1, /* whoever reads it crashes */
    .n_provides = 1,
    .provides = (const RvlProvision *)1,
};
