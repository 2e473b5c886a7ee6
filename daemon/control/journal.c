/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An event as fields of the systemd journal. */
#include "config.h"

#include "control/journal.h"

#include "control/event-fields.h"

#define MESSAGE_ID_OCTETS 32

static void
field_clear(gpointer data)
{
    GLogField *field = data;

    g_free((char *)field->key);
    g_free((char *)field->value);
}

/* @key and @value: (transfer full). */
static void
add(GArray *fields, char *key, char *value)
{
    const GLogField field = {key, value, -1};

    g_array_append_val(fields, field);
}

static void
add_field(const char *name, const char *text, bool is_number, void *user_data)
{
    g_autofree char *word = g_strdelimit(g_ascii_strup(name, -1), "-", '_');

    (void)is_number;
    add(user_data, g_strconcat("RAVELIN_", word, NULL), g_strdup(text));
}

char *
rvl_journal_message_id(const char *word)
{
    g_autofree char *name = g_strconcat("org.ravelin.event:", word, NULL);
    char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);

    digest[MESSAGE_ID_OCTETS] = '\0';
    return digest;
}

static GLogLevelFlags
glib_level(RvlEventLevel level)
{
    switch (level) {
    case RVL_LEVEL_ERROR:
        return G_LOG_LEVEL_CRITICAL;
    case RVL_LEVEL_WARNING:
        return G_LOG_LEVEL_WARNING;
    case RVL_LEVEL_NOTICE:
        return G_LOG_LEVEL_MESSAGE;
    case RVL_LEVEL_INFO:
        return G_LOG_LEVEL_INFO;
    case RVL_LEVEL_DEBUG:
        return G_LOG_LEVEL_DEBUG;
    }
    return G_LOG_LEVEL_DEBUG;
}

void
rvl_journal_write(const RvlEvent *event)
{
    const RvlEventInfo *info = rvl_event_info(event->id);
    g_autoptr(GArray) fields = g_array_new(FALSE, FALSE, sizeof(GLogField));

    g_array_set_clear_func(fields, field_clear);
    add(fields, g_strdup("MESSAGE"), rvl_event_sentence(event));
    add(fields, g_strdup("PRIORITY"), g_strdup_printf("%d", (int)info->level));
    add(fields, g_strdup("SYSLOG_IDENTIFIER"), g_strdup("ravelind"));
    add(fields, g_strdup("MESSAGE_ID"), rvl_journal_message_id(info->word));
    add(fields, g_strdup("RAVELIN_EVENT"), g_strdup(info->word));
    if (info->audit != NULL)
        add(fields, g_strdup("RAVELIN_AUDIT"), g_strdup(info->audit));
    rvl_event_fields_visit(event, add_field, fields);
    (void)g_log_writer_journald(glib_level(info->level),
                                (const GLogField *)(const void *)fields->data, fields->len, NULL);
}
