/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What clients are given to build on is what the daemon serves. */
#include "config.h"

#include "control/interface-file.h"

static void
installed_file_is_the_tables(void)
{
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "sdk", "dbus", "org.ravelin.Ravelin1.xml", NULL);
    g_autofree char *written = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *made = rvl_interface_file(&error);

    g_assert_no_error(error);
    g_assert_true(g_file_get_contents(path, &written, NULL, &error));
    g_assert_cmpstr(written, ==, made); /* else: make dbus-interface */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/control/interface/installed-file-is-the-tables",
                    installed_file_is_the_tables);
    return g_test_run();
}
