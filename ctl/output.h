/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tool prints: tables, amounts, colours, JSON. */
#pragma once

#include <stdbool.h>
#include <gio/gio.h>

/** CtlPaint: colour is only ever beside a word or glyph that says the same. */
typedef enum { CTL_PLAIN, CTL_GOOD, CTL_BAD, CTL_DIM, CTL_BOLD } CtlPaint;

/** ctl_paint: @text, coloured where stdout is a terminal and NO_COLOR isn't set. (transfer full). */
char *ctl_paint(CtlPaint paint, const char *text);
/** ctl_is_terminal: whether stdout is one. */
bool ctl_is_terminal(void);

/** CtlColumn: @key: of the row; @title: of the column. */
typedef struct {
    const char *key;
    const char *title;
} CtlColumn;

/** ctl_print_table: @rows: `aa{sv}`; columns that are empty in every row are left out. */
void ctl_print_table(GVariant *rows, const CtlColumn *columns, size_t n);

/** CtlTable: lines of cells, printed with columns of even width. */
typedef struct CtlTable CtlTable;
CtlTable *ctl_table_new(size_t columns);
/** ctl_table_add: @cells: (array) (element-type utf8) (transfer none) (nullable elements). */
void ctl_table_add(CtlTable *table, const char *const *cells, CtlPaint paint);
/** ctl_table_note: a line of its own beneath the last row. */
void ctl_table_note(CtlTable *table, const char *note);
/** ctl_table_print: prints and frees. */
void ctl_table_print(CtlTable *table);

/** ctl_print_json: `{"schema":"ravelin/1","kind":…,"items":…}`. */
void ctl_print_json(const char *kind, GVariant *items);

/* Fields of rows. */
const char *ctl_row_text(GVariant *row, const char *key); /* (nullable) */
bool ctl_row_number(GVariant *row, const char *key, int64_t *number);

/** ctl_value_text: (transfer full): of a row's field: text as it is, facts as yes and no. */
char *ctl_value_text(GVariant *value);

/* (transfer full): `3 d`, `41 GiB`; `–` below 0. */
char *ctl_duration(int64_t seconds);
char *ctl_amount(int64_t octets);
