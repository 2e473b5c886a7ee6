/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Structs of the length that another compiler run knew. */
#pragma once

#include <stddef.h>
#include <string.h>
#include <glib.h>

/* RVL_END_OF: octets of a struct of @type up to the end of @field. */
#define RVL_END_OF(type, field) (offsetof(type, field) + sizeof(((type *)NULL)->field))

/* rvl_sized_copy: copies a struct of @found_octets into one of @octets; what is absent is zero. */
static inline void
rvl_sized_copy(void *copy, size_t octets, const void *found, size_t found_octets)
{
    size_t both = MIN(octets, found_octets);

    memcpy(copy, found, both);
    memset((char *)copy + both, 0, octets - both);
}
