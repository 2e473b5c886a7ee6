/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers of fakes. */
#include "config.h"

#include "fakes/answers.h"

#include <string.h>

/* What lies beyond the rows that were handed over. */
#define POISON 0xa5

typedef struct {
    RvlCall give;
    void *user_data;
} Answer;

struct FakeAnswers {
    GQueue waiting; /* of Answer */
    bool holds;
    GSource *source; /* (nullable) */
};

FakeAnswers *
fake_answers_new(void)
{
    FakeAnswers *answers = g_new0(FakeAnswers, 1);

    g_queue_init(&answers->waiting);
    return answers;
}

static void
source_end(FakeAnswers *answers)
{
    if (answers->source == NULL)
        return;
    g_source_destroy(answers->source);
    g_clear_pointer(&answers->source, g_source_unref);
}

void
fake_answers_free(FakeAnswers *answers)
{
    g_assert_cmpuint(answers->waiting.length, ==, 0);
    source_end(answers);
    g_free(answers);
}

static gboolean
give_next(gpointer user_data)
{
    FakeAnswers *answers = user_data;
    g_autofree Answer *answer = g_queue_pop_head(&answers->waiting);

    if (answer == NULL) {
        source_end(answers);
        return G_SOURCE_REMOVE;
    }
    answer->give(answer->user_data);
    return G_SOURCE_CONTINUE;
}

static void
wake(FakeAnswers *answers)
{
    if (answers->holds || answers->source != NULL)
        return;
    answers->source = g_idle_source_new();
    g_source_set_callback(answers->source, give_next, answers, NULL);
    g_source_attach(answers->source, NULL);
}

void
fake_answers_add(FakeAnswers *answers, RvlCall give, void *user_data)
{
    const Answer answer = {give, user_data};

    g_queue_push_tail(&answers->waiting, g_memdup2(&answer, sizeof(answer)));
    wake(answers);
}

void
fake_answers_hold(FakeAnswers *answers, bool holds)
{
    answers->holds = holds;
    if (holds)
        source_end(answers);
    else
        wake(answers);
}

size_t
fake_answers_waiting(const FakeAnswers *answers)
{
    return answers->waiting.length;
}

void *
fake_rows(const void *rows, size_t n, size_t octets, size_t stride)
{
    uint8_t *copy = g_malloc(MAX(n * stride, 1));

    memset(copy, POISON, MAX(n * stride, 1));
    for (size_t i = 0; i < n; i++)
        memcpy(copy + i * stride, (const uint8_t *)rows + i * octets, MIN(octets, stride));
    return copy;
}
