/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rtnetlink(7): messages of routing rules, and what is there compared with what is wanted. */
#include "config.h"

#include "routing-rules.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "rtnetlink.h"

#define LOCAL_INTERFACE "lo" /* where packets of this machine's own come from */

static void
put_prefix(struct nlmsghdr *message, uint16_t type, const RvlPrefix *prefix)
{
    if (prefix->length > 0)
        mnl_attr_put(message, type, rvl_family_octets(prefix->address.family),
                     prefix->address.octets);
}

static void
put_ports(struct nlmsghdr *message, uint16_t type, const PortRange *ports)
{
    struct fib_rule_port_range range = {.start = ports->first, .end = ports->last};

    if (!port_range_is_any(ports))
        mnl_attr_put(message, type, sizeof range, &range);
}

static int
send_rule(Netlink *netlink, uint16_t type, uint16_t flags, const RoutingRule *rule)
{
    uint8_t buffer[NETLINK_REQUEST_OCTETS];
    struct nlmsghdr *message = netlink_request(buffer, type, flags);
    struct fib_rule_hdr *body = mnl_nlmsg_put_extra_header(message, sizeof *body);
    const ClearFlow *flow = &rule->flow;

    body->family = rule->family == RVL_FAMILY_IPV6 ? AF_INET6 : AF_INET;
    body->src_len = flow->source.length;
    body->dst_len = flow->destination.length;
    body->table = RT_TABLE_UNSPEC;
    body->action = FR_ACT_TO_TBL;
    mnl_attr_put_u32(message, FRA_PRIORITY, rule->priority);
    mnl_attr_put_u32(message, FRA_TABLE, rule->table);
    mnl_attr_put_u8(message, FRA_PROTOCOL, ROUTE_PROTOCOL);
    if (rule->suppress != ROUTING_SUPPRESS_NONE)
        mnl_attr_put_u32(message, FRA_SUPPRESS_PREFIXLEN, rule->suppress);
    if (rule->is_local)
        mnl_attr_put_strz(message, FRA_IIFNAME, LOCAL_INTERFACE);
    put_prefix(message, FRA_SRC, &flow->source);
    put_prefix(message, FRA_DST, &flow->destination);
    if (flow->protocol != 0)
        mnl_attr_put_u8(message, FRA_IP_PROTO, flow->protocol);
    put_ports(message, FRA_SPORT_RANGE, &flow->source_ports);
    put_ports(message, FRA_DPORT_RANGE, &flow->destination_ports);
    return netlink_call(netlink, message);
}

/* ---- what is there ---- */

typedef struct {
    uint32_t first;
    uint32_t last;
    GArray *rules;
} Search;

static void
read_prefix(RvlPrefix *prefix, uint8_t family, uint8_t length, const struct nlattr *attribute)
{
    size_t octets = rvl_family_octets(family);

    prefix->address.family = family;
    prefix->length = length;
    if (attribute != NULL && mnl_attr_get_payload_len(attribute) >= octets)
        memcpy(prefix->address.octets, mnl_attr_get_payload(attribute), octets);
}

static void
read_ports(PortRange *ports, const struct nlattr *attribute)
{
    struct fib_rule_port_range range = {.start = 0, .end = UINT16_MAX};

    if (attribute != NULL && mnl_attr_get_payload_len(attribute) >= sizeof range)
        memcpy(&range, mnl_attr_get_payload(attribute), sizeof range);
    *ports = (PortRange){range.start, range.end};
}

static int
take_rule(const struct nlmsghdr *message, void *user_data)
{
    Search *search = user_data;
    const struct fib_rule_hdr *body = mnl_nlmsg_get_payload(message);
    const struct nlattr *attributes[FRA_MAX + 1];
    uint8_t family = body->family == AF_INET6 ? RVL_FAMILY_IPV6 : RVL_FAMILY_IPV4;
    RoutingRule rule = {.family = family};

    netlink_parse(message, sizeof *body, attributes, FRA_MAX);
    rule.priority = netlink_u32(attributes[FRA_PRIORITY], 0);
    if (netlink_u8(attributes[FRA_PROTOCOL], 0) != ROUTE_PROTOCOL ||
        rule.priority < search->first || rule.priority > search->last)
        return MNL_CB_OK;
    rule.table = netlink_u32(attributes[FRA_TABLE], body->table);
    rule.suppress = netlink_u32(attributes[FRA_SUPPRESS_PREFIXLEN], ROUTING_SUPPRESS_NONE);
    rule.is_local = attributes[FRA_IIFNAME] != NULL;
    read_prefix(&rule.flow.source, family, body->src_len, attributes[FRA_SRC]);
    read_prefix(&rule.flow.destination, family, body->dst_len, attributes[FRA_DST]);
    rule.flow.protocol = netlink_u8(attributes[FRA_IP_PROTO], 0);
    read_ports(&rule.flow.source_ports, attributes[FRA_SPORT_RANGE]);
    read_ports(&rule.flow.destination_ports, attributes[FRA_DPORT_RANGE]);
    g_array_append_val(search->rules, rule);
    return MNL_CB_OK;
}

/* (transfer full) (nullable): those of ours, of both families. */
static GArray *
list(Netlink *netlink, uint32_t first, uint32_t last, int *result)
{
    g_autoptr(GArray) rules = g_array_new(FALSE, TRUE, sizeof(RoutingRule));
    Search search = {first, last, rules};
    const uint8_t families[] = {AF_INET, AF_INET6};

    *result = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(families) && *result == 0; i++) {
        uint8_t buffer[NETLINK_REQUEST_OCTETS];
        struct nlmsghdr *message = netlink_request(buffer, RTM_GETRULE, NLM_F_DUMP);
        struct fib_rule_hdr *body = mnl_nlmsg_put_extra_header(message, sizeof *body);

        body->family = families[i];
        *result = netlink_dump(netlink, message, take_rule, &search);
        if (*result == EAFNOSUPPORT || *result == EOPNOTSUPP)
            *result = 0; /* a kernel without that family */
    }
    return *result == 0 ? g_steal_pointer(&rules) : NULL;
}

static bool
is_prefix_equal(const RvlPrefix *a, const RvlPrefix *b)
{
    return a->length == b->length &&
           (a->length == 0 || rvl_address_equal(&a->address, &b->address));
}

static bool
is_equal(const RoutingRule *a, const RoutingRule *b)
{
    return a->family == b->family && a->priority == b->priority && a->table == b->table &&
           a->suppress == b->suppress && a->is_local == b->is_local &&
           a->flow.protocol == b->flow.protocol &&
           is_prefix_equal(&a->flow.source, &b->flow.source) &&
           is_prefix_equal(&a->flow.destination, &b->flow.destination) &&
           a->flow.source_ports.first == b->flow.source_ports.first &&
           a->flow.source_ports.last == b->flow.source_ports.last &&
           a->flow.destination_ports.first == b->flow.destination_ports.first &&
           a->flow.destination_ports.last == b->flow.destination_ports.last;
}

static bool
holds(const RoutingRule *rules, size_t n, const RoutingRule *rule)
{
    for (size_t i = 0; i < n; i++)
        if (is_equal(&rules[i], rule))
            return true;
    return false;
}

static const RoutingRule *
rows(const GArray *rules)
{
    return (const RoutingRule *)(const void *)rules->data;
}

/* ---- change ---- */

static int
add_missing(Netlink *netlink, const GArray *there, const RoutingRule *rules, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int result = 0;

        if (!holds(rows(there), there->len, &rules[i]))
            result = send_rule(netlink, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, &rules[i]);
        if (result != 0 && result != EEXIST) /* a row that is wanted twice */
            return result;
    }
    return 0;
}

static int
remove_others(Netlink *netlink, const GArray *there, const RoutingRule *rules, size_t n)
{
    for (guint i = 0; i < there->len; i++) {
        const RoutingRule *rule = &g_array_index(there, RoutingRule, i);
        int result = 0;

        if (!holds(rules, n, rule))
            result = send_rule(netlink, RTM_DELRULE, 0, rule);
        if (result != 0 && result != ENOENT)
            return result;
    }
    return 0;
}

/* An attribute that a kernel doesn't know it passes over: the rule would be of more packets than meant. */
static int
check_taken(Netlink *netlink, uint32_t first, uint32_t last, const RoutingRule *rules, size_t n)
{
    int result;
    g_autoptr(GArray) there = list(netlink, first, last, &result);

    for (size_t i = 0; there != NULL && i < n; i++)
        if (!holds(rows(there), there->len, &rules[i]))
            return ENOTSUP;
    return result;
}

/* What was added goes; what stood before wasn't touched yet. */
static void
take_back(Netlink *netlink, uint32_t first, uint32_t last, const GArray *before)
{
    int result;
    g_autoptr(GArray) there = list(netlink, first, last, &result);

    if (there != NULL)
        (void)remove_others(netlink, there, rows(before), before->len);
}

int
routing_rules_set(Netlink *netlink,
                  uint32_t first,
                  uint32_t last,
                  const RoutingRule *rules,
                  size_t n)
{
    int result;
    g_autoptr(GArray) there = list(netlink, first, last, &result);

    if (there == NULL)
        return result;
    result = add_missing(netlink, there, rules, n);
    if (result == 0)
        result = check_taken(netlink, first, last, rules, n);
    if (result == 0)
        return remove_others(netlink, there, rules, n);
    take_back(netlink, first, last, there);
    return result;
}
