/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `LOCAL <-> REMOTE`: selectors as configuration writes them. */
#pragma once

#include <ravelin/error.h>
#include <ravelin/selector.h>

/**
 * rvl_protect_parse:
 * @text: two comma lists of prefixes, ranges, `any` and `dynamic`, each with an optional `[tcp/443]`,
 *   with `<->` between them
 * @local, @remote: (out) (transfer full): `any` is both families; `dynamic` has a range of family
 *   NONE
 *
 * Errors: RVL_CAUSE_CONFIG_INVALID, also where the two sides share no family.
 */
bool rvl_protect_parse(const char *text,
                       RvlSelectors **local,
                       RvlSelectors **remote,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_protect_format: (transfer full): one side, with `dynamic` by its word. */
char *rvl_protect_format(const RvlSelectors *selectors);
