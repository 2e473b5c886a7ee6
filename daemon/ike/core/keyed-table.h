/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hash table for keys that a peer chose: SipHash under a key that nobody outside knows. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

/** RVL_TABLE_KEY_OCTETS: octets of the random key of a table. */
#define RVL_TABLE_KEY_OCTETS 16

/**
 * RvlTableLink: what an entry of a table embeds. @hash is kept, so that growing hashes nothing.
 */
typedef struct RvlTableLink {
    struct RvlTableLink *next;
    uint64_t hash;
} RvlTableLink;

/**
 * RvlKeyedTable:
 *
 * Entries are the caller's; the table links them by the hash of their key. Callers compare keys.
 * Nothing walks it: order of iteration can't drive an action.
 */
typedef struct RvlKeyedTable RvlKeyedTable;

/** rvl_keyed_hash: SipHash-2-4 of @octets. */
uint64_t rvl_keyed_hash(const uint8_t key[RVL_TABLE_KEY_OCTETS], const void *octets, size_t n);

RvlKeyedTable *rvl_keyed_table_new(const uint8_t key[RVL_TABLE_KEY_OCTETS]);
void rvl_keyed_table_free(RvlKeyedTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlKeyedTable, rvl_keyed_table_free)

/** rvl_keyed_table_hash: hash of a key in this table. */
uint64_t rvl_keyed_table_hash(const RvlKeyedTable *table, const void *octets, size_t n);
/** rvl_keyed_table_add: @link must not be in a table; @hash is of its key. */
void rvl_keyed_table_add(RvlKeyedTable *table, RvlTableLink *link, uint64_t hash);
/** rvl_keyed_table_remove: nothing happens where @link isn't in @table. */
void rvl_keyed_table_remove(RvlKeyedTable *table, RvlTableLink *link);
/** rvl_keyed_table_first: (transfer none) (nullable): the first entry with @hash. */
RvlTableLink *rvl_keyed_table_first(const RvlKeyedTable *table, uint64_t hash);
/** rvl_keyed_table_next: (transfer none) (nullable): the next with the same hash. */
RvlTableLink *rvl_keyed_table_next(const RvlTableLink *link);
size_t rvl_keyed_table_count(const RvlKeyedTable *table);

/** rvl_table_entry: the struct of @type that embeds @link as @member; NULL for NULL. */
#define rvl_table_entry(link, type, member)                                                        \
    ((type *)rvl_table_container((link), G_STRUCT_OFFSET(type, member)))

static inline void *
rvl_table_container(RvlTableLink *link, size_t offset)
{
    return link != NULL ? (char *)link - offset : NULL;
}
