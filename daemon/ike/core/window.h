/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of an IKE SA that counts messages: one window of one slot a direction (RFC 7296 2.2, 2.3). */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>
#include <ravelin/path.h>
#include <ravelin/time.h>

/** RvlSlotState: of the request that the peer may send, or sent last. */
typedef enum {
    RVL_SLOT_EMPTY = 0,
    RVL_SLOT_IN_WORK = 1,  /* duplicates are dropped */
    RVL_SLOT_ANSWERED = 2, /* an identical datagram gets the stored answer */
} RvlSlotState;

/** RvlWindowVerdict: what a request's message ID and octets mean. */
typedef enum {
    RVL_WINDOW_NEW = 1,     /* next in order */
    RVL_WINDOW_REPEAT = 2,  /* the answered one again, octet by octet: send the stored answer */
    RVL_WINDOW_IN_WORK = 3, /* being answered: drop */
    RVL_WINDOW_OUT = 4,     /* old, or beyond the window: drop */
} RvlWindowVerdict;

/** RvlRepeats: how often the stored answer went out again, and when it did last. */
typedef struct {
    uint32_t n;
    RvlTime last;
} RvlRepeats;

/**
 * RvlWindow:
 * @next_request: message ID of our next request
 * @expected: message ID of the peer's next request
 * @slot: of request @expected while it is in work; of @expected - 1 once answered
 * @digest: keyed hash of the slot's request (of its first fragment)
 * @answer: (nullable): stored answer of request @expected - 1: a datagram or its fragments
 * @repeats: of the stored answer, on the SA's path
 * @elsewhere: the same on others: who sees a request may send it again from anywhere, and must not
 *   use up what the peer is due
 */
typedef struct {
    uint32_t next_request;
    uint32_t expected;
    RvlSlotState slot;
    uint64_t digest;
    GPtrArray *answer;
    RvlRepeats repeats;
    RvlRepeats elsewhere;
} RvlWindow;

/** RVL_REPEAT_INTERVAL: a stored answer goes out at most once in this time, here and elsewhere. */
#define RVL_REPEAT_INTERVAL (100 * RVL_MILLISECOND)

/** rvl_window_judge: looks only; changes nothing. */
RvlWindowVerdict rvl_window_judge(const RvlWindow *window, uint32_t message_id, uint64_t digest);
/** rvl_window_begin: a verified request is taken into work; the previous answer is dropped. */
void rvl_window_begin(RvlWindow *window, uint64_t digest);
/** rvl_window_answer: @datagrams: (transfer full): (element-type GBytes): the answer of what is in work. */
void rvl_window_answer(RvlWindow *window, GPtrArray *datagrams);
/**
 * RVL_REPEATS_ELSEWHERE: a stored answer goes out at most so often on other paths, to addresses that
 * nobody vouched for: more than a peer behind a NAT that lost its mapping asks for.
 */
#define RVL_REPEATS_ELSEWHERE 16

/**
 * rvl_window_may_repeat: whether the stored answer may go out again at @now; counts it.
 * @is_on_path: whether the request came again on the SA's path
 */
bool rvl_window_may_repeat(RvlWindow *window, bool is_on_path, RvlTime now);
void rvl_window_clear(RvlWindow *window);
