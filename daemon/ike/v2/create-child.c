/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CREATE_CHILD_SA that adds a Child SA: SK {SA, Ni, [KEi,] TSi, TSr} (RFC 7296 1.3.1). */
#include "config.h"

#include <string.h>

#include "ike/core/child-life.h"
#include "ike/core/engine-state.h"
#include "ike/core/report.h"
#include "ike/v2/child-exchange.h"
#include "ike/v2/exchanges.h"

void
rvl_exchanges_create_child(RvlIkeSa *ike, const RvlChildPolicy *policy, const RvlFlow *packet)
{
    RvlExchange *x = rvl_exchange_begin(ike, &rvl_exchange_create_child);

    rvl_child_deal_offer(ike, x->state, policy, NULL);
    if (packet != NULL)
        rvl_child_deal_lead(x->state, packet);
    rvl_exchange_pump(ike);
}

bool
rvl_exchanges_is_creating(const RvlIkeSa *ike, const char *child)
{
    const RvlExchange *x = NULL;

    while ((x = rvl_exchanges_next(ike, &rvl_exchange_create_child, x)) != NULL) {
        if (strcmp(rvl_child_exchange_deal(x)->policy->name, child) == 0)
            return true;
    }
    return false;
}

/* Refused by a notify, or chosen by the step that follows. */
static bool
admit(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    (void)error;
    (void)rvl_collision_admits_child(ike, x);
    return true;
}

static void
finish(RvlIkeSa *ike, RvlExchange *x)
{
    RvlChildSa *child = rvl_child_deal_child(ike, rvl_child_exchange_deal(x));

    if (child == NULL)
        return;
    rvl_report_child_up(ike, child);
    rvl_upkeep_child_up(ike, child);
    rvl_collision_child_created(ike, child);
}

/* False without an error: while this waited, a rekey of the one that was missed came through after all. */
static bool
is_needed(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    const RvlChildDeal *deal = rvl_child_exchange_deal(x);

    /* The policy may have changed since the packet asked. */
    if (!rvl_child_deal_holds_packet(deal, deal->local, deal->remote, error))
        return false;
    for (RvlChildSa *child = ike->children; child != NULL; child = child->next) {
        if (rvl_child_life_serves(child, deal->policy->name, &deal->packet)) {
            rvl_upkeep_child_up(ike, child);
            return false;
        }
    }
    return true;
}

static const RvlStep prepare[] = {is_needed, rvl_child_exchange_ask_offer,
                                  rvl_child_exchange_take_offer, NULL};
static const RvlStep take_response[] = RVL_CHILD_EXCHANGE_TAKE_RESPONSE;
static const RvlStep take_request[] = {admit, rvl_child_exchange_choose, rvl_child_exchange_make,
                                       rvl_child_exchange_installed, NULL};

const RvlExchangeKind rvl_exchange_create_child = {
    .name = "create-child",
    .story = "adds a Child SA to an IKE SA",
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
    .settle = finish,
    .take_response = take_response,
    .finish = finish,
    .give_up = rvl_child_exchange_give_up,
    .clear = rvl_child_exchange_clear,
};
