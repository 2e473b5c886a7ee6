/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A NAT before a simulated host: it lends ports of its own address, and may forget which it lent. */
#pragma once

#include <ravelin/path.h>

/**
 * SimNat:
 *
 * Maps whatever the destination is (RFC 4787 4.1), and lets in what comes to a port that is lent,
 * whoever sends it.
 */
typedef struct SimNat SimNat;

/**
 * sim_nat_new:
 * @outside: its address, which others see in place of the host's
 * @forwards: the host's ports are lent under their own numbers from the beginning, and stay: the
 *   host can be reached
 */
SimNat *sim_nat_new(const RvlAddress *outside, bool forwards);
void sim_nat_free(SimNat *nat);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimNat, sim_nat_free)

/** sim_nat_outside: (transfer none). */
const RvlAddress *sim_nat_outside(const SimNat *nat);

/** sim_nat_go_out: @source, an endpoint of the host, becomes the one that others see. */
void sim_nat_go_out(SimNat *nat, RvlEndpoint *source);
/** sim_nat_come_in: the port of the host that @port outside is lent to; 0: to none, nothing passes. */
uint16_t sim_nat_come_in(const SimNat *nat, uint16_t port);

/** sim_nat_rebind: forgets what it lent: the next that goes out gets another port (RFC 7296 2.23). */
void sim_nat_rebind(SimNat *nat);
