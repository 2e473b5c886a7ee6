/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths, and the words of capabilities and drops. */
#include "config.h"

#include <ravelin/path.h>

#include <ravelin/installer.h>
#include <ravelin/plugin.h>

static RvlPath
path(void)
{
    RvlPath made = {.transport = RVL_TRANSPORT_UDP_ENCAP, .mtu = 1500};

    g_assert_true(rvl_address_parse("192.0.2.1", &made.local.address));
    g_assert_true(rvl_address_parse("2001:db8::4", &made.remote.address));
    made.local.port = made.remote.port = 4500;
    return made;
}

static void
text_names_both_ends_and_transport(void)
{
    RvlPath made = path();
    char text[RVL_PATH_TEXT];

    g_assert_cmpstr(rvl_path_format(&made, text), ==,
                    "192.0.2.1:4500 -> [2001:db8::4]:4500 (udp-encap)");
    g_assert_cmpstr(rvl_transport_word(0), ==, "unknown");
}

static void
mtu_makes_no_other_path(void)
{
    RvlPath a = path(), b = path();

    b.mtu = 1280;
    g_assert_true(rvl_path_equal(&a, &b));
    b.remote.port = 500;
    g_assert_false(rvl_path_equal(&a, &b));
    b = a;
    b.transport = RVL_TRANSPORT_UDP;
    g_assert_false(rvl_path_equal(&a, &b));
    b = a;
    b.mark = 7;
    g_assert_false(rvl_path_equal(&a, &b));
}

static void
foreign_numbers_have_a_word(void)
{
    g_assert_cmpstr(rvl_capability_word(RVL_CAPABILITY_INSTALLER), ==, "installer");
    g_assert_cmpstr(rvl_capability_word(4711), ==, "unknown");
    g_assert_cmpstr(rvl_drop_word(RVL_DROP_REPLAYED), ==, "replayed");
    g_assert_cmpstr(rvl_drop_word(RVL_DROP_COUNT_), ==, "unknown");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lib/path/text-names-both-ends-and-transport",
                    text_names_both_ends_and_transport);
    g_test_add_func("/lib/path/mtu-makes-no-other-path", mtu_makes_no_other_path);
    g_test_add_func("/lib/words/foreign-numbers-have-a-word", foreign_numbers_have_a_word);
    return g_test_run();
}
