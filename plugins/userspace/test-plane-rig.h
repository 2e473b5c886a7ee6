/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole data plane whose peer is itself: packets that go into its interface come out of it again. */
#pragma once

#include "installer.h"
#include "plane.h"
#include "test-host.h"

enum { RIG_TUN = 77, RIG_WORKERS = 2 };

/**
 * PlaneRig:
 * @tun: the kernel's side of the interface: a datagram socket
 * @local: endpoint of the plane on the loopback
 * @descriptors: its sockets
 * @removed: counters of the last batch
 *
 * Outbound SAs send to @local, where inbound ones with the same SPI and keys wait; those see
 * 10.82.0.0/16 as local and 10.81.0.0/16 as remote.
 */
typedef struct {
    TestHost *host;
    Plane *plane;
    int tun;
    RvlEndpoint local;
    int descriptors[RIG_WORKERS + 1];
    bool is_answered;
    RvlCause cause;
    GArray *removed;
    GArray *spis;
    RvlSelectors *near;
    RvlSelectors *far;
} PlaneRig;

PlaneRig *plane_rig_new(const RvlPrimitives *primitives);
void plane_rig_free(PlaneRig *rig);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlaneRig, plane_rig_free)

/** plane_rig_apply: carries out, waits for the answer, and returns its cause. */
RvlCause plane_rig_apply(PlaneRig *rig, const RvlOperation *operations, size_t n);

/* Single operations, which must succeed. Policy 1 protects 10.81.0.0/16 <-> 10.82.0.0/16. */
void plane_rig_add_policy(PlaneRig *rig, RvlAction action, bool is_trap);
/** plane_rig_add_sa: both ends of SA @id: outbound @id, inbound @id + 1. Not activated. */
RvlCause plane_rig_add_sa(PlaneRig *rig, RvlSaId id, uint32_t spi, const RvlSaAdd *more);
void plane_rig_activate(PlaneRig *rig, RvlSaId id);
void plane_rig_remove(PlaneRig *rig, RvlSaId id);

/** plane_rig_reserve: an SPI. */
uint32_t plane_rig_reserve(PlaneRig *rig);

/** plane_rig_send: a UDP packet 10.81.0.1 -> 10.82.0.1 with @number into the interface. */
void plane_rig_send(const PlaneRig *rig, uint32_t number);
/** plane_rig_receive: the number of the next packet that comes out; false: none within @ms. */
bool plane_rig_receive(const PlaneRig *rig, int ms, uint32_t *number);

/** plane_rig_drops: of one cause, once it is at least @least or ten seconds have passed. */
uint64_t plane_rig_drops(PlaneRig *rig, RvlDropCause cause, uint64_t least);
