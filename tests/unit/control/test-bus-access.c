/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager on a message bus with a polkit of the test's: who may, who may not, and who never hears. */
#include "config.h"

#include "control/bus-access.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include <sys/prctl.h>

#include <ravelin/event.h>

#include "control/manager.h"

#define POLKIT "org.freedesktop.PolicyKit1"
#define MONITOR "org.ravelin.Ravelin1.monitor"
#define CONTROL "org.ravelin.Ravelin1.control"
#define REFUSED "GDBus.Error:org.ravelin.Error.permission_missing: "

/* No answer comes so late in a test; and one that is overdue before the test looks again. */
#define LONG_MS 60000
#define SHORT_MS 20

/* What the bus lets nobody do unless a file says so, as the system's does (system.conf). */
static const char bus_configuration[] =
    "<busconfig><type>system</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>"
    "<policy context='default'><allow user='*'/><deny own='*'/><deny send_type='method_call'/>"
    "<allow send_type='signal'/><allow send_requested_reply='true' send_type='method_return'/>"
    "<allow send_requested_reply='true' send_type='error'/><allow receive_type='method_call'/>"
    "<allow receive_type='method_return'/><allow receive_type='error'/>"
    "<allow receive_type='signal'/><allow send_destination='org.freedesktop.DBus'/>"
    "<allow send_destination='" POLKIT "'/></policy>"
    "<include>%s</include>"
    "<policy user='%u'><allow own='*'/></policy></busconfig>";

typedef enum { ABSENT, ALLOWS, REFUSES, WANTS_PASSWORD, SILENT } Polkit;

typedef struct {
    GSubprocess *bus;
    char *folder;
    char *address;
    GDBusConnection *service;
    GDBusConnection *caller;
    GDBusConnection *authority;
    Polkit polkit;
    const char *silent_about; /* (nullable): the one action that SILENT is about */
    unsigned asked;
    unsigned kept; /* calls that polkit never answers */
    char *action;  /* last asked for */
    char *subject;
    guint32 flags;
    RvlEventHub *hub;
    RvlControlModel model;
    RvlChangeover *changeover;
    RvlManager *manager;
    RvlBusAccess *access;
    unsigned commands;
    char *audited;
} World;

/* The model. */

static void
list(void *context, const char *kind, RvlControlRows done, void *user_data)
{
    g_autoptr(GVariant) rows =
        g_variant_ref_sink(g_variant_new_array(G_VARIANT_TYPE_VARDICT, NULL, 0));

    (void)context;
    (void)kind;
    done(rows, NULL, user_data);
}

static void
command(void *context,
        RvlCommandKind kind,
        const char *name,
        RvlControlProgress progress,
        RvlControlEnd end,
        void *user_data)
{
    (void)kind;
    (void)name;
    (void)progress;
    ((World *)context)->commands++;
    end(NULL, user_data);
}

static uint64_t
generation(void *context)
{
    (void)context;
    return 7;
}

static GVariant *
counts(void *context)
{
    (void)context;
    return g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0);
}

static void
keep_audit(const RvlEvent *event, int64_t unix_us, void *user_data)
{
    World *world = user_data;

    (void)unix_us;
    if (event->id != RVL_EVENT_COMMAND)
        return;
    g_free(world->audited);
    world->audited = rvl_event_sentence(event);
}

/* polkit. */

static void
check_authorization(GDBusConnection *connection,
                    const char *sender,
                    const char *path,
                    const char *interface,
                    const char *method,
                    GVariant *arguments,
                    GDBusMethodInvocation *invocation,
                    gpointer user_data)
{
    World *world = user_data;
    g_autoptr(GVariant) subject = NULL;
    const char *kind, *action, *name = "";

    (void)connection;
    (void)sender;
    (void)path;
    (void)interface;
    (void)method;
    g_variant_get(arguments, "((&s@a{sv})&sa{ss}u&s)", &kind, &subject, &action, NULL,
                  &world->flags, NULL);
    g_assert_cmpstr(kind, ==, "system-bus-name");
    g_assert_true(g_variant_lookup(subject, "name", "&s", &name));
    g_free(world->action);
    world->action = g_strdup(action);
    g_free(world->subject);
    world->subject = g_strdup(name);
    world->asked++;
    if (world->polkit == SILENT &&
        (world->silent_about == NULL || strcmp(world->silent_about, action) == 0)) {
        world->kept++;
        g_object_unref(invocation);
        return;
    }
    g_dbus_method_invocation_return_value(
        invocation, g_variant_new("((bba{ss}))", world->polkit == ALLOWS || world->polkit == SILENT,
                                  world->polkit == WANTS_PASSWORD, NULL));
}

static const char polkit_xml[] =
    "<node><interface name='" POLKIT ".Authority'><method name='CheckAuthorization'>"
    "<arg type='(sa{sv})' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='a{ss}' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='(bba{ss})' direction='out'/>"
    "</method></interface></node>";

static void
own(GDBusConnection *connection, const char *name)
{
    g_autoptr(GError) error = NULL;
    guint32 outcome = 0;
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "RequestName", g_variant_new("(su)", name, 0), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
        &error);

    g_assert_no_error(error);
    g_variant_get(reply, "(u)", &outcome);
    g_assert_cmpuint(outcome, ==, 1); /* primary owner (D-Bus specification, RequestName) */
}

static void
serve_polkit(World *world)
{
    static const GDBusInterfaceVTable vtable = {.method_call = check_authorization};
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(polkit_xml, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(
        g_dbus_connection_register_object(world->authority, "/org/freedesktop/PolicyKit1/Authority",
                                          node->interfaces[0], &vtable, world, NULL, &error),
        !=, 0);
    own(world->authority, POLKIT);
}

/* The bus. */

static GDBusConnection *
join(const World *world)
{
    g_autoptr(GError) error = NULL;
    GDBusConnection *connection =
        g_dbus_connection_new_for_address_sync(world->address,
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);

    g_assert_no_error(error);
    return connection;
}

/* A test that fails leaves no bus behind. */
static void
end_with_parent(void *user_data)
{
    (void)user_data;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void
start_bus(World *world)
{
    g_autofree char *path = NULL;
    g_autofree char *rules =
        g_test_build_filename(G_TEST_DIST, "packaging", "dbus", "org.ravelin.Ravelin1.conf", NULL);
    g_autofree char *whole_rules = g_canonicalize_filename(rules, NULL);
    g_autofree char *text = g_strdup_printf(bus_configuration, whole_rules, (unsigned)getuid());
    g_autoptr(GSubprocessLauncher) launcher = NULL;
    g_autoptr(GDataInputStream) said = NULL;
    g_autoptr(GError) error = NULL;

    world->folder = g_dir_make_tmp("ravelin-bus-XXXXXX", &error);
    path = g_build_filename(world->folder, "bus.conf", NULL);
    g_assert_true(g_file_set_contents(path, text, -1, &error));
    launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                         G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    g_subprocess_launcher_set_child_setup(launcher, end_with_parent, NULL, NULL);
    world->bus = g_subprocess_launcher_spawn(launcher, &error, "dbus-daemon", "--nofork",
                                             "--print-address", "--config-file", path, NULL);
    g_assert_no_error(error);
    said = g_data_input_stream_new(g_subprocess_get_stdout_pipe(world->bus));
    world->address = g_data_input_stream_read_line(said, NULL, NULL, &error);
    g_assert_nonnull(world->address);
    (void)g_unlink(path);
}

static World *
world_new(Polkit polkit, uid_t trusted, int patience_ms)
{
    World *world = g_new0(World, 1);
    RvlManagerParts parts = {.model = &world->model, .version = "9.9"};
    g_autoptr(GError) error = NULL;

    world->polkit = polkit;
    start_bus(world);
    world->service = join(world);
    world->caller = join(world);
    world->authority = join(world);
    world->model = (RvlControlModel){.context = world,
                                     .list = list,
                                     .command = command,
                                     .generation = generation,
                                     .counts = counts};
    parts.hub = world->hub = rvl_event_hub_new();
    rvl_event_hub_add_view(world->hub, keep_audit, world);
    parts.changeover = world->changeover =
        rvl_changeover_new(&world->model, rvl_event_hub_events(world->hub));
    world->manager = rvl_manager_new(&parts, &error);
    g_assert_no_error(error);
    world->access = rvl_bus_access_new(trusted, patience_ms);
    g_assert_true(rvl_manager_serve(world->manager, world->service, rvl_bus_access_authorize,
                                    world->access, &error));
    own(world->service, RVL_BUS_NAME);
    if (polkit != ABSENT)
        serve_polkit(world);
    return world;
}

static void
world_free(World *world)
{
    g_clear_pointer(&world->manager, rvl_manager_free);
    g_clear_pointer(&world->access, rvl_bus_access_free);
    rvl_changeover_free(world->changeover);
    rvl_event_hub_remove_view(world->hub, keep_audit, world);
    rvl_event_hub_free(world->hub);
    (void)g_dbus_connection_close_sync(world->caller, NULL, NULL);
    (void)g_dbus_connection_close_sync(world->authority, NULL, NULL);
    (void)g_dbus_connection_close_sync(world->service, NULL, NULL);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    g_object_unref(world->caller);
    g_object_unref(world->authority);
    g_object_unref(world->service);
    g_subprocess_force_exit(world->bus);
    (void)g_subprocess_wait(world->bus, NULL, NULL);
    g_object_unref(world->bus);
    g_assert_cmpint(g_rmdir(world->folder), ==, 0);
    g_free(world->folder);
    g_free(world->address);
    g_free(world->action);
    g_free(world->subject);
    g_free(world->audited);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

/* Calls. */

typedef struct {
    GVariant *reply;
    GError *error;
    bool has_ended;
} Answer;

static void
answer_clear(Answer *answer)
{
    g_clear_pointer(&answer->reply, g_variant_unref);
    g_clear_error(&answer->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

static void
answered(GObject *object, GAsyncResult *result, gpointer user_data)
{
    Answer *answer = user_data;

    answer->reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(object), result, &answer->error);
    answer->has_ended = true;
}

static void
begin(const World *world,
      const char *interface,
      const char *method,
      GVariant *arguments,
      GDBusCallFlags flags,
      Answer *answer)
{
    g_dbus_connection_call(world->caller, RVL_BUS_NAME, RVL_MANAGER_PATH, interface, method,
                           arguments, NULL, flags, LONG_MS, NULL, answered, answer);
}

static void
await(const Answer *answer)
{
    while (!answer->has_ended)
        g_main_context_iteration(NULL, TRUE);
}

static GVariant *
up_arguments(void)
{
    static const char *const names[] = {"berlin", NULL};

    return g_variant_new("(^asa{sv})", names, NULL);
}

static void
begin_up(const World *world, Answer *answer)
{
    begin(world, RVL_MANAGER_INTERFACE, "Up", up_arguments(), G_DBUS_CALL_FLAGS_NONE, answer);
}

static void
ask_version(const World *world, Answer *answer)
{
    begin(world, "org.freedesktop.DBus.Properties", "Get",
          g_variant_new("(ss)", RVL_MANAGER_INTERFACE, "Version"), G_DBUS_CALL_FLAGS_NONE, answer);
    await(answer);
}

static void
ask_all(const World *world, Answer *answer)
{
    begin(world, "org.freedesktop.DBus.Properties", "GetAll",
          g_variant_new("(s)", RVL_MANAGER_INTERFACE), G_DBUS_CALL_FLAGS_NONE, answer);
    await(answer);
}

static void
assert_refused(const Answer *answer, const char *reason)
{
    g_assert_nonnull(answer->error);
    g_assert_true(g_str_has_prefix(answer->error->message, REFUSED));
    if (strstr(answer->error->message, reason) == NULL)
        g_error("\"%s\" doesn't say \"%s\"", answer->error->message, reason);
}

/* Tests. */

static uid_t
nobody(void)
{
    return getuid() + 1;
}

static void
who_is_trusted_needs_no_polkit(void)
{
    g_autoptr(World) world = world_new(REFUSES, getuid(), LONG_MS);
    g_auto(Answer) up = {0};
    g_autofree char *wanted = g_strdup_printf("up berlin by uid %u, pid %d", getuid(), getpid());

    begin_up(world, &up);
    await(&up);
    g_assert_no_error(up.error);
    g_assert_cmpuint(world->commands, ==, 1);
    g_assert_cmpuint(world->asked, ==, 0);
    rvl_event_hub_flush(world->hub);
    g_assert_cmpstr(world->audited, ==, wanted); /* the caller's, not the bus's */
}

static void
polkit_allows_by_action_and_caller(void)
{
    g_autoptr(World) world = world_new(ALLOWS, nobody(), LONG_MS);
    g_auto(Answer) up = {0}, version = {0}, all = {0};
    g_autoptr(GVariant) value = NULL;
    g_autoptr(GVariant) properties = NULL;

    begin_up(world, &up);
    await(&up);
    g_assert_no_error(up.error);
    g_assert_cmpuint(world->commands, ==, 1);
    g_assert_cmpstr(world->action, ==, CONTROL);
    g_assert_cmpstr(world->subject, ==, g_dbus_connection_get_unique_name(world->caller));
    g_assert_cmpuint(world->flags, ==, 0);

    ask_version(world, &version);
    g_assert_no_error(version.error);
    g_assert_cmpstr(world->action, ==, MONITOR);
    g_variant_get(version.reply, "(v)", &value);
    g_assert_cmpstr(g_variant_get_string(value, NULL), ==, "9.9");

    ask_all(world, &all);
    g_assert_no_error(all.error);
    properties = g_variant_get_child_value(all.reply, 0);
    g_assert_cmpuint(g_variant_n_children(properties), ==, 5);
    g_assert_cmpuint(world->asked, ==, 3);
}

static void
refusal_changes_nothing(gconstpointer data)
{
    const bool is_there = GPOINTER_TO_INT(data);
    g_autoptr(World) world = world_new(is_there ? REFUSES : ABSENT, nobody(), LONG_MS);
    const char *reason = is_there ? "polkit says no" : "polkit isn't on the bus";
    g_auto(Answer) up = {0}, version = {0}, all = {0};

    begin_up(world, &up);
    await(&up);
    assert_refused(&up, "lacks " CONTROL);
    assert_refused(&up, reason);
    ask_version(world, &version);
    assert_refused(&version, "lacks " MONITOR);
    ask_all(world, &all);
    assert_refused(&all, reason);
    g_assert_cmpuint(world->commands, ==, 0);
    rvl_event_hub_flush(world->hub);
    g_assert_null(world->audited);
}

static void
password_is_asked_for_where_the_call_allows(void)
{
    g_autoptr(World) world = world_new(WANTS_PASSWORD, nobody(), LONG_MS);
    g_auto(Answer) without = {0}, with = {0};

    begin_up(world, &without);
    await(&without);
    assert_refused(&without, "polkit wants a password");
    g_assert_cmpuint(world->flags, ==, 0);
    world->polkit = ALLOWS;
    begin(world, RVL_MANAGER_INTERFACE, "Up", up_arguments(),
          G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, &with);
    await(&with);
    g_assert_no_error(with.error);
    g_assert_cmpuint(world->flags, ==, 1);
}

static void
others_are_served_while_polkit_thinks(void)
{
    g_autoptr(World) world = world_new(SILENT, nobody(), LONG_MS);
    g_auto(Answer) up = {0}, version = {0};

    world->silent_about = CONTROL;
    begin_up(world, &up);
    while (world->kept == 0)
        g_main_context_iteration(NULL, TRUE);
    ask_version(world, &version);
    g_assert_no_error(version.error);
    g_assert_false(up.has_ended);
    g_clear_pointer(&world->manager, rvl_manager_free);
    g_clear_pointer(&world->access, rvl_bus_access_free);
    await(&up);
    g_assert_nonnull(up.error);
    g_assert_cmpuint(world->commands, ==, 0);
}

static void
polkit_that_never_answers_allows_nothing(void)
{
    g_autoptr(World) world = world_new(SILENT, nobody(), SHORT_MS);
    g_auto(Answer) up = {0};

    begin_up(world, &up);
    await(&up);
    assert_refused(&up, CONTROL);
    g_assert_cmpuint(world->commands, ==, 0);
}

static void
one_user_waits_for_few_answers(void)
{
    enum { ALLOWED = 8 };
    g_autoptr(World) world = world_new(SILENT, nobody(), LONG_MS);
    Answer waiting[ALLOWED] = {0};
    g_auto(Answer) further = {0};

    for (size_t i = 0; i < ALLOWED; i++)
        begin_up(world, &waiting[i]);
    begin_up(world, &further);
    await(&further);
    assert_refused(&further, "too many calls");
    g_clear_pointer(&world->access, rvl_bus_access_free);
    for (size_t i = 0; i < ALLOWED; i++) {
        await(&waiting[i]);
        assert_refused(&waiting[i], CONTROL);
        answer_clear(&waiting[i]);
    }
}

int
main(int argc, char **argv)
{
    g_autofree char *bus = g_find_program_in_path("dbus-daemon");

    g_test_init(&argc, &argv, NULL);
    if (bus == NULL) {
        g_print("1..0 # SKIP dbus-daemon isn't there: install the package dbus\n");
        return 0;
    }
    g_test_add_func("/control/bus-access/trusted-caller-needs-no-polkit",
                    who_is_trusted_needs_no_polkit);
    g_test_add_func("/control/bus-access/polkit-allows-by-action-and-caller",
                    polkit_allows_by_action_and_caller);
    g_test_add_data_func("/control/bus-access/refusal-changes-nothing", GINT_TO_POINTER(true),
                         refusal_changes_nothing);
    g_test_add_data_func("/control/bus-access/without-polkit-nobody-else-may",
                         GINT_TO_POINTER(false), refusal_changes_nothing);
    g_test_add_func("/control/bus-access/password-is-asked-for-where-the-call-allows",
                    password_is_asked_for_where_the_call_allows);
    g_test_add_func("/control/bus-access/others-are-served-while-polkit-thinks",
                    others_are_served_while_polkit_thinks);
    g_test_add_func("/control/bus-access/polkit-that-never-answers-allows-nothing",
                    polkit_that_never_answers_allows_nothing);
    g_test_add_func("/control/bus-access/one-user-waits-for-few-answers",
                    one_user_waits_for_few_answers);
    return g_test_run();
}
