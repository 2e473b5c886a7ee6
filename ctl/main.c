/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ravelinctl: the operator's tool. */
#include "config.h"

#include <locale.h>
#include <string.h>

#include "config/value.h"

#include "command.h"
#include "complete.h"

typedef struct {
    gboolean is_json;
    gboolean shows_version;
    gboolean defaults;
    char *instance;
    char *level;
    char *confirm;
    int timeout_s;
    char **words;
} Options;

static char *
summary(void)
{
    GString *text = g_string_new("Commands:\n");
    const CtlCommand *command;

    for (size_t i = 0; (command = ctl_command_at(i)) != NULL; i++) {
        g_autofree char *call = g_strdup_printf("%s %s", command->name, command->arguments);

        g_string_append_printf(text, "  %-32s %s\n", call, command->help);
    }
    g_string_append(text, "\nExit status: 0 done, 1 failed, 2 usage, 3 no daemon, 4 not allowed,\n"
                          "5 configuration wrong, 6 timed out, 7 not found, 8 plan found changes");
    return g_string_free(text, FALSE);
}

static bool
parse(Options *options, int *argc, char ***argv)
{
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &options->is_json, "Print JSON", NULL},
        {"instance", 0, 0, G_OPTION_ARG_STRING, &options->instance,
         "Which of several daemons on this machine", "NAME"},
        {"timeout", 0, 0, G_OPTION_ARG_INT, &options->timeout_s,
         "up, down, rekey: give up waiting after so long", "SECONDS"},
        {"level", 0, 0, G_OPTION_ARG_STRING, &options->level,
         "events: error, warning, notice, info or debug", "LEVEL"},
        {"confirm", 0, 0, G_OPTION_ARG_STRING, &options->confirm,
         "apply, reload: go back unless `confirm` follows within this time", "60s"},
        {"defaults", 0, 0, G_OPTION_ARG_NONE, &options->defaults, "config: every key's default",
         NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options->shows_version, "Print the version", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->words, NULL, NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("COMMAND [ARGUMENT]...");
    g_autofree char *about = summary();
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context, about);
    if (g_option_context_parse(context, argc, argv, &error))
        return true;
    g_printerr("ravelinctl: %s; see ravelinctl --help\n", error->message);
    return false;
}

/* An option that the command doesn't know is refused: ignored, it would promise something. */
static bool
options_fit(const Options *options, const CtlCommand *command)
{
    const struct {
        bool is_set;
        unsigned option;
        const char *word;
    } rows[] = {
        {options->timeout_s != 0, CTL_OPTION_TIMEOUT, "--timeout"},
        {options->level != NULL, CTL_OPTION_LEVEL, "--level"},
        {options->defaults, CTL_OPTION_DEFAULTS, "--defaults"},
        {options->confirm != NULL, CTL_OPTION_CONFIRM, "--confirm"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].is_set && (command->options & rows[i].option) == 0) {
            g_printerr("ravelinctl: %s takes no %s\n", command->name, rows[i].word);
            return false;
        }
    }
    return true;
}

static bool
words_fit(const Options *options, const CtlCommand *command)
{
    int n = (int)g_strv_length(options->words) - 1;

    if (n >= command->least && (command->most < 0 || n <= command->most))
        return true;
    g_printerr("usage: ravelinctl %s %s\n", command->name, command->arguments);
    return false;
}

/* `60s`, `5 min`, or plain seconds. */
static bool
read_trial(const char *text, unsigned *seconds)
{
    guint64 plain;
    int64_t ms;

    *seconds = 0;
    if (text == NULL)
        return true;
    if (g_ascii_string_to_unsigned(text, 10, 1, UINT32_MAX, &plain, NULL))
        *seconds = (unsigned)plain;
    else if (rvl_value_duration(text, &ms) && ms >= 1000 && ms / 1000 <= UINT32_MAX)
        *seconds = (unsigned)(ms / 1000);
    if (*seconds == 0)
        g_printerr("ravelinctl: --confirm: '%s' is no time from 1 s on, such as 60s\n", text);
    return *seconds != 0;
}

static CtlStatus
run(const Options *options)
{
    const CtlCommand *command = ctl_command_find(options->words[0]);
    CtlStatus status = CTL_FAILED;
    g_autoptr(CtlLink) link = NULL;
    CtlInvocation invocation = {
        .words = (const char *const *)options->words + 1,
        .instance = options->instance,
        .is_json = options->is_json,
        .timeout_s = options->timeout_s,
        .level = options->level,
        .defaults = options->defaults,
    };

    if (command == NULL) {
        g_printerr("ravelinctl: there is no command '%s'; see ravelinctl --help\n",
                   options->words[0]);
        return CTL_USAGE;
    }
    if (!options_fit(options, command) || !words_fit(options, command) ||
        !read_trial(options->confirm, &invocation.trial_s))
        return CTL_USAGE;
    if (!command->is_local) {
        link = ctl_link_new(options->instance, &status);
        if (link == NULL)
            return status;
    }
    invocation.link = link;
    return command->run(&invocation);
}

int
main(int argc, char **argv)
{
    Options options = {0};
    CtlStatus status;

    setlocale(LC_ALL, "");
    if (argc >= 2 && strcmp(argv[1], "__complete") == 0)
        return (int)ctl_complete((const char *const *)argv + 2);
    if (!parse(&options, &argc, &argv))
        return CTL_USAGE;
    if (options.shows_version) {
        g_print("ravelinctl %s\n", PACKAGE_VERSION);
        status = CTL_DONE;
    } else if (options.words == NULL) {
        g_printerr("usage: ravelinctl COMMAND [ARGUMENT]...; see ravelinctl --help\n");
        status = CTL_USAGE;
    } else {
        status = run(&options);
    }
    g_strfreev(options.words);
    g_free(options.instance);
    g_free(options.level);
    g_free(options.confirm);
    return (int)status;
}
