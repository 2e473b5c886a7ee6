/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ending a Child SA: both directions go, each end naming its inbound SPI (RFC 7296 1.4.1). */
#include "config.h"

#include "ike/core/child-life.h"
#include "ike/core/engine-state.h"
#include "ike/v2/exchanges.h"

/**
 * RvlDeleteChild:
 * @child: its number; 0: one that never came to be here, by @protocol and @spi alone
 */
typedef struct {
    uint64_t child;
    RvlProtocol protocol;
    uint32_t spi;
    RvlCause cause;
} RvlDeleteChild;

bool
rvl_exchanges_is_deleting(const RvlExchange *x, const RvlChildSa *child)
{
    return x->kind == &rvl_exchange_delete_child &&
           ((const RvlDeleteChild *)x->state)->child == child->number;
}

void
rvl_exchanges_delete_child(RvlIkeSa *ike, RvlChildSa *child, RvlCause cause)
{
    const RvlExchange *x = NULL;
    RvlDeleteChild *state;

    if (child->state == RVL_CHILD_DELETED)
        return;
    while ((x = rvl_exchanges_next(ike, &rvl_exchange_delete_child, x)) != NULL) {
        if (rvl_exchanges_is_deleting(x, child))
            return;
    }
    state = rvl_exchange_begin(ike, &rvl_exchange_delete_child)->state;
    *state = (RvlDeleteChild){child->number, child->protocol, child->spi_in, cause};
    rvl_exchange_pump(ike);
}

void
rvl_exchanges_delete_spi(RvlIkeSa *ike, RvlProtocol protocol, uint32_t spi)
{
    RvlDeleteChild *state = rvl_exchange_begin(ike, &rvl_exchange_delete_child)->state;

    *state = (RvlDeleteChild){0, protocol, spi, RVL_CAUSE_NONE};
    rvl_exchange_pump(ike);
}

void
rvl_exchanges_move_deletes(const RvlIkeSa *from, RvlIkeSa *to)
{
    const RvlExchange *x = NULL;

    while ((x = rvl_exchanges_next(from, &rvl_exchange_delete_child, x)) != NULL) {
        const RvlDeleteChild *state = x->state;
        RvlChildSa *child = rvl_ike_sa_find_child_number(to, state->child);

        if (child != NULL)
            rvl_exchanges_delete_child(to, child, state->cause);
        else if (state->child == 0)
            rvl_exchanges_delete_spi(to, state->protocol, state->spi);
    }
}

/* False without an error: it was deleted meanwhile, by the peer. */
static bool
is_needed(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    const RvlDeleteChild *state = x->state;
    const RvlChildSa *child = rvl_ike_sa_find_child_number(ike, state->child);

    (void)error;
    return state->child == 0 || (child != NULL && child->state != RVL_CHILD_DELETED);
}

static bool
build_request(RvlIkeSa *ike, RvlExchange *x, RvlDraft *out, GError **error)
{
    const RvlDeleteChild *state = x->state;

    (void)ike;
    (void)error;
    rvl_draft_add_delete(out, state->protocol, &state->spi, 1);
    return true;
}

static void
finish(RvlIkeSa *ike, RvlExchange *x)
{
    const RvlDeleteChild *state = x->state;
    RvlChildSa *child = rvl_ike_sa_find_child_number(ike, state->child);

    if (child == NULL)
        return;
    if (child->state == RVL_CHILD_REPLACED) /* packets may still be on their way */
        rvl_child_life_linger(child, RVL_CAUSE_REPLACED);
    else if (child->state == RVL_CHILD_INSTALLED)
        rvl_child_life_remove(child, state->cause, NULL);
}

static const RvlStep prepare[] = {is_needed, NULL};

const RvlExchangeKind rvl_exchange_delete_child = {
    .name = "delete-child",
    .story = "tells the peer that a Child SA ends",
    .type = RVL_EXCHANGE_INFORMATIONAL,
    .asked_in = RVL_IN_ESTABLISHED,
    .request = RVL_GRAMMAR_V2_INFORMATIONAL,
    .response = RVL_GRAMMAR_V2_INFORMATIONAL,
    .state_octets = sizeof(RvlDeleteChild),
    .prepare = prepare,
    .build_request = build_request,
    .finish = finish,
};
