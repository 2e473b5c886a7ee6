/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A row of a JSON file of vectors: members as text, numbers and octets. */
#pragma once

#include <json-glib/json-glib.h>

/** json_row_text: (transfer none) (nullable): NULL where there is no such member. */
const char *json_row_text(JsonObject *row, const char *name);
/** json_row_octets: (transfer full): hexadecimal; no octets where the member is absent. */
GBytes *json_row_octets(JsonObject *row, const char *name);
/** json_row_number: from a number, or from a text of one. */
gint64 json_row_number(JsonObject *row, const char *name);

/** json_rows: (transfer none): the array @name of @text; @parser (transfer full) keeps it alive. */
JsonArray *json_rows(const char *text, const char *name, JsonParser **parser);
