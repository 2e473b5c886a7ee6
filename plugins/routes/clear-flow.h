/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which packets a rule is of, as the kernel's tables can say it. */
#pragma once

#include <ravelin/routes.h>

G_BEGIN_DECLS

/** PortRange: both ends included; 0 to 65535: any, also where a packet shows no port. */
typedef struct {
    uint16_t first;
    uint16_t last;
} PortRange;

/**
 * ClearFlow: packets from one prefix to another.
 * @protocol: 0: any
 * @source_ports, @destination_ports: of ICMP both are type and code, in the upper and lower octet
 */
typedef struct {
    RvlPrefix source;
    RvlPrefix destination;
    uint8_t protocol;
    PortRange source_ports;
    PortRange destination_ports;
} ClearFlow;

bool port_range_is_any(const PortRange *range);
/** clear_flow_reversed: the packets of the way back. */
ClearFlow clear_flow_reversed(const ClearFlow *flow);

/**
 * clear_flows_of:
 *
 * Returns: (transfer full) (element-type ClearFlow): the outbound packets of @rule, a row for each pair
 * of prefixes and protocols that can meet. NULL with @error where the kernel can't tell them.
 *
 * Errors: RVL_CAUSE_KERNEL_UNSUPPORTED, RVL_CAUSE_INSTALL_FAILED (too many rows).
 */
GArray *clear_flows_of(const RvlRoutesRule *rule, GError **error);

G_END_DECLS
