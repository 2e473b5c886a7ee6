/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An event as one line of JSON. */
#include "config.h"

#include "control/event-json.h"

#include <json-glib/json-glib.h>

#include "control/event-fields.h"

static void
add(JsonBuilder *builder, const char *name, const char *text)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, text);
}

static void
add_field(const char *name, const char *text, bool is_number, void *user_data)
{
    JsonBuilder *builder = user_data;
    g_autofree char *key = g_strdelimit(g_strdup(name), "-", '_');

    if (!is_number) {
        add(builder, key, text);
        return;
    }
    json_builder_set_member_name(builder, key);
    json_builder_add_int_value(builder, g_ascii_strtoll(text, NULL, 10));
}

char *
rvl_time_rfc3339(int64_t unix_us)
{
    g_autoptr(GDateTime) seconds = g_date_time_new_from_unix_utc(unix_us / G_USEC_PER_SEC);
    g_autofree char *text = NULL;

    if (seconds == NULL)
        return g_strdup("");
    text = g_date_time_format(seconds, "%Y-%m-%dT%H:%M:%S");
    return g_strdup_printf("%s.%06" G_GINT64_FORMAT "Z", text, unix_us % G_USEC_PER_SEC);
}

char *
rvl_event_json(const RvlEvent *event, int64_t unix_us)
{
    const RvlEventInfo *info = rvl_event_info(event->id);
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *time = rvl_time_rfc3339(unix_us);
    g_autofree char *message = rvl_event_sentence(event);

    json_builder_begin_object(builder);
    add(builder, "schema", "ravelin/1");
    add(builder, "time", time);
    add(builder, "event", info->word);
    add(builder, "level", rvl_event_level_word(info->level));
    add(builder, "message", message);
    rvl_event_fields_visit(event, add_field, builder);
    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    return json_to_string(root, FALSE);
}
