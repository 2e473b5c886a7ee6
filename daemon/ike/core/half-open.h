/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many strangers may be half-way through a set-up: in all, and from one source. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <ravelin/address.h>
#include <ravelin/time.h>
#include "ike/core/keyed-table.h"

/**
 * RvlHalfOpenLimits:
 * @total: half-open IKE SAs of responders; one more, with a cookie, takes the place of the oldest
 * @per_source: of one source, an IPv4 /24 or an IPv6 /64: above it strangers get silence
 * @cookies: half-open IKE SAs above which strangers must return a cookie
 */
typedef struct {
    uint32_t total;
    uint32_t per_source;
    uint32_t cookies;
} RvlHalfOpenLimits;

/** RvlHalfOpen: counts of an engine. */
typedef struct {
    RvlHalfOpenLimits limits;
    RvlKeyedTable *sources;
    uint32_t total;
    bool asks_cookies; /* said so last */
} RvlHalfOpen;

typedef enum {
    RVL_ADMIT = 1,
    RVL_ADMIT_WITH_COOKIE = 2,
    RVL_ADMIT_NOT = 3,      /* silence */
    RVL_ADMIT_IN_PLACE = 4, /* with a cookie, and the oldest goes */
} RvlAdmission;

void rvl_half_open_init(RvlHalfOpen *half_open, const uint8_t key[RVL_TABLE_KEY_OCTETS]);
void rvl_half_open_fini(RvlHalfOpen *half_open);

/** rvl_half_open_judge: whether a stranger from @source may begin. */
RvlAdmission rvl_half_open_judge(const RvlHalfOpen *half_open, const RvlAddress *source);
void rvl_half_open_enter(RvlHalfOpen *half_open, const RvlAddress *source);
void rvl_half_open_leave(RvlHalfOpen *half_open, const RvlAddress *source);

/**
 * RvlTokenBucket: so many answers a second to strangers, and no more.
 */
typedef struct {
    uint32_t tokens;
    RvlTime filled;
} RvlTokenBucket;

/** rvl_token_bucket_take: @rate a second, at most @rate at once. */
bool rvl_token_bucket_take(RvlTokenBucket *bucket, uint32_t rate, RvlTime now);
