/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sink that keeps events, so that tests assert on their fields. */
#pragma once

#include <ravelin/event.h>

typedef struct FakeEvents FakeEvents;

FakeEvents *fake_events_new(void);
void fake_events_free(FakeEvents *events);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakeEvents, fake_events_free)

/** fake_events_sink: (transfer none): where events go. Thread: any. */
const RvlEvents *fake_events_sink(FakeEvents *events);

/** fake_events_count: how many of @id came so far; @id NONE: of all. */
size_t fake_events_count(FakeEvents *events, RvlEventId id);

/**
 * fake_events_field:
 *
 * Returns: (transfer none) (nullable): field @name of the @i-th event of @id as text; NULL where
 * there is no such event or field. Scope, `cause` and the parts of the error are fields too.
 */
const char *fake_events_field(FakeEvents *events, RvlEventId id, size_t i, const char *name);

/** fake_events_sentence: (transfer none) (nullable): the @i-th event of @id as its sentence. */
const char *fake_events_sentence(FakeEvents *events, RvlEventId id, size_t i);

void fake_events_forget(FakeEvents *events);
