/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events as JSON lines over a descriptor, for readers that may be slow. */
#include "config.h"

#include "control/event-stream.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ravelin/error.h>

#include "control/event-json.h"

/* Octets that may wait for a reader before events are counted as lost. */
#define MAX_WAITING ((gsize)1 << 20)

struct RvlEventStream {
    RvlEventHub *hub;
    char *connection;
    RvlEventLevel level;
    int fd;
    GString *waiting;
    uint64_t lost;
    GSource *source; /* writable, or gone */
    bool is_waiting_for_room;
    void (*ended)(RvlEventStream *stream, void *user_data);
    void *user_data;
};

static void watch(RvlEventStream *stream, bool for_room);

static void
append_lost(RvlEventStream *stream)
{
    if (stream->lost == 0 || stream->waiting->len > 0)
        return;
    g_string_append_printf(
        stream->waiting,
        "{\"schema\":\"ravelin/1\",\"event\":\"lost\",\"count\":%" G_GUINT64_FORMAT "}\n",
        (guint64)stream->lost);
    stream->lost = 0;
}

/* False where the reader has gone. */
static bool
drain(RvlEventStream *stream)
{
    append_lost(stream);
    while (stream->waiting->len > 0) {
        ssize_t n = send(stream->fd, stream->waiting->str, stream->waiting->len,
                         MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        g_string_erase(stream->waiting, 0, n);
        append_lost(stream);
    }
    return true;
}

static void
take(const RvlEvent *event, int64_t unix_us, void *user_data)
{
    RvlEventStream *stream = user_data;
    const char *connection = event->scope != NULL ? event->scope->connection : NULL;
    g_autofree char *line = NULL;

    if (rvl_event_info(event->id)->level > stream->level ||
        (stream->connection != NULL && g_strcmp0(connection, stream->connection) != 0))
        return;
    if (stream->waiting->len > MAX_WAITING) {
        stream->lost++;
        return;
    }
    line = rvl_event_json(event, unix_us);
    g_string_append_printf(stream->waiting, "%s\n", line);
    if (drain(stream) && stream->waiting->len > 0 && !stream->is_waiting_for_room)
        watch(stream, true);
}

static gboolean
ready(gint fd, GIOCondition condition, gpointer user_data)
{
    RvlEventStream *stream = user_data;

    (void)fd;
    if ((condition & (G_IO_HUP | G_IO_ERR)) != 0 || !drain(stream)) {
        stream->ended(stream, stream->user_data);
        return G_SOURCE_REMOVE;
    }
    if (stream->waiting->len == 0 && stream->is_waiting_for_room)
        watch(stream, false);
    return G_SOURCE_CONTINUE;
}

static void
unwatch(RvlEventStream *stream)
{
    if (stream->source == NULL)
        return;
    g_source_destroy(stream->source);
    g_clear_pointer(&stream->source, g_source_unref);
}

static void
watch(RvlEventStream *stream, bool for_room)
{
    unwatch(stream);
    stream->is_waiting_for_room = for_room;
    stream->source = g_unix_fd_source_new(
        stream->fd, (GIOCondition)(G_IO_HUP | G_IO_ERR | (for_room ? G_IO_OUT : 0)));
    g_source_set_callback(stream->source, G_SOURCE_FUNC(ready), stream, NULL);
    g_source_attach(stream->source, NULL);
}

RvlEventStream *
rvl_event_stream_new(RvlEventHub *hub,
                     const char *connection,
                     RvlEventLevel level,
                     int *reader,
                     void (*ended)(RvlEventStream *stream, void *user_data),
                     void *user_data,
                     GError **error)
{
    RvlEventStream *stream;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        rvl_error_set(error, RVL_CAUSE_PERMISSION_MISSING, "socketpair: %s", g_strerror(errno));
        return NULL;
    }
    *reader = ends[1];
    stream = g_new0(RvlEventStream, 1);
    stream->hub = hub;
    stream->connection = g_strdup(connection);
    stream->level = level;
    stream->fd = ends[0];
    stream->waiting = g_string_new(NULL);
    stream->ended = ended;
    stream->user_data = user_data;
    rvl_event_hub_add_view(hub, take, stream);
    watch(stream, false);
    return stream;
}

void
rvl_event_stream_free(RvlEventStream *stream)
{
    if (stream == NULL)
        return;
    rvl_event_hub_remove_view(stream->hub, take, stream);
    unwatch(stream);
    close(stream->fd);
    g_string_free(stream->waiting, TRUE);
    g_free(stream->connection);
    g_free(stream);
}
