/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An address of this machine came or went: who tries at once, and who asks whether its peer is there. */
#include "config.h"

#include "ike/core/address-change.h"

#include "ike/core/engine-state.h"
#include "ike/core/ike-sa.h"
#include "ike/core/upkeep.h"
#include "ike/v2/exchanges.h"

static void
try_waiting(RvlEngine *engine)
{
    for (guint i = 0; i < engine->upkeeps->len; i++) {
        RvlUpkeep *upkeep = g_ptr_array_index(engine->upkeeps, i);

        if (rvl_upkeep_state(upkeep) == RVL_CONNECTION_WAITING)
            rvl_engine_set_timer(engine, &upkeep->timer, 0);
    }
}

static void
probe_from(RvlEngine *engine, const RvlAddress *address)
{
    for (GList *link = engine->sas.head; link != NULL; link = link->next) {
        RvlIkeSa *ike = link->data;

        if (ike->state == RVL_IKE_SA_ESTABLISHED && ike->exchanges.asking == NULL &&
            rvl_address_equal(&ike->path.current.local.address, address))
            rvl_exchanges_probe(ike);
    }
}

void
rvl_address_change_take(RvlEngine *engine, const RvlAddress *address, bool is_present)
{
    if (is_present)
        try_waiting(engine);
    else
        probe_from(engine, address);
}
