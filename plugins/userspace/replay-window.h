/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The anti-replay window of an inbound SA: a ring of bits over 64-bit sequence numbers (RFC 6479). */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

G_BEGIN_DECLS

/* The largest window that can be asked for; its ring takes 8 KiB. */
#define REPLAY_WINDOW_MAX 65536

/**
 * ReplayWindow:
 * @size: packets behind @top that are told apart; 0: everything is new
 * @top: highest number that was set
 * @mask: words of the ring, a power of two, less one
 *
 * The ring has one word more than the window needs, so that going on clears whole words.
 */
typedef struct {
    uint32_t size;
    uint32_t mask;
    uint64_t top;
    uint64_t *words;
} ReplayWindow;

void replay_window_init(ReplayWindow *window, uint32_t size);
void replay_window_clear(ReplayWindow *window);

/** replay_window_check: whether @sequence is neither seen nor left of the window. */
bool replay_window_check(const ReplayWindow *window, uint64_t sequence);
/** replay_window_set: marks @sequence, which was checked just before and whose ICV held. */
void replay_window_set(ReplayWindow *window, uint64_t sequence);

/**
 * replay_window_infer:
 * @low: the 32 bits that the packet shows
 * @sequence: (out): the whole extended number
 *
 * Returns: false where the number would lie before the first: the packet is left of the window.
 *
 * Source: RFC 4303 A2.2.
 */
bool replay_window_infer(const ReplayWindow *window, uint32_t low, uint64_t *sequence);

G_END_DECLS
