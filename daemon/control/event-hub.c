/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The event queue: takes events from any thread and shows them on the main loop, in order. */
#include "config.h"

#include "control/event-hub.h"

#include "control/stored-event.h"
#include "io/bell.h"

/* Events that may wait for the main loop: a burst of some thousand SAs' life. */
#define MAX_WAITING 8192

typedef struct {
    RvlEventView view;
    void *user_data;
} View;

struct RvlEventHub {
    RvlEvents events;
    GMutex lock; /* of what waits and what was lost */
    GQueue waiting;
    uint64_t lost;
    int64_t lost_since_us;
    RvlBell *bell;
    GArray *views; /* of View; main loop */
};

/* Any thread. */
static void
emit(void *context, const RvlEvent *event)
{
    RvlEventHub *hub = context;
    int64_t now = g_get_real_time();
    RvlStoredEvent *stored = rvl_stored_event_new(event, now);

    g_mutex_lock(&hub->lock);
    if (g_queue_get_length(&hub->waiting) < MAX_WAITING) {
        g_queue_push_tail(&hub->waiting, g_steal_pointer(&stored));
    } else if (hub->lost++ == 0) {
        hub->lost_since_us = now;
    }
    g_mutex_unlock(&hub->lock);
    rvl_bell_ring(hub->bell);
    rvl_stored_event_free(stored);
}

static RvlStoredEvent *
take(RvlEventHub *hub)
{
    RvlStoredEvent *stored;

    g_mutex_lock(&hub->lock);
    stored = g_queue_pop_head(&hub->waiting);
    g_mutex_unlock(&hub->lock);
    return stored;
}

static void
show(RvlEventHub *hub, const RvlStoredEvent *stored)
{
    /* a view may remove itself, and another may come: walk a copy */
    g_autoptr(GArray) views = g_array_copy(hub->views);

    for (guint i = 0; i < views->len; i++) {
        const View *view = &g_array_index(views, View, i);

        view->view(&stored->event, stored->unix_us, view->user_data);
    }
}

static void
show_lost(RvlEventHub *hub)
{
    uint64_t lost;
    int64_t seconds;

    g_mutex_lock(&hub->lock);
    lost = hub->lost;
    seconds = (g_get_real_time() - hub->lost_since_us) / G_USEC_PER_SEC;
    hub->lost = 0;
    g_mutex_unlock(&hub->lock);
    if (lost > 0)
        rvl_event_emit(&hub->events, NULL, RVL_EVENT_EVENTS_LOST, RVL_INTEGER("count", lost),
                       RVL_INTEGER("seconds", seconds));
}

void
rvl_event_hub_flush(RvlEventHub *hub)
{
    RvlStoredEvent *stored;

    while ((stored = take(hub)) != NULL) {
        show(hub, stored);
        rvl_stored_event_free(stored);
    }
}

static void
show_waiting(void *user_data)
{
    RvlEventHub *hub = user_data;

    show_lost(hub);
    rvl_event_hub_flush(hub);
}

RvlEventHub *
rvl_event_hub_new(void)
{
    RvlEventHub *hub = g_new0(RvlEventHub, 1);

    hub->events = (RvlEvents){.size = sizeof(hub->events), .context = hub, .emit = emit};
    g_mutex_init(&hub->lock);
    g_queue_init(&hub->waiting);
    hub->views = g_array_new(FALSE, FALSE, sizeof(View));
    hub->bell = rvl_bell_new(show_waiting, hub);
    return hub;
}

void
rvl_event_hub_free(RvlEventHub *hub)
{
    if (hub == NULL)
        return;
    rvl_event_hub_flush(hub);
    rvl_bell_free(hub->bell);
    g_array_unref(hub->views);
    g_mutex_clear(&hub->lock);
    g_free(hub);
}

const RvlEvents *
rvl_event_hub_events(const RvlEventHub *hub)
{
    return &hub->events;
}

void
rvl_event_hub_add_view(RvlEventHub *hub, RvlEventView view, void *user_data)
{
    const View added = {view, user_data};

    g_array_append_val(hub->views, added);
}

void
rvl_event_hub_remove_view(RvlEventHub *hub, RvlEventView view, void *user_data)
{
    for (guint i = 0; i < hub->views->len; i++) {
        const View *one = &g_array_index(hub->views, View, i);

        if (one->view == view && one->user_data == user_data) {
            g_array_remove_index(hub->views, i);
            return;
        }
    }
}
