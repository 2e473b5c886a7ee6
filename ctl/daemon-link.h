/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way to the daemon: its socket, or the system bus; calls, and what their errors mean. */
#pragma once

#include <stdbool.h>
#include <gio/gio.h>

#include "exit-status.h"

typedef struct CtlLink CtlLink;

/**
 * ctl_link_new:
 * @instance: (nullable): of several daemons on this machine
 *
 * Tries $RAVELIN_SOCKET alone where it is set; else the instance's socket, then (without an
 * instance) the system bus.
 *
 * Returns: (transfer full) (nullable): NULL with @status and a message on stderr.
 */
CtlLink *ctl_link_new(const char *instance, CtlStatus *status);
void ctl_link_free(CtlLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CtlLink, ctl_link_free)

/**
 * ctl_link_call:
 * @arguments: (transfer floating) (nullable): a tuple
 * @descriptors: (out) (optional) (nullable) (transfer full)
 *
 * Returns: (transfer full) (nullable): the reply; NULL with @status and a message on stderr.
 */
GVariant *ctl_link_call(CtlLink *link,
                        const char *method,
                        GVariant *arguments,
                        GUnixFDList **descriptors,
                        CtlStatus *status);

/** ctl_link_rows: (transfer full) (nullable): `aa{sv}`: all rows of @kind, page by page. */
GVariant *ctl_link_rows(CtlLink *link, const char *kind, CtlStatus *status);

/** ctl_link_property: (transfer full) (nullable): of the Manager; silently NULL on failure. */
GVariant *ctl_link_property(CtlLink *link, const char *name);

/** CtlSignal: @parameters: `(sa{sv})` of a Job's signal. */
typedef void (*CtlSignal)(const char *path,
                          const char *signal,
                          GVariant *parameters,
                          void *user_data);
/** ctl_link_watch_jobs: from now on; signals come when the main context runs. */
void ctl_link_watch_jobs(CtlLink *link, CtlSignal signal, void *user_data);

/** ctl_status_of_cause: @word: of a cause, with `-` or `_`. */
CtlStatus ctl_status_of_cause(const char *word);
