/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much of the heap is in use. */
#include "config.h"

#include "support/heap.h"

/* Of the sanitizer's run-time library, where there is one. */
extern size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

bool
rvl_test_heap_octets(size_t *octets)
{
    if (__sanitizer_get_current_allocated_bytes == NULL)
        return false;
    *octets = __sanitizer_get_current_allocated_bytes();
    return true;
}
