/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Retransmission of requests. */
#include "config.h"

#include "ike/core/retransmit.h"

#include "ike/core/engine-state.h"
#include "ike/core/outbound.h"
#include "ike/core/report.h"

/* What holds where no connection says otherwise. */
static const RvlRetransmit usual = {
    .first = 500 * RVL_MILLISECOND,
    .factor_thousandths = 2000,
    .tries = 6,
};

/* A wait never gets longer than this. */
#define LONGEST_WAIT (60 * RVL_SECOND)

static const RvlRetransmit *
policy_of(const RvlIkeSa *ike)
{
    return ike->peer.connection != NULL ? &ike->peer.connection->retransmit : &usual;
}

RvlTime
rvl_retransmit_wait(const RvlRetransmit *policy, unsigned n)
{
    RvlTime wait = policy->first;

    for (unsigned i = 0; i < n && wait < LONGEST_WAIT; i++)
        wait = wait * policy->factor_thousandths / 1000;
    return CLAMP(wait, RVL_MILLISECOND, LONGEST_WAIT);
}

static void
wait_for_answer(RvlIkeSa *ike)
{
    RvlTime wait = rvl_retransmit_wait(policy_of(ike), ike->sent.tries);

    /* A tenth of jitter, so that two ends that began together don't stay in step. */
    rvl_engine_set_timer(ike->engine, &ike->timers.retransmit,
                         wait + rvl_engine_jitter(ike->engine, wait / 10));
}

void
rvl_retransmit_begin(RvlIkeSa *ike, RvlExchange *x, GPtrArray *datagrams)
{
    g_clear_pointer(&ike->sent.datagrams, g_ptr_array_unref);
    ike->sent.datagrams = g_ptr_array_ref(datagrams);
    ike->sent.tries = 0;
    rvl_report_sent(ike, x, false, datagrams);
    rvl_outbound_send(ike, &ike->path.current, datagrams);
    wait_for_answer(ike);
}

void
rvl_retransmit_end(RvlIkeSa *ike)
{
    rvl_timer_clear(ike->engine->timers, &ike->timers.retransmit);
    g_clear_pointer(&ike->sent.datagrams, g_ptr_array_unref);
}

static GError *
silence_error(const RvlIkeSa *ike, unsigned sends)
{
    RvlCause cause =
        ike->state < RVL_IKE_SA_ESTABLISHED ? RVL_CAUSE_PEER_SILENT : RVL_CAUSE_LIVENESS_LOST;
    char text[RVL_ADDRESS_TEXT];
    GError *error = NULL;

    if (ike->noted != NULL) /* what nobody vouched for is now the best guess (2.21.1) */
        return g_error_copy(ike->noted);
    rvl_error_set(&error, cause, "%s answered none of %u requests",
                  rvl_endpoint_format(&ike->path.current.remote, text), sends);
    return error;
}

void
rvl_retransmit_due(RvlIkeSa *ike)
{
    RvlExchange *x = ike->exchanges.asking;
    const RvlRetransmit *policy = policy_of(ike);

    if (x == NULL || x->phase != RVL_PHASE_SENT || ike->sent.datagrams == NULL)
        return;
    ike->sent.tries++;
    if (ike->sent.tries >= policy->tries) {
        rvl_exchange_fail(ike, x, silence_error(ike, ike->sent.tries));
        return;
    }
    rvl_report_retransmit(ike, x, ike->sent.tries, policy->tries);
    rvl_outbound_send(ike, &ike->path.current, ike->sent.datagrams);
    wait_for_answer(ike);
}
