/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inbound SAs by SPI: the low bits of an SPI are a slot, so that a look-up is one load. */
#pragma once

#include "sa.h"

G_BEGIN_DECLS

enum {
    SA_SLOT_BITS = 20,
    SA_SLOTS = 1 << SA_SLOT_BITS,
    LEAST_SPI = 256, /* RFC 4303 2.1: 1 to 255 are reserved */
};

/**
 * SaTable:
 * @slots: (array length=SA_SLOTS): read by all workers, written by the main loop
 * @spis: (array length=SA_SLOTS): SPI that is given out for the slot, 0 for none; main loop only
 * @next: where the search for an empty slot goes on
 *
 * Both arrays are mapped, not filled: memory comes with use.
 */
typedef struct {
    Sa *_Atomic *slots;
    uint32_t *spis;
    uint32_t next;
    uint32_t n_used;
} SaTable;

bool sa_table_init(SaTable *table, GError **error);
void sa_table_clear(SaTable *table);

/** sa_table_find: (nullable): the SA of an SPI. Thread: any. */
static inline Sa *
sa_table_find(const SaTable *table, uint32_t spi)
{
    Sa *sa = atomic_load_explicit(&table->slots[spi & (SA_SLOTS - 1)], memory_order_acquire);

    return sa != NULL && sa->spi == spi ? sa : NULL;
}

/**
 * sa_table_reserve:
 * @random: fresh random bits
 * @worker, @n_workers: the SPI is to be this worker's
 *
 * Returns: an SPI, 0 where all slots are taken.
 */
uint32_t sa_table_reserve(SaTable *table, uint32_t random, unsigned worker, unsigned n_workers);
/** sa_table_release: ends a reservation, or what is left of an SA. Unknown SPIs are ignored. */
void sa_table_release(SaTable *table, uint32_t spi);
/** sa_table_may_add: whether the slot of @spi is reserved for it, or empty. */
bool sa_table_may_add(const SaTable *table, uint32_t spi);
/** sa_table_add: workers find it from now on. */
void sa_table_add(SaTable *table, Sa *sa);
/** sa_table_remove: workers find it no more; those that have, go on until they pass the loop. */
void sa_table_remove(SaTable *table, const Sa *sa);

G_END_DECLS
