/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values: the text of one key, read as its row says. */
#pragma once

#include <ravelin/error.h>
#include <ravelin/settings.h>

/**
 * rvl_value_check:
 * @row: of any type but SECRET
 * @text: as written
 * @setting: (out caller-allocates): text, texts (transfer full, g_strfreev()) and number are set
 *
 * Numbers are bounded by the row; words beside a number's type (`auto`, `no`) are taken as they
 * are, with number 0.
 *
 * Errors: RVL_CAUSE_CONFIG_INVALID.
 */
bool rvl_value_check(const RvlKey *row, const char *text, RvlSetting *setting, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/** rvl_value_split: (transfer full): the elements of a comma list, without blanks around them. */
char **rvl_value_split(const char *text);

/* Each reads one number with its unit: `500 ms`, `64 GiB`, `4096 packets`. */
bool rvl_value_duration(const char *text, int64_t *ms) G_GNUC_WARN_UNUSED_RESULT;
bool rvl_value_size(const char *text, int64_t *octets) G_GNUC_WARN_UNUSED_RESULT;
bool rvl_value_packets(const char *text, int64_t *packets) G_GNUC_WARN_UNUSED_RESULT;
