/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All fields of an event one after the other, for renderings that show every one. */
#include "config.h"

#include "control/event-fields.h"

#include <string.h>

/* Longest text of a number or SPI, with its zero. */
#define NUMBER_TEXT 64

static const char *const scope_names[] = {"connection", "child",    "ike-spi", "peer",
                                          "peer-id",    "exchange", "plugin"};
static const char *const error_names[] = {"cause", "error", "where", "found", "wanted", "remedy"};

static const struct {
    const char *word;
    RvlEventLevel level;
} levels[] = {
    {"error", RVL_LEVEL_ERROR}, {"warning", RVL_LEVEL_WARNING}, {"notice", RVL_LEVEL_NOTICE},
    {"info", RVL_LEVEL_INFO},   {"debug", RVL_LEVEL_DEBUG},
};

static bool
is_own_field(const RvlEvent *event, const char *name)
{
    for (size_t i = 0; i < event->n_fields; i++) {
        RvlField field;

        rvl_event_field_at(event, i, &field);
        if (g_strcmp0(field.name, name) == 0)
            return true;
    }
    return false;
}

/* Names that the event has as fields of its own are shown with those. */
static void
visit_names(const RvlEvent *event,
            const char *const *names,
            size_t n,
            RvlFieldVisit visit,
            void *user_data)
{
    char text[NUMBER_TEXT];

    for (size_t i = 0; i < n; i++) {
        const char *found = is_own_field(event, names[i])
                                ? NULL
                                : rvl_event_field(event, names[i], text, sizeof(text));

        if (found != NULL)
            visit(names[i], found, false, user_data);
    }
}

void
rvl_event_fields_visit(const RvlEvent *event, RvlFieldVisit visit, void *user_data)
{
    char text[NUMBER_TEXT];

    visit_names(event, scope_names, G_N_ELEMENTS(scope_names), visit, user_data);
    for (size_t i = 0; i < event->n_fields; i++) {
        RvlField field;
        const char *found;

        rvl_event_field_at(event, i, &field);
        found = field.name != NULL ? rvl_event_field(event, field.name, text, sizeof(text)) : NULL;
        if (found != NULL)
            visit(field.name, found, field.kind == RVL_FIELD_NUMBER, user_data);
    }
    visit_names(event, error_names, G_N_ELEMENTS(error_names), visit, user_data);
}

char *
rvl_event_peer_address(const RvlEventScope *scope)
{
    const char *end;

    if (!RVL_HAS(scope, peer) || scope->peer == NULL)
        return NULL;
    if (scope->peer[0] == '[' && (end = strchr(scope->peer, ']')) != NULL)
        return g_strndup(scope->peer + 1, (gsize)(end - scope->peer - 1));
    end = strrchr(scope->peer, ':');
    return end != NULL ? g_strndup(scope->peer, (gsize)(end - scope->peer)) : g_strdup(scope->peer);
}

const char *
rvl_event_level_word(RvlEventLevel level)
{
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        if (levels[i].level == level)
            return levels[i].word;
    return "unknown";
}

bool
rvl_event_level_parse(const char *word, RvlEventLevel *level)
{
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        if (strcmp(levels[i].word, word) == 0) {
            *level = levels[i].level;
            return true;
        }
    return false;
}
