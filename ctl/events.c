/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ravelinctl events and log: the daemon's events as they come, and how many of them the log holds. */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include <gio/gunixfdlist.h>
#include <gio/gunixinputstream.h>
#include <json-glib/json-glib.h>

#include "command.h"
#include "output.h"

static const char *
member(JsonObject *event, const char *name)
{
    return json_object_get_string_member_with_default(event, name, "");
}

static void
print_event(const char *line)
{
    g_autoptr(JsonNode) node = json_from_string(line, NULL);
    JsonObject *event;
    const char *level;
    const char *connection;
    g_autofree char *painted = NULL;

    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
        return;
    event = json_node_get_object(node);
    if (strcmp(member(event, "event"), "lost") == 0) {
        g_print("… %" G_GINT64_FORMAT " events were too many to be shown\n",
                json_object_get_int_member_with_default(event, "count", 0));
        return;
    }
    level = member(event, "level");
    connection = member(event, "connection");
    painted = ctl_paint(
        strcmp(level, "error") == 0 || strcmp(level, "warning") == 0 ? CTL_BAD : CTL_PLAIN, level);
    g_print("%s %s %s%s%s\n", member(event, "time"), painted, connection,
            *connection != '\0' ? ": " : "", member(event, "message"));
}

static GVariant *
filter_of(const CtlInvocation *invocation)
{
    GVariantDict filter;

    g_variant_dict_init(&filter, NULL);
    if (invocation->words[0] != NULL)
        g_variant_dict_insert(&filter, "connection", "s", invocation->words[0]);
    if (invocation->level != NULL)
        g_variant_dict_insert(&filter, "level", "s", invocation->level);
    return g_variant_new("(@a{sv})", g_variant_dict_end(&filter));
}

static CtlStatus
print_lines(GInputStream *stream, bool is_json)
{
    g_autoptr(GDataInputStream) lines = g_data_input_stream_new(stream);
    char *line;

    while ((line = g_data_input_stream_read_line(lines, NULL, NULL, NULL)) != NULL) {
        if (is_json)
            g_print("%s\n", line);
        else
            print_event(line);
        g_free(line);
    }
    g_printerr("ravelinctl: the daemon ended the stream\n");
    return CTL_NO_DAEMON;
}

CtlStatus
ctl_events(const CtlInvocation *invocation)
{
    CtlStatus status = CTL_FAILED;
    g_autoptr(GUnixFDList) descriptors = NULL;
    g_autoptr(GVariant) reply =
        ctl_link_call(invocation->link, "OpenEvents", filter_of(invocation), &descriptors, &status);
    g_autoptr(GInputStream) stream = NULL;
    g_autoptr(GError) error = NULL;
    gint32 index;
    int descriptor;

    if (reply == NULL)
        return status;
    g_variant_get(reply, "(h)", &index);
    descriptor = descriptors != NULL ? g_unix_fd_list_get(descriptors, index, &error) : -1;
    if (descriptor < 0) {
        g_printerr("ravelinctl: no stream came: %s\n", error != NULL ? error->message : "");
        return CTL_FAILED;
    }
    stream = g_unix_input_stream_new(descriptor, TRUE);
    return print_lines(stream, invocation->is_json);
}

CtlStatus
ctl_log(const CtlInvocation *invocation)
{
    const char *subject = invocation->words[0];
    CtlStatus status = CTL_FAILED;
    g_autoptr(GVariant) reply = ctl_link_call(
        invocation->link, "SetLog",
        g_variant_new("(ss)", strcmp(subject, "all") == 0 ? "" : subject, invocation->words[1]),
        NULL, &status);

    return reply != NULL ? CTL_DONE : status;
}
