/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tool's commands: what each is given, and the table of them. */
#pragma once

#include <stdbool.h>

#include "daemon-link.h"
#include "exit-status.h"

/* Options that a command may know, beside --json, --instance and --help. */
#define CTL_OPTION_TIMEOUT (1u << 0)
#define CTL_OPTION_LEVEL (1u << 1)
#define CTL_OPTION_DEFAULTS (1u << 2)
#define CTL_OPTION_CONFIRM (1u << 3)

/**
 * CtlInvocation:
 * @link: (nullable): to the daemon; NULL for commands that ask none
 * @words: NULL-terminated: what follows the command
 * @instance: (nullable)
 * @is_json: print JSON
 * @timeout_s: 0: none
 * @level: (nullable)
 * @defaults: show what isn't written, too
 * @trial_s: seconds after which what is applied is rolled back; 0: never
 */
typedef struct {
    CtlLink *link;
    const char *const *words;
    const char *instance;
    bool is_json;
    int timeout_s;
    const char *level;
    bool defaults;
    unsigned trial_s;
} CtlInvocation;

/**
 * CtlCommand:
 * @arguments: as the help shows them
 * @least, @most: words that may follow; @most -1: any number
 * @options: CTL_OPTION_…
 * @completes: (nullable): kind whose names complete its words, or the words themselves with blanks
 * @is_local: asks no daemon
 */
typedef struct {
    const char *name;
    CtlStatus (*run)(const CtlInvocation *invocation);
    const char *arguments;
    int least;
    int most;
    unsigned options;
    const char *completes;
    bool is_local;
    const char *help;
} CtlCommand;

/** ctl_command_at: (transfer none) (nullable): enumerates; NULL past the last. */
const CtlCommand *ctl_command_at(size_t i);
/** ctl_command_find: (transfer none) (nullable). */
const CtlCommand *ctl_command_find(const char *name);

CtlStatus ctl_status(const CtlInvocation *invocation);
CtlStatus ctl_list(const CtlInvocation *invocation);
CtlStatus ctl_plugins(const CtlInvocation *invocation);
CtlStatus ctl_algorithms(const CtlInvocation *invocation);
CtlStatus ctl_up(const CtlInvocation *invocation);
CtlStatus ctl_down(const CtlInvocation *invocation);
CtlStatus ctl_rekey(const CtlInvocation *invocation);
CtlStatus ctl_explain(const CtlInvocation *invocation);
CtlStatus ctl_events(const CtlInvocation *invocation);
CtlStatus ctl_log(const CtlInvocation *invocation);
CtlStatus ctl_plan(const CtlInvocation *invocation);
CtlStatus ctl_apply(const CtlInvocation *invocation);
CtlStatus ctl_confirm(const CtlInvocation *invocation);
CtlStatus ctl_rollback(const CtlInvocation *invocation);
CtlStatus ctl_reload(const CtlInvocation *invocation);
CtlStatus ctl_config(const CtlInvocation *invocation);
