/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may do what over a message bus: the bus says who calls, and polkit whether they may. */
#include "config.h"

#include "control/bus-access.h"

#include <ravelin/error.h>

#define BUS_NAME "org.freedesktop.DBus"
#define BUS_PATH "/org/freedesktop/DBus"
#define POLKIT_NAME "org.freedesktop.PolicyKit1"
#define POLKIT_PATH "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_INTERFACE "org.freedesktop.PolicyKit1.Authority"

/* CheckAuthorization's flag: polkit may ask the user. */
#define ALLOW_USER_INTERACTION 1

/* How long somebody has to type a password. */
#define TYPING_PATIENCE_MS 120000

/* Questions to polkit at once: one user's, and everybody's. The bus refuses ours past 128. */
#define MAX_QUESTIONS_OF_USER 8
#define MAX_QUESTIONS 64

struct RvlBusAccess {
    uid_t trusted;
    int patience_ms;
    GCancellable *ended;
    GPtrArray *asked; /* of Question, borrowed: those that polkit has */
};

typedef struct {
    RvlBusAccess *access; /* a reference */
    GDBusMethodInvocation *invocation;
    RvlPermission permission;
    RvlAuthorized done;
    void *user_data;
    RvlCaller caller;
} Question;

static void
access_clear(void *data)
{
    RvlBusAccess *access = data;

    g_object_unref(access->ended);
    g_ptr_array_unref(access->asked);
}

RvlBusAccess *
rvl_bus_access_new(uid_t trusted, int patience_ms)
{
    RvlBusAccess *access = g_rc_box_new0(RvlBusAccess);

    access->trusted = trusted;
    access->patience_ms = patience_ms;
    access->ended = g_cancellable_new();
    access->asked = g_ptr_array_new();
    return access;
}

void
rvl_bus_access_free(RvlBusAccess *access)
{
    if (access == NULL)
        return;
    g_cancellable_cancel(access->ended);
    g_rc_box_release_full(access, access_clear);
}

/* The end of each question. @error NULL: allowed. */
static void
answer(Question *question, const GError *error)
{
    (void)g_ptr_array_remove_fast(question->access->asked, question);
    question->done(error == NULL ? &question->caller : NULL, error, question->user_data);
    g_rc_box_release_full(question->access, access_clear);
    g_free(question);
}

static void
refuse(Question *question, const char *reason)
{
    const char *action = rvl_permission_action(question->permission);
    g_autoptr(GError) error = NULL;

    if (question->caller.uid == (uid_t)-1)
        rvl_error_set(&error, RVL_CAUSE_PERMISSION_MISSING, "%s: %s", action, reason);
    else
        rvl_error_set(&error, RVL_CAUSE_PERMISSION_MISSING, "uid %u lacks %s: %s",
                      (unsigned)question->caller.uid, action, reason);
    rvl_error_set_remedy(&error, "call as root, or have a rule of polkit's allow it");
    answer(question, error);
}

static bool
is_without_polkit(const GError *error)
{
    return g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
           g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);
}

static void
polkit_answered(GObject *object, GAsyncResult *result, gpointer user_data)
{
    Question *question = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(object), result, &error);
    gboolean is_authorized = FALSE, is_challenge = FALSE;

    if (reply == NULL) {
        (void)g_dbus_error_strip_remote_error(error);
        refuse(question, is_without_polkit(error)
                             ? "polkit isn't on the bus, so that root alone may"
                             : error->message);
        return;
    }
    g_variant_get(reply, "((bba{ss}))", &is_authorized, &is_challenge, NULL);
    if (is_authorized)
        answer(question, NULL);
    else
        refuse(question, is_challenge ? "polkit wants a password, and the call lets nobody be asked"
                                      : "polkit says no");
}

static bool
has_too_many(const RvlBusAccess *access, uid_t uid)
{
    unsigned of_user = 0;

    for (guint i = 0; i < access->asked->len; i++)
        of_user += ((const Question *)g_ptr_array_index(access->asked, i))->caller.uid == uid;
    return of_user >= MAX_QUESTIONS_OF_USER || access->asked->len >= MAX_QUESTIONS;
}

static void
ask_polkit(GDBusConnection *bus, Question *question)
{
    GDBusMessage *message = g_dbus_method_invocation_get_message(question->invocation);
    bool may_interact = (g_dbus_message_get_flags(message) &
                         G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION) != 0;
    GVariantDict subject;

    if (has_too_many(question->access, question->caller.uid)) {
        refuse(question, "too many calls wait for polkit's answer");
        return;
    }
    g_ptr_array_add(question->access->asked, question);
    g_variant_dict_init(&subject, NULL);
    g_variant_dict_insert(&subject, "name", "s",
                          g_dbus_method_invocation_get_sender(question->invocation));
    g_dbus_connection_call(bus, POLKIT_NAME, POLKIT_PATH, POLKIT_INTERFACE, "CheckAuthorization",
                           g_variant_new("((s@a{sv})sa{ss}us)", "system-bus-name",
                                         g_variant_dict_end(&subject),
                                         rvl_permission_action(question->permission), NULL,
                                         may_interact ? ALLOW_USER_INTERACTION : 0, ""),
                           G_VARIANT_TYPE("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE,
                           may_interact ? TYPING_PATIENCE_MS : question->access->patience_ms,
                           question->access->ended, polkit_answered, question);
}

static void
credentials_came(GObject *object, GAsyncResult *result, gpointer user_data)
{
    Question *question = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(object), result, &error);
    g_autoptr(GVariant) credentials = NULL;
    guint32 number;

    if (reply == NULL) {
        (void)g_dbus_error_strip_remote_error(error);
        refuse(question, error->message);
        return;
    }
    credentials = g_variant_get_child_value(reply, 0);
    if (!g_variant_lookup(credentials, "UnixUserID", "u", &number)) {
        refuse(question, "the bus doesn't say whose call it is");
        return;
    }
    question->caller.uid = number;
    if (g_variant_lookup(credentials, "ProcessID", "u", &number))
        question->caller.pid = (pid_t)number;
    if (question->caller.uid == question->access->trusted)
        answer(question, NULL);
    else
        ask_polkit(G_DBUS_CONNECTION(object), question);
}

void
rvl_bus_access_authorize(void *authority,
                         GDBusMethodInvocation *invocation,
                         RvlPermission permission,
                         RvlAuthorized done,
                         void *user_data)
{
    RvlBusAccess *access = authority;
    Question *question = g_new0(Question, 1);

    *question = (Question){.access = g_rc_box_acquire(access),
                           .invocation = invocation,
                           .permission = permission,
                           .done = done,
                           .user_data = user_data,
                           .caller = {.uid = (uid_t)-1, .pid = -1}};
    g_dbus_connection_call(g_dbus_method_invocation_get_connection(invocation), BUS_NAME, BUS_PATH,
                           BUS_NAME, "GetConnectionCredentials",
                           g_variant_new("(s)", g_dbus_method_invocation_get_sender(invocation)),
                           G_VARIANT_TYPE("(a{sv})"), G_DBUS_CALL_FLAGS_NONE, access->patience_ms,
                           access->ended, credentials_came, question);
}
