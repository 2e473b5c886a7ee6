/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An event as fields of the systemd journal. */
#pragma once

#include <ravelin/event.h>

/**
 * rvl_journal_write:
 *
 * MESSAGE, PRIORITY, MESSAGE_ID (one a kind of event, always the same), RAVELIN_EVENT, RAVELIN_AUDIT
 * where the event has an audit word, and RAVELIN_<FIELD> for each field.
 */
void rvl_journal_write(const RvlEvent *event);

/** rvl_journal_message_id: (transfer full): 32 hexadecimal digits, made from the event's word. */
char *rvl_journal_message_id(const char *word);
