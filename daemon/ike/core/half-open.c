/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits on strangers who are half-way through a set-up. */
#include "config.h"

#include "ike/core/half-open.h"

#include <string.h>

/* Octets of an address that count as one source: IPv4 /24, IPv6 /64: cheap to have many of less. */
#define SOURCE_IPV4_OCTETS 3
#define SOURCE_IPV6_OCTETS 8

typedef struct {
    RvlTableLink link;
    uint8_t key[1 + SOURCE_IPV6_OCTETS];
    uint32_t count;
} Source;

void
rvl_half_open_init(RvlHalfOpen *half_open, const uint8_t key[RVL_TABLE_KEY_OCTETS])
{
    half_open->sources = rvl_keyed_table_new(key);
}

void
rvl_half_open_fini(RvlHalfOpen *half_open)
{
    g_clear_pointer(&half_open->sources, rvl_keyed_table_free);
}

static void
source_key(const RvlAddress *address, uint8_t key[1 + SOURCE_IPV6_OCTETS])
{
    size_t n = address->family == RVL_FAMILY_IPV4 ? SOURCE_IPV4_OCTETS : SOURCE_IPV6_OCTETS;

    memset(key, 0, 1 + SOURCE_IPV6_OCTETS);
    key[0] = address->family;
    memcpy(key + 1, address->octets, n);
}

static Source *
find(const RvlHalfOpen *half_open, const uint8_t key[1 + SOURCE_IPV6_OCTETS])
{
    uint64_t hash = rvl_keyed_table_hash(half_open->sources, key, 1 + SOURCE_IPV6_OCTETS);
    RvlTableLink *link = rvl_keyed_table_first(half_open->sources, hash);

    while (link != NULL &&
           memcmp(rvl_table_entry(link, Source, link)->key, key, 1 + SOURCE_IPV6_OCTETS) != 0)
        link = rvl_keyed_table_next(link);
    return rvl_table_entry(link, Source, link);
}

RvlAdmission
rvl_half_open_judge(const RvlHalfOpen *half_open, const RvlAddress *address)
{
    uint8_t key[1 + SOURCE_IPV6_OCTETS];
    const Source *source;

    source_key(address, key);
    source = find(half_open, key);
    if (source != NULL && source->count >= half_open->limits.per_source)
        return RVL_ADMIT_NOT;
    if (half_open->total >= half_open->limits.total)
        return RVL_ADMIT_IN_PLACE;
    return half_open->total >= half_open->limits.cookies ? RVL_ADMIT_WITH_COOKIE : RVL_ADMIT;
}

void
rvl_half_open_enter(RvlHalfOpen *half_open, const RvlAddress *address)
{
    uint8_t key[1 + SOURCE_IPV6_OCTETS];
    Source *source;

    source_key(address, key);
    source = find(half_open, key);
    if (source == NULL) {
        source = g_new0(Source, 1);
        memcpy(source->key, key, sizeof key);
        rvl_keyed_table_add(half_open->sources, &source->link,
                            rvl_keyed_table_hash(half_open->sources, key, sizeof key));
    }
    source->count++;
    half_open->total++;
}

void
rvl_half_open_leave(RvlHalfOpen *half_open, const RvlAddress *address)
{
    uint8_t key[1 + SOURCE_IPV6_OCTETS];
    Source *source;

    source_key(address, key);
    source = find(half_open, key);
    if (source == NULL)
        return;
    half_open->total--;
    if (--source->count == 0) {
        rvl_keyed_table_remove(half_open->sources, &source->link);
        g_free(source);
    }
}

bool
rvl_token_bucket_take(RvlTokenBucket *bucket, uint32_t rate, RvlTime now)
{
    RvlTime passed = now - bucket->filled;

    if (bucket->filled == 0 || passed >= RVL_SECOND) {
        bucket->tokens = rate;
        bucket->filled = now;
    } else {
        uint32_t earned = (uint32_t)(passed * rate / RVL_SECOND);

        if (earned > 0) {
            bucket->tokens = MIN(rate, bucket->tokens + earned);
            bucket->filled = now;
        }
    }
    if (bucket->tokens == 0)
        return false;
    bucket->tokens--;
    return true;
}
