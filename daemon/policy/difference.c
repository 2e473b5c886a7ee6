/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a new snapshot changes, connection by connection. */
#include "config.h"

#include "policy/difference.h"

#include <string.h>

#include "policy/connection-same.h"

struct RvlDifference {
    RvlSnapshot *before; /* (nullable) */
    RvlSnapshot *after;
    GArray *rows;
};

/* A change that comes from elsewhere costs what a key of its kind costs. */
static RvlKeyCost
cost_of(const RvlSchema *schema, const char *name)
{
    const RvlSchemaRow *row;

    row = rvl_schema_find(schema, "connection", name);
    if (row == NULL)
        row = rvl_schema_find(schema, "child", name);
    return row != NULL ? (RvlKeyCost)row->key->cost : RVL_COST_NONE;
}

static void
compare(RvlChangeRow *row, const RvlSchema *schema)
{
    g_autoptr(GPtrArray) names = NULL;

    if (row->before == row->after)
        return;
    names = rvl_connection_differences(row->before, row->after);
    if (names->len == 0)
        return;
    row->change = RVL_CHANGE_CHANGED;
    for (guint i = 0; i < names->len; i++)
        row->cost = MAX(row->cost, cost_of(schema, g_ptr_array_index(names, i)));
    g_ptr_array_add(names, NULL);
    row->keys = g_strjoinv(", ", (char **)names->pdata);
}

static void
row_clear(gpointer data)
{
    g_free(((RvlChangeRow *)data)->keys);
}

RvlDifference *
rvl_difference_new(const RvlSnapshot *before, const RvlSnapshot *after, const RvlSchema *schema)
{
    RvlDifference *difference = g_new0(RvlDifference, 1);
    size_t i = 0, j = 0;

    difference->before = before != NULL ? rvl_snapshot_ref(before) : NULL;
    difference->after = rvl_snapshot_ref(after);
    difference->rows = g_array_new(FALSE, TRUE, sizeof(RvlChangeRow));
    g_array_set_clear_func(difference->rows, row_clear);
    for (;;) {
        const RvlConnection *old = before != NULL ? rvl_snapshot_get(before, i) : NULL;
        const RvlConnection *new = rvl_snapshot_get(after, j);
        RvlChangeRow row = {0};
        int order;

        if (old == NULL && new == NULL)
            return difference;
        order = old == NULL ? 1 : new == NULL ? -1 : strcmp(old->name, new->name);
        row.before = order <= 0 ? old : NULL;
        row.after = order >= 0 ? new : NULL;
        i += order <= 0;
        j += order >= 0;
        if (order == 0)
            compare(&row, schema);
        else
            row.change = order < 0 ? RVL_CHANGE_GONE : RVL_CHANGE_NEW;
        g_array_append_val(difference->rows, row);
    }
}

void
rvl_difference_free(RvlDifference *difference)
{
    if (difference == NULL)
        return;
    g_array_unref(difference->rows);
    rvl_snapshot_unref(difference->before);
    rvl_snapshot_unref(difference->after);
    g_free(difference);
}

size_t
rvl_difference_count(const RvlDifference *difference)
{
    return difference->rows->len;
}

const RvlChangeRow *
rvl_difference_get(const RvlDifference *difference, size_t i)
{
    return i < difference->rows->len ? &g_array_index(difference->rows, RvlChangeRow, i) : NULL;
}

size_t
rvl_difference_count_of(const RvlDifference *difference, RvlChange change)
{
    size_t n = 0;

    for (guint i = 0; i < difference->rows->len; i++)
        n += g_array_index(difference->rows, RvlChangeRow, i).change == change;
    return n;
}
