/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of lists (`aa{sv}`): adding typed fields, each under a name that says its unit. */
#pragma once

#include <gio/gio.h>
#include <ravelin/installer.h>

#include "registry/algorithms.h"

/* Each adds one field to a row under construction; absent values (NULL, NEVER) add nothing. */
void rvl_row_text(GVariantBuilder *row, const char *key, const char *text);
/** rvl_row_take_text: @text: (transfer full) (nullable). */
void rvl_row_take_text(GVariantBuilder *row, const char *key, char *text);
void rvl_row_number(GVariantBuilder *row, const char *key, int64_t number);
void rvl_row_fact(GVariantBuilder *row, const char *key, bool fact);
/** rvl_row_spi: 8 or 16 hexadecimal digits. */
void rvl_row_spi(GVariantBuilder *row, const char *key, uint64_t spi);
/** rvl_row_age: whole seconds from @since to @now. */
void rvl_row_age(GVariantBuilder *row, const char *key, RvlTime since, RvlTime now);
/** rvl_row_until: whole seconds from @now to @then, 0 where it has passed. */
void rvl_row_until(GVariantBuilder *row, const char *key, RvlTime then, RvlTime now);
/** rvl_row_proposal: the transforms' words, joined by `-`. */
void rvl_row_proposal(GVariantBuilder *row,
                      const char *key,
                      const RvlRegistry *registry,
                      const RvlTransform *transforms,
                      size_t n);
