/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The slab that secrets lie in: locked, undumpable, guarded; internal to libravelin. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

typedef struct RvlSlabChunk RvlSlabChunk;

/* A place in the slab; plain values, so that whoever holds it needs no look-up to give it back. */
typedef struct {
    uint8_t *octets;
    RvlSlabChunk *chunk;
    uint16_t slot;
} RvlSlabPlace;

/* Returns a place of zeros for @octets, at most RVL_SECRET_MAX_OCTETS; aborts without memory. */
G_GNUC_INTERNAL RvlSlabPlace rvl_slab_take(size_t octets);

/* Wipes the place and takes it back. */
G_GNUC_INTERNAL void rvl_slab_give(RvlSlabPlace place);

/* Whether all chunks so far could be locked. */
G_GNUC_INTERNAL bool rvl_slab_is_locked(void);
