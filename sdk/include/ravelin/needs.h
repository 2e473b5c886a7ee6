/* SPDX-License-Identifier: MIT */
/* Needs: how a receiver refuses an optional field that it doesn't serve. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * rvl_needs_check:
 * @structure: static name of the parameter struct: `RvlSaAdd`
 * @needs: its field of that name
 * @served: bits that the caller serves
 *
 * Whether all that is set is served. A receiver asks this before it does anything, so that a field
 * that it is too old for is refused and never ignored.
 *
 * Thread: any. Errors: RVL_CAUSE_KERNEL_UNSUPPORTED for what an installer or routes are asked,
 * RVL_CAUSE_PLUGIN_INCOMPATIBLE for the other structs; both name the fields, and by its number a bit
 * that this libravelin doesn't know either.
 */
bool rvl_needs_check(const char *structure, uint32_t needs, uint32_t served, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
