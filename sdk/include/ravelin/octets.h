/* SPDX-License-Identifier: MIT */
/* A borrowed run of octets: how the contract passes data that somebody else owns. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * RvlOctets:
 * @data: (nullable): NULL only where @size is 0
 * @size: octets
 *
 * Borrowed for the duration of the call that it is passed to, unless said otherwise. Not for
 * secrets, which are RvlSecret.
 */
typedef struct {
    const uint8_t *data;
    size_t size;
} RvlOctets;

#define RVL_OCTETS_NONE ((RvlOctets){NULL, 0})
#define RVL_OCTETS(d, n) ((RvlOctets){(const uint8_t *)(d), (n)})

/** rvl_octets_from_bytes: (nullable): a view of a GBytes, which must outlive it. */
static inline RvlOctets
rvl_octets_from_bytes(GBytes *bytes)
{
    gsize size = 0;
    const void *data = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;

    return RVL_OCTETS(data, size);
}

G_END_DECLS
