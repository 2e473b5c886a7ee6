/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tool prints. */
#include "config.h"

#include "output.h"

#include <string.h>
#include <unistd.h>

#include <json-glib/json-glib.h>

#define NOTHING "–"

bool
ctl_is_terminal(void)
{
    return isatty(STDOUT_FILENO) != 0;
}

char *
ctl_paint(CtlPaint paint, const char *text)
{
    static const char *const codes[] = {
        [CTL_PLAIN] = "", [CTL_GOOD] = "32", [CTL_BAD] = "31", [CTL_DIM] = "2", [CTL_BOLD] = "1"};
    const char *refused = g_getenv("NO_COLOR");

    if (paint == CTL_PLAIN || !ctl_is_terminal() || (refused != NULL && *refused != '\0'))
        return g_strdup(text);
    return g_strdup_printf("\033[%sm%s\033[0m", codes[paint], text);
}

/* Tables. */

typedef struct {
    char **cells; /* NULL: a note */
    char *note;
    CtlPaint paint;
} Line;

struct CtlTable {
    size_t columns;
    GArray *lines;
};

CtlTable *
ctl_table_new(size_t columns)
{
    CtlTable *table = g_new0(CtlTable, 1);

    table->columns = columns;
    table->lines = g_array_new(FALSE, FALSE, sizeof(Line));
    return table;
}

void
ctl_table_add(CtlTable *table, const char *const *cells, CtlPaint paint)
{
    Line line = {.cells = g_new0(char *, table->columns + 1), .paint = paint};

    for (size_t i = 0; i < table->columns; i++)
        line.cells[i] = g_strdup(cells[i] != NULL ? cells[i] : NOTHING);
    g_array_append_val(table->lines, line);
}

void
ctl_table_note(CtlTable *table, const char *note)
{
    Line line = {.note = g_strdup(note), .paint = CTL_PLAIN};

    g_array_append_val(table->lines, line);
}

static glong
width_of(const CtlTable *table, size_t column)
{
    glong width = 0;

    for (guint i = 0; i < table->lines->len; i++) {
        const Line *line = &g_array_index(table->lines, Line, i);

        if (line->cells != NULL)
            width = MAX(width, g_utf8_strlen(line->cells[column], -1));
    }
    return width;
}

static void
print_line(const Line *line, const glong *widths, size_t columns)
{
    g_autoptr(GString) text = g_string_new(line->note);
    g_autofree char *painted = NULL;

    for (size_t i = 0; line->cells != NULL && i < columns; i++) {
        g_string_append(text, line->cells[i]);
        if (i + 1 == columns)
            break;
        for (glong n = g_utf8_strlen(line->cells[i], -1); n < widths[i] + 2; n++)
            g_string_append_c(text, ' ');
    }
    painted = ctl_paint(line->paint, text->str);
    g_print("%s\n", painted);
}

void
ctl_table_print(CtlTable *table)
{
    g_autofree glong *widths = g_new0(glong, table->columns);

    for (size_t i = 0; i < table->columns; i++)
        widths[i] = width_of(table, i);
    for (guint i = 0; i < table->lines->len; i++) {
        Line *line = &g_array_index(table->lines, Line, i);

        print_line(line, widths, table->columns);
        g_strfreev(line->cells);
        g_free(line->note);
    }
    g_array_unref(table->lines);
    g_free(table);
}

static bool
is_empty(GVariant *rows, const char *key)
{
    for (gsize i = 0; i < g_variant_n_children(rows); i++) {
        g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
        g_autoptr(GVariant) value = g_variant_lookup_value(row, key, NULL);

        if (value != NULL)
            return false;
    }
    return true;
}

static char *
cell_of(GVariant *row, const char *key)
{
    g_autoptr(GVariant) value = g_variant_lookup_value(row, key, NULL);
    int64_t number = 0;

    if (value == NULL)
        return NULL;
    if (g_str_has_suffix(key, "_s") && ctl_row_number(row, key, &number))
        return ctl_duration(number);
    if (g_str_has_prefix(key, "octets") && ctl_row_number(row, key, &number))
        return ctl_amount(number);
    return ctl_value_text(value);
}

void
ctl_print_table(GVariant *rows, const CtlColumn *columns, size_t n)
{
    g_autofree const CtlColumn **shown = g_new0(const CtlColumn *, n);
    g_autofree const char **titles = g_new0(const char *, n);
    size_t n_shown = 0;
    CtlTable *table;

    for (size_t i = 0; i < n; i++) {
        if (!is_empty(rows, columns[i].key)) {
            titles[n_shown] = columns[i].title;
            shown[n_shown++] = &columns[i];
        }
    }
    if (n_shown == 0)
        return;
    table = ctl_table_new(n_shown);
    ctl_table_add(table, titles, CTL_BOLD);
    for (gsize r = 0; r < g_variant_n_children(rows); r++) {
        g_autoptr(GVariant) row = g_variant_get_child_value(rows, r);
        g_auto(GStrv) cells = g_new0(char *, n_shown + 1);
        const char *state = ctl_row_text(row, "state");

        for (size_t i = 0; i < n_shown; i++) {
            cells[i] = cell_of(row, shown[i]->key);
            if (cells[i] == NULL)
                cells[i] = g_strdup(NOTHING);
        }
        ctl_table_add(table, (const char *const *)cells,
                      g_strcmp0(state, "failed") == 0 ? CTL_BAD : CTL_PLAIN);
    }
    ctl_table_print(table);
}

/* JSON. */

void
ctl_print_json(const char *kind, GVariant *items)
{
    GVariantDict whole;
    g_autoptr(GVariant) value = NULL;
    g_autofree char *json = NULL;

    g_variant_dict_init(&whole, NULL);
    g_variant_dict_insert(&whole, "schema", "s", "ravelin/1");
    g_variant_dict_insert(&whole, "kind", "s", kind);
    g_variant_dict_insert_value(&whole, "items", items);
    value = g_variant_ref_sink(g_variant_dict_end(&whole));
    json = json_gvariant_serialize_data(value, NULL);
    g_print("%s\n", json);
}

/* Fields. */

const char *
ctl_row_text(GVariant *row, const char *key)
{
    const char *text = NULL;

    (void)g_variant_lookup(row, key, "&s", &text);
    return text;
}

bool
ctl_row_number(GVariant *row, const char *key, int64_t *number)
{
    gint64 found;

    if (!g_variant_lookup(row, key, "x", &found))
        return false;
    *number = found;
    return true;
}

char *
ctl_value_text(GVariant *value)
{
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_STRING))
        return g_variant_dup_string(value, NULL);
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN))
        return g_strdup(g_variant_get_boolean(value) ? "yes" : "no");
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_STRING_ARRAY)) {
        g_autofree const char **texts = g_variant_get_strv(value, NULL);

        return g_strjoinv(", ", (char **)texts);
    }
    return g_variant_print(value, FALSE);
}

char *
ctl_duration(int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *unit;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}};

    if (seconds < 0)
        return g_strdup(NOTHING);
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (seconds >= 2 * units[i].seconds)
            return g_strdup_printf("%" G_GINT64_FORMAT " %s", seconds / units[i].seconds,
                                   units[i].unit);
    }
    return g_strdup_printf("%" G_GINT64_FORMAT " s", seconds);
}

char *
ctl_amount(int64_t octets)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double amount = (double)octets;
    size_t unit = 0;

    if (octets < 0)
        return g_strdup(NOTHING);
    while (amount >= 1000 && unit + 1 < G_N_ELEMENTS(units)) {
        amount /= 1024;
        unit++;
    }
    return g_strdup_printf(unit == 0 || amount >= 10 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
}
