/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The core's groups and keys, as rows. */
#pragma once

#include "config/schema.h"

extern const RvlGroupKind rvl_core_kinds[];
extern const size_t rvl_core_n_kinds;

/** rvl_core_keys: rows of all core groups; each names its group. */
extern const RvlKey rvl_core_keys[];
extern const size_t rvl_core_n_keys;
