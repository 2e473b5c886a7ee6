/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A copy of an event that outlives the call it came with. */
#include "config.h"

#include "control/stored-event.h"

/* Octets of a piece of memory for an event's texts: most events need one. */
#define TEXTS_OCTETS 512

static const char *
keep(RvlStoredEvent *stored, const char *text)
{
    return text != NULL ? g_string_chunk_insert(stored->texts, text) : NULL;
}

static void
keep_scope(RvlStoredEvent *stored, const RvlEventScope *scope)
{
    if (scope == NULL)
        return;
    stored->scope = (RvlEventScope){
        .size = sizeof(stored->scope),
        .connection = keep(stored, RVL_HAS(scope, connection) ? scope->connection : NULL),
        .child = keep(stored, RVL_HAS(scope, child) ? scope->child : NULL),
        .ike_spi = RVL_HAS(scope, ike_spi) ? scope->ike_spi : 0,
        .peer = keep(stored, RVL_HAS(scope, peer) ? scope->peer : NULL),
        .peer_id = keep(stored, RVL_HAS(scope, peer_id) ? scope->peer_id : NULL),
        .exchange = keep(stored, RVL_HAS(scope, exchange) ? scope->exchange : NULL),
        .plugin = keep(stored, RVL_HAS(scope, plugin) ? scope->plugin : NULL),
    };
    stored->event.scope = &stored->scope;
}

static void
keep_fields(RvlStoredEvent *stored, const RvlEvent *event)
{
    stored->fields = g_new0(RvlField, MAX(event->n_fields, 1));
    for (size_t i = 0; i < event->n_fields; i++) {
        RvlField *field = &stored->fields[i];

        rvl_event_field_at(event, i, field);
        field->name = keep(stored, field->name);
        field->text = keep(stored, field->text);
    }
    stored->event.fields = stored->fields;
    stored->event.n_fields = event->n_fields;
    stored->event.stride = sizeof(*stored->fields);
}

RvlStoredEvent *
rvl_stored_event_new(const RvlEvent *event, int64_t unix_us)
{
    RvlStoredEvent *stored = g_new0(RvlStoredEvent, 1);

    stored->texts = g_string_chunk_new(TEXTS_OCTETS);
    stored->unix_us = unix_us;
    stored->event = (RvlEvent){
        .size = sizeof(stored->event),
        .id = event->id,
        .cause = event->cause,
    };
    if (event->error != NULL)
        stored->error = g_error_copy(event->error);
    stored->event.error = stored->error;
    keep_scope(stored, event->scope);
    keep_fields(stored, event);
    return stored;
}

void
rvl_stored_event_free(RvlStoredEvent *stored)
{
    if (stored == NULL)
        return;
    g_clear_error(&stored->error);
    g_string_chunk_free(stored->texts);
    g_free(stored->fields);
    g_free(stored);
}
