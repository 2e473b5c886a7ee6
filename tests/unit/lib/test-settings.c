/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings: copied whole, found by key, with the place that each comes from. */
#include "config.h"

#include <ravelin/settings.h>

static RvlSettings *
made(void)
{
    char text[] = "10.1.0.0/16, any";
    char first[] = "10.1.0.0/16", second[] = "any";
    const char *const texts[] = {first, second, NULL};
    const char *const none[] = {NULL};
    const RvlSetting settings[] = {
        {.key = "list",
         .type = RVL_KEY_TEXTS,
         .text = text,
         .texts = texts,
         .file = "a.conf",
         .line = 4},
        {.key = "empty", .type = RVL_KEY_TEXTS, .text = "", .texts = none},
        {.key = "mobike", .type = RVL_KEY_BOOL, .text = "yes", .number = 1},
        {.key = "psk", .type = RVL_KEY_SECRET, .secret = 42, .file = "b.conf", .line = 1},
    };
    RvlSettings *copy = rvl_settings_new("connection berlin", settings, G_N_ELEMENTS(settings));

    text[0] = first[0] = second[0] = 'X'; /* the copy must not see it */
    return copy;
}

static void
values_are_copies(void)
{
    g_autoptr(RvlSettings) settings = made();
    const RvlSetting *list = rvl_settings_find(settings, "list");

    g_assert_cmpstr(rvl_settings_group(settings), ==, "connection berlin");
    g_assert_cmpuint(rvl_settings_count(settings), ==, 4);
    g_assert_cmpstr(list->text, ==, "10.1.0.0/16, any");
    g_assert_cmpstr(list->texts[0], ==, "10.1.0.0/16");
    g_assert_cmpstr(list->texts[1], ==, "any");
    g_assert_null(list->texts[2]);
    g_assert_null(rvl_settings_find(settings, "empty")->texts[0]);
    g_assert_null(rvl_settings_find(settings, "psk")->texts);
    g_assert_cmpstr(rvl_settings_get(settings, 2)->key, ==, "mobike");
    g_assert_null(rvl_settings_get(settings, 4));
}

static void
short_forms_fall_back(void)
{
    g_autoptr(RvlSettings) settings = made();

    g_assert_true(rvl_settings_bool(settings, "mobike", false));
    g_assert_false(rvl_settings_bool(settings, "absent", false));
    g_assert_cmpint(rvl_settings_number(settings, "absent", -3), ==, -3);
    g_assert_cmpstr(rvl_settings_text(settings, "absent", "fallback"), ==, "fallback");
    g_assert_cmpstr(rvl_settings_text(settings, "psk", "hidden"), ==, "hidden");
    g_assert_cmpuint(rvl_settings_secret(settings, "psk"), ==, 42);
    g_assert_cmpuint(rvl_settings_secret(settings, "absent"), ==, RVL_SECRET_ID_NONE);
}

static void
origin_names_file_and_line(void)
{
    g_autoptr(RvlSettings) settings = made();
    g_autofree char *list = rvl_settings_origin(settings, "list");
    g_autofree char *mobike = rvl_settings_origin(settings, "mobike");
    g_autofree char *absent = rvl_settings_origin(settings, "absent");

    g_assert_cmpstr(list, ==, "a.conf:4");
    g_assert_cmpstr(mobike, ==, "default");
    g_assert_cmpstr(absent, ==, "default");
}

static void
defaults_lie_beneath(void)
{
    g_autoptr(RvlSettings) defaults = made();
    const RvlSetting written[] = {
        {.key = "mobike", .type = RVL_KEY_BOOL, .text = "no", .file = "c.conf", .line = 9},
        {.key = "extra", .type = RVL_KEY_TEXT, .text = "x", .file = "c.conf", .line = 10},
    };
    g_autoptr(RvlSettings) settings = rvl_settings_new_over("connection b", written, 2, defaults);
    g_autofree char *extra = rvl_settings_origin(settings, "extra");

    g_assert_false(rvl_settings_bool(settings, "mobike", true));
    g_assert_cmpuint(rvl_settings_secret(settings, "psk"), ==, 42);
    g_assert_cmpstr(extra, ==, "c.conf:10");
    g_assert_cmpuint(rvl_settings_count(settings), ==, 5);
    g_assert_cmpstr(rvl_settings_get(settings, 0)->text, ==, "no");
    g_assert_cmpstr(rvl_settings_get(settings, 2)->key, ==, "list");
    g_assert_cmpstr(rvl_settings_get(settings, 4)->key, ==, "psk");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lib/settings/values-are-copies", values_are_copies);
    g_test_add_func("/lib/settings/short-forms-fall-back", short_forms_fall_back);
    g_test_add_func("/lib/settings/origin-names-file-and-line", origin_names_file_and_line);
    g_test_add_func("/lib/settings/defaults-lie-beneath", defaults_lie_beneath);
    return g_test_run();
}
