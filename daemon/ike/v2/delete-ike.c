/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ending an IKE SA: the peer is told, and it goes when that is answered (RFC 7296 1.4.1). */
#include "config.h"

#include "ike/core/engine-state.h"
#include "ike/core/sa-life.h"
#include "ike/v2/exchanges.h"
#include "wire/notify.h"

/* Everything that still waits has become needless; a delete needs no window but its own. */
void
rvl_exchanges_delete_ike(RvlIkeSa *ike)
{
    if (rvl_exchanges_next(ike, &rvl_exchange_delete_ike, NULL) != NULL)
        return;
    rvl_exchange_drop_waiting(ike);
    (void)rvl_exchange_begin(ike, &rvl_exchange_delete_ike);
    rvl_timer_clear(ike->engine->timers, &ike->timers.queue);
    rvl_exchange_pump(ike);
}

static bool
build_request(RvlIkeSa *ike, RvlExchange *x, RvlDraft *out, GError **error)
{
    (void)x;
    (void)error;
    /* Who was refused before it was established is told why (2.21.2). */
    if (ike->state == RVL_IKE_SA_KEYED)
        rvl_draft_add_notify(out, RVL_NOTIFY_AUTHENTICATION_FAILED, RVL_OCTETS_NONE);
    rvl_draft_add_delete_ike(out);
    rvl_sa_life_deleting(ike);
    return true;
}

static void
finish(RvlIkeSa *ike, RvlExchange *x)
{
    (void)x;
    rvl_sa_life_end(ike, ike->cause, NULL);
}

static void
give_up(RvlIkeSa *ike, RvlExchange *x, const GError *why)
{
    (void)x;
    (void)why;
    rvl_sa_life_end(ike, ike->cause, NULL); /* told often enough */
}

const RvlExchangeKind rvl_exchange_delete_ike = {
    .name = "delete-ike",
    .story = "tells the peer that the IKE SA and all its children end",
    .type = RVL_EXCHANGE_INFORMATIONAL,
    .asked_in = RVL_IN_KEYED | RVL_IN_ESTABLISHED | RVL_IN_REPLACED,
    .request = RVL_GRAMMAR_V2_INFORMATIONAL,
    .response = RVL_GRAMMAR_V2_INFORMATIONAL,
    .build_request = build_request,
    .finish = finish,
    .give_up = give_up,
};
