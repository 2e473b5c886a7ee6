/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The object Manager on one D-Bus connection: carries out the calls of calls.def. */
#include "config.h"

#include "control/manager.h"

#include <string.h>
#include <unistd.h>

#include <gio/gunixfdlist.h>
#include <ravelin/error.h>
#include <ravelin/plugin.h>

#include "control/command-job.h"
#include "control/event-fields.h"
#include "control/event-stream.h"
#include "control/rows.h"

/* Rows that one List returns at most: a caller that wants more asks on with the cursor. */
#define MAX_ROWS 1000

/* Event streams that stand at once. */
#define MAX_STREAMS 64

struct RvlManager {
    RvlManagerParts parts;
    GDBusNodeInfo *node;
    GPtrArray *streams; /* of RvlEventStream */
    GPtrArray *exports; /* of Export, borrowed: GDBus owns them */
    uint64_t last_job;
};

/* Errors carry the cause's word in their D-Bus name: org.ravelin.Error.NoSuchPeer would be a second
 * list of names, so that it is org.ravelin.Error.no_such_peer. */
static void
refuse(GDBusMethodInvocation *invocation, const GError *error)
{
    RvlCause cause = rvl_error_cause(error);
    g_autofree char *word = g_strdelimit(
        g_strdup(cause != RVL_CAUSE_NONE ? rvl_cause_info(cause)->word : "failed"), "-", '_');
    g_autofree char *name = g_strconcat("org.ravelin.Error.", word, NULL);

    g_dbus_method_invocation_return_dbus_error(invocation, name, error->message);
}

/* Answers a call that has no result. */
static void
return_outcome(GDBusMethodInvocation *invocation, bool is_done, const GError *error)
{
    if (is_done)
        g_dbus_method_invocation_return_value(invocation, NULL);
    else
        refuse(invocation, error);
}

/* Says who asked for what. */
static void
audit(const RvlManager *manager,
      const RvlCaller *caller,
      GDBusMethodInvocation *invocation,
      const char *arguments)
{
    g_autofree char *method =
        g_ascii_strdown(g_dbus_method_invocation_get_method_name(invocation), -1);

    rvl_event_emit(rvl_event_hub_events(manager->parts.hub), NULL, RVL_EVENT_COMMAND,
                   RVL_TEXT("command", method), RVL_TEXT("arguments", arguments),
                   RVL_INTEGER("uid", caller->uid), RVL_INTEGER("pid", caller->pid));
}

/* List and Get. */

typedef struct {
    GDBusMethodInvocation *invocation;
    GVariant *filter; /* (nullable): a{sv} */
    uint64_t from;
    uint32_t limit;
    char *name; /* (nullable): Get */
} Listing;

static void
listing_free(Listing *listing)
{
    g_clear_pointer(&listing->filter, g_variant_unref);
    g_free(listing->name);
    g_free(listing);
}

/* Whether each entry of the filter stands in the row with the same text. */
static bool
row_matches(GVariant *row, GVariant *filter)
{
    GVariantIter iter;
    const char *key;
    GVariant *wanted;

    g_variant_iter_init(&iter, filter);
    while (g_variant_iter_loop(&iter, "{&sv}", &key, &wanted)) {
        g_autoptr(GVariant) value = g_variant_lookup_value(row, key, NULL);

        if (value == NULL || !g_variant_equal(value, wanted)) {
            g_variant_unref(wanted); /* the loop is left early */
            return false;
        }
    }
    return true;
}

static void
return_page(const Listing *listing, GVariant *rows)
{
    GVariantBuilder page = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
    gsize n = g_variant_n_children(rows), i = listing->from, taken = 0;
    char next[32] = "";

    for (; i < n && taken < listing->limit; i++) {
        g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

        if (!row_matches(row, listing->filter))
            continue;
        g_variant_builder_add_value(&page, row);
        taken++;
    }
    if (i < n)
        g_snprintf(next, sizeof(next), "%" G_GSIZE_FORMAT, i);
    g_dbus_method_invocation_return_value(listing->invocation,
                                          g_variant_new("(aa{sv}s)", &page, next));
}

static bool
row_is_named(GVariant *row, const char *name)
{
    static const char *const keys[] = {"name", "word", "local_spi", "spi_in", "child"};

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        const char *text = NULL;

        if (g_variant_lookup(row, keys[i], "&s", &text) && strcmp(text, name) == 0)
            return true;
    }
    return false;
}

static void
return_one(const Listing *listing, GVariant *rows)
{
    g_autoptr(GError) error = NULL;

    for (gsize i = 0; i < g_variant_n_children(rows); i++) {
        g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

        if (row_is_named(row, listing->name)) {
            g_dbus_method_invocation_return_value(listing->invocation,
                                                  g_variant_new("(@a{sv})", row));
            return;
        }
    }
    rvl_error_set(&error, RVL_CAUSE_NO_SUCH_PEER, "there is no '%s'", listing->name);
    refuse(listing->invocation, error);
}

static void
rows_came(GVariant *rows, const GError *error, void *user_data)
{
    Listing *listing = user_data;

    if (error != NULL)
        refuse(listing->invocation, error);
    else if (listing->name != NULL)
        return_one(listing, rows);
    else
        return_page(listing, rows);
    listing_free(listing);
}

static void
call_list(RvlManager *manager, GDBusMethodInvocation *invocation, GVariant *arguments)
{
    Listing *listing = g_new0(Listing, 1);
    const char *kind, *cursor;

    g_variant_get(arguments, "(&s@a{sv}&su)", &kind, &listing->filter, &cursor, &listing->limit);
    listing->invocation = invocation;
    listing->from = g_ascii_strtoull(cursor, NULL, 10);
    if (listing->limit == 0 || listing->limit > MAX_ROWS)
        listing->limit = MAX_ROWS;
    manager->parts.model->list(manager->parts.model->context, kind, rows_came, listing);
}

static void
call_get(RvlManager *manager, GDBusMethodInvocation *invocation, GVariant *arguments)
{
    Listing *listing = g_new0(Listing, 1);
    const char *kind;

    g_variant_get(arguments, "(&ss)", &kind, &listing->name);
    listing->invocation = invocation;
    manager->parts.model->list(manager->parts.model->context, kind, rows_came, listing);
}

/* Explain, events, log. */

static void
call_explain(RvlManager *manager, GDBusMethodInvocation *invocation, GVariant *arguments)
{
    g_autoptr(GVariant) about = g_variant_get_child_value(arguments, 0);
    const char *subject = "";

    (void)g_variant_lookup(about, "subject", "&s", &subject);
    rvl_event_hub_flush(manager->parts.hub);
    g_dbus_method_invocation_return_value(
        invocation,
        g_variant_new("(@aa{sv})", rvl_findings_about(manager->parts.findings, subject)));
}

static void
stream_ended(RvlEventStream *stream, void *user_data)
{
    RvlManager *manager = user_data;

    (void)g_ptr_array_remove(manager->streams, stream);
}

static void
call_open_events(RvlManager *manager, GDBusMethodInvocation *invocation, GVariant *arguments)
{
    g_autoptr(GVariant) filter = g_variant_get_child_value(arguments, 0);
    g_autoptr(GUnixFDList) descriptors = g_unix_fd_list_new();
    g_autoptr(GError) error = NULL;
    const char *connection = NULL, *word = NULL;
    RvlEventLevel level = RVL_LEVEL_INFO;
    RvlEventStream *stream;
    int reader;

    (void)g_variant_lookup(filter, "connection", "&s", &connection);
    if (g_variant_lookup(filter, "level", "&s", &word) && !rvl_event_level_parse(word, &level))
        rvl_error_set(&error, RVL_CAUSE_CONFIG_INVALID, "'%s' is no log level", word);
    else if (manager->streams->len >= MAX_STREAMS)
        rvl_error_set(&error, RVL_CAUSE_PERMISSION_MISSING, "too many event streams are open");
    if (error != NULL) {
        refuse(invocation, error);
        return;
    }
    stream = rvl_event_stream_new(manager->parts.hub, connection, level, &reader, stream_ended,
                                  manager, &error);
    if (stream == NULL) {
        refuse(invocation, error);
        return;
    }
    g_ptr_array_add(manager->streams, stream);
    (void)g_unix_fd_list_append(descriptors, reader, NULL);
    close(reader); /* the list holds a duplicate */
    g_dbus_method_invocation_return_value_with_unix_fd_list(invocation, g_variant_new("(h)", 0),
                                                            descriptors);
}

static void
call_set_log(RvlManager *manager,
             const RvlCaller *caller,
             GDBusMethodInvocation *invocation,
             GVariant *arguments)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    const char *subject, *level;
    bool is_done = false;

    g_variant_get(arguments, "(&s&s)", &subject, &level);
    text = g_strconcat(*subject != '\0' ? subject : "all", " ", level, NULL);
    audit(manager, caller, invocation, text);
    if (manager->parts.log == NULL)
        rvl_error_set(&error, RVL_CAUSE_CONFIG_INVALID, "there is no log");
    else
        is_done = rvl_log_set_level(manager->parts.log, subject, level, &error);
    return_outcome(invocation, is_done, error);
}

/* Commands. */

/* The path goes out first, so that no signal of the job comes before its caller knows it. */
static void
start_command(RvlManager *manager,
              const RvlCaller *caller,
              GDBusMethodInvocation *invocation,
              GVariant *arguments,
              RvlCommandKind kind)
{
    GDBusConnection *connection = g_dbus_method_invocation_get_connection(invocation);
    g_autofree char *sender = g_strdup(g_dbus_method_invocation_get_sender(invocation));
    g_autofree char *path =
        g_strdup_printf(RVL_MANAGER_PATH "/job/%" G_GUINT64_FORMAT, (guint64)++manager->last_job);
    g_autofree const char **names = NULL;
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    g_variant_get_child(arguments, 0, "^a&s", &names);
    text = g_strjoinv(" ", (char **)names);
    if (names[0] == NULL) {
        rvl_error_set(&error, RVL_CAUSE_CONFIG_INVALID, "no connection is named");
        refuse(invocation, error);
        return;
    }
    audit(manager, caller, invocation, text);
    g_object_ref(connection);
    g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", path));
    rvl_command_job_start(manager->parts.model, connection, sender, path, kind,
                          (const char *const *)names);
    g_object_unref(connection);
}

/* Configuration. */

static void
call_plan(RvlManager *manager, GDBusMethodInvocation *invocation)
{
    static const char *const nothing[] = {NULL};
    const RvlControlModel *model = manager->parts.model;
    g_autoptr(GVariant) changes = NULL;
    g_auto(GStrv) problems = NULL;

    if (!model->plan(model->context, &changes, &problems) || changes == NULL)
        changes = g_variant_ref_sink(g_variant_new_array(G_VARIANT_TYPE_VARDICT, NULL, 0));
    g_dbus_method_invocation_return_value(
        invocation, g_variant_new("(t@aa{sv}^as)", (guint64)model->generation(model->context),
                                  changes, problems != NULL ? problems : (GStrv)nothing));
}

/* The seconds of the option `confirm`; 0 where it isn't there. Options that are not known promise something: refused. */
static bool
trial_of(GVariant *options, RvlTime *trial, GError **error)
{
    GVariantIter iter;
    const char *key;
    GVariant *value;
    bool is_right = true;

    *trial = 0;
    g_variant_iter_init(&iter, options);
    while (is_right && g_variant_iter_next(&iter, "{&sv}", &key, &value)) {
        is_right = strcmp(key, "confirm") == 0 &&
                   g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32) &&
                   g_variant_get_uint32(value) > 0;
        if (is_right)
            *trial = g_variant_get_uint32(value) * RVL_SECOND;
        else
            rvl_error_set_found(error, RVL_CAUSE_CONFIG_INVALID, key,
                                "confirm: seconds from 1 on, as u", "option '%s' is not understood",
                                key);
        g_variant_unref(value);
    }
    return is_right;
}

static void
call_apply(RvlManager *manager,
           const RvlCaller *caller,
           GDBusMethodInvocation *invocation,
           GVariant *arguments)
{
    g_autoptr(GVariant) options = NULL;
    g_autoptr(GError) error = NULL;
    guint64 planned_over;
    RvlTime trial;
    bool is_done;

    g_variant_get(arguments, "(t@a{sv})", &planned_over, &options);
    audit(manager, caller, invocation, "configuration");
    is_done = trial_of(options, &trial, &error) &&
              rvl_changeover_apply(manager->parts.changeover, planned_over, trial, &error);
    return_outcome(invocation, is_done, error);
}

static void
call_confirm(RvlManager *manager,
             const RvlCaller *caller,
             GDBusMethodInvocation *invocation,
             GVariant *arguments)
{
    g_autoptr(GError) error = NULL;
    guint64 generation;
    bool is_done;

    g_variant_get_child(arguments, 0, "t", &generation);
    audit(manager, caller, invocation, "configuration");
    is_done = rvl_changeover_confirm(manager->parts.changeover, generation, &error);
    return_outcome(invocation, is_done, error);
}

static void
call_roll_back(RvlManager *manager, const RvlCaller *caller, GDBusMethodInvocation *invocation)
{
    g_autoptr(GError) error = NULL;
    bool is_done;

    audit(manager, caller, invocation, "configuration");
    is_done = rvl_changeover_roll_back(manager->parts.changeover, &error);
    return_outcome(invocation, is_done, error);
}

/* One connection's export, held by GDBus and by the calls that wait for leave. */

typedef struct {
    RvlManager *manager; /* (nullable): it, or the export, is gone */
    GWeakRef connection;
    RvlAuthorize authorize;
    void *authority;
} Export;

static void
export_clear(void *data)
{
    g_weak_ref_clear(&((Export *)data)->connection);
}

/* GDBus lets go of it: with the connection, or at the manager's end. */
static void
export_ended(void *data)
{
    Export *export = data;

    if (export->manager != NULL)
        (void)g_ptr_array_remove_fast(export->manager->exports, export);
    export->manager = NULL;
    g_rc_box_release_full(export, export_clear);
}

static void
carry_out(RvlManager *manager,
          const RvlCaller *caller,
          RvlCallId call,
          GDBusMethodInvocation *invocation,
          GVariant *arguments)
{
    switch (call) {
    case RVL_CALL_List:
        call_list(manager, invocation, arguments);
        break;
    case RVL_CALL_Get:
        call_get(manager, invocation, arguments);
        break;
    case RVL_CALL_Explain:
        call_explain(manager, invocation, arguments);
        break;
    case RVL_CALL_OpenEvents:
        call_open_events(manager, invocation, arguments);
        break;
    case RVL_CALL_Up:
        start_command(manager, caller, invocation, arguments, RVL_COMMAND_UP);
        break;
    case RVL_CALL_Down:
        start_command(manager, caller, invocation, arguments, RVL_COMMAND_DOWN);
        break;
    case RVL_CALL_Rekey:
        start_command(manager, caller, invocation, arguments, RVL_COMMAND_REKEY);
        break;
    case RVL_CALL_SetLog:
        call_set_log(manager, caller, invocation, arguments);
        break;
    case RVL_CALL_Plan:
        call_plan(manager, invocation);
        break;
    case RVL_CALL_Apply:
        call_apply(manager, caller, invocation, arguments);
        break;
    case RVL_CALL_Confirm:
        call_confirm(manager, caller, invocation, arguments);
        break;
    case RVL_CALL_Rollback:
        call_roll_back(manager, caller, invocation);
        break;
    case RVL_CALL_COUNT_:
        break;
    }
}

/* Properties. */

static GVariant *
property_value(const RvlManager *manager, const char *property)
{
    const RvlManagerParts *parts = &manager->parts;

    if (strcmp(property, "Version") == 0)
        return g_variant_new_string(parts->version);
    if (strcmp(property, "Contract") == 0)
        return g_variant_new_take_string(
            g_strdup_printf("%d.%d", RVL_CONTRACT_MAJOR, RVL_CONTRACT_MINOR));
    if (strcmp(property, "Generation") == 0)
        return g_variant_new_uint64(parts->model->generation(parts->model->context));
    if (strcmp(property, "State") == 0)
        return g_variant_new_string(
            rvl_changeover_left(parts->changeover) == RVL_TIME_NEVER ? "ready" : "on-trial");
    return parts->model->counts(parts->model->context);
}

static void
return_properties(const RvlManager *manager, GDBusMethodInvocation *invocation)
{
    GDBusInterfaceInfo *info =
        g_dbus_node_info_lookup_interface(manager->node, RVL_MANAGER_INTERFACE);
    GVariantDict all;

    g_variant_dict_init(&all, NULL);
    for (size_t i = 0; info->properties[i] != NULL; i++)
        g_variant_dict_insert_value(&all, info->properties[i]->name,
                                    property_value(manager, info->properties[i]->name));
    g_dbus_method_invocation_return_value(invocation,
                                          g_variant_new("(@a{sv})", g_variant_dict_end(&all)));
}

/* Get or GetAll, which GDBus has checked: all are for reading. */
static void
read_properties(const RvlManager *manager, GDBusMethodInvocation *invocation)
{
    const GDBusPropertyInfo *property = g_dbus_method_invocation_get_property_info(invocation);

    if (property == NULL)
        return_properties(manager, invocation);
    else
        g_dbus_method_invocation_return_value(
            invocation, g_variant_new("(v)", property_value(manager, property->name)));
}

/* Calls, once their caller may. */

typedef struct {
    Export *export; /* a reference */
    GDBusMethodInvocation *invocation;
    RvlCallId call; /* RVL_CALL_COUNT_: properties are read */
} Call;

static void
caller_may(const RvlCaller *caller, const GError *error, void *user_data)
{
    g_autofree Call *call = user_data;
    RvlManager *manager = call->export->manager;
    /* the answer frees the invocation, and what it holds */
    g_autoptr(GVariant) arguments =
        g_variant_ref(g_dbus_method_invocation_get_parameters(call->invocation));
    g_autoptr(GError) stops = NULL;

    if (manager == NULL)
        rvl_error_set(&stops, RVL_CAUSE_SHUTTING_DOWN, "the daemon stops");
    if (stops != NULL || caller == NULL)
        refuse(call->invocation, stops != NULL ? stops : error);
    else if (call->call == RVL_CALL_COUNT_)
        read_properties(manager, call->invocation);
    else
        carry_out(manager, caller, call->call, call->invocation, arguments);
    g_rc_box_release_full(call->export, export_clear);
}

static void
method_called(GDBusConnection *connection,
              const char *sender,
              const char *path,
              const char *interface,
              const char *method,
              GVariant *arguments,
              GDBusMethodInvocation *invocation,
              gpointer user_data)
{
    Export *export = user_data;
    RvlCallId id = RVL_CALL_COUNT_;
    RvlPermission permission = RVL_PERMISSION_MONITOR;
    Call *call;

    (void)connection;
    (void)sender;
    (void)path;
    (void)arguments;
    if (strcmp(interface, RVL_MANAGER_INTERFACE) == 0 &&
        !rvl_interface_call(method, &id, &permission)) { /* GDBus has checked it already */
        g_autoptr(GError) error = NULL;

        rvl_error_set(&error, RVL_CAUSE_CONFIG_INVALID, "there is no call %s", method);
        refuse(invocation, error);
        return;
    }
    call = g_new0(Call, 1);
    *call = (Call){.export = g_rc_box_acquire(export), .invocation = invocation, .call = id};
    if (export->manager == NULL)
        caller_may(NULL, NULL, call);
    else
        export->authorize(export->authority, invocation, permission, caller_may, call);
}

/* Alerts: what wants somebody to act now. */

static void
add_field(const char *name, const char *text, bool is_number, void *user_data)
{
    g_autofree char *key = g_strdelimit(g_strdup(name), "-", '_');

    (void)is_number;
    rvl_row_text(user_data, key, text);
}

static GVariant *
alert_of(const RvlEvent *event)
{
    g_auto(GVariantBuilder) details = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
    const char *cause =
        event->cause != RVL_CAUSE_NONE ? rvl_cause_info((RvlCause)event->cause)->word : "none";

    rvl_row_text(&details, "event", rvl_event_info(event->id)->word);
    rvl_row_take_text(&details, "message", rvl_event_sentence(event));
    rvl_event_fields_visit(event, add_field, &details);
    return g_variant_ref_sink(g_variant_new("(sa{sv})", cause, &details));
}

/* On the own socket alone: a bus would hand it to users who may not even look. */
static void
alert(const RvlEvent *event, int64_t unix_us, void *user_data)
{
    const RvlManager *manager = user_data;
    g_autoptr(GVariant) parameters = NULL;

    (void)unix_us;
    if (rvl_event_info(event->id)->level > RVL_LEVEL_ERROR)
        return;
    parameters = alert_of(event);
    for (guint i = 0; i < manager->exports->len; i++) {
        Export *export = g_ptr_array_index(manager->exports, i);
        g_autoptr(GDBusConnection) connection = g_weak_ref_get(&export->connection);

        if (connection != NULL && g_dbus_connection_get_unique_name(connection) == NULL)
            (void)g_dbus_connection_emit_signal(connection, NULL, RVL_MANAGER_PATH,
                                                RVL_MANAGER_INTERFACE, "Alert", parameters, NULL);
    }
}

/* Without get_property GDBus hands what reads properties to method_call, which may answer later. */
static const GDBusInterfaceVTable vtable = {.method_call = method_called};

bool
rvl_manager_serve(RvlManager *manager,
                  GDBusConnection *connection,
                  RvlAuthorize authorize,
                  void *authority,
                  GError **error)
{
    Export *export = g_rc_box_new0(Export);

    *export = (Export){.manager = manager, .authorize = authorize, .authority = authority};
    g_weak_ref_init(&export->connection, connection);
    g_ptr_array_add(manager->exports, export);
    return g_dbus_connection_register_object(
               connection, RVL_MANAGER_PATH,
               g_dbus_node_info_lookup_interface(manager->node, RVL_MANAGER_INTERFACE), &vtable,
               export, export_ended, error) != 0;
}

RvlManager *
rvl_manager_new(const RvlManagerParts *parts, GError **error)
{
    g_autofree char *xml = rvl_interface_xml();
    g_autoptr(RvlManager) manager = g_new0(RvlManager, 1);

    manager->parts = *parts;
    manager->streams = g_ptr_array_new_with_free_func((GDestroyNotify)rvl_event_stream_free);
    manager->exports = g_ptr_array_new();
    manager->node = g_dbus_node_info_new_for_xml(xml, error);
    if (manager->node == NULL)
        return NULL;
    rvl_event_hub_add_view(manager->parts.hub, alert, manager);
    return g_steal_pointer(&manager);
}

static void
export_outlives(void *data, void *user_data)
{
    (void)user_data;
    ((Export *)data)->manager = NULL;
}

void
rvl_manager_free(RvlManager *manager)
{
    if (manager == NULL)
        return;
    rvl_event_hub_remove_view(manager->parts.hub, alert, manager);
    g_ptr_array_foreach(manager->exports, export_outlives, NULL);
    g_ptr_array_unref(manager->exports);
    g_ptr_array_unref(manager->streams);
    g_clear_pointer(&manager->node, g_dbus_node_info_unref);
    g_free(manager);
}
