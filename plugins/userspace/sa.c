/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An SA's life: made, counted, its numbers given out, freed. */
#include "config.h"

#include "sa.h"

#include <stdlib.h>
#include <ravelin/cause.h>

#include "sa-route.h"

/* Without ESN the number must not pass 32 bits; with it, a margin keeps additions from wrapping. */
#define LAST_SEQUENCE UINT64_C(0xffffffff)
#define LAST_EXTENDED_SEQUENCE (UINT64_MAX - (UINT64_C(1) << 32))
/* From here on a new SA is wanted: a tenth of the numbers is left for the time until it stands (RFC 4303 3.3.3). */
#define SOFT_SEQUENCE(last) ((last) / 10 * 9)

Sa *
sa_new(void)
{
    Sa *sa = g_aligned_alloc0(1, sizeof *sa, alignof(Sa));

    atomic_init(&sa->route, NULL);
    atomic_init(&sa->counts.last_inbound, RVL_TIME_NEVER);
    atomic_flag_clear(&sa->lock);
    return sa;
}

void
sa_free(Sa *sa)
{
    if (sa == NULL)
        return;
    sa_route_free(atomic_load(&sa->route));
    g_clear_pointer(&sa->key, rvl_protection_key_unref);
    g_clear_pointer(&sa->local, rvl_selectors_unref);
    g_clear_pointer(&sa->remote, rvl_selectors_unref);
    replay_window_clear(&sa->window);
    g_free(sa->owner);
    g_aligned_free(sa);
}

static RvlSaLimit
limit_of(const Sa *sa)
{
    if (atomic_load_explicit(&sa->counts.hard_told, memory_order_relaxed))
        return RVL_SA_LIMIT_HARD;
    return atomic_load_explicit(&sa->counts.soft_told, memory_order_relaxed) ? RVL_SA_LIMIT_SOFT
                                                                             : RVL_SA_LIMIT_NONE;
}

void
sa_read_counters(const Sa *sa, RvlSaCounters *counters)
{
    RvlSaLimit limit = limit_of(sa);
    bool is_exhausted = atomic_load_explicit(&sa->counts.is_exhausted, memory_order_relaxed);
    bool is_short = atomic_load_explicit(&sa->counts.is_short, memory_order_relaxed);

    *counters = (RvlSaCounters){
        .id = sa->id,
        .octets = atomic_load_explicit(&sa->counts.octets, memory_order_relaxed),
        .packets = atomic_load_explicit(&sa->counts.packets, memory_order_relaxed),
        .sequence = atomic_load_explicit(&sa->sequence, memory_order_relaxed),
        .last_inbound = atomic_load_explicit(&sa->counts.last_inbound, memory_order_relaxed),
        .drops = atomic_load_explicit(&sa->counts.drops, memory_order_relaxed),
        .limit = limit,
        .limit_cause = limit == RVL_SA_LIMIT_NONE                   ? RVL_CAUSE_NONE
                       : limit == RVL_SA_LIMIT_HARD && is_exhausted ? RVL_CAUSE_SEQUENCE_EXHAUSTED
                       : limit == RVL_SA_LIMIT_SOFT && is_short     ? RVL_CAUSE_SEQUENCE_EXHAUSTED
                                                                    : RVL_CAUSE_LIFETIME_EXPIRED,
    };
}

static uint64_t
last_sequence(const Sa *sa)
{
    return sa->has_esn ? LAST_EXTENDED_SEQUENCE : LAST_SEQUENCE;
}

static bool
passes(uint64_t value, uint64_t limit)
{
    return limit != 0 && value > limit;
}

SaVerdict
sa_count(Sa *sa, uint64_t packets, uint64_t octets)
{
    const SaLimits *limits = &sa->limits;
    uint64_t all_packets =
        atomic_fetch_add_explicit(&sa->counts.packets, packets, memory_order_relaxed) + packets;
    uint64_t all_octets =
        atomic_fetch_add_explicit(&sa->counts.octets, octets, memory_order_relaxed) + octets;

    if (passes(all_packets, limits->hard_packets) || passes(all_octets, limits->hard_octets)) {
        atomic_fetch_sub_explicit(&sa->counts.packets, packets, memory_order_relaxed);
        atomic_fetch_sub_explicit(&sa->counts.octets, octets, memory_order_relaxed);
        return atomic_exchange(&sa->counts.hard_told, true) ? SA_SPENT : SA_HARD;
    }
    if ((passes(all_packets, limits->soft_packets) || passes(all_octets, limits->soft_octets)) &&
        !atomic_load_explicit(&sa->counts.soft_told, memory_order_relaxed))
        return atomic_exchange(&sa->counts.soft_told, true) ? SA_LIVES : SA_SOFT;
    return SA_LIVES;
}

bool
sa_take_sequence(Sa *sa, uint64_t n, uint64_t *first)
{
    uint64_t last = last_sequence(sa);
    uint64_t taken = atomic_load_explicit(&sa->sequence, memory_order_relaxed);

    do {
        if (taken >= last || n > last - taken)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&sa->sequence, &taken, taken + n,
                                                    memory_order_relaxed, memory_order_relaxed));
    *first = taken + 1;
    return true;
}

bool
sa_runs_short(Sa *sa)
{
    if (atomic_load_explicit(&sa->sequence, memory_order_relaxed) <
            SOFT_SEQUENCE(last_sequence(sa)) ||
        atomic_load_explicit(&sa->counts.soft_told, memory_order_relaxed) ||
        atomic_exchange(&sa->counts.soft_told, true))
        return false;
    atomic_store(&sa->counts.is_short, true);
    return true;
}
