/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guard's rules, one function a kind: what each asks of a packet, and what becomes of it. */
#include "config.h"

#include "guard-rules.h"

#include <linux/netfilter/nf_tables.h>
#include <netinet/in.h>
#include <string.h>

/* Types of ICMPv6. */
enum { FIRST_DISCOVERY = 133, LAST_DISCOVERY = 137 };
/* Offsets in the transport header. */
enum { SOURCE_PORT = 0, DESTINATION_PORT = 2, ICMP_TYPE_AND_CODE = 0 };
/* The interface of packets that never leave the machine: they cross no border (RFC 4301 3.1). */
#define LOOPBACK "lo"

/** Rule: being written. */
typedef struct {
    const GuardPlace *place;
    struct nlmsghdr *message;
    struct nlattr *expressions;
} Rule;

static Rule
begin_rule(const GuardPlace *place, const char *chain, bool is_first)
{
    uint16_t flags = is_first ? NLM_F_CREATE : NLM_F_CREATE | NLM_F_APPEND;
    Rule rule = {.place = place, .message = nft_batch_begin(place->batch, NFT_MSG_NEWRULE, flags)};

    mnl_attr_put_strz(rule.message, NFTA_RULE_TABLE, place->table);
    mnl_attr_put_strz(rule.message, NFTA_RULE_CHAIN, chain);
    rule.expressions = mnl_attr_nest_start(rule.message, NFTA_RULE_EXPRESSIONS);
    return rule;
}

static void
end_rule(const Rule *rule, const Record *record, bool is_bypass)
{
    uint8_t octets[NFT_USERDATA_MAXLEN], packed[RECORD_OCTETS];
    size_t room = sizeof octets - 2 - 2 - sizeof packed - 2 - 1;
    size_t n = MIN(strlen(rule->place->owner), room), at = 0;

    mnl_attr_nest_end(rule->message, rule->expressions);
    octets[at++] = GUARD_DATA_COMMENT;
    octets[at++] = (uint8_t)(n + 1);
    memcpy(octets + at, rule->place->owner, n);
    at += n;
    octets[at++] = 0;
    if (record != NULL) {
        size_t length = record_pack(record, packed);

        octets[at++] = GUARD_DATA_RECORD;
        octets[at++] = (uint8_t)length;
        memcpy(octets + at, packed, length);
        at += length;
    }
    if (is_bypass) {
        octets[at++] = GUARD_DATA_BYPASS;
        octets[at++] = 0;
    }
    mnl_attr_put(rule->message, NFTA_RULE_USERDATA, at, octets);
    nft_batch_add(rule->place->batch, rule->message);
}

void
guard_put_pair(const GuardPlace *place, const GuardPair *pair)
{
    Rule rule = begin_rule(place, GUARD_CHAIN, false);

    if (pair->interface != NULL)
        nft_compare_interface(rule.message, pair->interface);
    nft_compare_interface(rule.message, LOOPBACK);
    nft_compare_family(rule.message, pair->source.address.family);
    nft_compare_prefix(rule.message, &pair->source, true);
    nft_compare_prefix(rule.message, &pair->destination, false);
    nft_count(rule.message);
    nft_drop(rule.message);
    end_rule(&rule, NULL, false);
}

/* The expressions are for readers of `nft list ruleset`; the record is in the user data. */
void
guard_put_record(const GuardPlace *place, const Record *record)
{
    Rule rule = begin_rule(place, GUARD_CHAIN_RECORDS, false);

    nft_compare_family(rule.message, record->prefix.address.family);
    nft_compare_prefix(rule.message, &record->prefix, false);
    end_rule(&rule, record, false);
}

static void
compare_ports(struct nlmsghdr *message, uint32_t offset, const PortRange *ports)
{
    if (!port_range_is_any(ports))
        nft_compare_ports(message, offset, ports->first, ports->last);
}

static bool
is_icmp(uint8_t protocol)
{
    return protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
}

/* Type and code of ICMP stand in one place, for both sides (RFC 7296 3.13.1). */
static void
compare_flow(struct nlmsghdr *message, const ClearFlow *flow)
{
    nft_compare_family(message, flow->source.address.family);
    nft_compare_prefix(message, &flow->source, true);
    nft_compare_prefix(message, &flow->destination, false);
    if (flow->protocol == 0)
        return;
    nft_compare_protocol(message, flow->protocol);
    compare_ports(message, is_icmp(flow->protocol) ? ICMP_TYPE_AND_CODE : SOURCE_PORT,
                  &flow->source_ports);
    compare_ports(message, is_icmp(flow->protocol) ? ICMP_TYPE_AND_CODE : DESTINATION_PORT,
                  &flow->destination_ports);
}

static void
put_flow(const GuardPlace *place, const char *chain, const ClearFlow *flow, bool passes)
{
    Rule rule = begin_rule(place, chain, passes); /* what passes stands first */

    if (!passes && strcmp(chain, GUARD_CHAIN_IN) == 0)
        nft_compare_interface(rule.message, LOOPBACK);
    if (!passes && strcmp(chain, GUARD_CHAIN_OUT) == 0)
        nft_compare_output(rule.message, LOOPBACK);
    compare_flow(rule.message, flow);
    nft_count(rule.message);
    if (passes)
        nft_accept(rule.message);
    else
        nft_drop(rule.message);
    end_rule(&rule, NULL, passes);
}

/*
 * What goes through the machine may be on either way: which side is inside, it doesn't say. What
 * the machine itself sends or gets does.
 */
static void
put_both_ways(const GuardPlace *place, const ClearFlow *flow, bool passes)
{
    ClearFlow back = clear_flow_reversed(flow);

    put_flow(place, GUARD_CHAIN_OUT, flow, passes);
    put_flow(place, GUARD_CHAIN_THROUGH, flow, passes);
    put_flow(place, GUARD_CHAIN_THROUGH, &back, passes);
    put_flow(place, GUARD_CHAIN_IN, &back, passes);
}

void
guard_put_bypass(const GuardPlace *place, const ClearFlow *flow)
{
    ClearFlow back = clear_flow_reversed(flow);

    put_flow(place, GUARD_CHAIN, &back, true);
    put_both_ways(place, flow, true);
}

void
guard_put_discard(const GuardPlace *place, const ClearFlow *flow)
{
    put_both_ways(place, flow, false);
}

/* In a chain of what comes in, or of what goes out. */
static void
put_protocol(const GuardPlace *place, const char *chain, bool is_inbound, uint8_t protocol)
{
    Rule rule = begin_rule(place, chain, true);

    nft_compare_protocol(rule.message, protocol);
    if (is_inbound)
        nft_compare_to_us(rule.message);
    nft_accept(rule.message);
    end_rule(&rule, NULL, false);
}

static void
put_port(const GuardPlace *place, const char *chain, bool is_inbound, uint16_t port)
{
    Rule rule = begin_rule(place, chain, true);

    nft_compare_protocol(rule.message, IPPROTO_UDP);
    nft_compare_ports(rule.message, is_inbound ? DESTINATION_PORT : SOURCE_PORT, port, port);
    if (is_inbound)
        nft_compare_to_us(rule.message);
    nft_accept(rule.message);
    end_rule(&rule, NULL, false);
}

static void
put_discovery(const GuardPlace *place, const char *chain)
{
    Rule rule = begin_rule(place, chain, true);

    nft_compare_family(rule.message, RVL_FAMILY_IPV6);
    nft_compare_protocol(rule.message, IPPROTO_ICMPV6);
    nft_compare_from_link(rule.message);
    nft_compare_ports(rule.message, ICMP_TYPE_AND_CODE, FIRST_DISCOVERY << 8,
                      LAST_DISCOVERY << 8 | 0xff);
    nft_accept(rule.message);
    end_rule(&rule, NULL, false);
}

void
guard_put_passage(const GuardPlace *place, const uint16_t *ports, size_t n_ports)
{
    static const struct {
        const char *chain;
        bool is_inbound;
    } ways[] = {{GUARD_CHAIN, true}, {GUARD_CHAIN_IN, true}, {GUARD_CHAIN_OUT, false}};

    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        for (size_t k = 0; k < n_ports; k++)
            put_port(place, ways[i].chain, ways[i].is_inbound, ports[k]);
        put_protocol(place, ways[i].chain, ways[i].is_inbound, IPPROTO_ESP);
        put_protocol(place, ways[i].chain, ways[i].is_inbound, IPPROTO_AH);
        put_discovery(place, ways[i].chain);
    }
}
