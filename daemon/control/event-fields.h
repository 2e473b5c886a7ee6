/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All fields of an event one after the other, for renderings that show every one. */
#pragma once

#include <ravelin/event.h>

/** RvlFieldVisit: @name as in events.def; @text: never NULL; @is_number: digits alone. */
typedef void (*RvlFieldVisit)(const char *name, const char *text, bool is_number, void *user_data);

/** rvl_event_fields_visit: scope, own fields, then cause and the error's parts; absent ones are left out. */
void rvl_event_fields_visit(const RvlEvent *event, RvlFieldVisit visit, void *user_data);

/**
 * rvl_event_peer_address:
 *
 * Returns: (transfer full) (nullable): the peer's address without its port, which a NAT changes
 * from try to try.
 */
char *rvl_event_peer_address(const RvlEventScope *scope);

/** rvl_event_level_word: (transfer none): `notice`. */
const char *rvl_event_level_word(RvlEventLevel level);
/** rvl_event_level_parse: false for unknown words. */
bool rvl_event_level_parse(const char *word, RvlEventLevel *level) G_GNUC_WARN_UNUSED_RESULT;
