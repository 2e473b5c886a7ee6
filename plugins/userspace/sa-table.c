/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Slots of inbound SAs: reserved, taken, given back by the main loop; published to the workers. */
#include "config.h"

#include "sa-table.h"

#include <errno.h>
#include <sys/mman.h>
#include <ravelin/error.h>

#include "steering.h"

static void *
map_zeros(size_t octets)
{
    void *memory = mmap(NULL, octets, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

bool
sa_table_init(SaTable *table, GError **error)
{
    *table = (SaTable){
        .slots = map_zeros(SA_SLOTS * sizeof table->slots[0]),
        .spis = map_zeros(SA_SLOTS * sizeof table->spis[0]),
    };
    if (table->slots != NULL && table->spis != NULL)
        return true;
    rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "mmap: %s", g_strerror(errno));
    sa_table_clear(table);
    return false;
}

void
sa_table_clear(SaTable *table)
{
    if (table->slots != NULL)
        munmap(table->slots, SA_SLOTS * sizeof table->slots[0]);
    if (table->spis != NULL)
        munmap(table->spis, SA_SLOTS * sizeof table->spis[0]);
    table->slots = NULL;
    table->spis = NULL;
}

/* The bits above the slot: random, then counted on until the SPI is the worker's. */
static uint32_t
spi_of(uint32_t slot, uint32_t random, unsigned worker, unsigned n_workers)
{
    for (uint32_t i = 0; i < n_workers * 2; i++) {
        uint32_t spi = ((random >> SA_SLOT_BITS) + i) << SA_SLOT_BITS | slot;

        if (spi >= LEAST_SPI && steering_worker(spi, n_workers) == worker)
            return spi;
    }
    return 0;
}

uint32_t
sa_table_reserve(SaTable *table, uint32_t random, unsigned worker, unsigned n_workers)
{
    for (uint32_t i = 0; i < SA_SLOTS; i++) {
        uint32_t slot = (table->next + i) & (SA_SLOTS - 1);
        uint32_t spi = table->spis[slot] == 0 ? spi_of(slot, random, worker, n_workers) : 0;

        if (spi != 0) {
            table->spis[slot] = spi;
            table->n_used++;
            table->next = slot + 1;
            return spi;
        }
    }
    return 0;
}

void
sa_table_release(SaTable *table, uint32_t spi)
{
    uint32_t slot = spi & (SA_SLOTS - 1);

    if (spi == 0 || table->spis[slot] != spi || atomic_load(&table->slots[slot]) != NULL)
        return;
    table->spis[slot] = 0;
    table->n_used--;
    /* Low slots are used again first, so that few pages are touched. */
    if (slot < table->next)
        table->next = slot;
}

bool
sa_table_may_add(const SaTable *table, uint32_t spi)
{
    uint32_t slot = spi & (SA_SLOTS - 1);

    return spi >= LEAST_SPI && atomic_load(&table->slots[slot]) == NULL &&
           (table->spis[slot] == 0 || table->spis[slot] == spi);
}

void
sa_table_add(SaTable *table, Sa *sa)
{
    uint32_t slot = sa->spi & (SA_SLOTS - 1);

    if (table->spis[slot] == 0)
        table->n_used++;
    table->spis[slot] = sa->spi;
    atomic_store_explicit(&table->slots[slot], sa, memory_order_release);
}

void
sa_table_remove(SaTable *table, const Sa *sa)
{
    uint32_t slot = sa->spi & (SA_SLOTS - 1);

    if (atomic_load(&table->slots[slot]) != sa)
        return;
    atomic_store_explicit(&table->slots[slot], NULL, memory_order_release);
    sa_table_release(table, sa->spi);
}
