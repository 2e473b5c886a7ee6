/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ravelinctl status: one look at all connections. */
#include "config.h"

#include <string.h>

#include "command.h"
#include "output.h"

#define COLUMNS 8

/* Totals of what a connection's Child SAs carried; the rekey that comes next. */
typedef struct {
    char *protects;
    int64_t octets_in;
    int64_t octets_out;
    int64_t rekey_s;
    unsigned n;
} Children;

static bool
is_wanted(const CtlInvocation *invocation, const char *name)
{
    return invocation->words[0] == NULL || g_strv_contains(invocation->words, name);
}

/* (transfer full): the rows whose @key is one of the connections asked for. */
static GVariant *
choose(const CtlInvocation *invocation, GVariant *rows, const char *key)
{
    g_auto(GVariantBuilder) chosen = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));

    for (gsize i = 0; i < g_variant_n_children(rows); i++) {
        g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
        const char *name = ctl_row_text(row, key);

        if (name != NULL && is_wanted(invocation, name))
            g_variant_builder_add_value(&chosen, row);
    }
    return g_variant_ref_sink(g_variant_builder_end(&chosen));
}

static Children
children_of(GVariant *rows, const char *connection)
{
    Children children = {.octets_in = -1, .octets_out = -1, .rekey_s = -1};
    int64_t number;

    for (gsize i = 0; i < g_variant_n_children(rows); i++) {
        g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

        if (g_strcmp0(ctl_row_text(row, "connection"), connection) != 0)
            continue;
        if (children.n++ == 0)
            children.protects = g_strdup_printf("%s <-> %s", ctl_row_text(row, "local"),
                                                ctl_row_text(row, "remote"));
        if (ctl_row_number(row, "octets_in", &number))
            children.octets_in = MAX(children.octets_in, 0) + number;
        if (ctl_row_number(row, "octets_out", &number))
            children.octets_out = MAX(children.octets_out, 0) + number;
        if (ctl_row_number(row, "rekey_s", &number) &&
            (children.rekey_s < 0 || number < children.rekey_s))
            children.rekey_s = number;
    }
    if (children.n > 1) {
        char *first = children.protects;

        children.protects = g_strdup_printf("%s, %u more", first, children.n - 1);
        g_free(first);
    }
    return children;
}

static char *
state_text(GVariant *row)
{
    const char *state = ctl_row_text(row, "state");
    g_autofree char *since = NULL;
    int64_t seconds;

    if (!ctl_row_number(row, "since_s", &seconds))
        return g_strdup(state);
    since = ctl_duration(seconds);
    return g_strdup_printf("%s %s", state, since);
}

/* When keys change next; where the connection waits, when it tries again. */
static char *
rekey_text(GVariant *row, const Children *children)
{
    g_autofree char *until = NULL;
    int64_t seconds;

    if (!ctl_row_number(row, "next_try_s", &seconds))
        return ctl_duration(children->rekey_s);
    until = ctl_duration(seconds);
    return g_strdup_printf("retry %s", until);
}

static void
add_connection(CtlTable *table, GVariant *row, GVariant *children_rows)
{
    const char *name = ctl_row_text(row, "name");
    const char *cause = ctl_row_text(row, "cause");
    bool is_up = g_strcmp0(ctl_row_text(row, "state"), "up") == 0;
    Children children = children_of(children_rows, name);
    g_autofree char *state = state_text(row);
    g_autofree char *in = ctl_amount(children.octets_in);
    g_autofree char *out = ctl_amount(children.octets_out);
    g_autofree char *rekey = rekey_text(row, &children);
    const char *const cells[COLUMNS] = {is_up ? "●" : "○", name, state, ctl_row_text(row, "peer"),
                                        children.protects, in,   out,   rekey};

    ctl_table_add(table, cells, is_up ? CTL_GOOD : CTL_PLAIN);
    if (cause != NULL && !is_up) {
        const char *error = ctl_row_text(row, "error");
        g_autofree char *note =
            g_strdup_printf("   └ %s%s%s   ravelinctl explain %s", cause, error != NULL ? ": " : "",
                            error != NULL ? error : "", name);

        ctl_table_note(table, note);
    }
    g_free(children.protects);
}

static void
print_head(CtlLink *link, GVariant *rows)
{
    g_autoptr(GVariant) version = ctl_link_property(link, "Version");
    g_autofree char *text = version != NULL ? ctl_value_text(version) : g_strdup("");
    gsize n = g_variant_n_children(rows);
    unsigned up = 0;

    for (gsize i = 0; i < n; i++) {
        g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

        up += g_strcmp0(ctl_row_text(row, "state"), "up") == 0;
    }
    g_print("ravelind %s    %u up  %u down\n", text, up, (unsigned)n - up);
}

/* All three lists in one answer, as the daemon has them, and its totals. */
static void
print_json(CtlLink *link, GVariant *connections, GVariant *ike_sas, GVariant *children)
{
    g_autoptr(GVariant) counts = ctl_link_property(link, "Counts");
    GVariantDict whole;
    g_autoptr(GVariant) items = NULL;

    g_variant_dict_init(&whole, NULL);
    g_variant_dict_insert_value(&whole, "connections", connections);
    g_variant_dict_insert_value(&whole, "ike_sas", ike_sas);
    g_variant_dict_insert_value(&whole, "child_sas", children);
    if (counts != NULL)
        g_variant_dict_insert_value(&whole, "counts", counts);
    items = g_variant_ref_sink(g_variant_dict_end(&whole));
    ctl_print_json("status", items);
}

static CtlStatus
check_names(const CtlInvocation *invocation, GVariant *connections)
{
    for (size_t i = 0; invocation->words[i] != NULL; i++) {
        bool is_known = false;

        for (gsize r = 0; r < g_variant_n_children(connections) && !is_known; r++) {
            g_autoptr(GVariant) row = g_variant_get_child_value(connections, r);

            is_known = g_strcmp0(ctl_row_text(row, "name"), invocation->words[i]) == 0;
        }
        if (!is_known) {
            g_printerr("ravelinctl: no connection '%s' is configured\n", invocation->words[i]);
            return CTL_NOT_FOUND;
        }
    }
    return CTL_DONE;
}

static void
print_table(CtlLink *link, GVariant *connections, GVariant *children)
{
    static const char *const titles[COLUMNS] = {" ",        "CONNECTION", "STATE", "PEER",
                                                "PROTECTS", "IN",         "OUT",   "REKEY"};
    CtlTable *table = ctl_table_new(COLUMNS);

    print_head(link, connections);
    ctl_table_add(table, titles, CTL_BOLD);
    for (gsize i = 0; i < g_variant_n_children(connections); i++) {
        g_autoptr(GVariant) row = g_variant_get_child_value(connections, i);

        add_connection(table, row, children);
    }
    ctl_table_print(table);
}

CtlStatus
ctl_status(const CtlInvocation *invocation)
{
    CtlStatus status = CTL_FAILED;
    g_autoptr(GVariant) all_connections = ctl_link_rows(invocation->link, "connection", &status);
    g_autoptr(GVariant) all_children = NULL;
    g_autoptr(GVariant) connections = NULL;
    g_autoptr(GVariant) children = NULL;

    if (all_connections == NULL)
        return status;
    all_children = ctl_link_rows(invocation->link, "child", &status);
    if (all_children == NULL)
        return status;
    connections = choose(invocation, all_connections, "name");
    children = choose(invocation, all_children, "connection");
    status = check_names(invocation, connections);
    if (status != CTL_DONE)
        return status;
    if (invocation->is_json) {
        g_autoptr(GVariant) all_ike = ctl_link_rows(invocation->link, "ike", &status);
        g_autoptr(GVariant) ike_sas =
            all_ike != NULL ? choose(invocation, all_ike, "connection") : NULL;

        if (ike_sas == NULL)
            return status;
        print_json(invocation->link, connections, ike_sas, children);
    } else {
        print_table(invocation->link, connections, children);
    }
    return CTL_DONE;
}
