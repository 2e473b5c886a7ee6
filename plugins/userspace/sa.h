/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One direction of a Child SA as the workers see it: what never changes, and what each packet does. */
#pragma once

#include <stdalign.h>
#include <stdatomic.h>
#include <ravelin/installer.h>
#include <ravelin/protection.h>

#include "replay-window.h"

G_BEGIN_DECLS

typedef struct Tun Tun;
typedef struct SaRoute SaRoute;

/**
 * Suite:
 * @number: index of each worker's scratch for it
 *
 * A pair of transforms that some SA uses; there are few and they stay.
 */
typedef struct {
    RvlTransform encr;
    RvlTransform integ;
    RvlProtection *protection;
    RvlProtectionShape shape;
    unsigned number;
} Suite;

/* What workers count; a cache line of its own. */
typedef struct {
    alignas(64) atomic_uint_fast64_t octets;
    atomic_uint_fast64_t packets;
    atomic_uint_fast64_t drops;
    atomic_int_fast64_t last_inbound;
    atomic_bool soft_told;
    atomic_bool hard_told;
    atomic_bool is_short;     /* soft_told since few sequence numbers are left */
    atomic_bool is_exhausted; /* hard_told since the sequence numbers are used up */
} SaCounts;

/* Lifetimes; 0 is none. */
typedef struct {
    uint64_t soft_octets;
    uint64_t hard_octets;
    uint64_t soft_packets;
    uint64_t hard_packets;
} SaLimits;

/**
 * Sa:
 * @spi: host order
 * @key: (nullable): only tests of tables have none
 * @local, @remote: selectors
 * @tun: where its packets come from or go to
 * @inner_limit: octets of the largest inner packet that was asked for, 0 unlimited
 * @route: outbound: where packets go; inbound: where the peer's come from. Replaced when the SA moves
 * @sequence: outbound: the last number that was given out
 * @lock, @window: inbound: taken once for a batch's packets of the SA
 * @told_remote: under @lock: the endpoint that was reported last
 *
 * Immutable but for the counts, the route, the sequence and the window.
 */
typedef struct {
    RvlSaId id;
    RvlSaId pair;
    RvlPolicyId policy;
    char *owner;
    uint32_t spi;
    uint8_t direction;
    bool has_esn;
    const Suite *suite;
    RvlProtectionKey *key;
    uint64_t key_id;
    RvlSelectors *local;
    RvlSelectors *remote;
    Tun *tun;
    uint32_t inner_limit;
    SaLimits limits;
    SaRoute *_Atomic route;

    SaCounts counts;

    alignas(64) atomic_uint_fast64_t sequence;

    alignas(64) atomic_flag lock;
    ReplayWindow window;
    RvlEndpoint told_remote;
} Sa;

/** sa_new: zeroed, counts included; whoever makes it fills in what never changes. */
Sa *sa_new(void);
/** sa_free: (nullable): no thread may reach it any more. */
void sa_free(Sa *sa);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sa, sa_free)

void sa_read_counters(const Sa *sa, RvlSaCounters *counters);

/** SaVerdict: what a lifetime says to further packets. */
typedef enum {
    SA_LIVES = 0,
    SA_SOFT = 1,  /* the soft limit was passed just now: tell once */
    SA_HARD = 2,  /* nothing passes; tell once */
    SA_SPENT = 3, /* nothing passes, and that was told */
} SaVerdict;

/** sa_count: counts packets that are about to pass, and says whether they may. */
SaVerdict sa_count(Sa *sa, uint64_t packets, uint64_t octets);

/**
 * sa_take_sequence:
 * @n: how many numbers
 * @first: (out): the first of them; never 0
 *
 * Returns: false where the numbers are used up (RFC 4303 3.3.3): the SA sends nothing more.
 */
bool sa_take_sequence(Sa *sa, uint64_t n, uint64_t *first) G_GNUC_WARN_UNUSED_RESULT;

/**
 * sa_runs_short: after numbers were taken: whether a soft limit was passed just now, since few are left
 * (RFC 4303 3.3.3): tell once. False where a soft limit was told already.
 */
bool sa_runs_short(Sa *sa) G_GNUC_WARN_UNUSED_RESULT;

/** sa_lock: around the window; never held while anything is computed or waited for. */
static inline void
sa_lock(Sa *sa)
{
    while (atomic_flag_test_and_set_explicit(&sa->lock, memory_order_acquire))
        ;
}

static inline void
sa_unlock(Sa *sa)
{
    atomic_flag_clear_explicit(&sa->lock, memory_order_release);
}

G_END_DECLS
