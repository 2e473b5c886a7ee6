/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The window of the peer's requests: new, in work, repeated, out (RFC 7296 2.1 to 2.3). */
#include "config.h"

#include "ike/core/window.h"

static GPtrArray *
answer(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
}

static void
requests_go_one_by_one(void)
{
    RvlWindow window = {0};

    g_assert_cmpint(rvl_window_judge(&window, 0, 1), ==, RVL_WINDOW_NEW);
    g_assert_cmpint(rvl_window_judge(&window, 1, 1), ==, RVL_WINDOW_OUT); /* beyond the window */
    rvl_window_begin(&window, 1);
    g_assert_cmpint(rvl_window_judge(&window, 0, 1), ==, RVL_WINDOW_IN_WORK);
    g_assert_cmpint(rvl_window_judge(&window, 0, 2), ==, RVL_WINDOW_IN_WORK);
    rvl_window_answer(&window, answer());
    g_assert_cmpint(rvl_window_judge(&window, 0, 1), ==, RVL_WINDOW_REPEAT);
    g_assert_cmpint(rvl_window_judge(&window, 0, 2), ==, RVL_WINDOW_OUT); /* not the same octets */
    g_assert_cmpint(rvl_window_judge(&window, 1, 3), ==, RVL_WINDOW_NEW);
    rvl_window_begin(&window, 3);
    g_assert_cmpint(rvl_window_judge(&window, 0, 1), ==, RVL_WINDOW_OUT); /* old */
    rvl_window_clear(&window);
}

static void
answers_are_repeated_at_a_bounded_rate(void)
{
    RvlWindow window = {0};
    RvlTime now = RVL_HOUR;
    unsigned sent = 0;

    rvl_window_begin(&window, 1);
    rvl_window_answer(&window, answer());
    for (int i = 0; i < 1000; i++, now += RVL_MILLISECOND)
        sent += rvl_window_may_repeat(&window, true, now);
    g_assert_cmpuint(sent, ==, RVL_SECOND / RVL_REPEAT_INTERVAL);
    rvl_window_clear(&window);
}

/* Who sees a request and sends it again from elsewhere takes nothing from the peer, and gets little. */
static void
repeats_elsewhere_take_nothing_from_the_peer(void)
{
    RvlWindow window = {0};
    RvlTime now = RVL_HOUR;
    unsigned elsewhere = 0;

    rvl_window_begin(&window, 1);
    rvl_window_answer(&window, answer());
    for (int i = 0; i < 1000; i++, now += RVL_REPEAT_INTERVAL) {
        elsewhere += rvl_window_may_repeat(&window, false, now);
        g_assert_true(rvl_window_may_repeat(&window, true, now));
    }
    g_assert_cmpuint(elsewhere, ==, RVL_REPEATS_ELSEWHERE);
    rvl_window_begin(&window, 2); /* another request, another count */
    rvl_window_answer(&window, answer());
    g_assert_true(rvl_window_may_repeat(&window, false, now));
    rvl_window_clear(&window);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ike/core/window/requests-go-one-by-one", requests_go_one_by_one);
    g_test_add_func("/ike/core/window/answers-are-repeated-at-a-bounded-rate",
                    answers_are_repeated_at_a_bounded_rate);
    g_test_add_func("/ike/core/window/repeats-elsewhere-take-nothing-from-the-peer",
                    repeats_elsewhere_take_nothing_from_the_peer);
    return g_test_run();
}
