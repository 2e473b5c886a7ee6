/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a service manager hears, on a socket of its own. */
#include "config.h"

#include "io/readiness.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct {
    char *directory;
    char *path;
    int fd;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    (void)data;
    fixture->directory = g_dir_make_tmp("rvl-ready-XXXXXX", NULL);
    fixture->path = g_build_filename(fixture->directory, "notify", NULL);
    g_strlcpy(address.sun_path, fixture->path, sizeof(address.sun_path));
    fixture->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    g_assert_cmpint(bind(fixture->fd, (struct sockaddr *)&address, sizeof(address)), ==, 0);
    g_setenv("NOTIFY_SOCKET", fixture->path, TRUE);
    g_unsetenv("WATCHDOG_USEC");
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    close(fixture->fd);
    g_unlink(fixture->path);
    g_rmdir(fixture->directory);
    g_free(fixture->path);
    g_free(fixture->directory);
    g_unsetenv("NOTIFY_SOCKET");
}

static void
assert_heard(const Fixture *fixture, const char *wanted)
{
    char heard[256] = {0};

    g_assert_cmpint(recv(fixture->fd, heard, sizeof(heard) - 1, 0), >, 0);
    g_assert_cmpstr(heard, ==, wanted);
}

static void
ready_and_stopping_are_told(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlReadiness) readiness = rvl_readiness_new();

    (void)data;
    rvl_readiness_ready(readiness, "2 connections");
    assert_heard(fixture, "READY=1\nSTATUS=2 connections");
    rvl_readiness_stopping(readiness);
    assert_heard(fixture, "STOPPING=1");
}

static void
watchdog_is_fed_by_the_turning_loop(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlReadiness) readiness = NULL;

    (void)data;
    g_setenv("WATCHDOG_USEC", "4000", TRUE);
    readiness = rvl_readiness_new();
    (void)g_main_context_iteration(NULL, TRUE); /* sleeps until the half of the interval */
    assert_heard(fixture, "WATCHDOG=1");
}

static void
watchdog_of_another_process_is_not_ours(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlReadiness) readiness = NULL;
    char octet;

    (void)data;
    g_setenv("WATCHDOG_USEC", "4000", TRUE);
    g_setenv("WATCHDOG_PID", "1", TRUE);
    readiness = rvl_readiness_new();
    g_assert_false(g_main_context_iteration(NULL, FALSE));
    g_assert_cmpint(recv(fixture->fd, &octet, 1, 0), ==, -1);
    g_assert_cmpint(errno, ==, EAGAIN);
    g_unsetenv("WATCHDOG_PID");
}

static void
without_a_manager_nothing_happens(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlReadiness) readiness = NULL;
    char octet;

    (void)data;
    g_unsetenv("NOTIFY_SOCKET");
    readiness = rvl_readiness_new();
    rvl_readiness_ready(readiness, NULL);
    g_assert_cmpint(recv(fixture->fd, &octet, 1, 0), ==, -1);
}

#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/io/readiness/ready-and-stopping-are-told", ready_and_stopping_are_told);
    ADD("/io/readiness/watchdog-is-fed-by-the-turning-loop", watchdog_is_fed_by_the_turning_loop);
    ADD("/io/readiness/watchdog-of-another-process-is-not-ours",
        watchdog_of_another_process_is_not_ours);
    ADD("/io/readiness/without-a-manager-nothing-happens", without_a_manager_nothing_happens);
    return g_test_run();
}
