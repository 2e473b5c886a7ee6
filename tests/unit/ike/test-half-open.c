/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits on half-open SAs by source and in all, and the rate of answers to strangers. */
#include "config.h"

#include "ike/core/half-open.h"

static RvlAddress
address(const char *text)
{
    RvlAddress parsed;

    g_assert_true(rvl_address_parse(text, &parsed));
    return parsed;
}

static void
sources_are_networks(void)
{
    uint8_t key[RVL_TABLE_KEY_OCTETS] = {1};
    RvlHalfOpen half_open = {.limits = {.total = 10, .per_source = 2, .cookies = 5}};
    RvlAddress a = address("192.0.2.1");
    RvlAddress neighbour = address("192.0.2.200");
    RvlAddress other = address("192.0.3.1");
    RvlAddress v6 = address("2001:db8::1");
    RvlAddress v6_neighbour = address("2001:db8::ffff:1");
    RvlAddress v6_other = address("2001:db8:0:1::1");

    rvl_half_open_init(&half_open, key);
    rvl_half_open_enter(&half_open, &a);
    rvl_half_open_enter(&half_open, &neighbour);
    rvl_half_open_enter(&half_open, &v6);
    rvl_half_open_enter(&half_open, &v6_neighbour);
    g_assert_cmpint(rvl_half_open_judge(&half_open, &a), ==, RVL_ADMIT_NOT);
    g_assert_cmpint(rvl_half_open_judge(&half_open, &other), ==, RVL_ADMIT);
    g_assert_cmpint(rvl_half_open_judge(&half_open, &v6), ==, RVL_ADMIT_NOT);
    g_assert_cmpint(rvl_half_open_judge(&half_open, &v6_other), ==, RVL_ADMIT);
    rvl_half_open_leave(&half_open, &neighbour);
    g_assert_cmpint(rvl_half_open_judge(&half_open, &a), ==, RVL_ADMIT);
    rvl_half_open_leave(&half_open, &a);
    rvl_half_open_leave(&half_open, &v6);
    rvl_half_open_leave(&half_open, &v6_neighbour);
    g_assert_cmpuint(half_open.total, ==, 0);
    rvl_half_open_fini(&half_open);
}

static void
totals_ask_for_cookies_then_for_room(void)
{
    uint8_t key[RVL_TABLE_KEY_OCTETS] = {1};
    RvlHalfOpen half_open = {.limits = {.total = 4, .per_source = 2, .cookies = 2}};
    RvlAddress next = address("198.51.100.1");

    rvl_half_open_init(&half_open, key);
    for (uint8_t i = 0; i < 4; i++) {
        RvlAddress a = address("10.0.0.1");

        a.octets[1] = i;
        g_assert_cmpint(rvl_half_open_judge(&half_open, &next), ==,
                        i < 2 ? RVL_ADMIT : RVL_ADMIT_WITH_COOKIE);
        rvl_half_open_enter(&half_open, &a);
    }
    g_assert_cmpint(rvl_half_open_judge(&half_open, &next), ==, RVL_ADMIT_IN_PLACE);
    for (uint8_t i = 0; i < 4; i++) {
        RvlAddress a = address("10.0.0.1");

        a.octets[1] = i;
        rvl_half_open_leave(&half_open, &a);
    }
    rvl_half_open_fini(&half_open);
}

static void
answers_are_counted_by_the_second(void)
{
    RvlTokenBucket bucket = {0};
    unsigned taken = 0;

    for (RvlTime now = RVL_HOUR; now < RVL_HOUR + 10 * RVL_SECOND; now += RVL_MILLISECOND)
        taken += rvl_token_bucket_take(&bucket, 100, now);
    g_assert_cmpuint(taken, >=, 1000);
    g_assert_cmpuint(taken, <=, 1100); /* 100 at once, then 100 a second */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ike/core/half-open/sources-are-networks", sources_are_networks);
    g_test_add_func("/ike/core/half-open/totals-ask-for-cookies-then-for-room",
                    totals_ask_for_cookies_then_for_room);
    g_test_add_func("/ike/core/half-open/answers-are-counted-by-the-second",
                    answers_are_counted_by_the_second);
    return g_test_run();
}
