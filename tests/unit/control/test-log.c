/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log: which lines each subject's level lets through. */
#include "config.h"

#include "control/log.h"

#include <string.h>
#include <unistd.h>

#include <fcntl.h>
#include <glib-unix.h>
#include <ravelin/error.h>

/* A log that writes into a pipe. */
typedef struct {
    RvlEventHub *hub;
    RvlLog *log;
    int reader;
    int writer;
} World;

static World *
world_new(void)
{
    World *world = g_new0(World, 1);
    RvlLogOptions options = {.format = RVL_LOG_TEXT, .level = RVL_LEVEL_NOTICE};
    g_autoptr(GError) error = NULL;
    int ends[2];

    g_assert_true(g_unix_open_pipe(ends, FD_CLOEXEC, &error));
    world->reader = ends[0];
    world->writer = options.descriptor = ends[1];
    g_assert_true(g_unix_set_fd_nonblocking(world->reader, TRUE, &error));
    world->hub = rvl_event_hub_new();
    world->log = rvl_log_new(world->hub, &options, &error);
    g_assert_no_error(error);
    return world;
}

static void
world_free(World *world)
{
    rvl_log_free(world->log);
    rvl_event_hub_free(world->hub);
    close(world->reader);
    close(world->writer);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

static void
set_level(const World *world, const char *subject, const char *word)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(rvl_log_set_level(world->log, subject, word, &error));
    g_assert_no_error(error);
}

/* Whether a line of level info about @connection or @peer is written. */
static bool
is_shown(const World *world, const char *connection, const char *peer)
{
    const RvlEventScope scope = {.size = sizeof(scope), .connection = connection, .peer = peer};
    char line[1024];

    rvl_event_emit(rvl_event_hub_events(world->hub), &scope, RVL_EVENT_RETRANSMIT,
                   RVL_INTEGER("try", 2));
    rvl_event_hub_flush(world->hub);
    return read(world->reader, line, sizeof(line)) > 0;
}

static const struct {
    const char *name;
    const char *subject;
    const char *connection;
    const char *peer;
} subjects[] = {
    {"connection", "berlin", "berlin", "192.0.2.7:500"},
    {"peer", "192.0.2.7", NULL, "192.0.2.7:4500"},
    {"peer-of-a-connection", "192.0.2.7", "berlin", "192.0.2.7:500"},
    {"ipv6-peer", "2001:db8::7", NULL, "[2001:db8::7]:500"},
    {"everything-else", "", NULL, "192.0.2.7:500"},
};

static void
level_is_set_at_run_time(gconstpointer data)
{
    const typeof(subjects[0]) *c = data;
    g_autoptr(World) world = world_new();

    g_assert_false(is_shown(world, c->connection, c->peer));
    set_level(world, c->subject, "info");
    g_assert_true(is_shown(world, c->connection, c->peer));
    g_assert_cmpint(is_shown(world, "other", "198.51.100.1:500"), ==, *c->subject == '\0');
    set_level(world, c->subject, *c->subject == '\0' ? "notice" : "default");
    g_assert_false(is_shown(world, c->connection, c->peer));
}

static void
connection_counts_before_peer(void)
{
    g_autoptr(World) world = world_new();

    set_level(world, "192.0.2.7", "debug");
    set_level(world, "berlin", "error");
    g_assert_false(is_shown(world, "berlin", "192.0.2.7:500"));
    g_assert_true(is_shown(world, "paris", "192.0.2.7:500"));
}

static void
unknown_level_is_refused(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GError) error = NULL;

    g_assert_false(rvl_log_set_level(world->log, "berlin", "loud", &error));
    g_assert_error(error, RVL_ERROR, (int)RVL_CAUSE_CONFIG_INVALID);
    g_assert_false(is_shown(world, "berlin", NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++) {
        g_autofree char *path =
            g_strdup_printf("/log/level-is-set-at-run-time/%s", subjects[i].name);

        g_test_add_data_func(path, &subjects[i], level_is_set_at_run_time);
    }
    g_test_add_func("/log/connection-counts-before-peer", connection_counts_before_peer);
    g_test_add_func("/log/unknown-level-is-refused", unknown_level_is_refused);
    return g_test_run();
}
