/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers of tables and priorities, and the routing rules between them. */
#include "config.h"

#include "placement.h"

#include <linux/rtnetlink.h>
#include <netinet/in.h>

enum {
    IPV6_BITS = 128,
    /* Before table main, which is asked at 32766. */
    FIRST_PRIORITY = 8200,
    INSTANCES = 40, /* that have numbers of their own, further ones by chance */
    A_INSTANCE = 400,
    OF_PASSAGE = 0, /* behind an instance's first */
    OF_BYPASS = 1,
    OF_LENGTHS = 2,
    TABLES = 1000, /* numbers of tables for each priority: no administrator's are as high */
};

uint32_t
placement_first(const char *instance)
{
    if (g_str_equal(instance, "ravelin"))
        return FIRST_PRIORITY;
    return FIRST_PRIORITY + A_INSTANCE * (1 + g_str_hash(instance) % INSTANCES);
}

static uint32_t
table_of_length(const System *system, uint8_t length)
{
    return TABLES * system->first + length;
}

uint32_t
placement_table(const System *system, const RvlPrefix *destination)
{
    return table_of_length(system, destination->length);
}

static RoutingRule
rule_of(uint8_t family, uint32_t priority, uint32_t table)
{
    return (RoutingRule){
        .family = family,
        .priority = priority,
        .table = table,
        .suppress = ROUTING_SUPPRESS_NONE,
        .flow = {.source = {.address = {.family = family}},
                 .destination = {.address = {.family = family}},
                 .source_ports = {0, UINT16_MAX},
                 .destination_ports = {0, UINT16_MAX}},
    };
}

/* Which lengths of prefixes have routes, of a family. */
static void
find_lengths(const System *system,
             const GArray *entries,
             uint8_t family,
             bool lengths[IPV6_BITS + 1])
{
    for (guint i = 0; i < entries->len; i++) {
        const GuardEntry *entry = &g_array_index(entries, GuardEntry, i);
        const RvlPrefix *prefix = &entry->record.prefix;

        if (entry->is_record && entry->record.kind == RECORD_ROUTE &&
            prefix->address.family == family &&
            entry->record.table == table_of_length(system, prefix->length))
            lengths[prefix->length] = true;
    }
}

static bool
add_lengths(const System *system, const bool lengths[], uint8_t family, GArray *rules)
{
    bool is_any = false;

    for (unsigned length = 0; length <= IPV6_BITS; length++) {
        uint32_t priority = system->first + OF_LENGTHS + 2 * (IPV6_BITS - length);
        RoutingRule main_table = rule_of(family, priority, RT_TABLE_MAIN);
        RoutingRule ours = rule_of(family, priority + 1, table_of_length(system, (uint8_t)length));

        if (!lengths[length])
            continue;
        is_any = true;
        main_table.suppress = length;
        g_array_append_val(rules, main_table);
        g_array_append_val(rules, ours);
    }
    return is_any;
}

/* IKE, ESP and AH that this machine itself sends find the peer by the ordinary route. */
static void
add_passage(const System *system, uint8_t family, GArray *rules)
{
    RoutingRule rule = rule_of(family, system->first + OF_PASSAGE, RT_TABLE_MAIN);
    const uint8_t protocols[] = {IPPROTO_ESP, IPPROTO_AH};

    rule.is_local = true;
    for (size_t i = 0; i < G_N_ELEMENTS(protocols); i++) {
        rule.flow.protocol = protocols[i];
        g_array_append_val(rules, rule);
    }
    rule.flow.protocol = IPPROTO_UDP;
    for (size_t i = 0; i < system->n_ports; i++) {
        rule.flow.source_ports = (PortRange){system->ports[i], system->ports[i]};
        g_array_append_val(rules, rule);
    }
}

static int
set_rules(const System *system, uint32_t first, uint32_t last, const GArray *rules)
{
    return routing_rules_set(system->netlink, system->first + first, system->first + last,
                             (const RoutingRule *)(const void *)rules->data, rules->len);
}

int
placement_follow(const System *system, const GArray *entries)
{
    g_autoptr(GArray) passage = g_array_new(FALSE, TRUE, sizeof(RoutingRule));
    g_autoptr(GArray) rules = g_array_new(FALSE, TRUE, sizeof(RoutingRule));
    const uint8_t families[] = {RVL_FAMILY_IPV4, RVL_FAMILY_IPV6};
    int result;

    for (size_t i = 0; i < G_N_ELEMENTS(families); i++) {
        bool lengths[IPV6_BITS + 1] = {false};

        find_lengths(system, entries, families[i], lengths);
        if (add_lengths(system, lengths, families[i], rules))
            add_passage(system, families[i], passage);
    }
    result = set_rules(system, OF_PASSAGE, OF_PASSAGE, passage);
    return result != 0 ? result
                       : set_rules(system, OF_LENGTHS, OF_LENGTHS + 2 * IPV6_BITS + 1, rules);
}

int
placement_bypass(const System *system, const ClearFlow *flows, size_t n)
{
    g_autoptr(GArray) rules = g_array_new(FALSE, TRUE, sizeof(RoutingRule));

    for (size_t i = 0; i < n; i++) {
        RoutingRule rule =
            rule_of(flows[i].source.address.family, system->first + OF_BYPASS, RT_TABLE_MAIN);

        rule.flow = flows[i];
        g_array_append_val(rules, rule);
    }
    return set_rules(system, OF_BYPASS, OF_BYPASS, rules);
}
