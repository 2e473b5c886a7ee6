/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which worker gets a packet from outside: classic BPF programs over its first octets. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** steering_worker: whose the SPI is: all packets of one inbound SA meet one worker. */
static inline unsigned
steering_worker(uint32_t spi, unsigned n_workers)
{
    return spi % n_workers;
}

/**
 * steering_attach_udp:
 * @fd: a socket of a SO_REUSEPORT group, whose first @n_workers + 1 sockets are ours
 *
 * From now on ESP goes to the socket of the SPI's worker, and IKE, which a non-ESP marker begins
 * (RFC 3948 2.2), to the last. Returns 0 or an errno.
 */
int steering_attach_udp(int fd, unsigned n_workers);

/**
 * steering_attach_raw:
 * @shows_ipv4_header: whether the socket sees the header before ESP: IPv4 shows it, IPv6 does not
 *
 * Every raw socket gets a copy of every packet: this one takes the SPIs of @worker alone.
 * @worker past the last takes none. Returns 0 or an errno.
 */
int steering_attach_raw(int fd, bool shows_ipv4_header, unsigned worker, unsigned n_workers);
