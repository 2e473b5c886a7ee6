/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A command of an operator's under way: tells its caller of each step, and its end, as D-Bus signals. */
#include "config.h"

#include "control/command-job.h"

#include <ravelin/error.h>

#include "control/interface.h"
#include "control/rows.h"

typedef struct {
    const RvlControlModel *model;
    GDBusConnection *connection;
    char *sender;
    char *path;
    RvlCommandKind kind;
    GStrv names;
    size_t at;
    GError *error; /* (nullable): the first failure */
    char *failed;  /* (nullable): name of what failed */
} Job;

static void
job_free(Job *job)
{
    g_object_unref(job->connection);
    g_free(job->sender);
    g_free(job->path);
    g_strfreev(job->names);
    g_clear_error(&job->error);
    g_free(job->failed);
    g_free(job);
}

static void
signal_caller(const Job *job, const char *signal, const char *word, GVariantBuilder *details)
{
    (void)g_dbus_connection_emit_signal(job->connection, job->sender, job->path, RVL_JOB_INTERFACE,
                                        signal, g_variant_new("(sa{sv})", word, details), NULL);
}

static void
progressed(const char *step, RvlTime elapsed, void *user_data)
{
    const Job *job = user_data;
    g_auto(GVariantBuilder) details = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    rvl_row_text(&details, "name", job->names[job->at]);
    rvl_row_number(&details, "elapsed_ms", elapsed / RVL_MILLISECOND);
    signal_caller(job, "Progress", step, &details);
}

static void
finish(Job *job)
{
    g_auto(GVariantBuilder) details = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
    RvlCause cause = rvl_error_cause(job->error);

    if (job->error != NULL) {
        rvl_row_text(&details, "name", job->failed);
        rvl_row_text(&details, "error", job->error->message);
        rvl_row_text(&details, "found", rvl_error_found(job->error));
        rvl_row_text(&details, "wanted", rvl_error_wanted(job->error));
        rvl_row_text(&details, "remedy", rvl_error_remedy(job->error));
    }
    signal_caller(job, "Done",
                  job->error == NULL        ? "none"
                  : cause == RVL_CAUSE_NONE ? "plugin-failed"
                                            : rvl_cause_info(cause)->word,
                  &details);
    job_free(job);
}

static void begin_next(Job *job);

static void
ended(const GError *error, void *user_data)
{
    Job *job = user_data;

    if (error != NULL && job->error == NULL) {
        job->error = g_error_copy(error);
        job->failed = g_strdup(job->names[job->at]);
    }
    job->at++;
    begin_next(job);
}

static void
begin_next(Job *job)
{
    if (job->names[job->at] == NULL)
        finish(job);
    else
        job->model->command(job->model->context, job->kind, job->names[job->at], progressed, ended,
                            job);
}

void
rvl_command_job_start(const RvlControlModel *model,
                      GDBusConnection *connection,
                      const char *sender,
                      const char *path,
                      RvlCommandKind kind,
                      const char *const *names)
{
    Job *job = g_new0(Job, 1);

    job->model = model;
    job->connection = g_object_ref(connection);
    job->sender = g_strdup(sender);
    job->path = g_strdup(path);
    job->kind = kind;
    job->names = g_strdupv((GStrv)names);
    begin_next(job);
}
