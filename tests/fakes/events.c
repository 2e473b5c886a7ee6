/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sink that keeps events. */
#include "config.h"

#include "fakes/events.h"

/* Longest text of a number or SPI. */
#define NUMBER_TEXT 32

/* What a sentence may name beside the event's own fields. */
static const char *const given[] = {
    "connection", "child", "ike-spi", "peer",   "peer-id", "exchange", "plugin",
    "cause",      "error", "found",   "wanted", "remedy",  "where",    NULL,
};

typedef struct {
    RvlEventId id;
    char *sentence;
    GHashTable *fields; /* name -> text */
} Kept;

struct FakeEvents {
    RvlEvents sink;
    GMutex lock;
    GPtrArray *kept;
};

static void
kept_free(void *data)
{
    Kept *kept = data;

    g_free(kept->sentence);
    g_hash_table_unref(kept->fields);
    g_free(kept);
}

static void
keep_field(Kept *kept, const RvlEvent *event, const char *name)
{
    char number[NUMBER_TEXT];
    const char *text = rvl_event_field(event, name, number, sizeof(number));

    if (text != NULL)
        g_hash_table_insert(kept->fields, g_strdup(name), g_strdup(text));
}

static void
emit(void *context, const RvlEvent *event)
{
    FakeEvents *events = context;
    Kept *kept = g_new0(Kept, 1);

    kept->id = (RvlEventId)event->id;
    kept->sentence = rvl_event_sentence(event);
    kept->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (size_t i = 0; i < event->n_fields; i++)
        keep_field(kept, event, RVL_STRIDE(event->fields, event->stride, i)->name);
    for (size_t i = 0; given[i] != NULL; i++)
        keep_field(kept, event, given[i]);

    g_mutex_lock(&events->lock);
    g_ptr_array_add(events->kept, kept);
    g_mutex_unlock(&events->lock);
}

FakeEvents *
fake_events_new(void)
{
    FakeEvents *events = g_new0(FakeEvents, 1);

    events->sink = (RvlEvents){sizeof(events->sink), events, emit};
    events->kept = g_ptr_array_new_with_free_func(kept_free);
    g_mutex_init(&events->lock);
    return events;
}

void
fake_events_free(FakeEvents *events)
{
    if (events == NULL)
        return;
    g_ptr_array_unref(events->kept);
    g_mutex_clear(&events->lock);
    g_free(events);
}

const RvlEvents *
fake_events_sink(FakeEvents *events)
{
    return &events->sink;
}

static const Kept *
find(FakeEvents *events, RvlEventId id, size_t i)
{
    const Kept *found = NULL;

    g_mutex_lock(&events->lock);
    for (guint at = 0; at < events->kept->len && found == NULL; at++) {
        const Kept *kept = events->kept->pdata[at];

        if ((id == RVL_EVENT_NONE || kept->id == id) && i-- == 0)
            found = kept;
    }
    g_mutex_unlock(&events->lock);
    return found;
}

size_t
fake_events_count(FakeEvents *events, RvlEventId id)
{
    size_t n = 0;

    while (find(events, id, n) != NULL)
        n++;
    return n;
}

const char *
fake_events_field(FakeEvents *events, RvlEventId id, size_t i, const char *name)
{
    const Kept *kept = find(events, id, i);

    return kept != NULL ? g_hash_table_lookup(kept->fields, name) : NULL;
}

const char *
fake_events_sentence(FakeEvents *events, RvlEventId id, size_t i)
{
    const Kept *kept = find(events, id, i);

    return kept != NULL ? kept->sentence : NULL;
}

void
fake_events_forget(FakeEvents *events)
{
    g_mutex_lock(&events->lock);
    g_ptr_array_set_size(events->kept, 0);
    g_mutex_unlock(&events->lock);
}
