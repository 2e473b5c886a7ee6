/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Places: order, replacement, masks, and who may read secrets. */
#include "config.h"

#include "config/places.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "config/tree.h"

typedef struct {
    char *root;
    char *vendor;
    char *runtime;
    char *config;
    RvlPlaces places;
    RvlProblems *problems;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->root = g_dir_make_tmp("ravelin-places-XXXXXX", NULL);
    g_assert_nonnull(fixture->root);
    fixture->vendor = g_build_filename(fixture->root, "lib", NULL);
    fixture->runtime = g_build_filename(fixture->root, "run", NULL);
    fixture->config = g_build_filename(fixture->root, "etc", NULL);
    fixture->places = (RvlPlaces){fixture->vendor, fixture->runtime, fixture->config, NULL};
    fixture->problems = rvl_problems_new();
}

static void
remove_all(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            remove_all(path);
        else
            g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_clear_pointer(&dir, g_dir_close);
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    remove_all(fixture->root);
    rvl_problems_free(fixture->problems);
    g_free(fixture->root);
    g_free(fixture->vendor);
    g_free(fixture->runtime);
    g_free(fixture->config);
}

/* Writes @text to @name below @folder, whose folders are made. */
static void
put(const char *folder, const char *name, const char *text, int mode)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    g_assert_cmpint(g_mkdir_with_parents(parent, 0755), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

/* The files that count, without the root, in one line. */
static char *
listed(const Fixture *fixture)
{
    g_autoptr(GPtrArray) sources = rvl_places_list(&fixture->places, fixture->problems);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < sources->len; i++) {
        const RvlSource *source = g_ptr_array_index(sources, i);

        g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                               source->path + strlen(fixture->root) + 1);
    }
    return g_string_free(text, FALSE);
}

static void
later_places_come_later(Fixture *fixture, gconstpointer data)
{
    g_autofree char *files = NULL;

    (void)data;
    put(fixture->config, "conf.d/b.conf", "[a]\n", 0644);
    put(fixture->config, "conf.d/a.conf", "[a]\n", 0644);
    put(fixture->config, "ravelin.conf", "[a]\n", 0644);
    put(fixture->config, "secrets.d/s.conf", "[a]\n", 0600);
    put(fixture->runtime, "conf.d/z.conf", "[a]\n", 0644);
    put(fixture->vendor, "conf.d/00.conf", "[a]\n", 0644);
    put(fixture->vendor, "profiles/default.conf", "[a]\n", 0644);
    put(fixture->config, "conf.d/.hidden.conf", "[a]\n", 0644);
    put(fixture->config, "conf.d/backup.conf~", "[a]\n", 0644);
    files = listed(fixture);
    g_assert_cmpstr(files, ==,
                    "lib/profiles/default.conf lib/conf.d/00.conf run/conf.d/z.conf "
                    "etc/ravelin.conf etc/conf.d/a.conf etc/conf.d/b.conf etc/secrets.d/s.conf");
    g_assert_cmpuint(rvl_problems_count(fixture->problems), ==, 0);
}

static void
same_name_replaces_and_null_masks(Fixture *fixture, gconstpointer data)
{
    g_autofree char *mask = g_build_filename(fixture->config, "conf.d", "masked.conf", NULL);
    g_autofree char *files = NULL;

    (void)data;
    put(fixture->vendor, "conf.d/x.conf", "[a]\n", 0644);
    put(fixture->vendor, "conf.d/masked.conf", "[a]\n", 0644);
    put(fixture->vendor, "conf.d/emptied.conf", "[a]\n", 0644);
    put(fixture->runtime, "conf.d/x.conf", "[a]\n", 0644);
    put(fixture->config, "conf.d/emptied.conf", "", 0644);
    g_assert_cmpint(symlink("/dev/null", mask), ==, 0);
    files = listed(fixture);
    g_assert_cmpstr(files, ==, "run/conf.d/x.conf");
}

static void
nothing_there_is_no_problem(Fixture *fixture, gconstpointer data)
{
    g_autofree char *files = listed(fixture);

    (void)data;
    g_assert_cmpstr(files, ==, "");
    g_assert_cmpuint(rvl_problems_count(fixture->problems), ==, 0);
}

static void
later_files_win_key_by_key(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlTree) tree = NULL;
    const RvlRawGroup *group;

    (void)data;
    put(fixture->vendor, "conf.d/x.conf", "[connection a]\nx = 1\ny = 1\nz = 1\n", 0644);
    put(fixture->config, "conf.d/y.conf", "[connection a]\ny = 2\nz =\n[connection b]\n", 0644);
    tree = rvl_tree_read(&fixture->places, fixture->problems);
    g_assert_cmpuint(rvl_problems_count(fixture->problems), ==, 0);
    g_assert_cmpuint(rvl_tree_count(tree), ==, 2);
    group = rvl_tree_find(tree, "connection", "a");
    g_assert_cmpuint(group->keys->len, ==, 3);
    g_assert_cmpstr(g_array_index(group->keys, RvlRawKey, 0).value, ==, "1");
    g_assert_cmpstr(g_array_index(group->keys, RvlRawKey, 1).value, ==, "2");
    g_assert_cmpuint(g_array_index(group->keys, RvlRawKey, 1).line, ==, 2);
    g_assert_null(g_array_index(group->keys, RvlRawKey, 2).value);
}

static void
secrets_open_to_others_are_refused(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlTree) tree = NULL;
    g_autofree char *report = NULL;

    (void)data;
    put(fixture->config, "secrets.d/open.conf", "[secret a]\npsk = \"x\"\n", 0644);
    put(fixture->config, "secrets.d/good.conf", "[secret b]\npsk = \"x\"\n", 0640);
    tree = rvl_tree_read(&fixture->places, fixture->problems);
    report = rvl_problems_format(fixture->problems);
    g_assert_null(rvl_tree_find(tree, "secret", "a"));
    g_assert_nonnull(rvl_tree_find(tree, "secret", "b"));
    g_assert_cmpuint(rvl_problems_count(fixture->problems), ==, 1);
    g_assert_nonnull(strstr(report,
                            "open.conf: holds secrets and is open to everybody (mode 0644); "
                            "chmod 0640 '"));
}

static void
what_is_no_file_is_reported(Fixture *fixture, gconstpointer data)
{
    g_autofree char *folder = g_build_filename(fixture->config, "conf.d", "folder.conf", NULL);
    g_autofree char *report = NULL;
    g_autoptr(RvlTree) tree = NULL;

    (void)data;
    g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
    tree = rvl_tree_read(&fixture->places, fixture->problems);
    report = rvl_problems_format(fixture->problems);
    g_assert_nonnull(strstr(report, "folder.conf: is no regular file\n"));
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Fixture *, gconstpointer);
    } tests[] = {
        {"later-places-come-later", later_places_come_later},
        {"same-name-replaces-and-null-masks", same_name_replaces_and_null_masks},
        {"nothing-there-is-no-problem", nothing_there_is_no_problem},
        {"later-files-win-key-by-key", later_files_win_key_by_key},
        {"secrets-open-to-others-are-refused", secrets_open_to_others_are_refused},
        {"what-is-no-file-is-reported", what_is_no_file_is_reported},
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/config/places/%s", tests[i].name);

        g_test_add(path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
    return g_test_run();
}
