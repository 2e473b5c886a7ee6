/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that wait for their end. */
#pragma once

#include "io/driver.h"

typedef struct RvlCommands RvlCommands;

RvlCommands *rvl_commands_new(void);
/** rvl_commands_free: commands that still wait get no reply. */
void rvl_commands_free(RvlCommands *commands);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlCommands, rvl_commands_free)

RvlCommandId rvl_commands_add(RvlCommands *commands,
                              RvlTime now,
                              RvlCommandProgress progress,
                              RvlCommandReply reply,
                              void *user_data);
void rvl_commands_progress(RvlCommands *commands, RvlCommandId id, const char *step);
/** rvl_commands_reply: the command's end; unknown ids are ignored. */
void rvl_commands_reply(RvlCommands *commands, RvlCommandId id, const GError *error);
