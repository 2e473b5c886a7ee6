/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nf_tables' netlink attributes, as linux/netfilter/nf_tables.h has them; numbers in network order. */
#include "config.h"

#include "nft-message.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

static void
put_header(struct nlmsghdr *message, uint8_t family, uint16_t resource)
{
    struct nfgenmsg *body = mnl_nlmsg_put_extra_header(message, sizeof *body);

    body->nfgen_family = family;
    body->version = NFNETLINK_V0;
    body->res_id = htons(resource);
}

struct nlmsghdr *
nft_request(void *buffer, uint16_t type, uint16_t flags)
{
    struct nlmsghdr *message =
        netlink_request(buffer, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), flags);

    put_header(message, NFPROTO_INET, 0);
    return message;
}

/* The borders of a batch. */
static void
add_border(NftBatch *batch, uint16_t type)
{
    struct nlmsghdr *message = netlink_request(batch->buffer, type, 0);

    put_header(message, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
    g_byte_array_append(batch->octets, (const uint8_t *)message, message->nlmsg_len);
}

NftBatch *
nft_batch_new(void)
{
    NftBatch *batch = g_new0(NftBatch, 1);

    batch->octets = g_byte_array_new();
    add_border(batch, NFNL_MSG_BATCH_BEGIN);
    return batch;
}

void
nft_batch_free(NftBatch *batch)
{
    g_byte_array_unref(batch->octets);
    g_free(batch);
}

int
nft_batch_send(NftBatch *batch, Netlink *netlink)
{
    add_border(batch, NFNL_MSG_BATCH_END);
    return netlink_transact(netlink, batch->octets->data, batch->octets->len,
                            batch->acknowledgements);
}

struct nlmsghdr *
nft_batch_begin(NftBatch *batch, uint16_t type, uint16_t flags)
{
    return nft_request(batch->buffer, type, flags | NLM_F_ACK);
}

void
nft_batch_add(NftBatch *batch, const struct nlmsghdr *message)
{
    g_byte_array_append(batch->octets, (const uint8_t *)message, message->nlmsg_len);
    batch->acknowledgements++;
}

/* An expression's opening; its nests are ended by end_expression(). */
typedef struct {
    struct nlattr *element;
    struct nlattr *data;
} Expression;

static Expression
begin_expression(struct nlmsghdr *message, const char *name)
{
    Expression expression;

    expression.element = mnl_attr_nest_start(message, NFTA_LIST_ELEM);
    mnl_attr_put_strz(message, NFTA_EXPR_NAME, name);
    expression.data = mnl_attr_nest_start(message, NFTA_EXPR_DATA);
    return expression;
}

static void
end_expression(struct nlmsghdr *message, Expression expression)
{
    mnl_attr_nest_end(message, expression.data);
    mnl_attr_nest_end(message, expression.element);
}

static void
put_u32(struct nlmsghdr *message, uint16_t type, uint32_t value)
{
    mnl_attr_put_u32(message, type, htonl(value));
}

static void
put_data(struct nlmsghdr *message, uint16_t type, const void *octets, size_t n)
{
    struct nlattr *data = mnl_attr_nest_start(message, type);

    mnl_attr_put(message, NFTA_DATA_VALUE, n, octets);
    mnl_attr_nest_end(message, data);
}

static void
load_meta(struct nlmsghdr *message, uint32_t key)
{
    Expression expression = begin_expression(message, "meta");

    put_u32(message, NFTA_META_KEY, key);
    put_u32(message, NFTA_META_DREG, NFT_REG_1);
    end_expression(message, expression);
}

static void
compare(struct nlmsghdr *message, uint32_t operation, const void *octets, size_t n)
{
    Expression expression = begin_expression(message, "cmp");

    put_u32(message, NFTA_CMP_SREG, NFT_REG_1);
    put_u32(message, NFTA_CMP_OP, operation);
    put_data(message, NFTA_CMP_DATA, octets, n);
    end_expression(message, expression);
}

static void
compare_name(struct nlmsghdr *message, uint32_t key, const char *name)
{
    char padded[IFNAMSIZ] = {0};

    g_strlcpy(padded, name, sizeof padded);
    load_meta(message, key);
    compare(message, NFT_CMP_NEQ, padded, sizeof padded);
}

void
nft_compare_interface(struct nlmsghdr *message, const char *name)
{
    compare_name(message, NFT_META_IIFNAME, name);
}

void
nft_compare_output(struct nlmsghdr *message, const char *name)
{
    compare_name(message, NFT_META_OIFNAME, name);
}

void
nft_compare_family(struct nlmsghdr *message, uint8_t family)
{
    uint8_t number = family == RVL_FAMILY_IPV6 ? NFPROTO_IPV6 : NFPROTO_IPV4;

    load_meta(message, NFT_META_NFPROTO);
    compare(message, NFT_CMP_EQ, &number, sizeof number);
}

void
nft_compare_protocol(struct nlmsghdr *message, uint8_t protocol)
{
    load_meta(message, NFT_META_L4PROTO);
    compare(message, NFT_CMP_EQ, &protocol, sizeof protocol);
}

static void
load_payload(struct nlmsghdr *message, uint32_t base, uint32_t offset, size_t octets)
{
    Expression expression = begin_expression(message, "payload");

    put_u32(message, NFTA_PAYLOAD_DREG, NFT_REG_1);
    put_u32(message, NFTA_PAYLOAD_BASE, base);
    put_u32(message, NFTA_PAYLOAD_OFFSET, offset);
    put_u32(message, NFTA_PAYLOAD_LEN, (uint32_t)octets);
    end_expression(message, expression);
}

void
nft_compare_ports(struct nlmsghdr *message, uint32_t offset, uint16_t first, uint16_t last)
{
    uint16_t low = htons(first), high = htons(last);

    load_payload(message, NFT_PAYLOAD_TRANSPORT_HEADER, offset, sizeof low);
    compare(message, first == last ? NFT_CMP_EQ : NFT_CMP_GTE, &low, sizeof low);
    if (first != last)
        compare(message, NFT_CMP_LTE, &high, sizeof high);
}

void
nft_compare_to_us(struct nlmsghdr *message)
{
    Expression expression = begin_expression(message, "fib");
    uint32_t local = RTN_LOCAL; /* in the machine's own order */

    put_u32(message, NFTA_FIB_DREG, NFT_REG_1);
    put_u32(message, NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE);
    put_u32(message, NFTA_FIB_FLAGS, NFTA_FIB_F_DADDR);
    end_expression(message, expression);
    compare(message, NFT_CMP_EQ, &local, sizeof local);
}

void
nft_compare_from_link(struct nlmsghdr *message)
{
    enum { HOP_LIMIT_OFFSET = 7 };
    uint8_t hop_limit = 255;

    load_payload(message, NFT_PAYLOAD_NETWORK_HEADER, HOP_LIMIT_OFFSET, sizeof hop_limit);
    compare(message, NFT_CMP_EQ, &hop_limit, sizeof hop_limit);
}

static void
mask_register(struct nlmsghdr *message, uint8_t length, size_t octets)
{
    Expression expression = begin_expression(message, "bitwise");
    uint8_t mask[16] = {0}, zeros[16] = {0};

    for (unsigned i = 0; i < length; i++)
        mask[i / 8] |= (uint8_t)(0x80 >> i % 8);
    put_u32(message, NFTA_BITWISE_SREG, NFT_REG_1);
    put_u32(message, NFTA_BITWISE_DREG, NFT_REG_1);
    put_u32(message, NFTA_BITWISE_LEN, (uint32_t)octets);
    put_data(message, NFTA_BITWISE_MASK, mask, octets);
    put_data(message, NFTA_BITWISE_XOR, zeros, octets);
    end_expression(message, expression);
}

void
nft_compare_prefix(struct nlmsghdr *message, const RvlPrefix *prefix, bool is_source)
{
    size_t octets = rvl_family_octets(prefix->address.family);
    uint32_t first = octets == 16 ? 8 : 12; /* of the source address in its header */

    if (prefix->length == 0)
        return;
    load_payload(message, NFT_PAYLOAD_NETWORK_HEADER, is_source ? first : first + (uint32_t)octets,
                 octets);
    if (prefix->length < 8 * octets)
        mask_register(message, prefix->length, octets);
    compare(message, NFT_CMP_EQ, prefix->address.octets, octets);
}

void
nft_count(struct nlmsghdr *message)
{
    end_expression(message, begin_expression(message, "counter"));
}

static void
end_with(struct nlmsghdr *message, uint32_t code)
{
    Expression expression = begin_expression(message, "immediate");
    struct nlattr *data, *verdict;

    put_u32(message, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
    data = mnl_attr_nest_start(message, NFTA_IMMEDIATE_DATA);
    verdict = mnl_attr_nest_start(message, NFTA_DATA_VERDICT);
    put_u32(message, NFTA_VERDICT_CODE, code);
    mnl_attr_nest_end(message, verdict);
    mnl_attr_nest_end(message, data);
    end_expression(message, expression);
}

void
nft_drop(struct nlmsghdr *message)
{
    end_with(message, NF_DROP);
}

void
nft_accept(struct nlmsghdr *message)
{
    end_with(message, NF_ACCEPT);
}
