/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Completion: what the shell may put for the last word. */
#pragma once

#include "exit-status.h"

/** ctl_complete: @words: NULL-terminated: the line without `ravelinctl`; the last is being typed. */
CtlStatus ctl_complete(const char *const *words);
