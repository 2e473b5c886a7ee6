/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hash table for keys that a peer chose. */
#include "config.h"

#include "ike/core/keyed-table.h"

#include <string.h>

#define FIRST_BUCKETS ((size_t)64) /* a power of two, as all later numbers of buckets */

struct RvlKeyedTable {
    uint8_t key[RVL_TABLE_KEY_OCTETS];
    RvlTableLink **buckets;
    size_t n_buckets;
    size_t count;
};

static uint64_t
little_endian(const uint8_t *octets, size_t n)
{
    uint64_t value = 0;

    for (size_t i = 0; i < n; i++)
        value |= (uint64_t)octets[i] << (8 * i);
    return value;
}

static uint64_t
rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static void
sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

/* Aumasson and Bernstein, "SipHash: a fast short-input PRF": two rounds a word, four at the end. */
uint64_t
rvl_keyed_hash(const uint8_t key[RVL_TABLE_KEY_OCTETS], const void *octets, size_t n)
{
    const uint8_t *at = octets;
    uint64_t k0 = little_endian(key, 8);
    uint64_t k1 = little_endian(key + 8, 8);
    uint64_t v[4] = {
        k0 ^ UINT64_C(0x736f6d6570736575),
        k1 ^ UINT64_C(0x646f72616e646f6d),
        k0 ^ UINT64_C(0x6c7967656e657261),
        k1 ^ UINT64_C(0x7465646279746573),
    };
    uint64_t last = (uint64_t)(n & 0xff) << 56;

    for (; n >= 8; n -= 8, at += 8) {
        uint64_t word = little_endian(at, 8);

        v[3] ^= word;
        sip_round(v);
        sip_round(v);
        v[0] ^= word;
    }
    last |= little_endian(at, n);
    v[3] ^= last;
    sip_round(v);
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

RvlKeyedTable *
rvl_keyed_table_new(const uint8_t key[RVL_TABLE_KEY_OCTETS])
{
    RvlKeyedTable *table = g_new0(RvlKeyedTable, 1);

    memcpy(table->key, key, sizeof table->key);
    table->n_buckets = FIRST_BUCKETS;
    table->buckets = g_new0(RvlTableLink *, table->n_buckets);
    return table;
}

void
rvl_keyed_table_free(RvlKeyedTable *table)
{
    if (table == NULL)
        return;
    g_free(table->buckets);
    g_free(table);
}

uint64_t
rvl_keyed_table_hash(const RvlKeyedTable *table, const void *octets, size_t n)
{
    return rvl_keyed_hash(table->key, octets, n);
}

static RvlTableLink **
bucket_of(const RvlKeyedTable *table, uint64_t hash)
{
    return &table->buckets[hash & (table->n_buckets - 1)];
}

static void
grow(RvlKeyedTable *table)
{
    RvlTableLink **old = table->buckets;
    size_t n_old = table->n_buckets;

    table->n_buckets *= 2;
    table->buckets = g_new0(RvlTableLink *, table->n_buckets);
    for (size_t i = 0; i < n_old; i++) {
        for (RvlTableLink *link = old[i], *next; link != NULL; link = next) {
            RvlTableLink **bucket = bucket_of(table, link->hash);

            next = link->next;
            link->next = *bucket;
            *bucket = link;
        }
    }
    g_free(old);
}

void
rvl_keyed_table_add(RvlKeyedTable *table, RvlTableLink *link, uint64_t hash)
{
    RvlTableLink **bucket;

    if (table->count >= table->n_buckets)
        grow(table);
    bucket = bucket_of(table, hash);
    link->hash = hash;
    link->next = *bucket;
    *bucket = link;
    table->count++;
}

void
rvl_keyed_table_remove(RvlKeyedTable *table, RvlTableLink *link)
{
    for (RvlTableLink **at = bucket_of(table, link->hash); *at != NULL; at = &(*at)->next) {
        if (*at == link) {
            *at = link->next;
            link->next = NULL;
            table->count--;
            return;
        }
    }
}

static RvlTableLink *
first_with(RvlTableLink *link, uint64_t hash)
{
    while (link != NULL && link->hash != hash)
        link = link->next;
    return link;
}

RvlTableLink *
rvl_keyed_table_first(const RvlKeyedTable *table, uint64_t hash)
{
    return first_with(*bucket_of(table, hash), hash);
}

RvlTableLink *
rvl_keyed_table_next(const RvlTableLink *link)
{
    return first_with(link->next, link->hash);
}

size_t
rvl_keyed_table_count(const RvlKeyedTable *table)
{
    return table->count;
}
