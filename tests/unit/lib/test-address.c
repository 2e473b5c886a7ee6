/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses, prefixes, ranges and endpoints: text, arithmetic at the edges, coverage. */
#include "config.h"

#include <ravelin/address.h>

#include <ravelin/error.h>

static RvlAddress
address(const char *text)
{
    RvlAddress parsed;

    g_assert_true(rvl_address_parse(text, &parsed));
    return parsed;
}

static RvlRange
range(const char *first, const char *last)
{
    return (RvlRange){address(first), address(last)};
}

static void
text_reads_back(void)
{
    static const char *const texts[] = {"0.0.0.0",
                                        "192.0.2.1",
                                        "255.255.255.255",
                                        "::",
                                        "::1",
                                        "2001:db8::1",
                                        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};
    char text[RVL_ADDRESS_TEXT];

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        RvlAddress parsed = address(texts[i]);

        g_assert_cmpstr(rvl_address_format(&parsed, text), ==, texts[i]);
    }
    g_assert_cmpstr(rvl_address_format(&(RvlAddress){0}, text), ==, "any");
}

static void
other_text_is_no_address(void)
{
    static const char *const texts[] = {
        "",         "1.2.3",    "1.2.3.4.5",    "1.2.3.256",    "01.2.3.4",
        " 1.2.3.4", "1.2.3.4 ", "host.example", "fe80::1%eth0", "::g",
        ":::",      "0x7f.1",   "1.2.3.4/24"};
    RvlAddress parsed;

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_false(rvl_address_parse(texts[i], &parsed));
    g_assert_false(rvl_address_from_octets((const uint8_t *)"12345", 5, &parsed));
}

static void
next_stops_at_the_last(void)
{
    RvlAddress at = address("10.0.0.255");
    RvlAddress last4 = address("255.255.255.255");
    RvlAddress last6 = address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    RvlAddress expected = address("10.0.1.0");

    g_assert_true(rvl_address_next(&at));
    g_assert_true(rvl_address_equal(&at, &expected));
    g_assert_false(rvl_address_next(&last4));
    g_assert_false(rvl_address_next(&last6));
    g_assert_cmphex(last4.octets[0], ==, 0xff);
    g_assert_cmphex(last4.octets[4], ==, 0);
    g_assert_false(rvl_address_next(&(RvlAddress){0}));
}

static void
families_never_mix(void)
{
    RvlAddress v4 = address("0.0.0.1");
    RvlAddress v6 = address("::1");
    RvlRange all4 = range("0.0.0.0", "255.255.255.255");
    RvlRange all6 = range("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    RvlRange both;

    g_assert_false(rvl_address_equal(&v4, &v6));
    g_assert_cmpint(rvl_address_compare(&v4, &v6), <, 0);
    g_assert_false(rvl_range_contains(&all4, &v6));
    g_assert_false(rvl_range_intersect(&all4, &all6, &both));
    g_assert_false(rvl_range_includes(&all6, &all4));
}

static void
kinds_are_recognised(void)
{
    RvlAddress linklocal6 = address("fe80::1"), site = address("fec0::1"), zero = address("::");
    RvlAddress linklocal4 = address("169.254.3.4"), plain = address("10.0.0.1");

    g_assert_true(rvl_address_is_link_local(&linklocal6));
    g_assert_true(rvl_address_is_link_local(&linklocal4));
    g_assert_false(rvl_address_is_link_local(&site));
    g_assert_false(rvl_address_is_link_local(&plain));
    g_assert_true(rvl_address_is_unspecified(&zero));
    g_assert_false(rvl_address_is_unspecified(&plain));
}

static const struct {
    const char *text;
    const char *first; /* NULL: refused */
    const char *last;
} prefixes[] = {
    {"0.0.0.0/0", "0.0.0.0", "255.255.255.255"},
    {"10.1.0.0/16", "10.1.0.0", "10.1.255.255"},
    {"10.1.2.128/25", "10.1.2.128", "10.1.2.255"},
    {"10.1.2.3/32", "10.1.2.3", "10.1.2.3"},
    {"10.1.2.3", "10.1.2.3", "10.1.2.3"},
    {"::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    {"2001:db8::/33", "2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"},
    {"::1/128", "::1", "::1"},
    {"10.1.0.0/33", NULL, NULL},
    {"::/129", NULL, NULL},
    {"10.1.0.0/", NULL, NULL},
    {"10.1.0.0/-1", NULL, NULL},
    {"10.1.0.0/+8", NULL, NULL},
    {"10.1.0.0/8x", NULL, NULL},
    {"10.1.0.0/16/8", NULL, NULL},
    {"/8", NULL, NULL},
    {"", NULL, NULL},
    {"10.1.0.1/16", NULL, NULL},
};

static void
prefixes_are_read(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        g_autoptr(GError) error = NULL;
        RvlPrefix prefix, again;
        RvlRange covered, expected;

        if (prefixes[i].first == NULL) {
            g_assert_false(rvl_prefix_parse(prefixes[i].text, &prefix, &error));
            g_assert_error(error, RVL_ERROR, RVL_CAUSE_CONFIG_INVALID);
            continue;
        }
        g_assert_true(rvl_prefix_parse(prefixes[i].text, &prefix, &error));
        g_assert_no_error(error);
        rvl_range_from_prefix(&prefix, &covered);
        expected = range(prefixes[i].first, prefixes[i].last);
        g_assert_true(rvl_address_equal(&covered.first, &expected.first));
        g_assert_true(rvl_address_equal(&covered.last, &expected.last));
        g_assert_true(rvl_range_to_prefix(&covered, &again));
        g_assert_cmpuint(again.length, ==, prefix.length);
        g_assert_true(rvl_prefix_contains(&prefix, &covered.last));
    }
}

static void
host_bits_name_the_prefix_that_was_meant(void)
{
    g_autoptr(GError) error = NULL;
    RvlPrefix prefix;

    g_assert_false(rvl_prefix_parse("10.1.2.3/16", &prefix, &error));
    g_assert_cmpstr(error->message, ==,
                    "'10.1.2.3/16' has host bits set; did you mean '10.1.0.0/16'?");
}

/* The fewest prefixes of a range cover it exactly, in order. */
static void
ranges_become_prefixes(void)
{
    static const struct {
        const char *first;
        const char *last;
        size_t n;
    } rows[] = {
        {"0.0.0.0", "255.255.255.255", 1},
        {"0.0.0.1", "255.255.255.254", 62},
        {"10.0.0.1", "10.0.0.9", 4},
        {"255.255.255.255", "255.255.255.255", 1},
        {"::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", 254},
        {"::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvlRange whole = range(rows[i].first, rows[i].last);
        RvlAddress at = whole.first;
        RvlPrefix pieces[256];
        size_t n = rvl_range_to_prefixes(&whole, pieces, G_N_ELEMENTS(pieces));

        g_assert_cmpuint(n, ==, rows[i].n);
        for (size_t p = 0; p < n; p++) {
            RvlRange piece;

            rvl_range_from_prefix(&pieces[p], &piece);

            g_assert_true(rvl_address_equal(&piece.first, &at));
            at = piece.last;
            if (p + 1 < n)
                g_assert_true(rvl_address_next(&at));
        }
        g_assert_true(rvl_address_equal(&at, &whole.last));
        g_assert_cmpuint(rvl_range_to_prefixes(&whole, NULL, 0), ==, n);
    }
}

static void
ranges_intersect(void)
{
    RvlRange a = range("10.0.0.0", "10.0.0.9"), b = range("10.0.0.5", "10.0.0.20");
    RvlRange c = range("10.0.0.10", "10.0.0.11"), both;
    char text[RVL_ADDRESS_TEXT];

    g_assert_true(rvl_range_intersect(&a, &b, &both));
    g_assert_cmpstr(rvl_range_format(&both, text), ==, "10.0.0.5-10.0.0.9");
    g_assert_false(rvl_range_intersect(&a, &c, &both));
    g_assert_true(rvl_range_includes(&b, &c));
    g_assert_false(rvl_range_includes(&c, &b));
}

static void
longest_texts_fit(void)
{
    RvlRange wide = range("::ffff:255.255.255.254", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe");
    RvlEndpoint scoped = {address("fe80::1"), 500, 4294967295u};
    RvlEndpoint v4 = {address("192.0.2.1"), 4500, 0}, v6 = {address("2001:db8::1"), 500, 0};
    char text[RVL_ADDRESS_TEXT];

    g_assert_true(g_str_has_suffix(rvl_range_format(&wide, text), ":fffe"));
    g_assert_cmpstr(rvl_endpoint_format(&scoped, text), ==, "[fe80::1%4294967295]:500");
    g_assert_cmpstr(rvl_endpoint_format(&v4, text), ==, "192.0.2.1:4500");
    g_assert_cmpstr(rvl_endpoint_format(&v6, text), ==, "[2001:db8::1]:500");
    g_assert_false(rvl_endpoint_equal(&v4, &v6));
    g_assert_true(rvl_endpoint_equal(&v6, &v6));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lib/address/text-reads-back", text_reads_back);
    g_test_add_func("/lib/address/other-text-is-no-address", other_text_is_no_address);
    g_test_add_func("/lib/address/next-stops-at-the-last", next_stops_at_the_last);
    g_test_add_func("/lib/address/families-never-mix", families_never_mix);
    g_test_add_func("/lib/address/kinds-are-recognised", kinds_are_recognised);
    g_test_add_func("/lib/address/prefixes-are-read", prefixes_are_read);
    g_test_add_func("/lib/address/host-bits-name-the-prefix-that-was-meant",
                    host_bits_name_the_prefix_that_was_meant);
    g_test_add_func("/lib/address/ranges-become-prefixes", ranges_become_prefixes);
    g_test_add_func("/lib/address/ranges-intersect", ranges_intersect);
    g_test_add_func("/lib/address/longest-texts-fit", longest_texts_fit);
    return g_test_run();
}
