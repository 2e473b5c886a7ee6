/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tool's exit statuses: scripts rely on them. */
#pragma once

typedef enum {
    CTL_DONE = 0,
    CTL_FAILED = 1, /* the cause is printed */
    CTL_USAGE = 2,
    CTL_NO_DAEMON = 3,
    CTL_NOT_ALLOWED = 4,
    CTL_CONFIGURATION = 5,
    CTL_TIMED_OUT = 6,
    CTL_NOT_FOUND = 7,
    CTL_CHANGES = 8, /* of `plan` */
} CtlStatus;
