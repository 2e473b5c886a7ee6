/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packets that wait for the SA which their trap asked for. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

G_BEGIN_DECLS

enum {
    WAITING_PACKETS = 64,     /* of one worker */
    WAITING_PER_ACQUIRE = 16, /* of one acquire */
};

/** WaitingPacket: @octets: virtio-net header and packet, as TUN gave them. */
typedef struct {
    uint64_t acquire;
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
                 uint64_t acquire,
                 uint32_t interface,
                 const uint8_t *octets,
                 size_t n);
/** waiting_take: (out): the oldest of @acquire, whose octets the caller frees. False: none is left. */
bool waiting_take(Waiting *waiting, uint64_t acquire, WaitingPacket *packet);
/** waiting_forget: (nullable): frees all; returns how many. */
unsigned waiting_forget(Waiting *waiting);

G_END_DECLS
