/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ravelinctl list, plugins, algorithms: rows of one kind. */
#include "config.h"

#include <string.h>

#include "command.h"
#include "output.h"

static const CtlColumn connections[] = {
    {"name", "CONNECTION"}, {"state", "STATE"},         {"since_s", "SINCE"}, {"peer", "PEER"},
    {"ike_sas", "IKE SAS"}, {"interface", "INTERFACE"}, {"cause", "CAUSE"},
};
static const CtlColumn ike_sas[] = {
    {"connection", "CONNECTION"}, {"state", "STATE"},       {"role", "ROLE"},
    {"local_spi", "SPI"},         {"remote_spi", "PEER'S"}, {"peer", "PEER"},
    {"remote_id", "IDENTITY"},    {"proposal", "PROPOSAL"}, {"established_s", "SINCE"},
    {"rekey_s", "REKEY"},
};
static const CtlColumn child_sas[] = {
    {"connection", "CONNECTION"}, {"child", "CHILD"},       {"state", "STATE"},
    {"spi_in", "SPI IN"},         {"spi_out", "SPI OUT"},   {"local", "LOCAL"},
    {"remote", "REMOTE"},         {"proposal", "PROPOSAL"}, {"octets_in", "IN"},
    {"octets_out", "OUT"},        {"rekey_s", "REKEY"},
};
static const CtlColumn plugins[] = {
    {"name", "PLUGIN"},       {"state", "STATE"},  {"version", "VERSION"},
    {"provides", "PROVIDES"}, {"error", "REASON"},
};
static const CtlColumn algorithms[] = {
    {"word", "WORD"},       {"type", "TYPE"},           {"plugin", "PLUGIN"},
    {"backend", "BACKEND"}, {"primitive", "PRIMITIVE"}, {"is_legacy", "LEGACY"},
    {"error", "REASON"},
};
static const CtlColumn dataplane[] = {
    {"name", "NAME"}, {"is_on", "ON"},        {"reason", "REASON"},
    {"drop", "DROP"}, {"packets", "PACKETS"},
};

static const CtlColumn policies[] = {
    {"action", "ACTION"}, {"name", "NAME"},     {"connection", "CONNECTION"}, {"state", "STATE"},
    {"local", "LOCAL"},   {"remote", "REMOTE"}, {"error", "REASON"},
};

static const struct {
    const char *kind;
    const CtlColumn *columns;
    size_t n;
} kinds[] = {
    {"connection", connections, G_N_ELEMENTS(connections)},
    {"ike", ike_sas, G_N_ELEMENTS(ike_sas)},
    {"child", child_sas, G_N_ELEMENTS(child_sas)},
    {"plugin", plugins, G_N_ELEMENTS(plugins)},
    {"algorithm", algorithms, G_N_ELEMENTS(algorithms)},
    {"dataplane", dataplane, G_N_ELEMENTS(dataplane)},
    {"policy", policies, G_N_ELEMENTS(policies)},
};

static CtlStatus
list(const CtlInvocation *invocation, const char *kind)
{
    CtlStatus status = CTL_FAILED;
    g_autoptr(GVariant) rows = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(kinds[i].kind, kind) != 0)
            continue;
        rows = ctl_link_rows(invocation->link, kind, &status);
        if (rows == NULL)
            return status;
        if (invocation->is_json)
            ctl_print_json(kind, rows);
        else
            ctl_print_table(rows, kinds[i].columns, kinds[i].n);
        return CTL_DONE;
    }
    g_printerr("ravelinctl: list: '%s' is none of connection, policy, ike, child, plugin, "
               "algorithm, dataplane\n",
               kind);
    return CTL_USAGE;
}

CtlStatus
ctl_list(const CtlInvocation *invocation)
{
    return list(invocation, invocation->words[0]);
}

CtlStatus
ctl_plugins(const CtlInvocation *invocation)
{
    return list(invocation, "plugin");
}

CtlStatus
ctl_algorithms(const CtlInvocation *invocation)
{
    return list(invocation, "algorithm");
}
