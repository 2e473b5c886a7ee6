/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Causes, drops and events keep the numbers and words that they were given. */
#include "config.h"

#include <ravelin/cause.h>
#include <ravelin/event.h>
#include <ravelin/installer.h>

/* Rows as the headers have them, with their place in the file. */
typedef struct {
    const char *kind;
    unsigned number;
    const char *word;
} Row;

static const Row rows[] = {
#define RVL_CAUSE_ROW(number, symbol, word, sentence, first, second, remedy, notify)               \
    {"cause", (number), word},
#include <ravelin/causes.def>
#undef RVL_CAUSE_ROW
#define RVL_DROP_ROW(number, symbol, word, sentence) {"drop", (number), word},
#include <ravelin/drops.def>
#undef RVL_DROP_ROW
#define RVL_EVENT_ROW(number, symbol, word, level, audit, sentence) {"event", (number), word},
#include <ravelin/events.def>
#undef RVL_EVENT_ROW
};

static void
no_number_or_word_occurs_twice(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_assert_cmpuint(rows[i].number, !=, 0);
        g_assert_true(
            g_hash_table_add(seen, g_strdup_printf("%s number %u", rows[i].kind, rows[i].number)));
        g_assert_true(
            g_hash_table_add(seen, g_strdup_printf("%s word %s", rows[i].kind, rows[i].word)));
    }
}

static unsigned
highest(const char *kind)
{
    unsigned most = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_str_equal(rows[i].kind, kind))
            most = MAX(most, rows[i].number);
    }
    return most;
}

static void
next_number_is_right(void)
{
    g_assert_cmpuint(RVL_CAUSE_COUNT_, ==, highest("cause") + 1);
    g_assert_cmpuint(RVL_DROP_COUNT_, ==, highest("drop") + 1);
    g_assert_cmpuint(RVL_EVENT_COUNT_, ==, highest("event") + 1);
}

/* The list, a line a row, without its comments. */
static char **
committed(void)
{
    g_autofree char *file =
        g_test_build_filename(G_TEST_DIST, "tests/unit/lib/contract-numbers.list", NULL);
    g_autoptr(GStrvBuilder) lines = g_strv_builder_new();
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) all = NULL;

    g_assert_true(g_file_get_contents(file, &text, NULL, &error));
    all = g_strsplit(text, "\n", -1);
    for (char **line = all; *line != NULL; line++) {
        if (**line != '#' && **line != '\0')
            g_strv_builder_add(lines, *line);
    }
    return g_strv_builder_end(lines);
}

/* Both ways: what was committed stands, and what is new is committed with its row. */
static void
numbers_are_those_that_were_committed(void)
{
    g_auto(GStrv) list = committed();
    g_autoptr(GHashTable) now = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *line = g_strdup_printf("%s %u %s", rows[i].kind, rows[i].number, rows[i].word);

        if (!g_strv_contains((const char *const *)list, line))
            g_test_message("contract-numbers.list has no line '%s'", line);
        g_assert_true(g_strv_contains((const char *const *)list, line));
        g_hash_table_add(now, line);
    }
    for (char **line = list; *line != NULL; line++) {
        if (!g_hash_table_contains(now, *line))
            g_test_message("no row is '%s' any more", *line);
        g_assert_true(g_hash_table_contains(now, *line));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lib/contract-numbers/no-number-or-word-occurs-twice",
                    no_number_or_word_occurs_twice);
    g_test_add_func("/lib/contract-numbers/next-number-is-right", next_number_is_right);
    g_test_add_func("/lib/contract-numbers/numbers-are-those-that-were-committed",
                    numbers_are_those_that_were_committed);
    return g_test_run();
}
