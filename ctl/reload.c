/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ravelinctl plan and reload: what the files say now against what is in force. */
#include "config.h"

#include "command.h"
#include "output.h"

static const CtlColumn columns[] = {{"connection", "CONNECTION"},
                                    {"change", "CHANGE"},
                                    {"effect", "ITS SAS"},
                                    {"keys", "KEYS"}};

typedef struct {
    guint64 generation;
    GVariant *changes;
    CtlStatus status;
} Plan;

/* Prints what is wrong, a line each, in compilers' form. */
static CtlStatus
tell_problems(GVariant *problems)
{
    g_autofree const char **lines = g_variant_get_strv(problems, NULL);

    for (size_t i = 0; lines[i] != NULL; i++)
        g_printerr("%s\n", lines[i]);
    return lines[0] != NULL ? CTL_CONFIGURATION : CTL_DONE;
}

static Plan
make_plan(const CtlInvocation *invocation)
{
    Plan plan = {.status = CTL_FAILED};
    g_autoptr(GVariant) reply =
        ctl_link_call(invocation->link, "Plan", g_variant_new("(a{sv})", NULL), NULL, &plan.status);
    g_autoptr(GVariant) problems = NULL;

    if (reply == NULL)
        return plan;
    g_variant_get(reply, "(t@aa{sv}@as)", &plan.generation, &plan.changes, &problems);
    plan.status = tell_problems(problems);
    return plan;
}

static void
print_changes(const CtlInvocation *invocation, GVariant *changes)
{
    if (invocation->is_json)
        ctl_print_json("change", changes);
    else if (g_variant_n_children(changes) == 0)
        g_print("nothing changes\n");
    else
        ctl_print_table(changes, columns, G_N_ELEMENTS(columns));
}

CtlStatus
ctl_plan(const CtlInvocation *invocation)
{
    Plan plan = make_plan(invocation);
    g_autoptr(GVariant) changes = plan.changes;

    if (plan.status != CTL_DONE)
        return plan.status;
    print_changes(invocation, changes);
    return g_variant_n_children(changes) > 0 ? CTL_CHANGES : CTL_DONE;
}

CtlStatus
ctl_reload(const CtlInvocation *invocation)
{
    Plan plan = make_plan(invocation);
    g_autoptr(GVariant) changes = plan.changes;
    g_autoptr(GVariant) reply = NULL;

    if (plan.status != CTL_DONE)
        return plan.status;
    reply = ctl_link_call(invocation->link, "Apply",
                          g_variant_new("(ta{sv})", plan.generation, NULL), NULL, &plan.status);
    if (reply == NULL)
        return plan.status;
    print_changes(invocation, changes);
    return CTL_DONE;
}
