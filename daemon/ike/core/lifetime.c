/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lifetimes. */
#include "config.h"

#include "ike/core/lifetime.h"

#include "ike/core/engine-state.h"

void
rvl_lifetime_arm(RvlEngine *engine,
                 const RvlLifetime *lifetime,
                 bool rekeys,
                 RvlTimer *rekey,
                 RvlTimer *expire)
{
    RvlTime margin = lifetime->time / 10;

    if (lifetime->time == 0) {
        rvl_timer_clear(engine->timers, rekey);
        rvl_timer_clear(engine->timers, expire);
        return;
    }
    rvl_engine_set_timer(engine, expire, lifetime->time);
    if (rekeys)
        rvl_engine_set_timer(engine, rekey,
                             lifetime->time - margin - rvl_engine_jitter(engine, margin));
}

uint64_t
rvl_lifetime_soft_amount(uint64_t hard)
{
    return hard - hard / 10;
}
