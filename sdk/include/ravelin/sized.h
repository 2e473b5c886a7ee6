/* SPDX-License-Identifier: MIT */
/* Structs of the length that another compiler run knew: how both sides of the contract read them. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <glib.h>

G_BEGIN_DECLS

/** RVL_END_OF: octets of a struct of @type up to the end of @field. */
#define RVL_END_OF(type, field) (offsetof(type, field) + sizeof(((type *)NULL)->field))

/**
 * rvl_sized_copy:
 * @copy: (out): a struct of @octets
 * @found: a struct of @found_octets
 *
 * Copies a struct between the two sides of the contract, of which each says how long it knows the struct
 * to be: by sizeof, by the struct's `size`, by an array's stride. What only @copy has is zero.
 */
static inline void
rvl_sized_copy(void *copy, size_t octets, const void *found, size_t found_octets)
{
    size_t both = octets < found_octets ? octets : found_octets;

    memcpy(copy, found, both);
    memset((char *)copy + both, 0, octets - both);
}

G_END_DECLS
