/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The control service: D-Bus on a socket of the daemon's own, and on the system bus where there is one. */
#include "config.h"

#include "control/control.h"

#include <ravelin/error.h>

#include "control/bus-access.h"
#include "control/changeover.h"
#include "control/manager.h"
#include "control/socket-guard.h"

struct RvlControlService {
    RvlFindings *findings;
    RvlChangeover *changeover;
    RvlManager *manager;
    RvlBusAccess *access;
    RvlSocketGuard *guard;
    GDBusServer *server;
    GDBusAuthObserver *observer;
    GPtrArray *connections; /* of GDBusConnection */
    guint bus_name;
};

/* Without this any local user gets in: GDBus alone only asks that the peer says who it is. */
static gboolean
peer_is_admitted(GDBusAuthObserver *observer,
                 GIOStream *stream,
                 GCredentials *credentials,
                 gpointer user_data)
{
    uid_t uid;

    (void)observer;
    (void)stream;
    (void)user_data;
    if (credentials == NULL)
        return FALSE;
    uid = g_credentials_get_unix_user(credentials, NULL);
    return uid != (uid_t)-1 && rvl_socket_guard_admits(uid);
}

static gboolean
mechanism_is_allowed(GDBusAuthObserver *observer, const char *mechanism, gpointer user_data)
{
    (void)observer;
    (void)user_data;
    return g_strcmp0(mechanism, "EXTERNAL") == 0;
}

/* On the own socket whoever was admitted may do everything. */
static void
socket_authorizes(void *authority,
                  GDBusMethodInvocation *invocation,
                  RvlPermission permission,
                  RvlAuthorized done,
                  void *user_data)
{
    GDBusConnection *connection = g_dbus_method_invocation_get_connection(invocation);
    GCredentials *credentials = g_dbus_connection_get_peer_credentials(connection);
    RvlCaller caller = {.uid = (uid_t)-1, .pid = -1};

    (void)authority;
    (void)permission;
    if (credentials != NULL) {
        caller.uid = g_credentials_get_unix_user(credentials, NULL);
        caller.pid = g_credentials_get_unix_pid(credentials, NULL);
    }
    done(&caller, NULL, user_data);
}

static void
connection_closed(GDBusConnection *connection,
                  gboolean by_remote,
                  GError *error,
                  gpointer user_data)
{
    RvlControlService *control = user_data;

    (void)by_remote;
    (void)error;
    (void)g_ptr_array_remove(control->connections, connection);
}

static gboolean
connected(GDBusServer *server, GDBusConnection *connection, gpointer user_data)
{
    RvlControlService *control = user_data;

    (void)server;
    if (!rvl_manager_serve(control->manager, connection, socket_authorizes, NULL, NULL))
        return FALSE;
    g_ptr_array_add(control->connections, g_object_ref(connection));
    g_signal_connect(connection, "closed", G_CALLBACK(connection_closed), control);
    return TRUE;
}

static bool
listen_on_socket(RvlControlService *control, GError **error)
{
    g_autofree char *path = g_dbus_address_escape_value(rvl_socket_guard_path(control->guard));
    g_autofree char *address = g_strconcat("unix:path=", path, NULL);
    g_autofree char *guid = g_dbus_generate_guid();

    control->observer = g_dbus_auth_observer_new();
    g_signal_connect(control->observer, "authorize-authenticated-peer",
                     G_CALLBACK(peer_is_admitted), NULL);
    g_signal_connect(control->observer, "allow-mechanism", G_CALLBACK(mechanism_is_allowed), NULL);
    control->server = g_dbus_server_new_sync(address, G_DBUS_SERVER_FLAGS_NONE, guid,
                                             control->observer, NULL, error);
    if (control->server == NULL) {
        rvl_error_prefix_where(error, "control socket");
        return false;
    }
    g_signal_connect(control->server, "new-connection", G_CALLBACK(connected), control);
    g_dbus_server_start(control->server);
    rvl_socket_guard_open_up(control->guard);
    return true;
}

static void
bus_reached(GDBusConnection *bus, const char *name, gpointer user_data)
{
    RvlControlService *control = user_data;

    (void)name;
    g_dbus_connection_set_exit_on_close(bus, FALSE); /* the daemon outlives a bus */
    (void)!rvl_manager_serve(control->manager, bus, rvl_bus_access_authorize, control->access,
                             NULL);
}

RvlControlService *
rvl_control_new(const RvlControlOptions *options,
                const RvlControlModel *model,
                RvlEventHub *hub,
                RvlLog *log,
                GError **error)
{
    g_autoptr(RvlControlService) control = g_new0(RvlControlService, 1);
    RvlManagerParts parts = {.model = model, .hub = hub, .log = log, .version = options->version};

    control->connections = g_ptr_array_new_with_free_func(g_object_unref);
    control->findings = rvl_findings_new(hub);
    parts.findings = control->findings;
    control->changeover = rvl_changeover_new(model, rvl_event_hub_events(hub));
    parts.changeover = control->changeover;
    control->manager = rvl_manager_new(&parts, error);
    if (control->manager == NULL)
        return NULL;
    control->access = rvl_bus_access_new(0, RVL_BUS_PATIENCE_MS);
    control->guard = rvl_socket_guard_new(options->directory, error);
    if (control->guard == NULL || !listen_on_socket(control, error))
        return NULL;
    if (options->is_on_bus)
        control->bus_name =
            g_bus_own_name(G_BUS_TYPE_SYSTEM, RVL_BUS_NAME, G_BUS_NAME_OWNER_FLAGS_NONE,
                           bus_reached, NULL, NULL, control, NULL);
    return g_steal_pointer(&control);
}

void
rvl_control_reload(RvlControlService *control)
{
    rvl_changeover_reload(control->changeover);
}

static void
close_connections(RvlControlService *control)
{
    for (guint i = 0; i < control->connections->len; i++) {
        GDBusConnection *connection = g_ptr_array_index(control->connections, i);

        g_signal_handlers_disconnect_by_data(connection, control);
        (void)g_dbus_connection_close_sync(connection, NULL, NULL);
    }
    g_ptr_array_unref(control->connections);
}

void
rvl_control_free(RvlControlService *control)
{
    if (control == NULL)
        return;
    if (control->bus_name != 0)
        g_bus_unown_name(control->bus_name);
    if (control->server != NULL) {
        g_signal_handlers_disconnect_by_data(control->server, control); /* one may be queued */
        g_dbus_server_stop(control->server);
    }
    close_connections(control);
    g_clear_object(&control->server);
    g_clear_object(&control->observer);
    g_clear_pointer(&control->manager, rvl_manager_free);
    g_clear_pointer(&control->access, rvl_bus_access_free);
    g_clear_pointer(&control->changeover, rvl_changeover_free);
    g_clear_pointer(&control->guard, rvl_socket_guard_free);
    g_clear_pointer(&control->findings, rvl_findings_free);
    g_free(control);
}
