/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks of things that have a name, and calls that must be answered exactly once. */
#include "config.h"

#include "answer.h"

#include <string.h>

#include <ravelin/error.h>

bool
conformance_detail(const RvlConformanceRun *run,
                   bool holds,
                   const char *found,
                   const char *subject,
                   const char *what)
{
    g_autofree char *text = g_strdup_printf("%s: %s", subject, what);

    run->to->report(run->to->user_data, holds, text, found);
    return holds;
}

bool
conformance_point(const RvlConformanceRun *run,
                  bool holds,
                  const char *subject,
                  const char *format,
                  ...)
{
    g_autofree char *what = NULL;
    va_list arguments;

    va_start(arguments, format);
    what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return conformance_detail(run, holds, NULL, subject, what);
}

bool
conformance_refused(const RvlConformanceRun *run,
                    bool answered,
                    const GError *error,
                    const char *subject,
                    const char *what)
{
    bool says_why = error != NULL && rvl_error_cause(error) != RVL_CAUSE_NONE;
    const char *found = answered        ? "it was accepted"
                        : error == NULL ? "no reason was given"
                                        : "the error has no cause of the contract";

    return conformance_detail(run, !answered && says_why, found, subject, what);
}

void
answer_came(Answer *answer, const GError *error)
{
    answer->times++;
    answer->is_late = answer->has_returned;
    answer->has_error = error != NULL;
    answer->cause = rvl_error_cause(error);
    g_free(answer->words);
    answer->words = error != NULL ? g_strdup(error->message) : NULL;
}

bool
answer_wait(const RvlConformanceRun *run, Answer *answer)
{
    answer->has_returned = true;
    while (answer->times == 0 && run->turn(run->context))
        ;
    return answer->times == 1;
}

void
answer_clear(Answer *answer)
{
    g_free(answer->words);
}

bool
answer_comes_late(const RvlConformanceRun *run,
                  Answer *answer,
                  const char *subject,
                  const char *what)
{
    if (!conformance_point(run, answer_wait(run, answer), subject, "%s: answers exactly once",
                           what))
        return false;
    return conformance_point(run, answer->is_late, subject, "%s: answers after it returned", what);
}

void
answer_refuses_need(const RvlConformanceRun *run,
                    const Answer *answer,
                    const char *subject,
                    const char *what)
{
    const char *words = answer->words != NULL ? answer->words : "nothing";

    conformance_point(run, answer->has_error && answer->cause != RVL_CAUSE_NONE, subject,
                      "%s with a need that nobody knows: refused with a cause (%s)", what, words);
    conformance_point(run, strstr(words, "bit 31") != NULL, subject,
                      "%s with a need that nobody knows: says which (%s)", what, words);
}
