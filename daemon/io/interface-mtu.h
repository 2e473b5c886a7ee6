/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MTU of a connection's interface where the configuration names none. */
#pragma once

#include <ravelin/installer.h>
#include "crypto/crypto.h"
#include "ike/core/job.h"

/** RVL_INTERFACE_MTU_LEAST: what each link that carries IPv6 passes at least (RFC 8200 5). */
#define RVL_INTERFACE_MTU_LEAST 1280

/**
 * rvl_interface_mtu:
 * @capabilities: of the installer that will carry the packets
 * @request: its suites, the outer family and whether there may be UDP around ESP
 *
 * Returns: octets of the largest inner packet that fits, whichever of the suites is negotiated, into
 * 1500 octets on the wire; never less than RVL_INTERFACE_MTU_LEAST. Suites that no backend serves
 * are never negotiated, and don't count. A path that passes less is the installer's to find.
 *
 * Source: RFC 4303 2, 3.1; RFC 3948 2.1.
 */
uint32_t rvl_interface_mtu(RvlCrypto *crypto,
                           const RvlInstallerCapabilities *capabilities,
                           const RvlDeployRequest *request);
