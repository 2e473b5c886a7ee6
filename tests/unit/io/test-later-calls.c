/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls from any thread come on the main loop, in order, and cost the loop's own thread no wake-up. */
#include "config.h"

#include "io/later-calls.h"

#include <string.h>

#include "io/bell.h"

typedef struct {
    RvlLaterCalls *calls;
    GString *story;
    GThread *thread;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->calls = rvl_later_calls_new();
    fixture->story = g_string_new(NULL);
    fixture->thread = g_thread_self();
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    rvl_later_calls_free(fixture->calls);
    g_string_free(fixture->story, TRUE);
}

static void
tell_a(void *user_data)
{
    Fixture *fixture = user_data;

    g_assert_true(g_thread_self() == fixture->thread);
    g_string_append_c(fixture->story, 'a');
}

static void
tell_b_and_leave_a(void *user_data)
{
    Fixture *fixture = user_data;

    g_string_append_c(fixture->story, 'b');
    rvl_later_calls_add(fixture->calls, tell_a, fixture);
    g_string_append_c(fixture->story, '.');
}

static void
calls_come_in_order_after_the_adding(Fixture *fixture, gconstpointer data)
{
    (void)data;
    rvl_later_calls_add(fixture->calls, tell_b_and_leave_a, fixture);
    rvl_later_calls_add(fixture->calls, tell_a, fixture);
    g_assert_cmpstr(fixture->story->str, ==, "");
    g_assert_true(g_main_context_iteration(NULL, FALSE));
    g_assert_cmpstr(fixture->story->str, ==, "b.aa"); /* the chain took one turn */
    g_assert_false(g_main_context_iteration(NULL, FALSE));
}

static void
endless(void *user_data)
{
    Fixture *fixture = user_data;

    g_string_append_c(fixture->story, 'e');
    if (fixture->story->len < 1000)
        rvl_later_calls_add(fixture->calls, endless, fixture);
}

static gboolean
tell_other(gpointer user_data)
{
    Fixture *fixture = user_data;

    g_string_append_c(fixture->story, 'o');
    return G_SOURCE_REMOVE;
}

static void
chain_leaves_other_sources_their_turn(Fixture *fixture, gconstpointer data)
{
    const char *other;

    (void)data;
    rvl_later_calls_add(fixture->calls, endless, fixture);
    (void)g_idle_add_full(G_PRIORITY_DEFAULT, tell_other, fixture, NULL);
    while (fixture->story->len < 1000)
        (void)g_main_context_iteration(NULL, FALSE);
    other = strchr(fixture->story->str, 'o');
    g_assert_nonnull(other);
    g_assert_cmpint(other - fixture->story->str, <, 100);
}

static gpointer
add_from_a_thread(gpointer data)
{
    Fixture *fixture = data;

    g_usleep(1000); /* the loop sleeps, most likely: either way it must wake */
    for (int i = 0; i < 1000; i++)
        rvl_later_calls_add(fixture->calls, tell_a, fixture);
    return NULL;
}

static void
other_thread_wakes_the_loop(Fixture *fixture, gconstpointer data)
{
    GThread *thread = g_thread_new("adds", add_from_a_thread, fixture);

    (void)data;
    while (fixture->story->len < 1000)
        (void)g_main_context_iteration(NULL, TRUE);
    (void)g_thread_join(thread);
}

static void
end_calls_what_waits(void)
{
    Fixture fixture;

    set_up(&fixture, NULL);
    rvl_later_calls_add(fixture.calls, tell_b_and_leave_a, &fixture);
    rvl_later_calls_free(fixture.calls);
    fixture.calls = NULL;
    g_assert_cmpstr(fixture.story->str, ==, "b.a");
    tear_down(&fixture, NULL);
}

/* What GLib's loop would wait for: whether a ring in it wrote to its wake-up descriptor. */
static gint
ready_descriptors(void)
{
    GMainContext *context = g_main_context_default();
    GPollFD fds[8];
    gint priority, timeout, n;

    (void)g_main_context_prepare(context, &priority);
    n = g_main_context_query(context, priority, &timeout, fds, G_N_ELEMENTS(fds));
    g_assert_cmpint(n, <=, G_N_ELEMENTS(fds));
    return g_poll(fds, (guint)n, 0);
}

static void
count(void *user_data)
{
    ++*(unsigned *)user_data;
}

static void
ring_on_the_loops_thread_writes_nothing(void)
{
    unsigned rung = 0;
    g_autoptr(RvlBell) bell = rvl_bell_new(count, &rung);
    GMainContext *context = g_main_context_default();

    while (g_main_context_iteration(context, FALSE))
        continue;
    g_assert_true(g_main_context_acquire(context)); /* as its thread does while it dispatches */
    rvl_bell_ring(bell);
    rvl_bell_ring(bell);
    g_assert_cmpint(ready_descriptors(), ==, 0);
    g_main_context_release(context);
    g_assert_cmpuint(rung, ==, 0);
    g_assert_true(g_main_context_iteration(context, TRUE));
    g_assert_cmpuint(rung, ==, 1);
    g_assert_false(g_main_context_iteration(context, FALSE));
}

#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/io/later-calls/calls-come-in-order-after-the-adding",
        calls_come_in_order_after_the_adding);
    ADD("/io/later-calls/chain-leaves-other-sources-their-turn",
        chain_leaves_other_sources_their_turn);
    ADD("/io/later-calls/other-thread-wakes-the-loop", other_thread_wakes_the_loop);
    g_test_add_func("/io/later-calls/end-calls-what-waits", end_calls_what_waits);
    g_test_add_func("/io/bell/ring-on-the-loops-thread-writes-nothing",
                    ring_on_the_loops_thread_writes_nothing);
    return g_test_run();
}
