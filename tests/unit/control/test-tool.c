/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The control service with a model of the test's, asked by ravelinctl as an operator would. */
#include "config.h"

#include <string.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#include <json-glib/json-glib.h>
#include <ravelin/error.h>

#include "control/control.h"
#include "control/interface.h"

/* World: a service in this process, whose answers the test sets. */
typedef struct {
    char *directory;
    RvlEventHub *hub;
    RvlControlModel model;
    RvlControlService *control;
    GError *fails;        /* what commands end with */
    RvlCommandKind asked; /* of the last command */
    const char *problem;  /* what the next plan says */
    unsigned applied;
    unsigned rolled_back;
} World;

static void
add_text(GVariantBuilder *row, const char *key, const char *text)
{
    g_variant_builder_add(row, "{sv}", key, g_variant_new_string(text));
}

static void
add_number(GVariantBuilder *row, const char *key, int64_t number)
{
    g_variant_builder_add(row, "{sv}", key, g_variant_new_int64(number));
}

static void
add_connection(GVariantBuilder *rows, const char *name, bool is_up)
{
    g_auto(GVariantBuilder) row = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    add_text(&row, "name", name);
    add_text(&row, "state", is_up ? "up" : "waiting");
    add_text(&row, "peer", "192.0.2.7");
    add_number(&row, "since_s", 7200);
    if (!is_up) {
        add_text(&row, "cause", "group-mismatch");
        add_number(&row, "next_try_s", 40);
    }
    g_variant_builder_add_value(rows, g_variant_builder_end(&row));
}

static void
add_child(GVariantBuilder *rows)
{
    g_auto(GVariantBuilder) row = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    add_text(&row, "connection", "berlin");
    add_text(&row, "child", "berlin");
    add_text(&row, "local", "10.1.0.0/16");
    add_text(&row, "remote", "10.2.0.0/16");
    add_number(&row, "octets_in", 3 << 20);
    add_number(&row, "octets_out", 17);
    add_number(&row, "rekey_s", 1320);
    g_variant_builder_add_value(rows, g_variant_builder_end(&row));
}

static void
list(void *context, const char *kind, RvlControlRows done, void *user_data)
{
    GVariantBuilder builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
    g_autoptr(GVariant) rows = NULL;

    if (strcmp(kind, "connection") == 0) {
        add_connection(&builder, "berlin", true);
        add_connection(&builder, "paris", false);
    }
    if (strcmp(kind, "child") == 0)
        add_child(&builder);
    rows = g_variant_ref_sink(g_variant_builder_end(&builder));
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
    World *world = context;

    world->asked = kind;
    progress("IKE_SA_INIT", 18 * RVL_MILLISECOND, user_data);
    end(world->fails, user_data);
}

static bool
plan(void *context, GVariant **changes, GStrv *problems)
{
    const World *world = context;
    GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
    g_auto(GVariantBuilder) row = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    if (world->problem != NULL) {
        g_variant_builder_clear(&rows);
        *problems = g_strsplit(world->problem, "\n", -1);
        return false;
    }
    add_text(&row, "connection", "paris");
    add_text(&row, "change", "changed");
    add_text(&row, "effect", "rekey");
    g_variant_builder_add_value(&rows, g_variant_builder_end(&row));
    *changes = g_variant_ref_sink(g_variant_builder_end(&rows));
    return true;
}

static bool
apply(void *context, GError **error)
{
    ((World *)context)->applied++;
    return true;
}

static bool
roll_back(void *context, GError **error)
{
    ((World *)context)->rolled_back++;
    return true;
}

static uint64_t
generation(void *context)
{
    const World *world = context;

    return 7 + world->applied + world->rolled_back;
}

static GVariant *
counts(void *context)
{
    return g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0);
}

static RvlControlService *
serve(World *world, GError **error)
{
    const RvlControlOptions options = {.directory = world->directory, .version = "9.9"};

    return rvl_control_new(&options, &world->model, world->hub, NULL, error);
}

static World *
world_new(void)
{
    static const char *const kinds[] = {"connection", "child", NULL};
    World *world = g_new0(World, 1);
    g_autoptr(GError) error = NULL;

    world->directory = g_dir_make_tmp("ravelin-control-XXXXXX", &error);
    world->hub = rvl_event_hub_new();
    world->model = (RvlControlModel){
        .context = world,
        .kinds = kinds,
        .list = list,
        .command = command,
        .plan = plan,
        .apply = apply,
        .roll_back = roll_back,
        .generation = generation,
        .counts = counts,
    };
    world->control = serve(world, &error);
    g_assert_no_error(error);
    return world;
}

static void
world_free(World *world)
{
    g_autofree char *lock = g_build_filename(world->directory, "control.lock", NULL);

    g_clear_pointer(&world->control, rvl_control_free);
    rvl_event_hub_free(world->hub);
    g_clear_error(&world->fails);
    (void)g_unlink(lock);
    g_assert_cmpint(g_rmdir(world->directory), ==, 0); /* the socket went with its service */
    g_free(world->directory);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

/* What the tool said and how it ended. */
typedef struct {
    int status;
    char *out;
    char *err;
    bool ended;
} Said;

static void
said_clear(Said *said)
{
    g_free(said->out);
    g_free(said->err);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Said, said_clear)

static void
tool_ended(GObject *object, GAsyncResult *result, gpointer user_data)
{
    GSubprocess *tool = G_SUBPROCESS(object);
    Said *said = user_data;
    g_autoptr(GError) error = NULL;

    g_assert_true(
        g_subprocess_communicate_utf8_finish(tool, result, &said->out, &said->err, &error));
    g_assert_true(g_subprocess_get_if_exited(tool));
    said->status = g_subprocess_get_exit_status(tool);
    said->ended = true;
}

static GSubprocess *
spawn(const World *world, const char *words)
{
    g_autofree char *program = g_test_build_filename(G_TEST_BUILT, "ctl", "ravelinctl", NULL);
    g_autofree char *socket = g_build_filename(world->directory, "control", NULL);
    g_autofree char *line = g_strconcat(program, " ", words, NULL);
    g_auto(GStrv) arguments = g_strsplit(line, " ", -1);
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_autoptr(GError) error = NULL;
    GSubprocess *tool;

    g_subprocess_launcher_setenv(launcher, "RAVELIN_SOCKET", socket, TRUE);
    g_subprocess_launcher_setenv(launcher, "LC_ALL", "C.UTF-8", TRUE);
    g_subprocess_launcher_unsetenv(launcher, "G_DEBUG");
    tool = g_subprocess_launcher_spawnv(launcher, (const char *const *)arguments, &error);
    g_assert_no_error(error);
    return tool;
}

/* Runs ravelinctl with @words while the service serves. */
static Said
ask(const World *world, const char *words)
{
    g_autoptr(GSubprocess) tool = spawn(world, words);
    Said said = {0};

    g_subprocess_communicate_utf8_async(tool, NULL, NULL, tool_ended, &said);
    while (!said.ended)
        g_main_context_iteration(NULL, TRUE);
    return said;
}

static void
assert_says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        g_error("\"%s\" doesn't say \"%s\"", text, part);
}

static void
status_lays_children_beside_connections(void)
{
    g_autoptr(World) world = world_new();
    g_auto(Said) said = ask(world, "status");

    g_assert_cmpint(said.status, ==, 0);
    assert_says(said.out, "ravelind 9.9    1 up  1 down");
    assert_says(said.out, "●  berlin      up 2 h");
    assert_says(said.out, "10.1.0.0/16 <-> 10.2.0.0/16  3.0 MiB  17 B");
    assert_says(said.out, "22 min");
    assert_says(said.out, "retry 40 s");
    assert_says(said.out, "└ group-mismatch   ravelinctl explain paris");
    g_assert_null(strchr(said.out, '\033')); /* no colour into a pipe */
}

static void
one_connection_can_be_asked_for(void)
{
    g_autoptr(World) world = world_new();
    g_auto(Said) one = ask(world, "status berlin");
    g_auto(Said) none = ask(world, "status nobody");

    g_assert_cmpint(one.status, ==, 0);
    g_assert_null(strstr(one.out, "paris"));
    g_assert_cmpint(none.status, ==, 7);
}

static void
json_holds_the_rows_as_they_came(void)
{
    g_autoptr(World) world = world_new();
    g_auto(Said) said = ask(world, "list connection --json");
    g_autoptr(JsonNode) root = json_from_string(said.out, NULL);
    JsonObject *whole = json_node_get_object(root);
    JsonObject *first =
        json_array_get_object_element(json_object_get_array_member(whole, "items"), 0);

    g_assert_cmpint(said.status, ==, 0);
    g_assert_cmpstr(json_object_get_string_member(whole, "schema"), ==, "ravelin/1");
    g_assert_cmpstr(json_object_get_string_member(whole, "kind"), ==, "connection");
    g_assert_cmpstr(json_object_get_string_member(first, "name"), ==, "berlin");
    g_assert_cmpint(json_object_get_int_member(first, "since_s"), ==, 7200);
}

static void
commands_show_their_steps(void)
{
    g_autoptr(World) world = world_new();
    g_auto(Said) up = ask(world, "up berlin");

    g_assert_cmpint(up.status, ==, 0);
    g_assert_cmpint(world->asked, ==, RVL_COMMAND_UP);
    g_assert_cmpstr(up.out, ==, "berlin  IKE_SA_INIT ✓ 18 ms\n");
}

static void
a_failed_command_says_cause_and_fix(void)
{
    g_autoptr(World) world = world_new();

    rvl_error_set(&world->fails, RVL_CAUSE_PEER_SILENT, NULL);
    {
        g_auto(Said) said = ask(world, "rekey berlin paris");

        g_assert_cmpint(said.status, ==, 6);
        g_assert_cmpint(world->asked, ==, RVL_COMMAND_REKEY);
        assert_says(said.err, "berlin: peer-silent");
        assert_says(said.err, "check that the peer runs");
    }
    {
        g_auto(Said) json = ask(world, "down berlin --json");
        g_autoptr(JsonNode) root = json_from_string(json.out, NULL);

        g_assert_cmpint(json.status, ==, 6);
        g_assert_nonnull(root);
        assert_says(json.out, "\"cause\":\"peer-silent\"");
    }
}

static void
plan_and_reload_tell_changes(void)
{
    g_autoptr(World) world = world_new();
    g_auto(Said) planned = ask(world, "plan");
    g_auto(Said) reloaded = ask(world, "reload");

    g_assert_cmpint(planned.status, ==, 8);
    assert_says(planned.out, "paris       changed  rekey");
    g_assert_cmpint(reloaded.status, ==, 0);
    g_assert_cmpuint(world->applied, ==, 1);
}

static void
a_configuration_on_trial_is_confirmed_or_rolled_back(void)
{
    g_autoptr(World) world = world_new();
    g_auto(Said) applied = ask(world, "apply --confirm 60s");
    g_auto(Said) further = ask(world, "reload");
    g_auto(Said) confirmed = ask(world, "confirm --json");
    g_auto(Said) again = ask(world, "confirm");
    g_auto(Said) reloaded = ask(world, "reload --confirm=5min");
    g_auto(Said) back = ask(world, "rollback");

    g_assert_cmpint(applied.status, ==, 0);
    assert_says(applied.out, "configuration 8 is on trial for 60 s");
    g_assert_cmpint(further.status, ==, 1);
    assert_says(further.err, "configuration 8 is on trial; ravelinctl confirm, or");
    g_assert_cmpint(confirmed.status, ==, 0);
    assert_says(confirmed.out, "\"generation\":8");
    g_assert_cmpint(again.status, ==, 1);
    assert_says(again.err, "configuration 8 is not on trial");
    assert_says(reloaded.out, "configuration 9 is on trial for 300 s");
    g_assert_cmpint(back.status, ==, 0);
    assert_says(back.out, "configuration 10 is what was in force before");
    g_assert_cmpuint(world->applied, ==, 2);
    g_assert_cmpuint(world->rolled_back, ==, 1);
}

static void
a_wrong_configuration_is_not_applied(void)
{
    g_autoptr(World) world = world_new();

    world->problem = "/etc/x.conf:4: one\n/etc/x.conf:7: another";
    {
        g_auto(Said) said = ask(world, "reload");

        g_assert_cmpint(said.status, ==, 5);
        g_assert_cmpstr(said.err, ==, "/etc/x.conf:4: one\n/etc/x.conf:7: another\n");
    }
    g_assert_cmpuint(world->applied, ==, 0);
}

static void
emit_refusal(const World *world, const char *connection)
{
    const RvlEventScope scope = {
        .size = sizeof(scope), .connection = connection, .peer = "192.0.2.7:500"};
    g_autoptr(GError) error = NULL;

    rvl_error_set_found(&error, RVL_CAUSE_GROUP_MISMATCH, "their-group", "our-group", "no group");
    rvl_event_emit_error(rvl_event_hub_events(world->hub), &scope, RVL_EVENT_REFUSED,
                         RVL_CAUSE_GROUP_MISMATCH, error);
}

static void
explain_shows_both_sides(void)
{
    g_autoptr(World) world = world_new();

    emit_refusal(world, "paris");
    emit_refusal(world, "paris");
    {
        g_auto(Said) paris = ask(world, "explain paris");
        g_auto(Said) berlin = ask(world, "explain berlin");

        assert_says(paris.out, "group-mismatch");
        assert_says(paris.out, "2 times since");
        assert_says(paris.out, "their-group");
        assert_says(paris.out, "our-group");
        assert_says(berlin.out, "nothing went wrong lately with berlin");
    }
}

static void
connected(GObject *object, GAsyncResult *result, gpointer user_data)
{
    GDBusConnection **connection = user_data;
    g_autoptr(GError) error = NULL;

    (void)object;
    *connection = g_dbus_connection_new_for_address_finish(result, &error);
    g_assert_no_error(error);
}

static GDBusConnection *
connect_to(const World *world)
{
    g_autofree char *address = g_strdup_printf("unix:path=%s/control", world->directory);
    GDBusConnection *connection = NULL;

    g_dbus_connection_new_for_address(address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                      NULL, connected, &connection);
    while (connection == NULL)
        g_main_context_iteration(NULL, TRUE);
    return connection;
}

static void
replied(GObject *object, GAsyncResult *result, gpointer user_data)
{
    GVariant **reply = user_data;
    g_autoptr(GError) error = NULL;

    *reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(object), result, &error);
    g_assert_no_error(error);
}

/* (transfer full): what the property State says. */
static char *
state_of(GDBusConnection *connection)
{
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GVariant) value = NULL;

    g_dbus_connection_call(connection, NULL, RVL_MANAGER_PATH, "org.freedesktop.DBus.Properties",
                           "Get", g_variant_new("(ss)", RVL_MANAGER_INTERFACE, "State"), NULL,
                           G_DBUS_CALL_FLAGS_NONE, -1, NULL, replied, &reply);
    while (reply == NULL)
        g_main_context_iteration(NULL, TRUE);
    g_variant_get(reply, "(v)", &value);
    return g_variant_dup_string(value, NULL);
}

static void
alert_came(GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *parameters,
           gpointer user_data)
{
    g_ptr_array_add(user_data, g_variant_ref(parameters));
}

static void
errors_alert_and_refusals_dont(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GDBusConnection) connection = connect_to(world);
    g_autoptr(GPtrArray) alerts = g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
    const RvlEvents *events = rvl_event_hub_events(world->hub);
    const RvlEventScope scope = {.size = sizeof(scope), .connection = "paris"};
    g_autoptr(GVariant) details = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *state = state_of(connection);
    const char *cause, *text = NULL;
    guint subscription = g_dbus_connection_signal_subscribe(
        connection, NULL, RVL_MANAGER_INTERFACE, "Alert", NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
        alert_came, alerts, NULL);

    g_assert_cmpstr(state, ==, "ready"); /* who is answered is being served */
    emit_refusal(world, "paris");        /* a warning */
    rvl_error_set(&error, RVL_CAUSE_PERMISSION_MISSING, "nftables: not permitted");
    rvl_event_emit_error(events, &scope, RVL_EVENT_ROUTES_FAILED, RVL_CAUSE_NONE, error);
    while (alerts->len == 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(alerts->len, ==, 1);
    g_variant_get(g_ptr_array_index(alerts, 0), "(&s@a{sv})", &cause, &details);
    g_assert_cmpstr(cause, ==, "permission-missing");
    g_assert_true(g_variant_lookup(details, "event", "&s", &text));
    g_assert_cmpstr(text, ==, "routes-failed");
    g_assert_true(g_variant_lookup(details, "connection", "&s", &text));
    g_assert_cmpstr(text, ==, "paris");
    g_dbus_connection_signal_unsubscribe(connection, subscription);
}

static void
state_says_what_is_on_trial(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GDBusConnection) connection = connect_to(world);
    g_autofree char *before = state_of(connection);
    g_auto(Said) applied = ask(world, "apply --confirm 60s");
    g_autofree char *during = state_of(connection);
    g_auto(Said) confirmed = ask(world, "confirm");
    g_autofree char *after = state_of(connection);

    g_assert_cmpint(applied.status, ==, 0);
    g_assert_cmpint(confirmed.status, ==, 0);
    g_assert_cmpstr(before, ==, "ready");
    g_assert_cmpstr(during, ==, "on-trial");
    g_assert_cmpstr(after, ==, "ready");
}

static gboolean
emit_again(gpointer user_data)
{
    emit_refusal(user_data, "paris");
    return G_SOURCE_CONTINUE;
}

static void
line_came(GObject *object, GAsyncResult *result, gpointer user_data)
{
    char **line = user_data;

    *line = g_data_input_stream_read_line_finish(G_DATA_INPUT_STREAM(object), result, NULL, NULL);
}

static void
events_come_as_they_happen(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GSubprocess) tool = spawn(world, "events paris --json");
    g_autoptr(GDataInputStream) lines = g_data_input_stream_new(g_subprocess_get_stdout_pipe(tool));
    GSource *again = g_timeout_source_new(5); /* until the tool listens */
    g_autofree char *line = NULL;

    g_source_set_callback(again, emit_again, world, NULL);
    g_source_attach(again, NULL);
    g_data_input_stream_read_line_async(lines, G_PRIORITY_DEFAULT, NULL, line_came, &line);
    while (line == NULL)
        g_main_context_iteration(NULL, TRUE);
    g_source_destroy(again);
    g_source_unref(again);
    assert_says(line, "\"connection\":\"paris\"");
    assert_says(line, "\"event\":\"refused\"");
    g_subprocess_force_exit(tool);
    g_assert_true(g_subprocess_wait(tool, NULL, NULL));
}

static void
usage_is_refused_before_a_daemon_is_asked(void)
{
    static const char *const wrong[] = {"",
                                        "nonsense",
                                        "up",
                                        "plugins berlin",
                                        "status --defaults",
                                        "list --nonsense",
                                        "apply --confirm=soon",
                                        "apply --confirm=0",
                                        "plan --confirm=60s",
                                        "list rubbish"};
    g_autoptr(World) world = world_new();

    for (size_t i = 1; i < G_N_ELEMENTS(wrong); i++) {
        g_auto(Said) said = ask(world, wrong[i]);

        g_assert_cmpint(said.status, ==, 2);
        g_assert_cmpstr(said.out, ==, "");
    }
}

static void
no_daemon_is_told_apart(void)
{
    g_autoptr(World) world = world_new();

    g_clear_pointer(&world->control, rvl_control_free);
    {
        g_auto(Said) said = ask(world, "status");

        g_assert_cmpint(said.status, ==, 3);
        assert_says(said.err, "is ravelind running?");
    }
}

/* Wherever a caller stands when the service goes: before it is accepted, greeted, heard or answered. */
static void
a_service_may_go_while_it_is_asked(void)
{
    for (unsigned steps = 0; steps < 8; steps++) {
        g_autoptr(World) world = world_new();
        g_autoptr(GSubprocess) tool = spawn(world, "status");
        g_auto(Said) said = {0};

        g_subprocess_communicate_utf8_async(tool, NULL, NULL, tool_ended, &said);
        for (unsigned i = 0; i < steps && !said.ended; i++)
            g_main_context_iteration(NULL, TRUE);
        g_usleep(20000); /* GDBus' threads queue what comes next */
        g_clear_pointer(&world->control, rvl_control_free);
        while (!said.ended)
            g_main_context_iteration(NULL, TRUE);
        if (said.status != 0)
            assert_says(said.err, "ravelinctl:");
    }
}

static void
completion_knows_commands_and_connections(void)
{
    g_autoptr(World) world = world_new();
    g_auto(Said) commands = ask(world, "__complete re");
    g_auto(Said) names = ask(world, "__complete up ");
    g_auto(Said) options = ask(world, "__complete up --t");

    g_assert_cmpstr(commands.out, ==, "rekey\nreload\n");
    g_assert_cmpstr(names.out, ==, "berlin\nparis\n");
    g_assert_cmpstr(options.out, ==, "--timeout=\n");
}

static void
a_second_daemon_is_refused(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GError) error = NULL;

    g_assert_null(serve(world, &error));
    g_assert_error(error, RVL_ERROR, (int)RVL_CAUSE_PORT_IN_USE);
    {
        g_auto(Said) said = ask(world, "status"); /* the first goes on */

        g_assert_cmpint(said.status, ==, 0);
    }
}

static void
a_stale_socket_is_replaced(void)
{
    g_autoptr(World) world = world_new();
    g_autofree char *path = g_build_filename(world->directory, "control", NULL);
    g_autoptr(GError) error = NULL;
    struct stat status;

    g_clear_pointer(&world->control, rvl_control_free);
    g_assert_true(g_file_set_contents(path, "left by a daemon that died", -1, NULL));
    world->control = serve(world, &error);
    g_assert_no_error(error);
    g_assert_cmpint(stat(path, &status), ==, 0);
    g_assert_true(S_ISSOCK(status.st_mode));
    g_assert_cmpuint(status.st_mode & S_IRWXO, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tool/status-lays-children-beside-connections",
                    status_lays_children_beside_connections);
    g_test_add_func("/tool/one-connection-can-be-asked-for", one_connection_can_be_asked_for);
    g_test_add_func("/tool/json-holds-the-rows-as-they-came", json_holds_the_rows_as_they_came);
    g_test_add_func("/tool/commands-show-their-steps", commands_show_their_steps);
    g_test_add_func("/tool/a-failed-command-says-cause-and-fix",
                    a_failed_command_says_cause_and_fix);
    g_test_add_func("/tool/plan-and-reload-tell-changes", plan_and_reload_tell_changes);
    g_test_add_func("/tool/a-configuration-on-trial-is-confirmed-or-rolled-back",
                    a_configuration_on_trial_is_confirmed_or_rolled_back);
    g_test_add_func("/tool/a-wrong-configuration-is-not-applied",
                    a_wrong_configuration_is_not_applied);
    g_test_add_func("/tool/explain-shows-both-sides", explain_shows_both_sides);
    g_test_add_func("/tool/events-come-as-they-happen", events_come_as_they_happen);
    g_test_add_func("/tool/usage-is-refused-before-a-daemon-is-asked",
                    usage_is_refused_before_a_daemon_is_asked);
    g_test_add_func("/tool/no-daemon-is-told-apart", no_daemon_is_told_apart);
    g_test_add_func("/tool/completion-knows-commands-and-connections",
                    completion_knows_commands_and_connections);
    g_test_add_func("/control/a-service-may-go-while-it-is-asked",
                    a_service_may_go_while_it_is_asked);
    g_test_add_func("/control/errors-alert-and-refusals-dont", errors_alert_and_refusals_dont);
    g_test_add_func("/control/state-says-what-is-on-trial", state_says_what_is_on_trial);
    g_test_add_func("/control/a-second-daemon-is-refused", a_second_daemon_is_refused);
    g_test_add_func("/control/a-stale-socket-is-replaced", a_stale_socket_is_replaced);
    return g_test_run();
}
