/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that only the administrator can have written, and secret ones that only the daemon can read. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <glib.h>

/* No certificate, chain or key in use is longer. */
#define TRUSTED_FILE_MAX_OCTETS ((size_t)1 << 20)

/** TrustedFile: a file's octets; wiped when freed, since they may hold a key. */
typedef struct {
    char *octets;
    size_t n;
    mode_t mode;
} TrustedFile;

/**
 * trusted_file_read:
 *
 * Reads a regular file that belongs to root or to the daemon's user. It is judged by the descriptor
 * that is read, so that nothing can be put in its place meanwhile.
 * Errors: RVL_CAUSE_CONFIG_INVALID (absent, too long, no file), _PERMISSION_MISSING with mode or
 * owner.
 */
TrustedFile *trusted_file_read(const char *path, GError **error);
void trusted_file_free(TrustedFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TrustedFile, trusted_file_free)

/**
 * trusted_file_is_secret:
 *
 * Whether others than owner and group could not read it: what a private key must be.
 * Errors: RVL_CAUSE_PERMISSION_MISSING with the mode.
 */
bool trusted_file_is_secret(const TrustedFile *file, const char *path, GError **error);
