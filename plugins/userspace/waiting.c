/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small queue in an array: traps are rare, and few packets wait. */
#include "config.h"

#include "waiting.h"

#include <string.h>

bool
waiting_put(Waiting *waiting, uint64_t acquire, uint32_t interface, const uint8_t *octets, size_t n)
{
    unsigned same = 0;

    for (unsigned i = 0; i < waiting->n; i++)
        same += waiting->packets[i].acquire == acquire;
    if (waiting->n == WAITING_PACKETS || same == WAITING_PER_ACQUIRE)
        return false;
    waiting->packets[waiting->n++] = (WaitingPacket){
        .acquire = acquire,
        .interface = interface,
        .n = n,
        .octets = g_memdup2(octets, n),
    };
    return true;
}

bool
waiting_take(Waiting *waiting, uint64_t acquire, WaitingPacket *packet)
{
    for (unsigned i = 0; i < waiting->n; i++) {
        if (waiting->packets[i].acquire != acquire)
            continue;
        *packet = waiting->packets[i];
        waiting->n--;
        memmove(&waiting->packets[i], &waiting->packets[i + 1],
                (waiting->n - i) * sizeof waiting->packets[0]);
        return true;
    }
    return false;
}

unsigned
waiting_forget(Waiting *waiting)
{
    unsigned n = waiting->n;

    for (unsigned i = 0; i < n; i++)
        g_free(waiting->packets[i].octets);
    waiting->n = 0;
    return n;
}
