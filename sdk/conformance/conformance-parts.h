/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the conformance suites share: reporting. */
#pragma once

#include <ravelin/conformance.h>

/* Reports whether @holds; @format says what must hold, printf style. */
void conformance_check(const RvlConformance *to, bool holds, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* Reports success, or @error (which is freed) as the detail of a failure. */
void conformance_check_error(const RvlConformance *to,
                             bool holds,
                             GError *error,
                             const char *format,
                             ...) G_GNUC_PRINTF(4, 5);
