/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of commands, from which dispatch, help and completion are made. */
#include "config.h"

#include "command.h"

#include <string.h>

static const CtlCommand commands[] = {
    {"status", ctl_status, "[CONNECTION]...", 0, -1, 0, "connection", false,
     "connections, what they protect, and why those that are down are down"},
    {"up", ctl_up, "CONNECTION[/CHILD]...", 1, -1, CTL_OPTION_TIMEOUT, "connection", false,
     "set up, step by step"},
    {"down", ctl_down, "CONNECTION[/CHILD]...", 1, -1, CTL_OPTION_TIMEOUT, "connection", false,
     "delete the SAs; `keep = up` rests until the next up or reload"},
    {"rekey", ctl_rekey, "CONNECTION[/CHILD]...", 1, -1, CTL_OPTION_TIMEOUT, "connection", false,
     "replace the IKE SA, or one Child SA, by a fresh one"},
    {"explain", ctl_explain, "[CONNECTION|PEER]", 0, 1, 0, "connection", false,
     "what went wrong lately, with both sides' values and the line to change"},
    {"list", ctl_list, "KIND", 1, 1, 0, "connection policy ike child plugin algorithm dataplane",
     false, "all of connection, policy, ike, child, plugin, algorithm or dataplane"},
    {"plugins", ctl_plugins, "", 0, 0, 0, NULL, false,
     "plugins that were found, and the reason where one failed"},
    {"algorithms", ctl_algorithms, "", 0, 0, 0, NULL, false,
     "words for proposals, and who computes each"},
    {"events", ctl_events, "[CONNECTION]", 0, 1, CTL_OPTION_LEVEL, "connection", false,
     "what happens from now on, until interrupted"},
    {"log", ctl_log, "SUBJECT|all LEVEL", 2, 2, 0, "connection", false,
     "log level of a connection, a peer's address, or everything else"},
    {"plan", ctl_plan, "", 0, 0, 0, NULL, false,
     "what a reload would change; exit status 8 where there is something"},
    {"apply", ctl_apply, "", 0, 0, CTL_OPTION_CONFIRM, NULL, false,
     "put in force what plan has read; with --confirm on trial"},
    {"confirm", ctl_confirm, "", 0, 0, 0, NULL, false, "keep the configuration that is on trial"},
    {"rollback", ctl_rollback, "", 0, 0, 0, NULL, false,
     "back to what was in force before the last apply"},
    {"reload", ctl_reload, "", 0, 0, CTL_OPTION_CONFIRM, NULL, false,
     "plan and apply at once; where the files are wrong nothing changes"},
    {"config", ctl_config, "[GROUP]", 0, 1, CTL_OPTION_DEFAULTS, "daemon connection child", true,
     "what is written where; with --defaults every key with its default"},
};

const CtlCommand *
ctl_command_at(size_t i)
{
    return i < G_N_ELEMENTS(commands) ? &commands[i] : NULL;
}

const CtlCommand *
ctl_command_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}
