/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Selectors become rows: ranges as prefixes, each of one side with each of the other. */
#include "config.h"

#include "clear-flow.h"

#include <ravelin/error.h>

/* Rows of one rule: each is a rule of the kernel's, which it walks for every packet. */
#define MOST_FLOWS 1024
/* Prefixes that a range of addresses can take. */
#define MOST_PREFIXES 256

bool
port_range_is_any(const PortRange *range)
{
    return range->first == 0 && range->last == UINT16_MAX;
}

ClearFlow
clear_flow_reversed(const ClearFlow *flow)
{
    return (ClearFlow){
        .source = flow->destination,
        .destination = flow->source,
        .protocol = flow->protocol,
        .source_ports = flow->destination_ports,
        .destination_ports = flow->source_ports,
    };
}

static bool
add_pairs(GArray *flows, const RvlSelector *local, const RvlSelector *remote)
{
    RvlPrefix sources[MOST_PREFIXES], destinations[MOST_PREFIXES];
    size_t n = rvl_range_to_prefixes(&local->range, sources, G_N_ELEMENTS(sources));
    size_t m = rvl_range_to_prefixes(&remote->range, destinations, G_N_ELEMENTS(destinations));
    ClearFlow flow = {
        .protocol = local->protocol != 0 ? local->protocol : remote->protocol,
        .source_ports = {local->first_port, local->last_port},
        .destination_ports = {remote->first_port, remote->last_port},
    };

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < m; k++) {
            if (flows->len == MOST_FLOWS)
                return false;
            flow.source = sources[i];
            flow.destination = destinations[k];
            g_array_append_val(flows, flow);
        }
    }
    return true;
}

/* A packet has one family and one protocol: pairs that want two match none. */
static bool
can_meet(const RvlSelector *local, const RvlSelector *remote)
{
    return local->range.first.family == remote->range.first.family &&
           (local->protocol == 0 || remote->protocol == 0 || local->protocol == remote->protocol);
}

static bool
refuse(const RvlRoutesRule *rule, const RvlSelector *selector, GError **error)
{
    char text[RVL_SELECTOR_TEXT];

    rvl_error_set_found(error, RVL_CAUSE_KERNEL_UNSUPPORTED, rule->name, NULL,
                        "[spd %s]: %s: plugin routes can't tell packets whose ports don't show; "
                        "name ports, or none",
                        rule->name, rvl_selector_format(selector, text));
    return false;
}

static bool
add_flows(GArray *flows, const RvlRoutesRule *rule, const RvlSelector *local, GError **error)
{
    if (rvl_selector_is_opaque(local))
        return refuse(rule, local, error);
    for (size_t i = 0; i < rvl_selectors_count(rule->remote); i++) {
        const RvlSelector *remote = rvl_selectors_get(rule->remote, i);

        if (rvl_selector_is_opaque(remote))
            return refuse(rule, remote, error);
        if (!can_meet(local, remote) || add_pairs(flows, local, remote))
            continue;
        rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED,
                      "[spd %s]: more than %d pairs of prefixes; write prefixes, not ranges",
                      rule->name, MOST_FLOWS);
        return false;
    }
    return true;
}

GArray *
clear_flows_of(const RvlRoutesRule *rule, GError **error)
{
    g_autoptr(GArray) flows = g_array_new(FALSE, TRUE, sizeof(ClearFlow));

    for (size_t i = 0; i < rvl_selectors_count(rule->local); i++) {
        if (!add_flows(flows, rule, rvl_selectors_get(rule->local, i), error))
            return NULL;
    }
    return g_steal_pointer(&flows);
}
