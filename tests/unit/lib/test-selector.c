/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Traffic selectors: notation, inclusion, matching, and the responder's narrowing. */
#include "config.h"

#include <ravelin/selector.h>

#include <ravelin/error.h>

static RvlSelector
selector(const char *text)
{
    g_autoptr(GError) error = NULL;
    RvlSelector parsed;
    bool is_parsed = rvl_selector_parse(text, &parsed, &error);

    g_assert_no_error(error);
    g_assert_true(is_parsed);
    return parsed;
}

/* A list out of comma-separated text. */
static RvlSelectors *
list(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ", ", -1);
    RvlSelector parsed[RVL_SELECTORS_MAX];
    size_t n = 0;

    for (; parts[n] != NULL; n++)
        parsed[n] = selector(parts[n]);
    return rvl_selectors_new(parsed, n);
}

static void
text_reads_back(void)
{
    static const char *const texts[] = {
        "10.1.0.0/16",
        "192.0.2.1",
        "10.0.0.1-10.0.0.9[tcp/443]",
        "10.1.0.0/16[udp/1000-2000]",
        "2001:db8::/32[icmpv6/128]",
        "10.1.0.0/16[icmp/3:1]",
        "10.1.0.0/16[icmp/3-5]",
        "10.1.0.0/16[icmp/3:1-3:4]",
        "10.1.0.0/16[gre]",
        "10.1.0.0/16[253]",
        "0.0.0.0/0[tcp/opaque]",
        "::/0[sctp/0]",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        RvlSelector parsed = selector(texts[i]);
        char text[RVL_SELECTOR_TEXT];

        g_assert_cmpstr(rvl_selector_format(&parsed, text), ==, texts[i]);
    }
}

static void
numbers_are_words_too(void)
{
    RvlSelector a = selector("10.0.0.0/8[6/443]"), b = selector("10.0.0.0/8[tcp/443]");
    RvlSelector gre = selector("10.0.0.0/8[47]");

    g_assert_true(rvl_selector_equal(&a, &b));
    g_assert_cmpuint(gre.protocol, ==, 47);
    g_assert_cmpuint(selector("10.0.0.0/8[icmp/8]").first_port, ==, 0x0800);
    g_assert_cmpuint(selector("10.0.0.0/8[icmp/8]").last_port, ==, 0x08ff);
}

static void
broken_text_is_refused(void)
{
    static const char *const texts[] = {
        "",
        "10.1.0.0/33",
        "10.0.0.9-10.0.0.1",
        "10.0.0.1-::1",
        "10.0.0.0/8[",
        "10.0.0.0/8[]",
        "10.0.0.0/8[tcp",
        "10.0.0.0/8[nope]",
        "10.0.0.0/8[256]",
        "10.0.0.0/8[tcp/]",
        "10.0.0.0/8[tcp/65536]",
        "10.0.0.0/8[tcp/9-1]",
        "10.0.0.0/8[any/443]",
        "10.0.0.0/8[icmp/256]",
        "10.0.0.0/8[icmp/1:256]",
        "10.0.0.0/8[tcp/443]x",
        "[tcp/443]",
        "10.0.0.0/8[tcp/443-]",
        "host.example",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        RvlSelector parsed;

        g_assert_false(rvl_selector_parse(texts[i], &parsed, &error));
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_CONFIG_INVALID);
    }
}

static void
intersections(void)
{
    static const struct {
        const char *a;
        const char *b;
        const char *both; /* NULL: nothing */
    } rows[] = {
        {"10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/16"},
        {"10.0.0.0/8", "192.168.0.0/16", NULL},
        {"10.0.0.0/8", "::/0", NULL},
        {"10.0.0.0/8[tcp]", "10.0.0.0/8", "10.0.0.0/8[tcp]"},
        {"10.0.0.0/8[tcp]", "10.0.0.0/8[udp]", NULL},
        {"10.0.0.0/8[tcp/100-200]", "10.0.0.0/8[tcp/150-300]", "10.0.0.0/8[tcp/150-200]"},
        {"10.0.0.0/8[tcp/100]", "10.0.0.0/8[tcp/101]", NULL},
        {"10.0.0.0/8[tcp/opaque]", "10.0.0.0/8[tcp]", "10.0.0.0/8[tcp/opaque]"},
        {"10.0.0.0/8[tcp/opaque]", "10.0.0.0/8[tcp/opaque]", "10.0.0.0/8[tcp/opaque]"},
        {"10.0.0.0/8[tcp/opaque]", "10.0.0.0/8[tcp/443]", NULL},
        {"10.0.0.1-10.0.0.9", "10.0.0.8/29", "10.0.0.8/31"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvlSelector a = selector(rows[i].a), b = selector(rows[i].b), ab, ba;
        char text[RVL_SELECTOR_TEXT];

        if (rows[i].both == NULL) {
            g_assert_false(rvl_selector_intersect(&a, &b, &ab));
            g_assert_false(rvl_selector_intersect(&b, &a, &ab));
            continue;
        }
        g_assert_true(rvl_selector_intersect(&a, &b, &ab));
        g_assert_true(rvl_selector_intersect(&b, &a, &ba));
        g_assert_true(rvl_selector_equal(&ab, &ba));
        g_assert_cmpstr(rvl_selector_format(&ab, text), ==, rows[i].both);
        g_assert_true(rvl_selector_includes(&a, &ab));
        g_assert_true(rvl_selector_includes(&b, &ab));
    }
}

static void
matching(void)
{
    static const struct {
        const char *selector;
        const char *address;
        uint8_t protocol;
        bool port_known;
        uint16_t port;
        bool matches;
    } rows[] = {
        {"10.0.0.0/8", "10.1.2.3", 17, true, 53, true},
        {"10.0.0.0/8", "10.1.2.3", 17, false, 0, true},
        {"10.0.0.0/8", "11.1.2.3", 17, true, 53, false},
        {"10.0.0.0/8[udp]", "10.1.2.3", 17, false, 0, true},
        {"10.0.0.0/8[udp]", "10.1.2.3", 6, true, 53, false},
        {"10.0.0.0/8[udp/53]", "10.1.2.3", 17, true, 53, true},
        {"10.0.0.0/8[udp/53]", "10.1.2.3", 17, true, 54, false},
        {"10.0.0.0/8[udp/53]", "10.1.2.3", 17, false, 53, false}, /* a later fragment */
        {"10.0.0.0/8[udp/opaque]", "10.1.2.3", 17, false, 0, true},
        {"10.0.0.0/8[udp/opaque]", "10.1.2.3", 17, true, 53, false},
        {"10.0.0.0/8[icmp/8]", "10.1.2.3", 1, true, 0x0800, true},
        {"10.0.0.0/8[icmp/8]", "10.1.2.3", 1, true, 0x0000, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvlSelector s = selector(rows[i].selector);
        g_autoptr(RvlSelectors) one = rvl_selectors_new(&s, 1);
        RvlAddress address;

        g_assert_true(rvl_address_parse(rows[i].address, &address));
        g_assert_cmpint(
            rvl_selector_matches(&s, &address, rows[i].protocol, rows[i].port_known, rows[i].port),
            ==, rows[i].matches);
        g_assert_cmpint(
            rvl_selectors_match(one, &address, rows[i].protocol, rows[i].port_known, rows[i].port),
            ==, rows[i].matches);
    }
}

/* RFC 7296 2.9. */
static const struct {
    const char *name;
    const char *offered;
    const char *policy;
    const char *chosen; /* NULL: TS_UNACCEPTABLE */
} narrowings[] = {
    {"takes-what-policy-allows", "0.0.0.0/0", "10.1.0.0/16", "10.1.0.0/16"},
    {"takes-all-of-a-narrower-offer", "10.1.2.0/24", "10.1.0.0/16", "10.1.2.0/24"},
    {"refuses-what-does-not-meet", "10.1.0.0/16", "10.2.0.0/16", NULL},
    {"refuses-the-other-family", "::/0", "10.2.0.0/16", NULL},
    {"keeps-policy-order", "0.0.0.0/0", "10.2.0.0/16, 10.1.0.0/16", "10.2.0.0/16, 10.1.0.0/16"},
    {"puts-the-triggering-packet-first", "10.1.9.9[tcp/80], 0.0.0.0/0", "10.2.0.0/16, 10.1.0.0/16",
     "10.1.0.0/16, 10.2.0.0/16"},
    {"drops-what-is-included", "10.1.0.0/16, 10.1.1.0/24", "10.0.0.0/8", "10.1.0.0/16"},
    {"drops-duplicates", "10.1.0.0/16, 10.1.0.0/16", "10.0.0.0/8, 10.1.0.0/16", "10.1.0.0/16"},
    {"a-wider-one-takes-the-place-of-narrower-ones", "10.1.1.0/24, 10.1.0.0/16", "10.0.0.0/8",
     "10.1.0.0/16"},
    {"both-families", "0.0.0.0/0, ::/0", "2001:db8::/48, 10.1.0.0/16",
     "2001:db8::/48, 10.1.0.0/16"},
};

static void
narrows(gconstpointer data)
{
    const typeof(narrowings[0]) *c = data;
    g_autoptr(RvlSelectors) offered = list(c->offered);
    g_autoptr(RvlSelectors) policy = list(c->policy);
    g_autoptr(RvlSelectors) chosen = rvl_selectors_narrow(offered, policy);
    g_autofree char *text = chosen != NULL ? rvl_selectors_format(chosen) : NULL;

    g_assert_cmpstr(text, ==, c->chosen);
    if (chosen != NULL) {
        g_assert_true(rvl_selectors_includes(offered, chosen));
        g_assert_true(rvl_selectors_includes(policy, chosen));
    }
}

static void
nothing_offered_is_nothing_chosen(void)
{
    g_autoptr(RvlSelectors) none = rvl_selectors_new(NULL, 0);
    g_autoptr(RvlSelectors) some = list("10.0.0.0/8");

    g_assert_null(rvl_selectors_narrow(none, some));
    g_assert_null(rvl_selectors_narrow(some, none));
    g_assert_false(rvl_selectors_equal(none, some));
    g_assert_cmpuint(rvl_selectors_count(none), ==, 0);
}

static void
choice_stays_within_one_payload(void)
{
    RvlSelector offered[RVL_SELECTORS_MAX], policy[RVL_SELECTORS_MAX];
    g_autoptr(RvlSelectors) a = NULL;
    g_autoptr(RvlSelectors) b = NULL;
    g_autoptr(RvlSelectors) chosen = NULL;

    for (unsigned i = 0; i < RVL_SELECTORS_MAX; i++) {
        rvl_selector_any(RVL_FAMILY_IPV4, &offered[i]);
        offered[i].protocol = 6;
        offered[i].first_port = (uint16_t)(i * 10);
        offered[i].last_port = (uint16_t)(i * 10 + 12);
        policy[i] = offered[i];
        policy[i].last_port = (uint16_t)(i * 10 + 11);
    }
    a = rvl_selectors_new(offered, RVL_SELECTORS_MAX);
    b = rvl_selectors_new(policy, RVL_SELECTORS_MAX);
    chosen = rvl_selectors_narrow(a, b);
    g_assert_cmpuint(rvl_selectors_count(chosen), ==, RVL_SELECTORS_MAX);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lib/selector/text-reads-back", text_reads_back);
    g_test_add_func("/lib/selector/numbers-are-words-too", numbers_are_words_too);
    g_test_add_func("/lib/selector/broken-text-is-refused", broken_text_is_refused);
    g_test_add_func("/lib/selector/intersections", intersections);
    g_test_add_func("/lib/selector/matching", matching);
    for (size_t i = 0; i < G_N_ELEMENTS(narrowings); i++) {
        g_autofree char *path = g_strdup_printf("/lib/selectors/narrow/%s", narrowings[i].name);

        g_test_add_data_func(path, &narrowings[i], narrows);
    }
    g_test_add_func("/lib/selectors/nothing-offered-is-nothing-chosen",
                    nothing_offered_is_nothing_chosen);
    g_test_add_func("/lib/selectors/choice-stays-within-one-payload",
                    choice_stays_within_one_payload);
    return g_test_run();
}
