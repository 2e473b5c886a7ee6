/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TUN interfaces: made, configured, probed for offloads. */
#pragma once

#include <stdatomic.h>
#include <net/if.h>
#include <ravelin/installer.h>

#include "endpoint.h"

G_BEGIN_DECLS

/**
 * Tun:
 * @is_shared: its name was ours to choose: all owners who name none share it
 * @queues: read by one worker each
 * @vnet_header: octets before each packet, 0 where the kernel has none
 * @steering_reason: (nullable): static: why there is one queue
 * @has_tso, @has_uso: the kernel hands out and takes super-packets of TCP, of UDP
 * @owners: tags that asked for it
 * @references: of the main loop: the table of interfaces and the SAs
 */
struct Tun {
    char name[IFNAMSIZ];
    uint32_t index;
    uint32_t mtu;
    bool is_shared;
    int queues[MAX_WORKERS];
    unsigned n_queues;
    size_t vnet_header;
    bool has_tso;
    bool has_uso;
    char *offload_reason;
    char *uso_reason;
    const char *steering_reason;
    GPtrArray *owners;
    atomic_bool is_closed;
    unsigned references;
};
typedef struct Tun Tun;

/**
 * tun_new:
 * @name: (nullable): NULL: the next free one of ours
 * @n_queues: each read by one worker
 *
 * Makes an interface, which goes with its last descriptor, and sets it up.
 *
 * Errors: RVL_CAUSE_PERMISSION_MISSING, RVL_CAUSE_INTERFACE_CONFLICT, RVL_CAUSE_KERNEL_UNSUPPORTED.
 */
Tun *tun_new(const char *name, uint32_t mtu, unsigned n_queues, bool offloads, GError **error);
Tun *tun_ref(Tun *tun);
void tun_unref(Tun *tun);
/** tun_close: the interface goes; no worker uses the queues any more. */
void tun_close(Tun *tun);
/** tun_set_mtu: of inner packets. */
bool tun_set_mtu(Tun *tun, uint32_t mtu, GError **error);

/** tun_queue: into which @worker writes. */
static inline int
tun_queue(const Tun *tun, unsigned worker)
{
    return tun->queues[worker < tun->n_queues ? worker : 0];
}

G_END_DECLS
