/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CREATE_CHILD_SA that replaces a Child SA: SK {N(REKEY_SA), SA, Ni, …} (RFC 7296 1.3.3, 2.8). */
#include "config.h"

#include "ike/core/engine-state.h"
#include "ike/core/report.h"
#include "ike/v2/child-exchange.h"
#include "ike/v2/exchanges.h"

static bool
is_asked_for(const RvlIkeSa *ike, const RvlChildSa *child)
{
    const RvlExchange *x = NULL;

    while ((x = rvl_exchanges_next(ike, &rvl_exchange_rekey_child, x)) != NULL) {
        if (rvl_exchanges_replaces(x) == child->number)
            return true;
    }
    return false;
}

bool
rvl_exchanges_is_rekeying(const RvlIkeSa *ike, const RvlChildSa *child)
{
    const RvlExchange *answering = ike->exchanges.answering;

    return is_asked_for(ike, child) ||
           (answering != NULL && rvl_exchanges_replaces(answering) == child->number);
}

void
rvl_exchanges_rekey_child(RvlIkeSa *ike, RvlChildSa *child)
{
    RvlExchange *x;

    if (is_asked_for(ike, child))
        return;
    x = rvl_exchange_begin(ike, &rvl_exchange_rekey_child);
    rvl_child_deal_offer(ike, x->state, child->policy, child);
    rvl_exchange_pump(ike);
}

/* Which Child SA the peer means; refused by a notify where it can't be replaced now (2.25.1). */
static bool
find_old(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlChildSa *old = NULL;

    (void)error;
    if (rvl_collision_finds_old(ike, x, &old))
        rvl_child_exchange_deal(x)->replaces = old->number;
    return true;
}

static RvlChildSa *
made(const RvlIkeSa *ike, const RvlExchange *x)
{
    return rvl_child_deal_child(ike, rvl_child_exchange_deal(x));
}

static void
finish(RvlIkeSa *ike, RvlExchange *x)
{
    const RvlChildDeal *deal = rvl_child_exchange_deal(x);
    RvlChildSa *child = made(ike, x);

    if (child == NULL)
        return;
    rvl_report_child_rekeyed(ike, child, true);
    rvl_upkeep_child_up(ike, child);
    rvl_collision_child_rekeyed(ike, deal->replaces, child, &deal->rivalry, deal->nonce_i,
                                deal->nonce_r);
}

static void
settle(RvlIkeSa *ike, RvlExchange *x)
{
    const RvlChildDeal *deal = rvl_child_exchange_deal(x);
    RvlChildSa *child = made(ike, x);

    if (child == NULL)
        return;
    rvl_report_child_rekeyed(ike, child, false);
    rvl_upkeep_child_up(ike, child);
    rvl_collision_child_rekeyed_by_peer(ike, rvl_ike_sa_find_child_number(ike, deal->replaces),
                                        child, &deal->rivalry, deal->nonce_i, deal->nonce_r);
}

static const RvlStep prepare[] = RVL_CHILD_EXCHANGE_PREPARE;
static const RvlStep take_response[] = RVL_CHILD_EXCHANGE_TAKE_RESPONSE;
static const RvlStep take_request[] = {find_old, rvl_child_exchange_choose, rvl_child_exchange_make,
                                       rvl_child_exchange_installed, NULL};

const RvlExchangeKind rvl_exchange_rekey_child = {
    .name = "rekey-child",
    .story = "replaces a Child SA by a fresh one, make before break",
    .type = RVL_EXCHANGE_CREATE_CHILD_SA,
    .asked_in = RVL_IN_ESTABLISHED,
    .answered_in = RVL_IN_ESTABLISHED | RVL_IN_REPLACED | RVL_IN_DELETING,
    .request = RVL_GRAMMAR_V2_CREATE_CHILD_REQUEST,
    .response = RVL_GRAMMAR_V2_CREATE_CHILD_RESPONSE,
    .state_octets = sizeof(RvlChildDeal),
    .prepare = prepare,
    .build_request = rvl_child_exchange_build_request,
    .take_request = take_request,
    .build_response = rvl_child_exchange_build_response,
    .settle = settle,
    .take_response = take_response,
    .finish = finish,
    .give_up = rvl_child_exchange_give_up,
    .clear = rvl_child_exchange_clear,
};
