/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packets that wait for the SA which their trap asked for, or until it may ask. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>
#include <ravelin/time.h>

G_BEGIN_DECLS

enum {
    WAITING_PACKETS = 64,     /* of one worker */
    WAITING_PER_ACQUIRE = 16, /* of one acquire, or of one policy that may not ask yet */
};

/** WaitingFor: an acquire, or a policy that asks none before the time. */
typedef enum { WAITING_FOR_ACQUIRE = 0, WAITING_FOR_TIME = 1 } WaitingFor;

/** WaitingReason: @id: of the acquire or the policy; @until: FOR_TIME. */
typedef struct {
    WaitingFor kind;
    uint64_t id;
    RvlTime until;
} WaitingReason;

/** WaitingPacket: @octets: virtio-net header and packet, as TUN gave them. */
typedef struct {
    WaitingReason reason;
    uint32_t interface;
    size_t n;
    uint8_t *octets;
} WaitingPacket;

/** Waiting: oldest first; bounded. */
typedef struct {
    unsigned n;
    WaitingPacket packets[WAITING_PACKETS];
} Waiting;

/** waiting_put: copies. False where the queue is full. */
bool waiting_put(Waiting *waiting,
                 const WaitingReason *reason,
                 uint32_t interface,
                 const uint8_t *octets,
                 size_t n);
/** waiting_take: (out): the oldest of @acquire, whose octets the caller frees. False: none is left. */
bool waiting_take(Waiting *waiting, uint64_t acquire, WaitingPacket *packet);
/** waiting_take_due: (out): the oldest whose time has come, as waiting_take(). */
bool waiting_take_due(Waiting *waiting, RvlTime now, WaitingPacket *packet);
/** waiting_next: when the next one's time comes; RVL_TIME_NEVER: none waits for a time. */
RvlTime waiting_next(const Waiting *waiting);
/** waiting_forget: (nullable): frees all; returns how many. */
unsigned waiting_forget(Waiting *waiting);

G_END_DECLS
