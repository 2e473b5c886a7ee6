/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The slab that secrets lie in.
 *
 * The lock limit of a process is small (64 KiB to 8 MiB), mlock() counts whole pages, and a gateway
 * keeps some 100,000 keys of 16 to 64 octets: so keys of one size class share a chunk, and what
 * the slab knows about a chunk lies outside it. A chunk stands between two pages without access,
 * is not written to core dumps, and reads as zeros in a forked child.
 *
 * The slab is one a process, as malloc()'s heap is: memory has no context that could be passed.
 */
#include "config.h"

#include "secret-slab.h"

#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <ravelin/secret.h>

/* Octets of a chunk, rounded up to pages. Small, since each class in use keeps at least one. */
#define CHUNK_OCTETS ((size_t)16384)

/* Keys, digests and nonces first; shared secrets of MODP groups and whole files at the end. */
static const uint16_t class_octets[] = {16,  32,  48,  64,   96,   128,  192,
                                        256, 384, 512, 1024, 2048, 4096, 8192};

G_STATIC_ASSERT(RVL_SECRET_MAX_OCTETS == 8192);

struct RvlSlabChunk {
    RvlSlabChunk *previous; /* in its class's list of chunks with room */
    RvlSlabChunk *next;
    uint8_t *mapping; /* guard page, slots, guard page */
    uint8_t *slots;
    unsigned class;
    uint16_t n_slots;
    uint16_t n_free;
    uint16_t free[]; /* stack of free slots */
};

static GMutex lock;
static RvlSlabChunk *with_room[G_N_ELEMENTS(class_octets)];
static int some_unlocked; /* atomic */

static size_t
page_octets(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t
slots_octets(void)
{
    size_t page = page_octets();

    return (CHUNK_OCTETS + page - 1) / page * page;
}

static unsigned
class_of(size_t octets)
{
    unsigned class = 0;

    while (class_octets[class] < octets)
        class ++;
    return class;
}

static void
link_chunk(RvlSlabChunk *chunk)
{
    chunk->previous = NULL;
    chunk->next = with_room[chunk->class];
    if (chunk->next != NULL)
        chunk->next->previous = chunk;
    with_room[chunk->class] = chunk;
}

static void
unlink_chunk(RvlSlabChunk *chunk)
{
    if (chunk->previous != NULL)
        chunk->previous->next = chunk->next;
    else
        with_room[chunk->class] = chunk->next;
    if (chunk->next != NULL)
        chunk->next->previous = chunk->previous;
    chunk->previous = chunk->next = NULL;
}

/* Maps @octets between two guard pages; the mapping's begin is returned. */
static uint8_t *
map_guarded(size_t octets)
{
    size_t page = page_octets();
    uint8_t *mapping = mmap(NULL, octets + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (mapping == MAP_FAILED || mprotect(mapping + page, octets, PROT_READ | PROT_WRITE) != 0)
        g_error("no memory for secrets: %zu octets wanted", octets); /* as g_malloc() does */

    /* Neither fails but where the kernel was built without them; there is nothing else to do. */
    (void)madvise(mapping, octets + 2 * page, MADV_DONTDUMP);
    (void)madvise(mapping + page, octets, MADV_WIPEONFORK);
    if (mlock(mapping + page, octets) != 0)
        g_atomic_int_set(&some_unlocked, 1);
    return mapping;
}

static RvlSlabChunk *
chunk_new(unsigned class)
{
    size_t octets = slots_octets();
    uint16_t n = (uint16_t)(octets / class_octets[class]);
    RvlSlabChunk *chunk = g_malloc0(sizeof(*chunk) + n * sizeof(chunk->free[0]));

    chunk->mapping = map_guarded(octets);
    chunk->slots = chunk->mapping + page_octets();
    chunk->class = class;
    chunk->n_slots = chunk->n_free = n;
    for (uint16_t i = 0; i < n; i++)
        chunk->free[i] = (uint16_t)(n - 1 - i); /* the first slot on top */
    return chunk;
}

static void
chunk_free(RvlSlabChunk *chunk)
{
    munmap(chunk->mapping, slots_octets() + 2 * page_octets());
    g_free(chunk);
}

RvlSlabPlace
rvl_slab_take(size_t octets)
{
    unsigned class = class_of(octets);
    RvlSlabPlace place;

    g_mutex_lock(&lock);
    place.chunk = with_room[class];
    if (place.chunk == NULL) {
        place.chunk = chunk_new(class);
        link_chunk(place.chunk);
    }
    place.slot = place.chunk->free[--place.chunk->n_free];
    if (place.chunk->n_free == 0)
        unlink_chunk(place.chunk);
    g_mutex_unlock(&lock);

    place.octets = place.chunk->slots + (size_t)place.slot * class_octets[class];
    return place;
}

void
rvl_slab_give(RvlSlabPlace place)
{
    RvlSlabChunk *chunk = place.chunk;
    RvlSlabChunk *empty = NULL;

    rvl_secret_wipe(place.octets, class_octets[chunk->class]);

    g_mutex_lock(&lock);
    chunk->free[chunk->n_free++] = place.slot;
    if (chunk->n_free == 1)
        link_chunk(chunk);
    /* One chunk stays for the next secret, so that a single one does not map and unmap each time. */
    if (chunk->n_free == chunk->n_slots && (chunk->previous != NULL || chunk->next != NULL)) {
        unlink_chunk(chunk);
        empty = chunk;
    }
    g_mutex_unlock(&lock);

    if (empty != NULL)
        chunk_free(empty);
}

bool
rvl_slab_is_locked(void)
{
    return g_atomic_int_get(&some_unlocked) == 0;
}
