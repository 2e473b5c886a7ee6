/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the self-tests of all kinds of primitives share: walking rows, hexadecimal, the report. */
#pragma once

#include <ravelin/known-answer.h>

/* Tries one row; where it fails, @step says at what (`seal`). */
typedef bool (*SelfTestRow)(const void *primitive, const RvlKnownAnswer *row, const char **step);

/* Tries libravelin's rows of @name, and those of @more. */
bool self_test_rows(const char *name,
                    const char *backend,
                    const void *primitive,
                    const RvlKnownAnswers *more,
                    SelfTestRow test,
                    GError **error);

/* (transfer full): the octets of @hex; NULL gives none. Rows are constants of a module, so that a
 * broken digit is read as 0 and simply doesn't come out. */
GBytes *self_test_unhex(const char *hex);

/* Whether @octets are @expected. */
bool self_test_is(GBytes *expected, const void *octets, size_t size);
