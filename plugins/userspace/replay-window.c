/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The anti-replay window: check, set, and the high-order bits that ESN doesn't send. */
#include "config.h"

#include "replay-window.h"

#include <string.h>

enum { WORD_BITS = 64 };

/* What an SA without a window takes for one, where it must guess the high-order bits. */
#define INFERENCE_WITHOUT_WINDOW 4096

void
replay_window_init(ReplayWindow *window, uint32_t size)
{
    uint32_t words = 1;

    size = MIN(size, REPLAY_WINDOW_MAX);
    while (words * WORD_BITS < size + WORD_BITS)
        words *= 2;
    *window = (ReplayWindow){.size = size, .mask = words - 1, .words = g_new0(uint64_t, words)};
}

void
replay_window_clear(ReplayWindow *window)
{
    g_clear_pointer(&window->words, g_free);
}

bool
replay_window_check(const ReplayWindow *window, uint64_t sequence)
{
    if (sequence == 0) /* RFC 4303 3.3.3: the first packet's number is 1 */
        return false;
    if (sequence > window->top || window->size == 0)
        return true;
    if (window->top - sequence >= window->size)
        return false;
    return (window->words[(sequence / WORD_BITS) & window->mask] >> (sequence % WORD_BITS) & 1) ==
           0;
}

void
replay_window_set(ReplayWindow *window, uint64_t sequence)
{
    if (sequence > window->top) {
        uint64_t old = window->top / WORD_BITS;
        uint64_t steps = MIN(sequence / WORD_BITS - old, (uint64_t)window->mask + 1);

        for (uint64_t i = 1; i <= steps; i++)
            window->words[(old + i) & window->mask] = 0;
        window->top = sequence;
    }
    window->words[(sequence / WORD_BITS) & window->mask] |= UINT64_C(1) << (sequence % WORD_BITS);
}

bool
replay_window_infer(const ReplayWindow *window, uint32_t low, uint64_t *sequence)
{
    uint32_t size = window->size != 0 ? window->size : INFERENCE_WITHOUT_WINDOW;
    uint32_t top_low = (uint32_t)window->top;
    uint32_t high = (uint32_t)(window->top >> 32);
    uint32_t bottom = top_low - size + 1;

    if (top_low >= size - 1) { /* case A: the window lies within one subspace of 2^32 numbers */
        if (low < bottom)
            high++;
    } else { /* case B: it reaches back into the one before */
        if (low >= bottom) {
            if (high == 0)
                return false;
            high--;
        }
    }
    *sequence = (uint64_t)high << 32 | low;
    return true;
}
