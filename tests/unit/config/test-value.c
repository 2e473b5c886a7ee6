/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values: units are obligatory, no value is guessed, bounds hold. */
#include "config.h"

#include "config/value.h"

static const char *const keeps[] = {"up", "trap", "none", NULL};
static const char *const no_word[] = {"no", NULL};

static const RvlKey text = {.name = "k", .type = RVL_KEY_TEXT};
static const RvlKey boolean = {.name = "k", .type = RVL_KEY_BOOL};
static const RvlKey port = {.name = "k", .type = RVL_KEY_INTEGER, .minimum = 0, .maximum = 65535};
static const RvlKey open_integer = {.name = "k", .type = RVL_KEY_INTEGER};
static const RvlKey duration = {.name = "k",
                                .type = RVL_KEY_DURATION,
                                .words = no_word,
                                .minimum = 1000,
                                .maximum = 86400000};
static const RvlKey size = {.name = "k", .type = RVL_KEY_SIZE};
static const RvlKey packets = {.name = "k",
                               .type = RVL_KEY_PACKETS,
                               .minimum = 32,
                               .maximum = 1048576};
static const RvlKey word = {.name = "k", .type = RVL_KEY_WORD, .words = keeps};
static const RvlKey words = {.name = "k", .type = RVL_KEY_WORDS, .words = keeps};
static const RvlKey texts = {.name = "k", .type = RVL_KEY_TEXTS};
static const RvlKey address = {.name = "k", .type = RVL_KEY_ADDRESS};
static const RvlKey prefixes = {.name = "k", .type = RVL_KEY_PREFIXES};
static const RvlKey identity = {.name = "k", .type = RVL_KEY_IDENTITY};
static const RvlKey selectors = {.name = "k", .type = RVL_KEY_SELECTORS};
static const RvlKey lifetime = {.name = "k", .type = RVL_KEY_LIFETIME};
static const RvlKey future = {.name = "k", .type = 99};

static const struct {
    const RvlKey *row;
    const char *text;
    int64_t number;
    unsigned n_texts;
} good[] = {
    {&text, "anything = at, all", 0, 0},
    {&boolean, "yes", 1, 0},
    {&boolean, "no", 0, 0},
    {&port, "0", 0, 0},
    {&port, "65535", 65535, 0},
    {&open_integer, "-9223372036854775808", INT64_MIN, 0},
    {&duration, "1000 ms", 1000, 0},
    {&duration, "30 s", 30000, 0},
    {&duration, "30s", 30000, 0},
    {&duration, "2 min", 120000, 0},
    {&duration, "8 h", 28800000, 0},
    {&duration, "1 d", 86400000, 0},
    {&duration, "no", 0, 0},
    {&size, "5 B", 5, 0},
    {&size, "64 KiB", 65536, 0},
    {&size, "8388607 TiB", INT64_C(8388607) << 40, 0},
    {&packets, "4096 packets", 4096, 0},
    {&word, "trap", 0, 0},
    {&words, "up, none", 0, 2},
    {&texts, " a ,b,c ", 0, 3},
    {&address, "2001:db8::1", 0, 0},
    {&prefixes, "10.0.0.0/8, ::/0, 192.0.2.1", 0, 3},
    {&identity, "CN=gw, O=Ex", 0, 0},
    {&selectors, "10.1.0.0/16 <-> any", 0, 0},
    {&lifetime, "1 h, 64 GiB, 1000000 packets", 3600000, 3},
    {&lifetime, "64 GiB", 0, 1},
};

static const struct {
    const RvlKey *row;
    const char *text;
    const char *message;
} bad[] = {
    {&boolean, "true", "'true' is neither 'yes' nor 'no'"},
    {&boolean, "Yes", "'Yes' is neither 'yes' nor 'no'"},
    {&boolean, "1", "'1' is neither 'yes' nor 'no'"},
    {&port, "65536", "'65536' is out of range; write 0 to 65535"},
    {&port, "-1", "'-1' is out of range; write 0 to 65535"},
    {&port, "0x10", "'0x10' is no whole number"},
    {&port, "5 00", "'5 00' is no whole number"},
    {&port, "9223372036854775808", "'9223372036854775808' is no whole number"},
    {&duration, "30", "'30' is no duration; write a number and ms, s, min, h or d"},
    {&duration, "1.5 h", "'1.5 h' is no duration; write a number and ms, s, min, h or d"},
    {&duration, "-5 s", "'-5 s' is no duration; write a number and ms, s, min, h or d"},
    {&duration, "5 sec", "'5 sec' is no duration; write a number and ms, s, min, h or d"},
    {&duration, "s", "'s' is no duration; write a number and ms, s, min, h or d"},
    {&duration, "500 ms", "'500 ms' is out of range; write 1000 to 86400000 ms"},
    {&duration, "99999999999999999 d",
     "'99999999999999999 d' is no duration; write a number and ms, s, min, h or d"},
    {&duration, "off", "'off' is no duration; write a number and ms, s, min, h or d"},
    {&size, "64 GB", "'64 GB' is no size; write a number and B, KiB, MiB, GiB or TiB"},
    {&size, "8388608 TiB", "'8388608 TiB' is no size; write a number and B, KiB, MiB, GiB or TiB"},
    {&packets, "4096", "'4096' is no number of packets; write a number and 'packets'"},
    {&word, "Up", "'Up' is not among the words of this key; did you mean 'up'?"},
    {&word, "always",
     "'always' is not among the words of this key; write one of: up | trap | none"},
    {&words, "up, tarp", "'tarp' is not among the words of this key; did you mean 'trap'?"},
    {&texts, "a,,b", "'a,,b' has an empty element"},
    {&texts, "a,", "'a,' has an empty element"},
    {&address, "vpn.example", "'vpn.example' is no address"},
    {&prefixes, "10.0.0.0/8, 10.1.0.0/33", "'10.1.0.0/33' is no prefix"},
    {&identity, "two words", "'two words' is no identity: no address, name, mail address or DN"},
    {&selectors, "10.1.0.0/16", "'10.1.0.0/16' is no pair of selectors; write 'LOCAL <-> REMOTE'"},
    {&selectors, "a <-> b <-> c",
     "'a <-> b <-> c' is no pair of selectors; write 'LOCAL <-> REMOTE'"},
    {&lifetime, "1 h, 2 h", "'1 h, 2 h' names a limit twice"},
    {&lifetime, "0 s", "'0 s' is no lifetime; leave out what has no limit"},
    {&lifetime, "1 hour",
     "'1 hour' is no lifetime; write a duration, a size or a number of packets: '1 h, 64 GiB'"},
    {&future, "x", "'x' is of a type that this release does not know"},
};

static void
good_values_are_read(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        RvlSetting setting = {0};
        bool is_good = rvl_value_check(good[i].row, good[i].text, &setting, &error);

        g_assert_no_error(error);
        g_assert_true(is_good);
        g_assert_cmpint(setting.number, ==, good[i].number);
        g_assert_cmpuint(setting.texts != NULL ? g_strv_length((char **)setting.texts) : 0, ==,
                         good[i].n_texts);
        g_strfreev((char **)setting.texts);
    }
}

static void
bad_values_are_refused_with_a_remedy(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        RvlSetting setting = {0};

        g_assert_false(rvl_value_check(bad[i].row, bad[i].text, &setting, &error));
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_CONFIG_INVALID);
        g_assert_cmpstr(error->message, ==, bad[i].message);
        g_strfreev((char **)setting.texts);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/config/value/good-values-are-read", good_values_are_read);
    g_test_add_func("/config/value/bad-values-are-refused-with-a-remedy",
                    bad_values_are_refused_with_a_remedy);
    return g_test_run();
}
