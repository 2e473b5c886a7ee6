/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bounded, least-recently-used set of keyed contexts: one hash and one list over fixed places. */
#include "config.h"

#include <ravelin/keyed-contexts.h>

/* Places are numbered from 0; NOWHERE ends chains and the list. */
#define NOWHERE G_MAXUINT16
/* Twice the places, so that chains stay short; a power of two. */
#define BUCKETS (2 * RVL_KEYED_CONTEXTS)

typedef struct {
    uint64_t key_id;
    void *context;
    uint16_t next_in_bucket;
    uint16_t newer;
    uint16_t older;
} Place;

struct RvlKeyedContexts {
    void (*free_context)(void *context);
    uint16_t newest;
    uint16_t oldest;
    uint16_t first_empty; /* places without a context, chained by next_in_bucket */
    uint16_t buckets[BUCKETS];
    Place places[RVL_KEYED_CONTEXTS];
};

/* Key ids are counted up by this process, not chosen by a peer: spreading them needs no key. */
static uint16_t *
bucket_of(RvlKeyedContexts *contexts, uint64_t key_id)
{
    return &contexts->buckets[(key_id * UINT64_C(0x9e3779b97f4a7c15)) >> 32 & (BUCKETS - 1)];
}

static uint16_t
place_of(RvlKeyedContexts *contexts, uint64_t key_id)
{
    uint16_t place = *bucket_of(contexts, key_id);

    while (place != NOWHERE && contexts->places[place].key_id != key_id)
        place = contexts->places[place].next_in_bucket;
    return place;
}

static void
list_remove(RvlKeyedContexts *contexts, uint16_t place)
{
    const Place *p = &contexts->places[place];

    if (p->newer != NOWHERE)
        contexts->places[p->newer].older = p->older;
    else
        contexts->newest = p->older;
    if (p->older != NOWHERE)
        contexts->places[p->older].newer = p->newer;
    else
        contexts->oldest = p->newer;
}

static void
list_add_newest(RvlKeyedContexts *contexts, uint16_t place)
{
    Place *p = &contexts->places[place];

    p->newer = NOWHERE;
    p->older = contexts->newest;
    if (contexts->newest != NOWHERE)
        contexts->places[contexts->newest].newer = place;
    else
        contexts->oldest = place;
    contexts->newest = place;
}

/* Empties @place; its context is the caller's. */
static void *
take(RvlKeyedContexts *contexts, uint16_t place)
{
    Place *p = &contexts->places[place];
    uint16_t *link = bucket_of(contexts, p->key_id);
    void *context = g_steal_pointer(&p->context);

    while (*link != place)
        link = &contexts->places[*link].next_in_bucket;
    *link = p->next_in_bucket;
    list_remove(contexts, place);
    p->next_in_bucket = contexts->first_empty;
    contexts->first_empty = place;
    return context;
}

RvlKeyedContexts *
rvl_keyed_contexts_new(void (*free_context)(void *context))
{
    RvlKeyedContexts *contexts = g_new0(RvlKeyedContexts, 1);

    contexts->free_context = free_context;
    contexts->newest = contexts->oldest = NOWHERE;
    for (size_t i = 0; i < BUCKETS; i++)
        contexts->buckets[i] = NOWHERE;
    for (size_t i = 0; i < RVL_KEYED_CONTEXTS; i++)
        contexts->places[i].next_in_bucket = i + 1 < RVL_KEYED_CONTEXTS ? i + 1 : NOWHERE;
    return contexts;
}

void
rvl_keyed_contexts_free(RvlKeyedContexts *contexts)
{
    if (contexts == NULL)
        return;
    while (contexts->oldest != NOWHERE)
        contexts->free_context(take(contexts, contexts->oldest));
    g_free(contexts);
}

void *
rvl_keyed_contexts_find(RvlKeyedContexts *contexts, uint64_t key_id)
{
    uint16_t place = place_of(contexts, key_id);

    if (place == NOWHERE)
        return NULL;
    if (place != contexts->newest) {
        list_remove(contexts, place);
        list_add_newest(contexts, place);
    }
    return contexts->places[place].context;
}

void *
rvl_keyed_contexts_take_oldest(RvlKeyedContexts *contexts)
{
    return contexts->first_empty == NOWHERE ? take(contexts, contexts->oldest) : NULL;
}

void
rvl_keyed_contexts_add(RvlKeyedContexts *contexts, uint64_t key_id, void *context)
{
    uint16_t place = contexts->first_empty;
    uint16_t *bucket = bucket_of(contexts, key_id);
    Place *p = &contexts->places[place];

    contexts->first_empty = p->next_in_bucket;
    p->key_id = key_id;
    p->context = context;
    p->next_in_bucket = *bucket;
    *bucket = place;
    list_add_newest(contexts, place);
}

void
rvl_keyed_contexts_forget(RvlKeyedContexts *contexts, uint64_t key_id)
{
    uint16_t place = place_of(contexts, key_id);

    if (place != NOWHERE)
        contexts->free_context(take(contexts, place));
}
