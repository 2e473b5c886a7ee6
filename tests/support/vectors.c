/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Test data from outside the tree. */
#include "config.h"

#include "support/vectors.h"

char *
rvl_test_vectors_path(const char *name)
{
    const char *folder = g_getenv("RAVELIN_VECTORS");

    if (folder == NULL || *folder == '\0') {
        g_test_skip("RAVELIN_VECTORS names no folder of test data");
        return NULL;
    }
    g_autofree char *path = g_build_filename(folder, name, NULL);

    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_autofree char *reason = g_strdup_printf("%s is not there", path);

        g_test_skip(reason);
        return NULL;
    }
    return g_steal_pointer(&path);
}

GBytes *
rvl_test_vectors_read(const char *name)
{
    g_autofree char *path = rvl_test_vectors_path(name);
    g_autoptr(GError) error = NULL;
    char *octets = NULL;
    gsize size = 0;

    if (path == NULL)
        return NULL;
    g_file_get_contents(path, &octets, &size, &error);
    g_assert_no_error(error);
    return g_bytes_new_take(octets, size);
}
