/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests to the kernel: sent, and answered before the call returns. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>
#include <libmnl/libmnl.h>
#include <ravelin/error.h>

G_BEGIN_DECLS

/* Room for one request. */
#define NETLINK_REQUEST_OCTETS 4096

/** Netlink: a socket of one bus, used by the main loop alone. */
typedef struct Netlink Netlink;

/** netlink_new: @bus: NETLINK_ROUTE or NETLINK_NETFILTER; @groups: multicast groups to hear. */
Netlink *netlink_new(int bus, unsigned groups, GError **error);
void netlink_free(Netlink *netlink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Netlink, netlink_free)
int netlink_descriptor(const Netlink *netlink);

/** netlink_request: begins a request in @buffer: @type with @flags and NLM_F_REQUEST. */
struct nlmsghdr *netlink_request(void *buffer, uint16_t type, uint16_t flags);

/** netlink_parse: @attributes (out) (array length=@max + 1): by type; those beyond @max are left out. */
void netlink_parse(const struct nlmsghdr *message,
                   size_t body,
                   const struct nlattr **attributes,
                   size_t max);
/* A number of @attribute (nullable), else @fallback. */
uint32_t netlink_u32(const struct nlattr *attribute, uint32_t fallback);
uint8_t netlink_u8(const struct nlattr *attribute, uint8_t fallback);

/** netlink_call: sends @request, which asks for an acknowledgement. Returns 0 or an errno. */
int netlink_call(Netlink *netlink, struct nlmsghdr *request);

/** netlink_dump: each answer to @request goes to @call. Returns 0 or an errno. */
int netlink_dump(Netlink *netlink, struct nlmsghdr *request, mnl_cb_t call, void *user_data);

/**
 * netlink_transact:
 * @octets, @n: requests back to back; those with NLM_F_ACK are answered
 * @acknowledgements: how many of them have it
 *
 * Returns 0, or the errno of the first that failed.
 */
int netlink_transact(Netlink *netlink, const void *octets, size_t n, unsigned acknowledgements);

/**
 * netlink_read:
 *
 * What waits on a socket that hears groups goes to @call; never blocks. Returns 0, or ENOBUFS where
 * the kernel's queue was too short and news are lost.
 */
int netlink_read(Netlink *netlink, mnl_cb_t call, void *user_data);

/**
 * netlink_fail:
 * @result: the errno of a request
 * @cause: what it fails by, unless it is the daemon's permissions that are missing
 * @format: what was asked for
 *
 * Sets @error. Returns false.
 */
bool netlink_fail(int result, RvlCause cause, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

G_END_DECLS
