/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ravelin-plugin-check: loads a module in a child and runs the conformance suites of what it provides. */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ravelin/conformance.h>

#include "check-host.h"

/* A plugin that takes longer for all its suites hangs. */
#define PATIENCE_S 120

/* A loop in which nothing happens for so long has nothing to tell. */
#define TURN_MS 5000

static gboolean
gave_up(gpointer user_data)
{
    *(bool *)user_data = true;
    return G_SOURCE_REMOVE;
}

static bool
turn(void *context)
{
    bool is_over = false;
    GSource *patience = g_timeout_source_new(TURN_MS);

    g_source_set_callback(patience, gave_up, &is_over, NULL);
    g_source_attach(patience, NULL);
    (void)g_main_context_iteration(NULL, TRUE);
    g_source_destroy(patience);
    g_source_unref(patience);
    return !is_over;
}

static bool
refuse(RvlConformance *to, const char *what, const GError *error)
{
    to->report(to->user_data, false, what, error != NULL ? error->message : NULL);
    return false;
}

static void
run_suites(const CheckHost *host, const RvlConformance *to)
{
    const RvlConformanceRun run = {
        .size = sizeof(run), .to = to, .host = check_host_table(host), .turn = turn};
    RvlProvision provision;
    const void *interface;
    void *self;

    for (size_t i = 0; check_host_provision(host, i, &provision, &interface, &self); i++) {
        if (!rvl_conformance_capability(&run, provision.capability, interface, self))
            g_print("# there is no suite for %s '%s' yet\n",
                    rvl_capability_word(provision.capability), provision.name);
    }
}

static bool
check(CheckHost *host, const char *file, char **with, RvlConformance *to)
{
    const RvlPlugin *descriptor = NULL;
    g_autoptr(GError) error = NULL;

    for (size_t i = 0; with != NULL && with[i] != NULL; i++) {
        if (!check_host_load(host, with[i], true, &descriptor, &error))
            return refuse(to, "what stands beside it loads", error);
    }
    if (!check_host_load(host, file, false, &descriptor, &error) && descriptor == NULL)
        return refuse(to, "the module opens", error);
    g_clear_error(&error);
    rvl_conformance_descriptor(to, descriptor);
    if (!check_host_load(host, file, true, &descriptor, &error))
        return refuse(to, "the plugin loads", error);
    to->report(to->user_data, true, "the plugin loads", NULL);
    run_suites(host, to);
    check_host_unload(host);
    to->report(to->user_data, true, "the plugin unloads", NULL);
    return true;
}

/*
 * In the child: its end tells the parent, also where the plugin ends it. The backends that stand
 * beside the plugin stay loaded, and the process ends with them: nothing is freed one by one.
 */
static G_NORETURN void
check_in_child(const char *file, char **with)
{
    RvlConformanceTap tap = {0};
    RvlConformance to;
    bool is_good;

    (void)alarm(PATIENCE_S);
    rvl_conformance_tap(&tap, &to);
    (void)check(check_host_new(), file, with, &to);
    is_good = rvl_conformance_tap_finish(&tap);
    (void)fflush(stdout);
    _exit(is_good ? EXIT_SUCCESS : EXIT_FAILURE);
}

static int
wait_for(pid_t child)
{
    int status = 0;

    if (waitpid(child, &status, 0) < 0)
        return EXIT_FAILURE;
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    g_print("Bail out! the plugin %s\n",
            WTERMSIG(status) == SIGALRM ? "hangs" : "ended the process, by a signal");
    return EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
    char **with = NULL;
    char **files = NULL;
    const GOptionEntry entries[] = {
        {"with", 'w', 0, G_OPTION_ARG_FILENAME_ARRAY, &with,
         "Load this before it: a crypto backend, or what it needs", "MODULE"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("MODULE");
    g_autoptr(GError) error = NULL;
    pid_t child;
    int status;

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context, "Checks a plugin for Ravelin against its contract, and "
                                          "prints TAP.");
    if (!g_option_context_parse(context, &argc, &argv, &error) || files == NULL ||
        g_strv_length(files) != 1) {
        g_printerr("ravelin-plugin-check: %s\n",
                   error != NULL ? error->message : "one module, please; see --help");
        return 2;
    }
    child = fork();
    if (child == 0)
        check_in_child(files[0], with);
    status = child > 0 ? wait_for(child) : EXIT_FAILURE;
    g_strfreev(with);
    g_strfreev(files);
    return status;
}
