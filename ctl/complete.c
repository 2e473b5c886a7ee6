/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Completion, for `ravelinctl __complete`, which the shells' scripts ask. */
#include "config.h"

#include "complete.h"

#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include "command.h"
#include "output.h"

static void
offer(const char *word, const char *typed)
{
    if (g_str_has_prefix(word, typed))
        g_print("%s\n", word);
}

static void
offer_commands(const char *typed)
{
    const CtlCommand *command;

    for (size_t i = 0; (command = ctl_command_at(i)) != NULL; i++)
        offer(command->name, typed);
}

static void
offer_options(const CtlCommand *command, const char *typed)
{
    static const struct {
        unsigned option;
        const char *word;
    } options[] = {{CTL_OPTION_TIMEOUT, "--timeout="},
                   {CTL_OPTION_LEVEL, "--level="},
                   {CTL_OPTION_DEFAULTS, "--defaults"},
                   {CTL_OPTION_CONFIRM, "--confirm="}};

    offer("--json", typed);
    offer("--instance=", typed);
    offer("--help", typed);
    for (size_t i = 0; command != NULL && i < G_N_ELEMENTS(options); i++) {
        if ((command->options & options[i].option) != 0)
            offer(options[i].word, typed);
    }
}

/* A shell that completes wants no message: a daemon that isn't there offers nothing. */
static void
offer_connections(const char *typed)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    CtlStatus status = CTL_FAILED;
    g_autoptr(CtlLink) link = NULL;
    g_autoptr(GVariant) rows = NULL;

    if (nowhere >= 0)
        (void)dup2(nowhere, STDERR_FILENO);
    link = ctl_link_new(NULL, &status);
    rows = link != NULL ? ctl_link_rows(link, "connection", &status) : NULL;
    for (gsize i = 0; rows != NULL && i < g_variant_n_children(rows); i++) {
        g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
        const char *name = ctl_row_text(row, "name");

        if (name != NULL)
            offer(name, typed);
    }
}

static void
offer_words(const CtlCommand *command, const char *typed)
{
    g_auto(GStrv) words = NULL;

    if (command->completes == NULL)
        return;
    if (strcmp(command->completes, "connection") == 0) {
        offer_connections(typed);
        return;
    }
    words = g_strsplit(command->completes, " ", -1);
    for (size_t i = 0; words[i] != NULL; i++)
        offer(words[i], typed);
}

CtlStatus
ctl_complete(const char *const *words)
{
    const CtlCommand *command = NULL;
    size_t n = g_strv_length((char **)words);
    const char *typed = n > 0 ? words[n - 1] : "";

    for (size_t i = 0; i + 1 < n && command == NULL; i++)
        command = ctl_command_find(words[i]);
    if (*typed == '-')
        offer_options(command, typed);
    else if (command == NULL)
        offer_commands(typed);
    else
        offer_words(command, typed);
    return CTL_DONE;
}
