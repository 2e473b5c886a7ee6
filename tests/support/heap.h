/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much of the heap is in use. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/**
 * rvl_test_heap_octets:
 * @octets: (out): allocated now
 *
 * Returns: false where nobody counts them: only AddressSanitizer's run-time library does, exactly.
 */
bool rvl_test_heap_octets(size_t *octets);
