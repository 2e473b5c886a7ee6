/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This machine's addresses, and word of their coming and going (rtnetlink). */
#pragma once

#include <ravelin/routes.h>

typedef struct RvlLocalAddresses RvlLocalAddresses;

/**
 * rvl_local_addresses_new:
 *
 * Watches addresses on the default main context. Addresses that are not usable yet (IPv6 duplicate
 * address detection) come when they are. After an overrun of the kernel's queue everything is read
 * again, and only differences are told.
 *
 * Errors: RVL_CAUSE_PERMISSION_MISSING where no netlink socket can be had.
 */
RvlLocalAddresses *rvl_local_addresses_new(RvlAddressChanged changed,
                                           void *user_data,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_local_addresses_start: reads what is there; tells each. */
bool rvl_local_addresses_start(RvlLocalAddresses *addresses,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

void rvl_local_addresses_free(RvlLocalAddresses *addresses);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlLocalAddresses, rvl_local_addresses_free)
