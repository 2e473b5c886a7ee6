/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The line reader of the native format: bytes to line, group, key and value. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * RvlIniLine:
 * @line: counted from 1
 * @group: between the brackets, as written
 * @key: (nullable): NULL: the head of a group
 * @value: (nullable): as written after the `=` and blanks; never NULL beside a key
 *
 * Pieces of the text that was read, which stays the caller's to change; valid as long as that.
 */
typedef struct {
    uint32_t line;
    const char *group;
    const char *key;
    char *value;
} RvlIniLine;

/**
 * RvlIniHandler:
 * @take: a line that holds something
 * @refuse: a line that breaks the format; @what without full stop
 */
typedef struct {
    void (*take)(const RvlIniLine *line, void *user_data);
    void (*refuse)(uint32_t line, const char *what, void *user_data);
    void *user_data;
} RvlIniHandler;

/** RVL_INI_LINE_OCTETS: longest line. */
#define RVL_INI_LINE_OCTETS ((size_t)1 << 20)

/**
 * rvl_ini_read:
 * @text: @n octets from anybody, and room for one more; is cut into pieces
 *
 * Groups in brackets, keys with `=`, comments (`#`) on lines of their own; UTF-8 without controls.
 * No continuation, no escapes, no quotes, no include. What it accepts, GKeyFile loads with the
 * same values. It goes on after a refused line; keys below a refused head are left out.
 *
 * Returns: whether no line was refused.
 */
bool rvl_ini_read(char *text, size_t n, const RvlIniHandler *handler);
