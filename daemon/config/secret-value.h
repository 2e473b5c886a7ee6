/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values that are secrets: `"text"`, `0x…`, `base64:…`, `file:PATH`, `credential:NAME`. */
#pragma once

#include <ravelin/error.h>
#include <ravelin/secret.h>

/** RvlSecretPlaces: folders of files that values name; (nullable): none. */
typedef struct {
    const char *config;      /* whose secrets.d has `file:PATH` that is not absolute */
    const char *credentials; /* of `credential:NAME` */
} RvlSecretPlaces;

/**
 * rvl_secret_value_read:
 *
 * A file's last line end is no part of the secret. Errors never show what was written.
 *
 * Returns: (transfer full) (nullable): RVL_CAUSE_CONFIG_INVALID.
 */
RvlSecret *rvl_secret_value_read(const char *text,
                                 const RvlSecretPlaces *places,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
