/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an RFC fixes to one hash: the one file of the core that names any. */
#include "config.h"

#include "ike/core/fixed.h"

static const struct {
    const char *primitive;
    size_t octets;
    const char *source;
} rows[RVL_FIXED_COUNT_] = {
    [RVL_FIXED_NAT_DETECTION] = {"hash/sha1", 20, "RFC 7296 2.23"},
};

size_t
rvl_fixed_octets(RvlFixedUse use)
{
    return rows[use].octets;
}

const char *
rvl_fixed_primitive(RvlFixedUse use)
{
    return rows[use].primitive;
}

const char *
rvl_fixed_source(RvlFixedUse use)
{
    return rows[use].source;
}
