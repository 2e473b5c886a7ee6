/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The check of a message against the rows of its grammar. */
#include "config.h"

#include "wire/grammar.h"

#include <ravelin/error.h>

const RvlPayload *
rvl_grammar_find_critical(const RvlMessage *message)
{
    for (size_t i = 0; i < message->n_payloads; i++)
        if (!message->payloads[i].is_known && message->payloads[i].is_critical)
            return &message->payloads[i];
    return NULL;
}

static bool
check_critical(const RvlMessage *message, GError **error)
{
    const RvlPayload *payload = rvl_grammar_find_critical(message);

    if (payload == NULL)
        return true;
    g_autofree char *number = g_strdup_printf("%u", payload->type);

    rvl_error_set_found(error, RVL_CAUSE_CRITICAL_PAYLOAD_UNKNOWN, number, NULL,
                        "payload at octet %zu is critical and of unknown type", payload->offset);
    return false;
}

static bool
has_row(const RvlGrammar *grammar, uint8_t type)
{
    for (size_t i = 0; i < grammar->n_rows; i++)
        if (grammar->rows[i].payload == type)
            return true;
    return false;
}

/* RFC 7296 2.5: what is not understood and not critical is passed over. */
static void
set_aside(const RvlGrammar *grammar, RvlMessage *message)
{
    for (size_t i = 0; i < message->n_payloads; i++)
        if (!has_row(grammar, message->payloads[i].type))
            message->payloads[i].is_ignored = true;
}

static bool
check_most(const RvlGrammarRow *row, const RvlMessage *message, GError **error)
{
    const RvlPayload *last = NULL;
    size_t n = 0;

    if (row->max == RVL_GRAMMAR_MANY)
        return true;
    for (const RvlPayload *p = NULL;
         n <= row->max && (p = rvl_message_next(message, row->payload, p)) != NULL; n++)
        last = p;
    if (n <= row->max)
        return true;
    rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, last->offset,
                            "%s appears more often than %u times", rvl_payload_name(row->payload),
                            row->max);
    return false;
}

static bool
is_refusal(const RvlGrammar *grammar, const RvlMessage *message)
{
    if (rvl_message_find_error(message) != NULL)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(grammar->ends_with) && grammar->ends_with[i] != 0; i++)
        if (rvl_message_find_notify(message, grammar->ends_with[i]) != NULL)
            return true;
    return false;
}

static bool
minimum_counts(const RvlGrammar *grammar, const RvlGrammarRow *row, const RvlMessage *message)
{
    switch ((RvlGrammarWhen)row->when) {
    case RVL_GRAMMAR_ALWAYS:
        return true;
    case RVL_GRAMMAR_UNLESS_REFUSED:
        return !is_refusal(grammar, message);
    case RVL_GRAMMAR_WITH:
        return rvl_message_find(message, row->other) != NULL;
    case RVL_GRAMMAR_WITHOUT:
        return rvl_message_find(message, row->other) == NULL;
    }
    return true;
}

static bool
check_least(const RvlGrammar *grammar,
            const RvlGrammarRow *row,
            const RvlMessage *message,
            GError **error)
{
    size_t n = rvl_message_count(message, row->payload);

    if (n >= row->min || !minimum_counts(grammar, row, message))
        return true;
    if (row->when == RVL_GRAMMAR_WITH || row->when == RVL_GRAMMAR_WITHOUT) {
        rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED, "%s is missing; it must come %s %s",
                      rvl_payload_name(row->payload),
                      row->when == RVL_GRAMMAR_WITH ? "with" : "where there is no",
                      rvl_payload_name(row->other));
    } else {
        rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED, "%s is missing",
                      rvl_payload_name(row->payload));
    }
    return false;
}

static bool
check_rows(const RvlGrammar *grammar, RvlMessage *message, GError **error)
{
    if (!check_critical(message, error))
        return false;
    set_aside(grammar, message);
    for (size_t i = 0; i < grammar->n_rows; i++)
        if (!check_most(&grammar->rows[i], message, error))
            return false;
    for (size_t i = 0; i < grammar->n_rows; i++)
        if (!check_least(grammar, &grammar->rows[i], message, error))
            return false;
    return true;
}

bool
rvl_grammar_check(const RvlGrammar *grammar, RvlMessage *message, GError **error)
{
    if (check_rows(grammar, message, error))
        return true;
    rvl_error_prefix_where(error, "%s", grammar->name);
    return false;
}
