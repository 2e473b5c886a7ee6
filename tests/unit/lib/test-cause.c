/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The closed list of causes: complete rows, unique words. */
#include "config.h"

#include <ravelin/cause.h>

#include <string.h>

static void
each_row_is_complete(void)
{
    for (int i = 1; i < RVL_CAUSE_COUNT_; i++) {
        const RvlCauseInfo *info = rvl_cause_info((RvlCause)i);

        g_assert_cmpuint(strspn(info->word, "abcdefghijklmnopqrstuvwxyz-"), ==, strlen(info->word));
        g_assert_cmpstr(info->sentence, !=, "");
        g_assert_false(g_str_has_suffix(info->sentence, "."));
        g_assert_false(g_str_has_suffix(info->remedy, "."));
        g_assert_cmpstr(info->first, !=, "");
        g_assert_cmpstr(info->second, !=, "");
    }
}

static void
words_find_their_cause(void)
{
    for (int i = 1; i < RVL_CAUSE_COUNT_; i++)
        g_assert_cmpint(rvl_cause_from_word(rvl_cause_info((RvlCause)i)->word), ==, i);
    g_assert_cmpint(rvl_cause_from_word("no-such-cause"), ==, RVL_CAUSE_NONE);
    g_assert_cmpint(rvl_cause_from_word(NULL), ==, RVL_CAUSE_NONE);
}

static void
foreign_numbers_have_a_row(void)
{
    g_assert_cmpstr(rvl_cause_info(RVL_CAUSE_NONE)->word, ==, "none");
    g_assert_cmpstr(rvl_cause_info(RVL_CAUSE_COUNT_)->word, ==, "unknown");
    g_assert_cmpstr(rvl_cause_info((RvlCause)-1)->word, ==, "unknown");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lib/cause/each-row-is-complete", each_row_is_complete);
    g_test_add_func("/lib/cause/words-find-their-cause", words_find_their_cause);
    g_test_add_func("/lib/cause/foreign-numbers-have-a-row", foreign_numbers_have_a_row);
    return g_test_run();
}
