/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks of things that have a name, and calls that must be answered exactly once. */
#pragma once

#include <ravelin/conformance.h>

/* conformance_point: reports `SUBJECT: WHAT` and returns @holds. */
bool conformance_point(const RvlConformanceRun *run,
                       bool holds,
                       const char *subject,
                       const char *format,
                       ...) G_GNUC_PRINTF(4, 5);
/* conformance_detail: the same, with what was found where it doesn't hold. */
bool conformance_detail(const RvlConformanceRun *run,
                        bool holds,
                        const char *found,
                        const char *subject,
                        const char *what);

/* CONFORMANCE_UNKNOWN_NEED: a bit of `needs` that no contract has given a meaning. */
#define CONFORMANCE_UNKNOWN_NEED (1u << 31)

/* conformance_refused: a check: @answered is false and @error says why, as a cause of the contract. */
bool conformance_refused(const RvlConformanceRun *run,
                         bool answered,
                         const GError *error,
                         const char *subject,
                         const char *what);

/*
 * Answer:
 * @times: how often done came
 * @is_late: it came after the call returned
 * @cause, @words: of its error
 */
typedef struct {
    unsigned times;
    bool has_returned;
    bool is_late;
    uint32_t cause;
    bool has_error;
    char *words;
} Answer;

void answer_came(Answer *answer, const GError *error);
/* answer_wait: lets the loop turn until the answer came; whether it came once. */
bool answer_wait(const RvlConformanceRun *run, Answer *answer);
void answer_clear(Answer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

/* answer_comes_late: checks that the answer comes, once, and after the call had returned. */
bool answer_comes_late(const RvlConformanceRun *run,
                       Answer *answer,
                       const char *subject,
                       const char *what);
/* answer_refuses_need: checks that CONFORMANCE_UNKNOWN_NEED was refused, with a cause and by its number. */
void answer_refuses_need(const RvlConformanceRun *run,
                         const Answer *answer,
                         const char *subject,
                         const char *what);
