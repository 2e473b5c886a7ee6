/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules are checked and spelt out first; then routing changes, then the guard, each whole or not at all. */
#include "config.h"

#include "clear-rules.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <ravelin/error.h>
#include <ravelin/needs.h>
#include <ravelin/sized.h>

/** Spelt: the rules' packets. */
typedef struct {
    GArray *bypasses; /* of ClearFlow: for the guard */
    GArray *routed;   /* of ClearFlow: those of them that routing must tell apart */
    GArray *discards; /* of ClearFlow */
} Spelt;

static void
spelt_clear(Spelt *spelt)
{
    g_clear_pointer(&spelt->bypasses, g_array_unref);
    g_clear_pointer(&spelt->routed, g_array_unref);
    g_clear_pointer(&spelt->discards, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Spelt, spelt_clear)

/* Neighbor Discovery never leaves a link, and the kernel asks no table for it (RFC 4861 3.1). */
static bool
is_discovery(const ClearFlow *flow)
{
    enum { FIRST = 133 << 8, LAST = 137 << 8 | 0xff };
    const PortRange *types =
        port_range_is_any(&flow->source_ports) ? &flow->destination_ports : &flow->source_ports;

    return flow->protocol == IPPROTO_ICMPV6 && types->first >= FIRST && types->last <= LAST;
}

static bool
has_ports(uint8_t protocol)
{
    return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_DCCP ||
           protocol == IPPROTO_SCTP || protocol == IPPROTO_UDPLITE;
}

static bool
add_bypass(Spelt *spelt, const RvlRoutesRule *rule, const ClearFlow *flow, GError **error)
{
    g_array_append_vals(spelt->bypasses, flow, 1);
    if (is_discovery(flow))
        return true;
    g_array_append_vals(spelt->routed, flow, 1);
    if (has_ports(flow->protocol) ||
        (port_range_is_any(&flow->source_ports) && port_range_is_any(&flow->destination_ports)))
        return true;
    rvl_error_set_found(
        error, RVL_CAUSE_KERNEL_UNSUPPORTED, rule->name, NULL,
        "[spd %s]: routing can't tell the types of %s; bypass all of it, or none", rule->name,
        flow->protocol == IPPROTO_ICMP || flow->protocol == IPPROTO_ICMPV6 ? "ICMP"
                                                                           : "the protocol");
    return false;
}

static bool
spell_rule(Spelt *spelt, const RvlRoutesRule *rule, GError **error)
{
    g_autoptr(GArray) flows = NULL;

    if (!rvl_needs_check("RvlRoutesRule", rule->needs, 0, error))
        return false;
    if (rule->action != RVL_ACTION_BYPASS && rule->action != RVL_ACTION_DISCARD) {
        rvl_error_set_found(error, RVL_CAUSE_KERNEL_UNSUPPORTED, rule->name, NULL,
                            "[spd %s]: plugin routes bypasses and discards, and has no action %u",
                            rule->name, rule->action);
        return false;
    }
    flows = clear_flows_of(rule, error);
    if (flows == NULL)
        return false;
    for (guint i = 0; i < flows->len; i++) {
        const ClearFlow *flow = &g_array_index(flows, ClearFlow, i);

        if (rule->action == RVL_ACTION_DISCARD)
            g_array_append_vals(spelt->discards, flow, 1);
        else if (!add_bypass(spelt, rule, flow, error))
            return false;
    }
    return true;
}

static const ClearFlow *
flows_of(const GArray *flows)
{
    return (const ClearFlow *)(const void *)flows->data;
}

static bool
fail_routing(int result, const char *what, GError **error)
{
    if (result != ENOTSUP)
        return netlink_fail(result, RVL_CAUSE_INSTALL_FAILED, error, "routing rules of %s", what);
    rvl_error_set(error, RVL_CAUSE_KERNEL_UNSUPPORTED,
                  "routing rules of %s: the kernel's don't know ports (Linux 4.17 does)", what);
    return false;
}

static bool
set_routing(const System *system, const Spelt *spelt, GError **error)
{
    int result = placement_bypass(system, flows_of(spelt->routed), spelt->routed->len);

    return result == 0 || fail_routing(result, "what bypasses", error);
}

/* The routes that stand may be older than what is known of the ports. */
static bool
set_ports(System *system, const RvlRoutesRules *rules, const GArray *entries, GError **error)
{
    int result;

    memcpy(system->ports, rules->ports, rules->n_ports * sizeof system->ports[0]);
    system->n_ports = rules->n_ports;
    result = placement_follow(system, entries);
    return result == 0 || fail_routing(result, "what carries protection", error);
}

bool
clear_rules_set(System *system, const RvlRoutesRules *rules, GError **error)
{
    g_auto(Spelt) spelt = {
        .bypasses = g_array_new(FALSE, TRUE, sizeof(ClearFlow)),
        .routed = g_array_new(FALSE, TRUE, sizeof(ClearFlow)),
        .discards = g_array_new(FALSE, TRUE, sizeof(ClearFlow)),
    };
    GuardContent content = {.has_passage = true, .ports = rules->ports, .n_ports = rules->n_ports};
    g_autoptr(GArray) entries = NULL;

    if (!rvl_needs_check("RvlRoutesRules", rules->needs, 0, error))
        return false;
    if (rules->n_ports > G_N_ELEMENTS(system->ports)) {
        rvl_error_set(error, RVL_CAUSE_KERNEL_UNSUPPORTED, "%zu ports of IKE; at most %zu",
                      rules->n_ports, G_N_ELEMENTS(system->ports));
        return false;
    }
    for (size_t i = 0; i < rules->n_rules; i++) {
        RvlRoutesRule rule;

        rvl_sized_copy(&rule, sizeof rule, RVL_STRIDE(rules->rules, rules->stride, i),
                       rules->stride);
        if (!spell_rule(&spelt, &rule, error))
            return false;
    }
    entries = guard_list(system->guard, error);
    if (entries == NULL || !set_routing(system, &spelt, error))
        return false;
    content.bypasses = flows_of(spelt.bypasses);
    content.n_bypasses = spelt.bypasses->len;
    content.discards = flows_of(spelt.discards);
    content.n_discards = spelt.discards->len;
    return guard_replace(system->guard, rules->owner, entries, &content, error) &&
           set_ports(system, rules, entries, error);
}
