/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log: events as the journal's fields, as lines for people, or as JSON lines; and the audit log. */
#include "config.h"

#include "control/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <ravelin/error.h>

#include "control/event-fields.h"
#include "control/event-json.h"
#include "control/journal.h"

struct RvlLog {
    RvlEventHub *hub;
    RvlLogOptions options;
    GHashTable *levels; /* subject -> RvlEventLevel */
    int audit;          /* -1: none */
};

/* A whole line or nothing: a full pipe or disk loses lines, and never blocks the daemon for long. */
static void
write_line(int descriptor, char *line)
{
    size_t n = strlen(line);
    ssize_t written;

    line[n] = '\n'; /* in place of the zero: one write, so that lines don't mix */
    do
        written = write(descriptor, line, n + 1);
    while (written < 0 && errno == EINTR);
    line[n] = '\0';
}

/* `berlin/lan 192.0.2.7:4500: ` */
static char *
subject_text(const RvlEventScope *scope)
{
    GString *text = g_string_new(NULL);

    if (scope == NULL)
        return g_string_free(text, FALSE);
    if (scope->connection != NULL)
        g_string_append(text, scope->connection);
    if (scope->child != NULL && g_strcmp0(scope->child, scope->connection) != 0)
        g_string_append_printf(text, "/%s", scope->child);
    if (scope->peer != NULL)
        g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", scope->peer);
    if (text->len > 0)
        g_string_append(text, ": ");
    return g_string_free(text, FALSE);
}

static void
write_text(const RvlLog *log, const RvlEvent *event, int64_t unix_us)
{
    g_autofree char *time = rvl_time_rfc3339(unix_us);
    g_autofree char *subject = subject_text(event->scope);
    g_autofree char *sentence = rvl_event_sentence(event);
    g_autofree char *line =
        g_strdup_printf("%s %s: %s%s", time, rvl_event_level_word(rvl_event_info(event->id)->level),
                        subject, sentence);

    write_line(log->options.descriptor, line);
}

static void
write_audit(const RvlLog *log, const RvlEvent *event, int64_t unix_us)
{
    g_autofree char *line = NULL;

    if (log->audit < 0 || rvl_event_info(event->id)->audit == NULL)
        return;
    line = rvl_event_json(event, unix_us);
    write_line(log->audit, line);
}

/* The most particular subject's level counts: the connection's, the peer's, else the general one. */
static RvlEventLevel
level_for(const RvlLog *log, const RvlEventScope *scope)
{
    g_autofree char *address = NULL;
    gpointer level;

    if (g_hash_table_size(log->levels) == 0)
        return log->options.level;
    if (scope != NULL && scope->connection != NULL &&
        g_hash_table_lookup_extended(log->levels, scope->connection, NULL, &level))
        return (RvlEventLevel)GPOINTER_TO_INT(level);
    address = rvl_event_peer_address(scope);
    if (address != NULL && g_hash_table_lookup_extended(log->levels, address, NULL, &level))
        return (RvlEventLevel)GPOINTER_TO_INT(level);
    return log->options.level;
}

static void
show(const RvlEvent *event, int64_t unix_us, void *user_data)
{
    const RvlLog *log = user_data;
    g_autofree char *line = NULL;

    write_audit(log, event, unix_us);
    if (rvl_event_info(event->id)->level > level_for(log, event->scope))
        return;
    switch (log->options.format) {
    case RVL_LOG_JOURNAL:
        rvl_journal_write(event);
        break;
    case RVL_LOG_JSON:
        line = rvl_event_json(event, unix_us);
        write_line(log->options.descriptor, line);
        break;
    case RVL_LOG_AUTO:
    case RVL_LOG_TEXT:
        write_text(log, event, unix_us);
        break;
    }
}

RvlLog *
rvl_log_new(RvlEventHub *hub, const RvlLogOptions *options, GError **error)
{
    RvlLog *log = g_new0(RvlLog, 1);

    log->hub = hub;
    log->options = *options;
    log->options.audit = NULL; /* borrowed for this call */
    log->levels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    log->audit = -1;
    if (options->format == RVL_LOG_AUTO && g_log_writer_is_journald(options->descriptor))
        log->options.format = RVL_LOG_JOURNAL;
    if (options->audit != NULL) {
        log->audit = open(options->audit, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (log->audit < 0) {
            rvl_error_set(error, RVL_CAUSE_PERMISSION_MISSING, "audit log %s: %s", options->audit,
                          g_strerror(errno));
            rvl_log_free(log);
            return NULL;
        }
    }
    rvl_event_hub_add_view(hub, show, log);
    return log;
}

void
rvl_log_free(RvlLog *log)
{
    if (log == NULL)
        return;
    rvl_event_hub_remove_view(log->hub, show, log);
    if (log->audit >= 0)
        close(log->audit);
    g_hash_table_unref(log->levels);
    g_free(log);
}

bool
rvl_log_set_level(RvlLog *log, const char *subject, const char *word, GError **error)
{
    RvlEventLevel level;

    if (strcmp(word, "default") == 0 && subject[0] != '\0') {
        (void)g_hash_table_remove(log->levels, subject);
        return true;
    }
    if (!rvl_event_level_parse(word, &level)) {
        rvl_error_set_found(error, RVL_CAUSE_CONFIG_INVALID, word,
                            "error, warning, notice, info, debug", "'%s' is no log level", word);
        return false;
    }
    if (subject[0] == '\0')
        log->options.level = level;
    else
        g_hash_table_insert(log->levels, g_strdup(subject), GINT_TO_POINTER(level));
    return true;
}
