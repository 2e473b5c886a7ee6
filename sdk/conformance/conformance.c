/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reporting of the conformance suites, and an audience that prints TAP. */
#include "config.h"

#include "conformance-parts.h"

static void report(const RvlConformance *to,
                   bool holds,
                   const char *detail,
                   const char *format,
                   va_list values) G_GNUC_PRINTF(4, 0);

static void
report(const RvlConformance *to, bool holds, const char *detail, const char *format, va_list values)
{
    g_autofree char *what = g_strdup_vprintf(format, values);

    to->report(to->user_data, holds, what, detail);
}

void
conformance_check(const RvlConformance *to, bool holds, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    report(to, holds, NULL, format, values);
    va_end(values);
}

void
conformance_check_error(const RvlConformance *to,
                        bool holds,
                        GError *error,
                        const char *format,
                        ...)
{
    va_list values;

    va_start(values, format);
    report(to, holds, error != NULL ? error->message : NULL, format, values);
    va_end(values);
    g_clear_error(&error);
}

static void
print_tap(void *user_data, bool holds, const char *what, const char *detail)
{
    RvlConformanceTap *tap = user_data;

    tap->n_checks++;
    tap->n_failed += !holds;
    g_print("%sok %u - %s\n", holds ? "" : "not ", tap->n_checks, what);
    if (!holds && detail != NULL)
        g_print("# %s\n", detail);
}

void
rvl_conformance_tap(RvlConformanceTap *tap, RvlConformance *to)
{
    *to = (RvlConformance){
        .size = sizeof(RvlConformance),
        .report = print_tap,
        .user_data = tap,
    };
}

bool
rvl_conformance_tap_finish(const RvlConformanceTap *tap)
{
    g_print("1..%u\n", tap->n_checks);
    return tap->n_failed == 0;
}
