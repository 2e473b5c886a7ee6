/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This machine's addresses, read once: for where no plugin watches them. */
#pragma once

#include <ravelin/routes.h>

/** rvl_interface_addresses_read: calls @found, as present, for each address of an interface that is up. */
bool rvl_interface_addresses_read(RvlAddressChanged found,
                                  void *user_data,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
