/* SPDX-License-Identifier: MIT */
/* Causes: the closed list of reasons that errors, events, metrics and the tool share. */
#pragma once

#include <stdint.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * RvlCause:
 * @RVL_CAUSE_NONE: no cause: nothing was refused
 *
 * A reason out of the closed list of causes.def. The numbers are stable within a contract MAJOR.
 */
typedef enum {
    RVL_CAUSE_NONE = 0,
#define RVL_CAUSE_ROW(number, symbol, word, sentence, first, second, remedy, notify)               \
    RVL_CAUSE_##symbol = (number),
#include <ravelin/causes.def>
#undef RVL_CAUSE_ROW
    RVL_CAUSE_COUNT_ = 88 /* one more than the highest number */
} RvlCause;

/**
 * RvlCauseInfo:
 * @word: stable name, `psk-mismatch`
 * @sentence: what it means, without final full stop
 * @first: name of the first value that a report of this cause carries
 * @second: name of the second value
 * @remedy: what to do
 * @notify: IKEv2 notify message type that tells the peer, or 0
 */
typedef struct {
    const char *word;
    const char *sentence;
    const char *first;
    const char *second;
    const char *remedy;
    uint16_t notify;
} RvlCauseInfo;

/**
 * rvl_cause_info:
 * @cause: any value, also one from a newer contract
 *
 * Returns: (transfer none): the row of @cause; for RVL_CAUSE_NONE and unknown values a row whose
 * word is `none` or `unknown`. Never NULL.
 *
 * Thread: any.
 */
const RvlCauseInfo *rvl_cause_info(RvlCause cause);

/**
 * rvl_cause_from_word:
 * @word: (nullable): a word
 *
 * Returns: the cause, or RVL_CAUSE_NONE where no row has @word.
 */
RvlCause rvl_cause_from_word(const char *word);

G_END_DECLS
