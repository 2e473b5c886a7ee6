/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where configuration lies, and which of its files count. */
#pragma once

#include <stdbool.h>
#include <glib.h>

#include "config/problems.h"

/**
 * RvlPlaces: folders; NULL: none.
 * @vendor: `/usr/lib/ravelin`: profiles/ and conf.d/
 * @runtime: `/run/ravelin`: conf.d/ and secrets.d/
 * @config: `/etc/ravelin`: ravelin.conf, conf.d/ and secrets.d/
 * @credentials: of `credential:NAME`: systemd's $CREDENTIALS_DIRECTORY
 */
typedef struct {
    const char *vendor;
    const char *runtime;
    const char *config;
    const char *credentials;
} RvlPlaces;

/** RvlSourceKind: what may stand in a file. */
typedef enum {
    RVL_SOURCE_PROFILES = 1, /* only [profile] */
    RVL_SOURCE_CONF = 2,     /* no secrets */
    RVL_SOURCE_SECRETS = 3,  /* nobody else may read it */
} RvlSourceKind;

/** RvlSource: a file that counts. */
typedef struct {
    RvlSourceKind kind;
    char *path;
} RvlSource;

/**
 * rvl_places_list:
 *
 * Files that end in `.conf`, in the order in which later ones win: profiles, the vendor's conf.d,
 * the runtime's, ravelin.conf, the administrator's conf.d, then secrets; within a folder by name.
 * The same name in a later folder replaces the file; there a link to /dev/null, or an empty file,
 * masks it. Folders that are not there are no problem.
 *
 * Returns: (transfer full) (element-type RvlSource): what counts.
 */
GPtrArray *rvl_places_list(const RvlPlaces *places, RvlProblems *problems);

/** RVL_FILE_OCTETS: largest file that is read. */
#define RVL_FILE_OCTETS ((size_t)1 << 28)

/**
 * rvl_file_read:
 * @is_secret: refuse what others than owner and group may read or write
 * @n: (out): octets
 *
 * Returns: (transfer full) (nullable): the octets with room for one more; wipe them where
 * @is_secret.
 */
char *rvl_file_read(const char *path, bool is_secret, size_t max, size_t *n, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
