/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The line reader of the native format. */
#include "config.h"

#include "config/ini.h"

#include <string.h>

#include <glib.h>

typedef struct {
    const RvlIniHandler *handler;
    const char *group; /* NULL: none yet, or its head was refused */
    bool is_headless;  /* no head has come at all */
    uint32_t line;
    bool is_good;
} Reading;

static void
refuse(Reading *reading, const char *what)
{
    reading->is_good = false;
    reading->handler->refuse(reading->line, what, reading->handler->user_data);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char *
skip_blanks(char *at)
{
    while (is_blank(*at))
        at++;
    return at;
}

static bool
has_control(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];

        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

static void
read_head(Reading *reading, char *text)
{
    char *end = text + 1 + strcspn(text + 1, "[]");

    reading->group = NULL;
    reading->is_headless = false;
    if (*end != ']' || *skip_blanks(end + 1) != '\0') {
        refuse(reading, "a group's head is '[NAME]' and nothing else");
        return;
    }
    if (end == text + 1) {
        refuse(reading, "the group has no name");
        return;
    }
    *end = '\0';
    if (strchr(text, '\t') != NULL) {
        refuse(reading, "the group's name holds a tab");
        return;
    }
    reading->group = text + 1;
    reading->handler->take(&(RvlIniLine){.line = reading->line, .group = reading->group},
                           reading->handler->user_data);
}

/* Cuts the key out of `key = value`; returns where the value begins, or NULL. */
static char *
cut_key(char *text)
{
    char *end = text;
    char *equals;

    while (g_ascii_isalnum(*end) || (end > text && strchr("-_.", *end) != NULL && *end != '\0'))
        end++;
    equals = skip_blanks(end);
    if (end == text || *equals != '=')
        return NULL;
    *end = '\0';
    return skip_blanks(equals + 1);
}

static void
read_key(Reading *reading, char *text)
{
    char *value = cut_key(text);

    if (value == NULL) {
        refuse(reading, "neither '[group]' nor 'key = value' nor a comment");
        return;
    }
    if (reading->group == NULL) {
        if (reading->is_headless)
            refuse(reading, "a key stands before the first group");
        return;
    }
    reading->handler->take(
        &(RvlIniLine){.line = reading->line, .group = reading->group, .key = text, .value = value},
        reading->handler->user_data);
}

static void
read_line(Reading *reading, char *text, size_t n)
{
    if (n > RVL_INI_LINE_OCTETS) {
        refuse(reading, "the line is too long");
        return;
    }
    if (has_control(text, n) || !g_utf8_validate(text, (gssize)n, NULL)) {
        refuse(reading, "the line holds control characters, or is not UTF-8");
        return;
    }
    text = skip_blanks(text);
    if (*text == '[')
        read_head(reading, text);
    else if (*text != '#' && *text != '\0')
        read_key(reading, text);
}

bool
rvl_ini_read(char *text, size_t n, const RvlIniHandler *handler)
{
    Reading reading = {.handler = handler, .is_headless = true, .line = 1, .is_good = true};

    text[n] = '\0';
    while (n > 0) {
        char *newline = memchr(text, '\n', n);
        size_t length = newline != NULL ? (size_t)(newline - text) : n;
        size_t taken = newline != NULL ? length + 1 : length;

        if (newline != NULL && length > 0 && text[length - 1] == '\r')
            length--;
        text[length] = '\0';
        read_line(&reading, text, length);
        text += taken;
        n -= taken;
        reading.line++;
    }
    return reading.is_good;
}
