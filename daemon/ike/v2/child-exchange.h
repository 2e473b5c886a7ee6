/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs that making a Child SA and replacing one by CREATE_CHILD_SA have in common. */
#pragma once

#include "ike/v2/child-deal.h"

/*
 * The state of both exchanges is an RvlChildDeal, whose `replaces` is 0 where nothing is replaced.
 * Steps and builders as in "ike/core/exchange.h".
 */

static inline RvlChildDeal *
rvl_child_exchange_deal(const RvlExchange *x)
{
    return x->state;
}

/* The initiator */
bool rvl_child_exchange_ask_offer(RvlIkeSa *ike, RvlExchange *x, GError **error);
bool rvl_child_exchange_take_offer(RvlIkeSa *ike, RvlExchange *x, GError **error);
bool rvl_child_exchange_build_request(RvlIkeSa *ike, RvlExchange *x, RvlDraft *out, GError **error);
bool rvl_child_exchange_take_answer(RvlIkeSa *ike, RvlExchange *x, GError **error);
bool rvl_child_exchange_ask_install(RvlIkeSa *ike, RvlExchange *x, GError **error);
bool rvl_child_exchange_take_install(RvlIkeSa *ike, RvlExchange *x, GError **error);

/* The responder */
bool rvl_child_exchange_choose(RvlIkeSa *ike, RvlExchange *x, GError **error);
bool rvl_child_exchange_make(RvlIkeSa *ike, RvlExchange *x, GError **error);
bool rvl_child_exchange_installed(RvlIkeSa *ike, RvlExchange *x, GError **error);
bool rvl_child_exchange_build_response(RvlIkeSa *ike,
                                       RvlExchange *x,
                                       RvlDraft *out,
                                       GError **error);

/* Both */
void rvl_child_exchange_give_up(RvlIkeSa *ike, RvlExchange *x, const GError *why);
void rvl_child_exchange_clear(RvlIkeSa *ike, RvlExchange *x);

/* Of both exchanges. */
#define RVL_CHILD_EXCHANGE_PREPARE                                                                 \
    {                                                                                              \
        rvl_child_exchange_ask_offer, rvl_child_exchange_take_offer, NULL                          \
    }
#define RVL_CHILD_EXCHANGE_TAKE_RESPONSE                                                           \
    {                                                                                              \
        rvl_child_exchange_take_answer, rvl_child_exchange_ask_install,                            \
            rvl_child_exchange_take_install, NULL                                                  \
    }
