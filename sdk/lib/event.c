/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events: their rows, how one is emitted, and the sentence that renders it. */
#include "config.h"

#include <ravelin/event.h>

#include <string.h>

#include <ravelin/error.h>
#include <ravelin/sized.h>

#include "escape.h"

/* Longest text of a number, an SPI or a fact, with its zero. */
#define NUMBER_TEXT 32

/* Most characters that one field shows of its text. */
#define FIELD_CHARACTERS 4096

static const RvlEventInfo unknown = {"unknown", RVL_LEVEL_DEBUG, NULL,
                                     "an event of a newer release"};

static const RvlEventInfo events[RVL_EVENT_COUNT_] = {
#define RVL_EVENT_ROW(number, symbol, word, level, audit, sentence)                                \
    [RVL_EVENT_##symbol] = {word, RVL_LEVEL_##level, audit, sentence},
#include <ravelin/events.def>
#undef RVL_EVENT_ROW
};

const RvlEventInfo *
rvl_event_info(RvlEventId id)
{
    return (unsigned)id < RVL_EVENT_COUNT_ && events[id].word != NULL ? &events[id] : &unknown;
}

void
rvl_event_emit_fields(const RvlEvents *sink,
                      const RvlEventScope *scope,
                      RvlEventId id,
                      RvlCause cause,
                      const GError *error,
                      const RvlField *fields,
                      size_t n_fields)
{
    RvlEvent event = {
        .size = sizeof(event),
        .id = id,
        .cause = cause,
        .scope = scope,
        .fields = fields,
        .n_fields = n_fields,
        .stride = sizeof(*fields),
        .error = error,
    };

    if (cause == RVL_CAUSE_NONE)
        event.cause = rvl_error_cause(error);
    if (RVL_HAS_CALL(sink, emit))
        sink->emit(sink->context, &event);
}

static const char *
spi_text(uint64_t spi, char *text, size_t size)
{
    if (spi == 0)
        return NULL;
    g_snprintf(text, size,
               spi > UINT32_MAX ? "%016" G_GINT64_MODIFIER "x" : "%08" G_GINT64_MODIFIER "x", spi);
    return text;
}

static const char *
field_text(const RvlField *field, char *text, size_t size)
{
    switch ((RvlFieldKind)field->kind) {
    case RVL_FIELD_TEXT:
        return field->text;
    case RVL_FIELD_NUMBER:
        g_snprintf(text, size, "%" G_GINT64_FORMAT, field->number);
        return text;
    case RVL_FIELD_SPI:
        return spi_text((uint64_t)field->number, text, size);
    case RVL_FIELD_BOOL:
        return field->number != 0 ? "yes" : "no";
    }
    return NULL;
}

static const char *
scope_text(const RvlEventScope *scope, const char *name, char *text, size_t size)
{
    const struct {
        const char *name;
        const char *text;
    } rows[] = {
        {"connection", RVL_HAS(scope, connection) ? scope->connection : NULL},
        {"child", RVL_HAS(scope, child) ? scope->child : NULL},
        {"peer", RVL_HAS(scope, peer) ? scope->peer : NULL},
        {"peer-id", RVL_HAS(scope, peer_id) ? scope->peer_id : NULL},
        {"exchange", RVL_HAS(scope, exchange) ? scope->exchange : NULL},
        {"plugin", RVL_HAS(scope, plugin) ? scope->plugin : NULL},
    };

    if (strcmp(name, "ike-spi") == 0)
        return RVL_HAS(scope, ike_spi) ? spi_text(scope->ike_spi, text, size) : NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].text;
    }
    return NULL;
}

static const char *
cause_text(const RvlEvent *event, const char *name)
{
    const GError *error = event->error;

    if (strcmp(name, "cause") == 0)
        return event->cause != RVL_CAUSE_NONE ? rvl_cause_info((RvlCause)event->cause)->word : NULL;
    if (error == NULL)
        return NULL;
    if (strcmp(name, "error") == 0)
        return error->message;
    if (strcmp(name, "found") == 0)
        return rvl_error_found(error);
    if (strcmp(name, "wanted") == 0)
        return rvl_error_wanted(error);
    if (strcmp(name, "remedy") == 0)
        return rvl_error_remedy(error);
    return strcmp(name, "where") == 0 ? rvl_error_where(error) : NULL;
}

void
rvl_event_field_at(const RvlEvent *event, size_t i, RvlField *field)
{
    rvl_sized_copy(field, sizeof(*field), RVL_STRIDE(event->fields, event->stride, i),
                   event->stride);
}

const char *
rvl_event_field(const RvlEvent *event, const char *name, char *text, size_t size)
{
    const char *found = NULL;

    for (size_t i = 0; i < event->n_fields && found == NULL; i++) {
        RvlField field;

        rvl_event_field_at(event, i, &field);
        if (g_strcmp0(field.name, name) == 0)
            found = field_text(&field, text, size);
    }
    if (found == NULL)
        found = scope_text(event->scope, name, text, size);
    return found != NULL ? found : cause_text(event, name);
}

/* Appends the piece of a sentence from @at to @end with its fields. Returns whether it had all. */
static bool
append_piece(GString *text, const RvlEvent *event, const char *at, const char *end)
{
    bool complete = true;

    while (at < end) {
        const char *close = *at == '{' ? memchr(at, '}', (size_t)(end - at)) : NULL;
        g_autofree char *name = NULL;
        char number[NUMBER_TEXT];
        const char *value;

        if (close == NULL) {
            g_string_append_c(text, *at++);
            continue;
        }
        name = g_strndup(at + 1, (size_t)(close - at - 1));
        value = rvl_event_field(event, name, number, sizeof(number));
        if (value != NULL)
            rvl_escape_append(text, value, strlen(value), false, FIELD_CHARACTERS);
        else
            g_string_append_c(text, '-');
        complete = complete && value != NULL;
        at = close + 1;
    }
    return complete;
}

char *
rvl_event_sentence(const RvlEvent *event)
{
    const char *at = rvl_event_info((RvlEventId)event->id)->sentence;
    GString *text = g_string_new(NULL);

    while (*at != '\0') {
        bool is_optional = *at == '[';
        const char *end = is_optional ? strchr(at, ']') : at + strcspn(at, "[");
        gsize before = text->len;

        if (end == NULL)
            end = at + strlen(at);
        if (!append_piece(text, event, is_optional ? at + 1 : at, end) && is_optional)
            g_string_truncate(text, before);
        at = is_optional && *end == ']' ? end + 1 : end;
    }
    return g_string_free(text, FALSE);
}
