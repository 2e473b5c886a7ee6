/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The schema's keys as sections of ravelin.conf(5). */
#pragma once

#include "config/schema.h"

/** rvl_key_list_mdoc: (transfer full): a section for each group of the core, in mdoc. */
char *rvl_key_list_mdoc(const RvlSchema *schema);
