/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ravelinctl plan, apply, reload, confirm, rollback: what the files say, and what is in force. */
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

/* What is in force now, and for how long without a word from the operator. */
static void
print_in_force(const CtlInvocation *invocation, const char *story)
{
    g_autoptr(GVariant) generation = ctl_link_property(invocation->link, "Generation");
    guint64 number = generation != NULL ? g_variant_get_uint64(generation) : 0;
    g_auto(GVariantBuilder) rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
    g_autoptr(GVariant) items = NULL;
    GVariantDict row;

    if (!invocation->is_json) {
        g_print("configuration %" G_GUINT64_FORMAT " %s\n", number, story);
        return;
    }
    g_variant_dict_init(&row, NULL);
    g_variant_dict_insert(&row, "generation", "x", (gint64)number);
    if (invocation->trial_s > 0)
        g_variant_dict_insert(&row, "trial_s", "x", (gint64)invocation->trial_s);
    g_variant_builder_add_value(&rows, g_variant_dict_end(&row));
    items = g_variant_ref_sink(g_variant_builder_end(&rows));
    ctl_print_json("configuration", items);
}

static CtlStatus
apply(const CtlInvocation *invocation, guint64 generation)
{
    CtlStatus status = CTL_FAILED;
    g_autoptr(GVariant) reply = NULL;
    GVariantDict options;

    g_variant_dict_init(&options, NULL);
    if (invocation->trial_s > 0)
        g_variant_dict_insert(&options, "confirm", "u", invocation->trial_s);
    reply = ctl_link_call(invocation->link, "Apply",
                          g_variant_new("(t@a{sv})", generation, g_variant_dict_end(&options)),
                          NULL, &status);
    return reply != NULL ? CTL_DONE : status;
}

static char *
story_of(const CtlInvocation *invocation)
{
    if (invocation->trial_s == 0)
        return g_strdup("is in force");
    return g_strdup_printf("is on trial for %u s; keep it: ravelinctl confirm",
                           invocation->trial_s);
}

CtlStatus
ctl_reload(const CtlInvocation *invocation)
{
    Plan plan = make_plan(invocation);
    g_autoptr(GVariant) changes = plan.changes;
    g_autofree char *story = story_of(invocation);

    if (plan.status == CTL_DONE)
        plan.status = apply(invocation, plan.generation);
    if (plan.status != CTL_DONE)
        return plan.status;
    print_changes(invocation, changes);
    if (!invocation->is_json)
        print_in_force(invocation, story);
    return CTL_DONE;
}

static CtlStatus
generation_in_force(const CtlInvocation *invocation, guint64 *generation)
{
    g_autoptr(GVariant) property = ctl_link_property(invocation->link, "Generation");

    if (property == NULL) {
        g_printerr("ravelinctl: the daemon doesn't say which configuration is in force\n");
        return CTL_FAILED;
    }
    *generation = g_variant_get_uint64(property);
    return CTL_DONE;
}

CtlStatus
ctl_apply(const CtlInvocation *invocation)
{
    guint64 generation;
    CtlStatus status = generation_in_force(invocation, &generation);
    g_autofree char *story = story_of(invocation);

    if (status == CTL_DONE)
        status = apply(invocation, generation);
    if (status == CTL_DONE)
        print_in_force(invocation, story);
    return status;
}

CtlStatus
ctl_confirm(const CtlInvocation *invocation)
{
    guint64 generation;
    CtlStatus status = generation_in_force(invocation, &generation);
    g_autoptr(GVariant) reply = NULL;

    if (status != CTL_DONE)
        return status;
    reply =
        ctl_link_call(invocation->link, "Confirm", g_variant_new("(t)", generation), NULL, &status);
    if (reply == NULL)
        return status;
    print_in_force(invocation, "stays in force");
    return CTL_DONE;
}

CtlStatus
ctl_rollback(const CtlInvocation *invocation)
{
    CtlStatus status = CTL_FAILED;
    g_autoptr(GVariant) reply = ctl_link_call(invocation->link, "Rollback", NULL, NULL, &status);

    if (reply == NULL)
        return status;
    print_in_force(invocation,
                   "is what was in force before the last apply; the files are as they were");
    return CTL_DONE;
}
