/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The checked reader: what it reads, and that nothing gets past its first failure. */
#include "config.h"

#include <ravelin/reader.h>

#include <ravelin/error.h>

static const uint8_t octets[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09,
                                 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12};

static void
reads_network_order(void)
{
    RvlReader reader;

    rvl_reader_init(&reader, octets, sizeof(octets));
    g_assert_cmphex(rvl_reader_u8(&reader, "a"), ==, 0x01);
    g_assert_cmphex(rvl_reader_u16(&reader, "b"), ==, 0x0203);
    g_assert_cmphex(rvl_reader_u24(&reader, "c"), ==, 0x040506);
    g_assert_cmphex(rvl_reader_u32(&reader, "d"), ==, 0x0708090a);
    g_assert_cmphex(rvl_reader_u64(&reader, "e"), ==, 0x0b0c0d0e0f101112);
    g_assert_true(rvl_reader_is_at_end(&reader));
    g_assert_true(rvl_reader_check_end(&reader, NULL));
}

static void
saturates_at_first_failure(void)
{
    g_autoptr(GError) error = NULL;
    uint8_t copy[2] = {0xff, 0xff};
    RvlReader reader;

    rvl_reader_init(&reader, octets, 5);
    g_assert_cmphex(rvl_reader_u32(&reader, "first"), ==, 0x01020304);
    g_assert_cmphex(rvl_reader_u16(&reader, "second"), ==, 0);
    g_assert_cmphex(rvl_reader_u8(&reader, "third"), ==, 0); /* though one octet is left */
    g_assert_null(rvl_reader_octets(&reader, 0, "fourth"));
    rvl_reader_copy(&reader, copy, sizeof(copy), "fifth");
    g_assert_cmphex(copy[0] | copy[1], ==, 0);
    g_assert_cmpuint(rvl_reader_left(&reader), ==, 0);
    g_assert_true(rvl_reader_is_at_end(&reader)); /* so that loops end */

    g_assert_false(rvl_reader_check(&reader, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_MALFORMED);
    g_assert_cmpuint(rvl_error_offset(error), ==, 4);
    g_assert_cmpstr(rvl_error_what(error), ==, "second wants 2 octets, 1 are left");
}

static void
sizes_near_the_type_maximum_fail(void)
{
    RvlReader reader;

    rvl_reader_init(&reader, octets, sizeof(octets));
    rvl_reader_skip(&reader, 3, "some");
    g_assert_null(rvl_reader_octets(&reader, SIZE_MAX, "all"));
    g_assert_true(rvl_reader_failed(&reader));
    rvl_reader_init(&reader, octets, sizeof(octets));
    rvl_reader_skip(&reader, 3, "some");
    rvl_reader_skip(&reader, SIZE_MAX - 2, "wraps to 0");
    g_assert_true(rvl_reader_failed(&reader));
}

static void
child_cannot_leave_its_bounds(void)
{
    RvlReader reader, child, grandchild;

    rvl_reader_init(&reader, octets, sizeof(octets));
    rvl_reader_skip(&reader, 2, "head");
    rvl_reader_child(&reader, 4, "body", &child);
    g_assert_cmpuint(rvl_reader_offset(&reader), ==, 6);
    rvl_reader_skip(&child, 1, "x");
    rvl_reader_rest(&child, "rest", &grandchild);
    g_assert_cmpuint(rvl_reader_left(&grandchild), ==, 3);
    g_assert_cmpuint(rvl_reader_offset(&grandchild), ==, 3);
    rvl_reader_skip(&grandchild, 4, "one too many");
    g_assert_true(rvl_reader_failed(&grandchild));
    g_assert_false(rvl_reader_failed(&child));
    g_assert_false(rvl_reader_failed(&reader));
}

static void
child_of_failed_reader_has_failed(void)
{
    g_autoptr(GError) error = NULL;
    RvlReader reader, child;

    rvl_reader_init(&reader, octets, 4);
    rvl_reader_child(&reader, 5, "body", &child);
    g_assert_true(rvl_reader_failed(&child));
    g_assert_true(rvl_reader_failed(&reader));
    g_assert_cmpuint(rvl_reader_u8(&child, "y"), ==, 0);
    g_assert_false(rvl_reader_check(&child, &error));
    g_assert_cmpstr(rvl_error_what(error), ==, "body wants 5 octets, 4 are left");
}

static void
wrong_value_is_a_failure_of_its_own(void)
{
    g_autoptr(GError) error = NULL;
    RvlReader reader;

    rvl_reader_init(&reader, octets, sizeof(octets));
    rvl_reader_skip(&reader, 3, "head");
    rvl_reader_fail(&reader, "payload length below its header");
    rvl_reader_fail(&reader, "something later");
    g_assert_false(rvl_reader_check(&reader, &error));
    g_assert_cmpuint(rvl_error_offset(error), ==, 3);
    g_assert_cmpstr(rvl_error_what(error), ==, "payload length below its header");
}

static void
rest_behind_the_end_is_reported(void)
{
    g_autoptr(GError) error = NULL;
    RvlReader reader;

    rvl_reader_init(&reader, octets, 5);
    rvl_reader_skip(&reader, 3, "all that there should be");
    g_assert_true(rvl_reader_check(&reader, NULL));
    g_assert_false(rvl_reader_check_end(&reader, &error));
    g_assert_cmpuint(rvl_error_offset(error), ==, 3);
}

static void
nothing_is_readable_as_nothing(void)
{
    RvlReader reader;

    rvl_reader_init(&reader, NULL, 0);
    g_assert_nonnull(rvl_reader_octets(&reader, 0, "empty"));
    g_assert_true(rvl_reader_check_end(&reader, NULL));
    g_assert_cmpuint(rvl_reader_u64(&reader, "number"), ==, 0);
    g_assert_true(rvl_reader_failed(&reader));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lib/reader/reads-network-order", reads_network_order);
    g_test_add_func("/lib/reader/saturates-at-first-failure", saturates_at_first_failure);
    g_test_add_func("/lib/reader/sizes-near-the-type-maximum-fail",
                    sizes_near_the_type_maximum_fail);
    g_test_add_func("/lib/reader/child-cannot-leave-its-bounds", child_cannot_leave_its_bounds);
    g_test_add_func("/lib/reader/child-of-failed-reader-has-failed",
                    child_of_failed_reader_has_failed);
    g_test_add_func("/lib/reader/wrong-value-is-a-failure-of-its-own",
                    wrong_value_is_a_failure_of_its_own);
    g_test_add_func("/lib/reader/rest-behind-the-end-is-reported", rest_behind_the_end_is_reported);
    g_test_add_func("/lib/reader/nothing-is-readable-as-nothing", nothing_is_readable_as_nothing);
    return g_test_run();
}
