/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Test data from outside the tree, in the folder that RAVELIN_VECTORS names. */
#pragma once

#include <glib.h>

/**
 * rvl_test_vectors_path:
 * @name: path below the folder: `captures/wireshark`
 *
 * Returns: (transfer full) (nullable): where it lies; NULL, with the running test marked as
 * skipped and the reason said, where RAVELIN_VECTORS isn't set or the path isn't there.
 */
char *rvl_test_vectors_path(const char *name);

/** rvl_test_vectors_read: (transfer full) (nullable): a file's octets; NULL as above. */
GBytes *rvl_test_vectors_read(const char *name);
