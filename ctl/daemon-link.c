/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way to the daemon. */
#include "config.h"

#include "daemon-link.h"

#include <string.h>

#include <gio/gunixfdlist.h>

#define BUS_NAME "org.ravelin.Ravelin1"
#define PATH "/org/ravelin/Ravelin1"
#define MANAGER "org.ravelin.Ravelin1.Manager"
#define JOB "org.ravelin.Ravelin1.Job"
#define ERROR_PREFIX "org.ravelin.Error."

/* A daemon that doesn't answer a question for so long is stuck. */
#define CALL_TIMEOUT_MS 30000

/* Over the bus somebody may have to type a password first. */
#define BUS_CALL_TIMEOUT_MS 150000

struct CtlLink {
    GDBusConnection *connection;
    const char *name; /* NULL on the daemon's own socket */
    CtlSignal signal;
    void *user_data;
};

/* Causes that scripts tell apart; all others are CTL_FAILED. */
static const struct {
    const char *word;
    CtlStatus status;
} meanings[] = {
    {"permission-missing", CTL_NOT_ALLOWED}, {"config-invalid", CTL_CONFIGURATION},
    {"no-such-peer", CTL_NOT_FOUND},         {"no-such-identity", CTL_NOT_FOUND},
    {"peer-silent", CTL_TIMED_OUT},
};

CtlStatus
ctl_status_of_cause(const char *word)
{
    g_autofree char *dashed = g_strdelimit(g_strdup(word), "_", '-');

    for (size_t i = 0; i < G_N_ELEMENTS(meanings); i++) {
        if (strcmp(meanings[i].word, dashed) == 0)
            return meanings[i].status;
    }
    return CTL_FAILED;
}

static CtlStatus
status_of_error(const GError *error)
{
    g_autofree char *remote = g_dbus_error_get_remote_error(error);

    if (remote != NULL && g_str_has_prefix(remote, ERROR_PREFIX))
        return ctl_status_of_cause(remote + strlen(ERROR_PREFIX));
    if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED) ||
        g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
        return CTL_NOT_ALLOWED;
    if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
        g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
        g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CLOSED))
        return CTL_NO_DAEMON;
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        return CTL_TIMED_OUT;
    return CTL_FAILED;
}

static GDBusConnection *
connect_socket(const char *path, GError **error)
{
    g_autofree char *escaped = g_dbus_address_escape_value(path);
    g_autofree char *address = g_strconcat("unix:path=", escaped, NULL);

    return g_dbus_connection_new_for_address_sync(
        address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, error);
}

static char *
socket_path(const char *instance)
{
    const char *named = g_getenv("RAVELIN_SOCKET");

    if (named != NULL && instance == NULL)
        return g_strdup(named);
    return g_strconcat(RVL_RUNTIME_DIR, instance != NULL ? "-" : "",
                       instance != NULL ? instance : "", "/control", NULL);
}

static bool
bus_has_daemon(GDBusConnection *bus)
{
    gboolean has = FALSE;
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "NameHasOwner", g_variant_new("(s)", BUS_NAME), G_VARIANT_TYPE("(b)"),
        G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT_MS, NULL, NULL);

    if (reply != NULL)
        g_variant_get(reply, "(b)", &has);
    return has;
}

static CtlStatus
tell_no_daemon(const char *path, const GError *error)
{
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED)) {
        g_printerr("ravelinctl: %s: not allowed; root and members of group ravelin are\n", path);
        return CTL_NOT_ALLOWED;
    }
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
        g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)) {
        g_printerr("ravelinctl: no daemon serves at %s; is ravelind running?\n", path);
        return CTL_NO_DAEMON;
    }
    /* the daemon hangs up on users whom it doesn't admit */
    g_printerr("ravelinctl: %s: %s\n", path, error->message);
    return CTL_NOT_ALLOWED;
}

CtlLink *
ctl_link_new(const char *instance, CtlStatus *status)
{
    g_autofree char *path = socket_path(instance);
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) connection = connect_socket(path, &error);
    const char *name = NULL;
    CtlLink *link;

    if (connection == NULL && instance == NULL && g_getenv("RAVELIN_SOCKET") == NULL) {
        connection = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, NULL);
        name = BUS_NAME;
        if (connection != NULL && !bus_has_daemon(connection))
            g_clear_object(&connection);
    }
    if (connection == NULL) {
        *status = tell_no_daemon(path, error);
        return NULL;
    }
    g_dbus_connection_set_exit_on_close(connection, FALSE);
    link = g_new0(CtlLink, 1);
    link->connection = g_steal_pointer(&connection);
    link->name = name;
    return link;
}

void
ctl_link_free(CtlLink *link)
{
    if (link == NULL)
        return;
    g_object_unref(link->connection);
    g_free(link);
}

static GDBusCallFlags
flags_of(const CtlLink *link)
{
    return link->name != NULL ? G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION
                              : G_DBUS_CALL_FLAGS_NONE;
}

static int
timeout_of(const CtlLink *link)
{
    return link->name != NULL ? BUS_CALL_TIMEOUT_MS : CALL_TIMEOUT_MS;
}

GVariant *
ctl_link_call(CtlLink *link,
              const char *method,
              GVariant *arguments,
              GUnixFDList **descriptors,
              CtlStatus *status)
{
    g_autoptr(GError) error = NULL;
    GVariant *reply = g_dbus_connection_call_with_unix_fd_list_sync(
        link->connection, link->name, PATH, MANAGER, method, arguments, NULL, flags_of(link),
        timeout_of(link), NULL, descriptors, NULL, &error);

    if (reply != NULL)
        return reply;
    *status = status_of_error(error);
    (void)g_dbus_error_strip_remote_error(error);
    g_printerr("ravelinctl: %s\n", error->message);
    return NULL;
}

GVariant *
ctl_link_rows(CtlLink *link, const char *kind, CtlStatus *status)
{
    g_auto(GVariantBuilder) all = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
    g_autofree char *cursor = g_strdup("");

    do {
        g_autoptr(GVariant) reply = ctl_link_call(
            link, "List", g_variant_new("(sa{sv}su)", kind, NULL, cursor, 0), NULL, status);
        g_autoptr(GVariant) page = NULL;

        if (reply == NULL)
            return NULL;
        g_clear_pointer(&cursor, g_free);
        g_variant_get(reply, "(@aa{sv}s)", &page, &cursor);
        for (gsize i = 0; i < g_variant_n_children(page); i++) {
            g_autoptr(GVariant) row = g_variant_get_child_value(page, i);

            g_variant_builder_add_value(&all, row);
        }
    } while (*cursor != '\0');
    return g_variant_ref_sink(g_variant_builder_end(&all));
}

GVariant *
ctl_link_property(CtlLink *link, const char *name)
{
    g_autoptr(GVariant) value = NULL;
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        link->connection, link->name, PATH, "org.freedesktop.DBus.Properties", "Get",
        g_variant_new("(ss)", MANAGER, name), G_VARIANT_TYPE("(v)"), flags_of(link),
        timeout_of(link), NULL, NULL);

    if (reply == NULL)
        return NULL;
    g_variant_get(reply, "(v)", &value);
    return g_steal_pointer(&value);
}

static void
signal_came(GDBusConnection *connection,
            const char *sender,
            const char *path,
            const char *interface,
            const char *signal,
            GVariant *parameters,
            gpointer user_data)
{
    const CtlLink *link = user_data;

    link->signal(path, signal, parameters, link->user_data);
}

void
ctl_link_watch_jobs(CtlLink *link, CtlSignal signal, void *user_data)
{
    link->signal = signal;
    link->user_data = user_data;
    (void)g_dbus_connection_signal_subscribe(link->connection, link->name, JOB, NULL, NULL, NULL,
                                             G_DBUS_SIGNAL_FLAGS_NONE, signal_came, link, NULL);
}
