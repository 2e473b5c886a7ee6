/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ravelinctl up, down, rekey: a job of the daemon's, shown step by step. */
#include "config.h"

#include <string.h>

#include "command.h"
#include "output.h"

typedef struct {
    const CtlInvocation *invocation;
    GMainLoop *loop;
    char *path; /* of our job; NULL until the daemon has said it */
    char *name; /* whose steps are being shown */
    GVariantBuilder steps;
    CtlStatus status;
} Job;

static void
show_step(Job *job, const char *step, GVariant *details)
{
    const char *name = ctl_row_text(details, "name");
    g_autofree char *done = ctl_paint(CTL_GOOD, "✓");
    int64_t elapsed_ms = 0;

    if (g_strcmp0(name, job->name) != 0) {
        g_print("%s%s", job->name != NULL ? "\n" : "", name != NULL ? name : "");
        g_free(job->name);
        job->name = g_strdup(name);
    }
    g_print("  %s %s", step, done);
    if (ctl_row_number(details, "elapsed_ms", &elapsed_ms))
        g_print(" %" G_GINT64_FORMAT " ms", elapsed_ms);
}

static void
show_end(Job *job, const char *cause, GVariant *details)
{
    const char *error = ctl_row_text(details, "error");
    const char *remedy = ctl_row_text(details, "remedy");

    if (job->name != NULL)
        g_print("\n");
    if (job->status == CTL_DONE)
        return;
    g_printerr("ravelinctl: %s: %s: %s\n", ctl_row_text(details, "name"), cause,
               error != NULL ? error : "");
    if (remedy != NULL && *remedy != '\0' && (error == NULL || strstr(error, remedy) == NULL))
        g_printerr("  fix: %s\n", remedy);
}

static void
keep_step(Job *job, const char *signal, const char *word, GVariant *details)
{
    GVariantDict row;

    g_variant_dict_init(&row, details);
    g_variant_dict_insert(&row, g_str_equal(signal, "Done") ? "cause" : "step", "s", word);
    g_variant_builder_add_value(&job->steps, g_variant_dict_end(&row));
}

static void
signal_came(const char *path, const char *signal, GVariant *parameters, void *user_data)
{
    Job *job = user_data;
    g_autoptr(GVariant) details = NULL;
    const char *word;
    bool is_end = g_str_equal(signal, "Done");

    if (g_strcmp0(path, job->path) != 0 ||
        !g_variant_is_of_type(parameters, G_VARIANT_TYPE("(sa{sv})")))
        return;
    g_variant_get(parameters, "(&s@a{sv})", &word, &details);
    if (is_end)
        job->status = g_str_equal(word, "none") ? CTL_DONE : ctl_status_of_cause(word);
    if (job->invocation->is_json)
        keep_step(job, signal, word, details);
    else if (is_end)
        show_end(job, word, details);
    else
        show_step(job, word, details);
    if (is_end)
        g_main_loop_quit(job->loop);
}

static gboolean
timed_out(gpointer user_data)
{
    Job *job = user_data;

    g_printerr("%sravelinctl: not done after %d s; the daemon goes on\n",
               job->name != NULL && !job->invocation->is_json ? "\n" : "",
               job->invocation->timeout_s);
    job->status = CTL_TIMED_OUT;
    g_main_loop_quit(job->loop);
    return G_SOURCE_CONTINUE;
}

static CtlStatus
run(const CtlInvocation *invocation, const char *method)
{
    CtlStatus status = CTL_FAILED;
    Job job = {.invocation = invocation, .status = CTL_FAILED};
    g_autoptr(GVariant) reply = NULL;

    ctl_link_watch_jobs(invocation->link, signal_came, &job);
    reply = ctl_link_call(invocation->link, method,
                          g_variant_new("(^asa{sv})", invocation->words, NULL), NULL, &status);
    if (reply == NULL)
        return status;
    g_variant_get(reply, "(o)", &job.path);
    job.loop = g_main_loop_new(NULL, FALSE);
    g_variant_builder_init(&job.steps, G_VARIANT_TYPE("aa{sv}"));
    if (invocation->timeout_s > 0)
        (void)g_timeout_add_seconds((guint)invocation->timeout_s, timed_out, &job);
    g_main_loop_run(job.loop);
    if (invocation->is_json) {
        g_autoptr(GVariant) items = g_variant_ref_sink(g_variant_builder_end(&job.steps));

        ctl_print_json("job", items);
    } else {
        g_variant_builder_clear(&job.steps);
    }
    g_main_loop_unref(job.loop);
    g_free(job.path);
    g_free(job.name);
    return job.status;
}

CtlStatus
ctl_up(const CtlInvocation *invocation)
{
    return run(invocation, "Up");
}

CtlStatus
ctl_down(const CtlInvocation *invocation)
{
    return run(invocation, "Down");
}

CtlStatus
ctl_rekey(const CtlInvocation *invocation)
{
    return run(invocation, "Rekey");
}
