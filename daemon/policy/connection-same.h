/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether two compilations of a connection are the same; for the files of this folder. */
#pragma once

#include "policy/connection.h"

/* Nothing differs, not even the line of a key: the old object can stay. */
bool rvl_connection_identical(const RvlConnection *a, const RvlConnection *b);

/*
 * Names what differs: keys, and `profile`, `secret`, `authority` for what comes from there; empty
 * where only places differ. (element-type utf8) (transfer full).
 */
GPtrArray *rvl_connection_differences(const RvlConnection *a, const RvlConnection *b);
