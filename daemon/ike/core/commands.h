/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What operators and the installer ask of the engine. */
#pragma once

#include "ike/core/command.h"

typedef struct RvlEngine RvlEngine;

void rvl_commands_take(RvlEngine *engine, const RvlCommand *command);
void rvl_commands_report(RvlEngine *engine, const RvlInstallerReport *report);
/** rvl_commands_stop_check: answers a shutdown when nothing is left. */
void rvl_commands_stop_check(RvlEngine *engine);
/** rvl_commands_stop_due: the peers that have not answered their delete by now end unanswered. */
void rvl_commands_stop_due(RvlEngine *engine);
