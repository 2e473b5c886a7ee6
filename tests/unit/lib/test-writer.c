/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The checked writer: octets, lengths filled in afterwards, and its limits. */
#include "config.h"

#include <ravelin/writer.h>

#include <ravelin/error.h>

static void
assert_octets(RvlWriter *writer, const void *octets, size_t n)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = rvl_writer_finish(writer, &error);

    g_assert_no_error(error);
    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), octets, n);
}

static void
writes_network_order(void)
{
    g_autoptr(RvlWriter) writer = rvl_writer_new(RVL_WRITER_MAX_OCTETS);
    static const uint8_t expected[] = {1,  2,  3,  4,  5,  6,  7,  8,   9,   10, 11,
                                       12, 13, 14, 15, 16, 17, 18, 'x', 'y', 0,  0};

    rvl_writer_u8(writer, 0x01);
    rvl_writer_u16(writer, 0x0203);
    rvl_writer_u24(writer, 0x040506);
    rvl_writer_u32(writer, 0x0708090a);
    rvl_writer_u64(writer, 0x0b0c0d0e0f101112);
    rvl_writer_octets(writer, "xy", 2);
    rvl_writer_zeros(writer, 2);
    assert_octets(writer, expected, sizeof(expected));
    g_assert_cmpuint(rvl_writer_size(writer), ==, 0); /* and is empty afterwards */
}

static void
length_counts_from_its_mark(void)
{
    g_autoptr(RvlWriter) writer = rvl_writer_new(100);
    static const uint8_t expected[] = {33, 0, 0, 12, 0, 0, 0, 8, 'a', 'b', 'c', 'd'};
    size_t outer, inner;

    /* A payload header: next payload, flags, and a length that counts all three. */
    rvl_writer_u8(writer, 33);
    rvl_writer_u8(writer, 0);
    outer = rvl_writer_begin_u16(writer);
    inner = rvl_writer_begin_u32(writer);
    rvl_writer_octets(writer, "abcd", 4);
    rvl_writer_end_u32(writer, inner, 4);
    rvl_writer_end_u16(writer, outer, 4);
    assert_octets(writer, expected, sizeof(expected));
}

static void
patches_what_was_written(void)
{
    g_autoptr(RvlWriter) writer = rvl_writer_new(100);

    rvl_writer_zeros(writer, 7);
    rvl_writer_patch_u8(writer, 0, 1);
    rvl_writer_patch_u16(writer, 1, 0x0203);
    rvl_writer_patch_u32(writer, 3, 0x04050607);
    assert_octets(writer, "\1\2\3\4\5\6\7", 7);
}

static void
patch_past_the_end_fails(void)
{
    g_autoptr(RvlWriter) writer = rvl_writer_new(100);

    rvl_writer_zeros(writer, 3);
    rvl_writer_patch_u32(writer, 0, 1);
    g_assert_true(rvl_writer_failed(writer));
}

static void
keeps_to_its_maximum(void)
{
    g_autoptr(RvlWriter) writer = rvl_writer_new(4);
    g_autoptr(GError) error = NULL;

    rvl_writer_u32(writer, 7);
    g_assert_nonnull(rvl_writer_reserve(writer, 0));
    g_assert_false(rvl_writer_failed(writer));
    rvl_writer_u8(writer, 1);
    g_assert_true(rvl_writer_failed(writer));
    g_assert_null(rvl_writer_reserve(writer, 0));
    g_assert_cmpuint(rvl_writer_size(writer), ==, 4);
    g_assert_null(rvl_writer_finish(writer, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_MALFORMED);
    g_assert_cmpstr(rvl_error_what(error), ==, "the octets written would be 5, the limit is 4");
}

static void
maximum_itself_is_bounded(void)
{
    g_autoptr(RvlWriter) writer = rvl_writer_new(SIZE_MAX);

    g_assert_null(rvl_writer_reserve(writer, SIZE_MAX));
    g_assert_true(rvl_writer_failed(writer));
}

static void
length_that_does_not_fit_fails(void)
{
    g_autoptr(RvlWriter) writer = rvl_writer_new(RVL_WRITER_MAX_OCTETS);
    g_autoptr(RvlWriter) just = rvl_writer_new(RVL_WRITER_MAX_OCTETS);
    size_t mark = rvl_writer_begin_u16(writer);

    rvl_writer_zeros(writer, 0xfffd);
    rvl_writer_end_u16(writer, mark, 4);
    g_assert_true(rvl_writer_failed(writer));

    mark = rvl_writer_begin_u16(just);
    rvl_writer_zeros(just, 0xfffb);
    rvl_writer_end_u16(just, mark, 4);
    g_assert_false(rvl_writer_failed(just));
}

static void
number_of_25_bits_fails(void)
{
    g_autoptr(RvlWriter) writer = rvl_writer_new(10);

    rvl_writer_u24(writer, 0x1000000);
    g_assert_true(rvl_writer_failed(writer));
    g_assert_cmpuint(rvl_writer_size(writer), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lib/writer/writes-network-order", writes_network_order);
    g_test_add_func("/lib/writer/length-counts-from-its-mark", length_counts_from_its_mark);
    g_test_add_func("/lib/writer/patches-what-was-written", patches_what_was_written);
    g_test_add_func("/lib/writer/patch-past-the-end-fails", patch_past_the_end_fails);
    g_test_add_func("/lib/writer/keeps-to-its-maximum", keeps_to_its_maximum);
    g_test_add_func("/lib/writer/maximum-itself-is-bounded", maximum_itself_is_bounded);
    g_test_add_func("/lib/writer/length-that-does-not-fit-fails", length_that_does_not_fit_fails);
    g_test_add_func("/lib/writer/number-of-25-bits-fails", number_of_25_bits_fails);
    return g_test_run();
}
