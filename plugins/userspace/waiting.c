/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small queue in an array: traps are rare, and few packets wait. */
#include "config.h"

#include "waiting.h"

#include <string.h>

bool
waiting_put(Waiting *waiting,
            const WaitingReason *reason,
            uint32_t interface,
            const uint8_t *octets,
            size_t n)
{
    unsigned same = 0;

    for (unsigned i = 0; i < waiting->n; i++)
        same += waiting->packets[i].reason.kind == reason->kind &&
                waiting->packets[i].reason.id == reason->id;
    if (waiting->n == WAITING_PACKETS || same == WAITING_PER_ACQUIRE)
        return false;
    waiting->packets[waiting->n++] = (WaitingPacket){
        .reason = *reason,
        .interface = interface,
        .n = n,
        .octets = g_memdup2(octets, n),
    };
    return true;
}

static void
take_at(Waiting *waiting, unsigned i, WaitingPacket *packet)
{
    *packet = waiting->packets[i];
    waiting->n--;
    memmove(&waiting->packets[i], &waiting->packets[i + 1],
            (waiting->n - i) * sizeof waiting->packets[0]);
}

bool
waiting_take(Waiting *waiting, uint64_t acquire, WaitingPacket *packet)
{
    for (unsigned i = 0; i < waiting->n; i++) {
        const WaitingReason *reason = &waiting->packets[i].reason;

        if (reason->kind != WAITING_FOR_ACQUIRE || reason->id != acquire)
            continue;
        take_at(waiting, i, packet);
        return true;
    }
    return false;
}

bool
waiting_take_due(Waiting *waiting, RvlTime now, WaitingPacket *packet)
{
    for (unsigned i = 0; i < waiting->n; i++) {
        const WaitingReason *reason = &waiting->packets[i].reason;

        if (reason->kind != WAITING_FOR_TIME || reason->until > now)
            continue;
        take_at(waiting, i, packet);
        return true;
    }
    return false;
}

RvlTime
waiting_next(const Waiting *waiting)
{
    RvlTime next = RVL_TIME_NEVER;

    for (unsigned i = 0; i < waiting->n; i++)
        if (waiting->packets[i].reason.kind == WAITING_FOR_TIME)
            next = MIN(next, waiting->packets[i].reason.until);
    return next;
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
