/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nftables' netlink messages: batches, tables, chains, rules and the few expressions that are needed. */
#pragma once

#include <ravelin/address.h>

#include "netlink.h"

G_BEGIN_DECLS

/**
 * NftBatch:
 *
 * Requests that the kernel carries out whole or not at all.
 */
typedef struct {
    GByteArray *octets;
    unsigned acknowledgements;
    uint8_t buffer[NETLINK_REQUEST_OCTETS];
} NftBatch;

NftBatch *nft_batch_new(void);
void nft_batch_free(NftBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NftBatch, nft_batch_free)
/** nft_batch_send: returns 0 or an errno. */
int nft_batch_send(NftBatch *batch, Netlink *netlink);

/** nft_request: a request outside of batches, in @buffer. */
struct nlmsghdr *nft_request(void *buffer, uint16_t type, uint16_t flags);

/* Each begins a message of the batch; nft_batch_add() ends it. */
struct nlmsghdr *nft_batch_begin(NftBatch *batch, uint16_t type, uint16_t flags);
void nft_batch_add(NftBatch *batch, const struct nlmsghdr *message);

/* Expressions, within NFTA_RULE_EXPRESSIONS. */
/** nft_compare_interface: that the packet came in by another interface than @name. */
void nft_compare_interface(struct nlmsghdr *message, const char *name);
void nft_compare_family(struct nlmsghdr *message, uint8_t family);
/** nft_compare_prefix: @is_source: of the packet's source address, else of its destination. */
void nft_compare_prefix(struct nlmsghdr *message, const RvlPrefix *prefix, bool is_source);
/** nft_compare_output: that the packet leaves by another interface than @name. */
void nft_compare_output(struct nlmsghdr *message, const char *name);
void nft_compare_protocol(struct nlmsghdr *message, uint8_t protocol);
/** nft_compare_ports: two octets at @offset of the transport header; fragments without one don't match. */
void nft_compare_ports(struct nlmsghdr *message, uint32_t offset, uint16_t first, uint16_t last);
/** nft_compare_to_us: that the destination is an address of this machine. */
void nft_compare_to_us(struct nlmsghdr *message);
/** nft_compare_from_link: IPv6: hop limit 255: no router passed it on (RFC 4861 11.2). */
void nft_compare_from_link(struct nlmsghdr *message);
void nft_accept(struct nlmsghdr *message);
void nft_count(struct nlmsghdr *message);
void nft_drop(struct nlmsghdr *message);

G_END_DECLS
