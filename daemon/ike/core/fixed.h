/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an RFC fixes to one hash, whatever was negotiated. */
#pragma once

#include <ravelin/crypto-backend.h>

/** RvlFixedUse: each with the RFC's section, in fixed.c. */
typedef enum {
    RVL_FIXED_NAT_DETECTION = 0,
    RVL_FIXED_COUNT_,
} RvlFixedUse;

/** RVL_FIXED_MAX_OCTETS: the longest digest of a fixed use. */
#define RVL_FIXED_MAX_OCTETS 32

/** rvl_fixed_octets: length of the digest that @use has. */
size_t rvl_fixed_octets(RvlFixedUse use);
/** rvl_fixed_primitive: (transfer none): name of the hash. */
const char *rvl_fixed_primitive(RvlFixedUse use);
/** rvl_fixed_source: (transfer none): the RFC's section. */
const char *rvl_fixed_source(RvlFixedUse use);
