/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Timers, calls from other threads and folders, as plugins of a running daemon have them. */
#include "config.h"

#include "io/plugin-services.h"

#include <ravelin/error.h>

#include "io/clock.h"

static const char *const directories[][2] = {{"config", "/etc/ravelin"},
                                             {"pki", "/etc/ravelin/pki"}};

typedef struct {
    RvlPluginServices *services;
    const RvlHostServices *host;
    unsigned calls;
    GThread *thread;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    const RvlPluginServicesParts parts = {
        .owner = "ravelin", .directories = directories, .n_directories = G_N_ELEMENTS(directories)};

    (void)data;
    fixture->services = rvl_plugin_services_new(&parts);
    fixture->host = rvl_plugin_services_host(fixture->services);
    fixture->thread = g_thread_self();
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    rvl_plugin_services_free(fixture->services);
}

static void
called(void *user_data)
{
    Fixture *fixture = user_data;

    g_assert_true(g_thread_self() == fixture->thread);
    fixture->calls++;
}

static void
timer_comes_once_and_never_early(Fixture *fixture, gconstpointer data)
{
    RvlTime began = rvl_clock_now();

    (void)data;
    g_assert_cmpuint(fixture->host->timer_add(fixture->host->context, 1500, called, fixture), !=,
                     0);
    while (fixture->calls == 0)
        (void)g_main_context_iteration(NULL, TRUE);
    g_assert_cmpint(rvl_clock_now() - began, >=, 1500);
    g_assert_false(g_main_context_iteration(NULL, FALSE));
    g_assert_cmpuint(fixture->calls, ==, 1);
}

static void
removed_timer_never_comes(Fixture *fixture, gconstpointer data)
{
    RvlTimerId first = fixture->host->timer_add(fixture->host->context, 0, called, fixture);

    (void)data;
    fixture->host->timer_remove(fixture->host->context, first);
    fixture->host->timer_remove(fixture->host->context, first); /* unknown by now */
    g_assert_false(g_main_context_iteration(NULL, FALSE));
    g_assert_cmpuint(fixture->calls, ==, 0);
}

static gpointer
invoke_from_a_thread(gpointer data)
{
    Fixture *fixture = data;

    fixture->host->invoke(fixture->host->context, called, fixture);
    return NULL;
}

static void
call_of_a_thread_comes_on_the_main_loop(Fixture *fixture, gconstpointer data)
{
    GThread *thread = g_thread_new("plugin", invoke_from_a_thread, fixture);

    (void)data;
    while (fixture->calls == 0)
        (void)g_main_context_iteration(NULL, TRUE);
    (void)g_thread_join(thread);
    g_assert_cmpuint(fixture->calls, ==, 1);
}

static void
folders_are_found_by_kind(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_assert_cmpstr(fixture->host->directory(fixture->host->context, "pki"), ==,
                    "/etc/ravelin/pki");
    g_assert_null(fixture->host->directory(fixture->host->context, "nowhere"));
}

static void
primitives_before_all_plugins_are_loaded_are_refused(Fixture *fixture, gconstpointer data)
{
    const RvlPrimitives *primitives = fixture->host->primitives;
    g_autoptr(GError) error = NULL;
    uint8_t octet;

    (void)data;
    g_assert_null(primitives->hash(primitives->context, "hash/sha2-256", &error));
    g_assert_cmpint(rvl_error_cause(error), ==, RVL_CAUSE_ALGORITHM_UNAVAILABLE);
    g_assert_false(primitives->random(primitives->context, &octet, 1));
}

#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/io/plugin-services/timer-comes-once-and-never-early", timer_comes_once_and_never_early);
    ADD("/io/plugin-services/removed-timer-never-comes", removed_timer_never_comes);
    ADD("/io/plugin-services/call-of-a-thread-comes-on-the-main-loop",
        call_of_a_thread_comes_on_the_main_loop);
    ADD("/io/plugin-services/folders-are-found-by-kind", folders_are_found_by_kind);
    ADD("/io/plugin-services/primitives-before-all-plugins-are-loaded-are-refused",
        primitives_before_all_plugins_are_loaded_are_refused);
    return g_test_run();
}
