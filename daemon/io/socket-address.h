/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Endpoints and the kernel's sockaddr, either way. */
#pragma once

#include <sys/socket.h>

#include <ravelin/address.h>

/** rvl_socket_address: fills @storage from @endpoint; returns its length, 0 for family NONE. */
socklen_t rvl_socket_address(const RvlEndpoint *endpoint, struct sockaddr_storage *storage);

/** rvl_socket_endpoint: false for families other than IPv4 and IPv6. */
bool rvl_socket_endpoint(const struct sockaddr_storage *storage,
                         RvlEndpoint *endpoint) G_GNUC_WARN_UNUSED_RESULT;
