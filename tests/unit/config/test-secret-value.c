/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets as values: each form, files that others can read, and silence about what was written. */
#include "config.h"

#include "config/secret-value.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    char *config;
    char *folder; /* its secrets.d */
    RvlSecretPlaces places;
} Fixture;

static void
put_file(const Fixture *fixture, const char *name, const char *text, int mode)
{
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->config = g_dir_make_tmp("ravelin-secret-XXXXXX", NULL);
    g_assert_nonnull(fixture->config);
    fixture->folder = g_build_filename(fixture->config, "secrets.d", NULL);
    g_assert_cmpint(g_mkdir(fixture->folder, 0700), ==, 0);
    fixture->places = (RvlSecretPlaces){fixture->config, fixture->folder};
    put_file(fixture, "plain", "from a file\n", 0600);
    put_file(fixture, "windows", "from a file\r\n", 0640);
    put_file(fixture, "raw", "from\na file", 0600);
    put_file(fixture, "open", "secret\n", 0644);
    put_file(fixture, "empty", "\n", 0600);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    static const char *const names[] = {"plain", "windows", "raw", "open", "empty"};

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(fixture->folder, names[i], NULL);

        g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(fixture->folder), ==, 0);
    g_assert_cmpint(g_rmdir(fixture->config), ==, 0);
    g_free(fixture->folder);
    g_free(fixture->config);
}

static void
each_form_is_read(Fixture *fixture, gconstpointer data)
{
    static const struct {
        const char *text;
        const char *octets;
        size_t n;
    } rows[] = {
        {"\"a secret\"", "a secret", 8},
        {"\"with \"quotes\" inside\"", "with \"quotes\" inside", 20},
        {"\"K\xc3\xb6ln\"", "K\xc3\xb6ln", 5},
        {"0x00fF10", "\x00\xff\x10", 3},
        {"base64:q83vEjRWeJqrze8SNFZ4mg==",
         "\xab\xcd\xef\x12\x34\x56\x78\x9a\xab\xcd\xef\x12\x34\x56\x78\x9a", 16},
        {"base64:AA==", "\0", 1},
        {"file:plain", "from a file", 11},
        {"file:windows", "from a file", 11},
        {"file:raw", "from\na file", 11},
        {"credential:plain", "from a file", 11},
    };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(RvlSecret) secret = rvl_secret_value_read(rows[i].text, &fixture->places, &error);

        g_assert_no_error(error);
        g_assert_cmpmem(rvl_secret_octets(secret), rvl_secret_size(secret), rows[i].octets,
                        rows[i].n);
    }
}

static void
other_text_is_refused_and_never_shown(Fixture *fixture, gconstpointer data)
{
    static const char *const rows[] = {
        "hunter2",
        "\"hunter2",
        "\"",
        "\"\"",
        "0xhunter2",
        "0x123",
        "0x",
        "base64:hunter2",
        "base64:",
        "base64:hunter2=hunter2=",
        "base64:A===",
        "file:",
        "file:absent",
        "file:open",
        "file:empty",
        "credential:",
        "credential:../plain",
        "credential:.hunter2",
        "BASE64:AA==",
    };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(rvl_secret_value_read(rows[i], &fixture->places, &error));
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_CONFIG_INVALID);
        g_assert_null(strstr(error->message, "hunter2"));
    }
}

static void
file_open_to_others_says_what_to_do(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_null(rvl_secret_value_read("file:open", &fixture->places, &error));
    g_assert_nonnull(strstr(error->message, "is open to everybody (mode 0644)"));
    g_assert_true(g_str_has_prefix(rvl_error_remedy(error), "chmod 0640 "));
}

static void
too_long_secrets_are_refused(Fixture *fixture, gconstpointer data)
{
    g_autofree char *digits = g_strnfill(2 * RVL_SECRET_MAX_OCTETS + 2, 'a');
    g_autofree char *hex = g_strconcat("0x", digits, NULL);
    g_autofree char *base64 = g_strconcat("base64:", digits, "aa", NULL);
    const char *const rows[] = {hex, base64};

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(rvl_secret_value_read(rows[i], &fixture->places, &error));
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_CONFIG_INVALID);
    }
}

static void
nothing_is_named_where_there_are_no_folders(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) relative = NULL;
    g_autoptr(GError) credential = NULL;
    RvlSecretPlaces none = {0};

    (void)fixture;
    (void)data;
    g_assert_null(rvl_secret_value_read("file:plain", &none, &relative));
    g_assert_null(rvl_secret_value_read("credential:plain", &none, &credential));
    g_assert_nonnull(strstr(credential->message, "LoadCredential="));
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Fixture *, gconstpointer);
    } tests[] = {
        {"each-form-is-read", each_form_is_read},
        {"other-text-is-refused-and-never-shown", other_text_is_refused_and_never_shown},
        {"file-open-to-others-says-what-to-do", file_open_to_others_says_what_to_do},
        {"too-long-secrets-are-refused", too_long_secrets_are_refused},
        {"nothing-is-named-where-there-are-no-folders",
         nothing_is_named_where_there_are_no_folders},
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/config/secret-value/%s", tests[i].name);

        g_test_add(path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
    return g_test_run();
}
