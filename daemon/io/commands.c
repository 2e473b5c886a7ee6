/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that wait for their end. */
#include "config.h"

#include "io/commands.h"

#include "io/clock.h"

typedef struct {
    RvlCommandId id;
    RvlTime began;
    RvlCommandProgress progress; /* (nullable) */
    RvlCommandReply reply;       /* (nullable) */
    void *user_data;
} Waiting;

struct RvlCommands {
    GHashTable *waiting; /* id -> Waiting */
    RvlCommandId last_id;
};

RvlCommands *
rvl_commands_new(void)
{
    RvlCommands *commands = g_new0(RvlCommands, 1);

    commands->waiting = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    return commands;
}

void
rvl_commands_free(RvlCommands *commands)
{
    if (commands == NULL)
        return;
    g_hash_table_unref(commands->waiting);
    g_free(commands);
}

RvlCommandId
rvl_commands_add(RvlCommands *commands,
                 RvlTime now,
                 RvlCommandProgress progress,
                 RvlCommandReply reply,
                 void *user_data)
{
    Waiting *waiting = g_new0(Waiting, 1);

    *waiting = (Waiting){++commands->last_id, now, progress, reply, user_data};
    g_hash_table_insert(commands->waiting, &waiting->id, waiting);
    return waiting->id;
}

void
rvl_commands_progress(RvlCommands *commands, RvlCommandId id, const char *step)
{
    const Waiting *waiting = g_hash_table_lookup(commands->waiting, &id);

    if (waiting != NULL && waiting->progress != NULL)
        waiting->progress(step, rvl_clock_now() - waiting->began, waiting->user_data);
}

void
rvl_commands_reply(RvlCommands *commands, RvlCommandId id, const GError *error)
{
    Waiting *waiting = g_hash_table_lookup(commands->waiting, &id);

    if (waiting == NULL)
        return;
    g_hash_table_steal(commands->waiting, &id);
    if (waiting->reply != NULL)
        waiting->reply(error, waiting->user_data);
    g_free(waiting);
}
