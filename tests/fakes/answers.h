/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers of fakes: they come on the main loop after the call, or when the test lets them. */
#pragma once

#include <ravelin/plugin.h>

/** FakeAnswers: a queue of answers that wait. Thread: main loop. */
typedef struct FakeAnswers FakeAnswers;

FakeAnswers *fake_answers_new(void);
/** fake_answers_free: none may wait: each call of the contract is answered. */
void fake_answers_free(FakeAnswers *answers);

/** fake_answers_add: @give is called with @user_data when its turn comes. */
void fake_answers_add(FakeAnswers *answers, RvlCall give, void *user_data);

/** fake_answers_hold: whether answers wait until they are let go, as those of a slow kernel do. */
void fake_answers_hold(FakeAnswers *answers, bool holds);
size_t fake_answers_waiting(const FakeAnswers *answers);

/**
 * fake_rows: (transfer full): a copy of @n rows of @octets each with @stride between them, by g_free():
 * as a plugin would hand it that knows shorter or longer rows.
 */
void *fake_rows(const void *rows, size_t n, size_t octets, size_t stride);
