/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: the last refusals and failures of each connection and peer, for `explain`. */
#include "config.h"

#include "control/findings.h"

#include <string.h>

#include "control/event-fields.h"
#include "control/event-json.h"
#include "control/rows.h"
#include "control/stored-event.h"

/* Different findings that one subject keeps, and subjects that are kept: strangers choose addresses. */
#define MAX_FINDINGS 8
#define MAX_SUBJECTS 4096

typedef struct {
    RvlStoredEvent *stored;
    uint64_t count;
    int64_t first_us;
} Finding;

typedef struct {
    char *name;
    GQueue findings; /* of Finding, the newest first */
    GList link;      /* in order of the last finding */
} Subject;

struct RvlFindings {
    RvlEventHub *hub;
    GHashTable *subjects; /* name -> Subject */
    GQueue recent;        /* of Subject, the newest first */
};

static void
finding_free(Finding *finding)
{
    rvl_stored_event_free(finding->stored);
    g_free(finding);
}

static void
subject_free(Subject *subject)
{
    g_queue_clear_full(&subject->findings, (GDestroyNotify)finding_free);
    g_free(subject->name);
    g_free(subject);
}

static char *
subject_of(const RvlEvent *event)
{
    const RvlEventScope *scope = event->scope;

    if (scope == NULL)
        return NULL;
    return scope->connection != NULL ? g_strdup(scope->connection) : rvl_event_peer_address(scope);
}

static Subject *
find_subject(RvlFindings *findings, const char *name)
{
    Subject *subject = g_hash_table_lookup(findings->subjects, name);

    if (subject != NULL) {
        g_queue_unlink(&findings->recent, &subject->link);
        g_queue_push_head_link(&findings->recent, &subject->link);
        return subject;
    }
    if (g_hash_table_size(findings->subjects) >= MAX_SUBJECTS) {
        Subject *oldest = g_queue_peek_tail(&findings->recent);

        g_queue_unlink(&findings->recent, &oldest->link);
        (void)g_hash_table_remove(findings->subjects, oldest->name);
    }
    subject = g_new0(Subject, 1);
    subject->name = g_strdup(name);
    subject->link.data = subject;
    g_queue_init(&subject->findings);
    g_hash_table_insert(findings->subjects, subject->name, subject);
    g_queue_push_head_link(&findings->recent, &subject->link);
    return subject;
}

/* The same event with the same cause counts up, and shows its newest values. */
static Finding *
take_same(Subject *subject, const RvlEvent *event)
{
    for (GList *link = subject->findings.head; link != NULL; link = link->next) {
        Finding *finding = link->data;

        if (finding->stored->event.id == event->id &&
            finding->stored->event.cause == event->cause) {
            g_queue_delete_link(&subject->findings, link);
            return finding;
        }
    }
    return NULL;
}

static void
take(const RvlEvent *event, int64_t unix_us, void *user_data)
{
    RvlFindings *findings = user_data;
    g_autofree char *name = NULL;
    Subject *subject;
    Finding *finding;

    if (event->cause == RVL_CAUSE_NONE || (name = subject_of(event)) == NULL)
        return;
    subject = find_subject(findings, name);
    finding = take_same(subject, event);
    if (finding == NULL) {
        finding = g_new0(Finding, 1);
        finding->first_us = unix_us;
    }
    rvl_stored_event_free(finding->stored);
    finding->stored = rvl_stored_event_new(event, unix_us);
    finding->count++;
    g_queue_push_head(&subject->findings, finding);
    if (g_queue_get_length(&subject->findings) > MAX_FINDINGS)
        finding_free(g_queue_pop_tail(&subject->findings));
}

RvlFindings *
rvl_findings_new(RvlEventHub *hub)
{
    RvlFindings *findings = g_new0(RvlFindings, 1);

    findings->hub = hub;
    findings->subjects =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)subject_free);
    g_queue_init(&findings->recent);
    rvl_event_hub_add_view(hub, take, findings);
    return findings;
}

void
rvl_findings_free(RvlFindings *findings)
{
    if (findings == NULL)
        return;
    rvl_event_hub_remove_view(findings->hub, take, findings);
    g_hash_table_unref(findings->subjects);
    g_free(findings);
}

static void
add_field(const char *name, const char *text, bool is_number, void *user_data)
{
    g_autofree char *key = g_strdelimit(g_strdup(name), "-", '_');

    (void)is_number;
    rvl_row_text(user_data, key, text);
}

static void
add_finding(GVariantBuilder *rows, const Subject *subject, const Finding *finding)
{
    const RvlEvent *event = &finding->stored->event;
    g_auto(GVariantBuilder) row = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    rvl_row_text(&row, "subject", subject->name);
    rvl_row_text(&row, "event", rvl_event_info(event->id)->word);
    rvl_row_take_text(&row, "message", rvl_event_sentence(event));
    rvl_row_text(&row, "meaning", rvl_cause_info((RvlCause)event->cause)->sentence);
    rvl_row_text(&row, "fix", rvl_cause_info((RvlCause)event->cause)->remedy);
    rvl_row_number(&row, "count", (int64_t)finding->count);
    rvl_row_take_text(&row, "first", rvl_time_rfc3339(finding->first_us));
    rvl_row_take_text(&row, "last", rvl_time_rfc3339(finding->stored->unix_us));
    rvl_event_fields_visit(event, add_field, &row);
    g_variant_builder_add_value(rows, g_variant_builder_end(&row));
}

GVariant *
rvl_findings_about(const RvlFindings *findings, const char *subject)
{
    GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));

    for (const GList *link = findings->recent.head; link != NULL; link = link->next) {
        const Subject *one = link->data;

        if (subject[0] != '\0' && strcmp(one->name, subject) != 0)
            continue;
        for (const GList *at = one->findings.head; at != NULL; at = at->next)
            add_finding(&rows, one, at->data);
    }
    return g_variant_builder_end(&rows);
}
