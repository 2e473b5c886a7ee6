/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A row of a JSON file of vectors. */
#include "config.h"

#include "crypto/json-row.h"
#include "support/hex.h"

const char *
json_row_text(JsonObject *row, const char *name)
{
    return json_object_has_member(row, name) ? json_object_get_string_member(row, name) : NULL;
}

GBytes *
json_row_octets(JsonObject *row, const char *name)
{
    const char *text = json_row_text(row, name);

    return rvl_test_unhex(text != NULL ? text : "");
}

gint64
json_row_number(JsonObject *row, const char *name)
{
    JsonNode *node = json_object_get_member(row, name);

    if (node == NULL)
        return 0;
    if (json_node_get_value_type(node) == G_TYPE_STRING)
        return g_ascii_strtoll(json_node_get_string(node), NULL, 0);
    return json_node_get_int(node);
}

JsonArray *
json_rows(const char *text, const char *name, JsonParser **parser)
{
    g_autoptr(GError) error = NULL;

    *parser = json_parser_new();
    json_parser_load_from_data(*parser, text, -1, &error);
    g_assert_no_error(error);
    return json_object_get_array_member(json_node_get_object(json_parser_get_root(*parser)), name);
}
