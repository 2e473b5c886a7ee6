/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ravelinctl explain: what went wrong lately, whose values didn't meet, and what to change. */
#include "config.h"

#include <string.h>

#include <ravelin/cause.h>

#include "command.h"
#include "output.h"

/* What a finding shows beneath its head: field of the row, and how it is called. */
static const struct {
    const char *key;
    const char *title;
} details[] = {
    {"meaning", "means"},
    {"offered", "we offered"},
    {"notify", "they said"},
};

static void
print_detail(GVariant *row, const char *key, const char *title)
{
    const char *text = ctl_row_text(row, key);
    g_autofree char *dim = NULL;
    g_autofree char *padded = NULL;

    if (text == NULL || *text == '\0')
        return;
    padded = g_strdup_printf("  %-11s", title);
    dim = ctl_paint(CTL_DIM, padded);
    g_print("%s %s\n", dim, text);
}

/* `2026-11-24T14:03:07.123456Z` -> `2026-11-24 14:03:07` */
static char *
short_time(const char *time)
{
    char *text = g_strndup(time != NULL ? time : "", 19);

    return g_strdelimit(text, "T", ' ');
}

/* Who refused what; a finding of another kind speaks for itself. */
static char *
head_of(GVariant *row)
{
    const char *event = ctl_row_text(row, "event");
    const char *peer = ctl_row_text(row, "peer");
    const char *child = ctl_row_text(row, "child");

    if (peer == NULL)
        peer = "the peer";
    if (g_strcmp0(event, "refused") == 0)
        return g_strdup_printf("we refused %s", peer);
    if (g_strcmp0(event, "peer-refused") == 0)
        return g_strdup_printf("%s refused us", peer);
    if (g_strcmp0(event, "set-up-failed") == 0)
        return g_strdup_printf("no IKE SA with %s", peer);
    if (g_strcmp0(event, "child-refused") == 0)
        return g_strdup_printf("no Child SA%s%s with %s", child != NULL ? " " : "",
                               child != NULL ? child : "", peer);
    return g_strdup(ctl_row_text(row, "message"));
}

/* Both values by the names that the cause gives them: `offered`, `accepted`. */
static void
print_values(GVariant *row)
{
    const char *cause = ctl_row_text(row, "cause");
    const RvlCauseInfo *info = rvl_cause_info(rvl_cause_from_word(cause));
    bool is_known = rvl_cause_from_word(cause) != RVL_CAUSE_NONE;

    if (ctl_row_text(row, "found") == NULL && ctl_row_text(row, "wanted") == NULL)
        print_detail(row, "error", "says");
    print_detail(row, "found", is_known ? info->first : "found");
    print_detail(row, "wanted", is_known ? info->second : "wanted");
}

static void
print_finding(GVariant *row)
{
    g_autofree char *head = head_of(row);
    g_autofree char *cause = ctl_paint(CTL_BAD, ctl_row_text(row, "cause"));
    g_autofree char *first = short_time(ctl_row_text(row, "first"));
    g_autofree char *last = short_time(ctl_row_text(row, "last"));
    int64_t count = 1;

    (void)ctl_row_number(row, "count", &count);
    g_print("%s: %s   %s\n", ctl_row_text(row, "subject"), head, cause);
    if (count > 1)
        g_print("  %" G_GINT64_FORMAT " times since %s, last at %s UTC\n", count, first, last);
    else
        g_print("  at %s UTC\n", last);
    for (size_t i = 0; i < G_N_ELEMENTS(details); i++)
        print_detail(row, details[i].key, details[i].title);
    print_values(row);
    print_detail(row, "where", "where");
    if (ctl_row_text(row, "remedy") != NULL)
        print_detail(row, "remedy", "fix");
    else
        print_detail(row, "fix", "fix");
}

/* The end of an attempt says nothing new beside the peer's refusal that ended it. */
static bool
is_told_by_refusal(GVariant *rows, GVariant *row)
{
    const char *event = ctl_row_text(row, "event");

    if (g_strcmp0(event, "set-up-failed") != 0 && g_strcmp0(event, "child-refused") != 0)
        return false;
    for (gsize i = 0; i < g_variant_n_children(rows); i++) {
        g_autoptr(GVariant) other = g_variant_get_child_value(rows, i);

        if (g_strcmp0(ctl_row_text(other, "event"), "peer-refused") == 0 &&
            g_strcmp0(ctl_row_text(other, "cause"), ctl_row_text(row, "cause")) == 0 &&
            g_strcmp0(ctl_row_text(other, "subject"), ctl_row_text(row, "subject")) == 0)
            return true;
    }
    return false;
}

CtlStatus
ctl_explain(const CtlInvocation *invocation)
{
    const char *subject = invocation->words[0];
    CtlStatus status = CTL_FAILED;
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GVariant) rows = NULL;
    GVariantDict about;

    g_variant_dict_init(&about, NULL);
    if (subject != NULL)
        g_variant_dict_insert(&about, "subject", "s", subject);
    reply = ctl_link_call(invocation->link, "Explain",
                          g_variant_new("(@a{sv})", g_variant_dict_end(&about)), NULL, &status);
    if (reply == NULL)
        return status;
    rows = g_variant_get_child_value(reply, 0);
    if (invocation->is_json) {
        ctl_print_json("finding", rows);
        return CTL_DONE;
    }
    if (g_variant_n_children(rows) == 0)
        g_print("nothing went wrong lately%s%s\n", subject != NULL ? " with " : "",
                subject != NULL ? subject : "");
    for (gsize i = 0; i < g_variant_n_children(rows); i++) {
        g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

        if (!is_told_by_refusal(rows, row))
            print_finding(row);
    }
    return CTL_DONE;
}
