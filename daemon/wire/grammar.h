/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which payloads a message must and may hold: rows, and the check that reads them. */
#pragma once

#include "wire/message.h"

/** RvlGrammarWhen: when a row's minimum counts; the maximum always does. */
typedef enum {
    RVL_GRAMMAR_ALWAYS = 0,
    RVL_GRAMMAR_UNLESS_REFUSED, /* but for an answer that refuses: an error notify, or one of the
                                   grammar's ends_with */
    RVL_GRAMMAR_WITH,           /* only where @other is there too */
    RVL_GRAMMAR_WITHOUT,        /* only where @other is not there */
} RvlGrammarWhen;

/** RVL_GRAMMAR_MANY: no maximum but the message's own. */
#define RVL_GRAMMAR_MANY UINT8_MAX

/** RvlGrammarRow: @payload appears @min to @max times. */
typedef struct {
    uint8_t payload;
    uint8_t min;
    uint8_t max;
    uint8_t when; /* RvlGrammarWhen */
    uint8_t other;
} RvlGrammarRow;

/**
 * RvlGrammar:
 * @name: what the message is, for reports: `IKE_AUTH request`
 * @rows: (array length=n_rows)
 * @ends_with: notifies of status types that answer in place of what the rows ask for; ends with 0
 *
 * The RFC's figure of one message. Order of payloads is free (RFC 7296 2.5).
 */
typedef struct {
    const char *name;
    const RvlGrammarRow *rows;
    size_t n_rows;
    uint16_t ends_with[4];
} RvlGrammar;

/**
 * rvl_grammar_check:
 * @message: payloads that no row names are set aside in it (is_ignored): they are unexpected but
 *   not critical, and nobody shall see them
 *
 * Unknown payloads with the critical bit come first, then payloads that come too often, then
 * those that are missing. The critical bit of a known payload means nothing (2.5).
 *
 * Returns: false with @error, which names message, payload, offset and both numbers; of an unknown
 * critical payload rvl_error_found() is its type's number in decimal.
 *
 * Thread: any. Errors: RVL_CAUSE_CRITICAL_PAYLOAD_UNKNOWN, RVL_CAUSE_MESSAGE_MALFORMED.
 * Source: RFC 7296 2.5.
 */
bool rvl_grammar_check(const RvlGrammar *grammar,
                       RvlMessage *message,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_grammar_find_critical: (transfer none) (nullable): the first unknown critical payload. */
const RvlPayload *rvl_grammar_find_critical(const RvlMessage *message);
