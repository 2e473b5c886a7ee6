/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This machine's addresses, and word of their coming and going. */
#pragma once

#include <ravelin/routes.h>

#include "netlink.h"

G_BEGIN_DECLS

/** LocalAddresses: what somebody was told is there; kept up by the default main context. */
typedef struct LocalAddresses LocalAddresses;

/**
 * local_addresses_new:
 * @netlink: of NETLINK_ROUTE, to list by; outlives the answer
 *
 * Tells @changed of each address that is there, and of each difference from then on: the kernel
 * also speaks where nothing changes (a lease that is renewed, say), and says nothing of what its
 * queue couldn't hold.
 */
LocalAddresses *local_addresses_new(Netlink *netlink,
                                    RvlAddressChanged changed,
                                    void *user_data,
                                    GError **error);
void local_addresses_free(LocalAddresses *addresses);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LocalAddresses, local_addresses_free)

G_END_DECLS
