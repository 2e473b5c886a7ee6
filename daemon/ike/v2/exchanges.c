/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which exchange a request begins, and what begins ours from outside their files. */
#include "config.h"

#include "ike/v2/exchanges.h"

#include <string.h>

#include "ike/core/child-life.h"
#include "ike/core/engine-state.h"
#include "ike/core/report.h"
#include "ike/v2/child-deal.h"
#include "ike/v2/rekey-ike.h"
#include "wire/notify.h"

/* What a request of each type may be, in the order in which they are tried. */
static bool
is_any(const RvlMessage *message)
{
    (void)message;
    return true;
}

static bool
is_ike_rekey(const RvlMessage *message)
{
    return message != NULL &&
           rvl_grammar_v2_of_create_child(message) == RVL_GRAMMAR_V2_REKEY_IKE_REQUEST;
}

static bool
is_child_rekey(const RvlMessage *message)
{
    return message != NULL && rvl_message_find_notify(message, RVL_NOTIFY_REKEY_SA) != NULL;
}

static const struct {
    const RvlExchangeKind *kind;
    bool (*fits)(const RvlMessage *message);
} requests[] = {
    {&rvl_exchange_auth, is_any},
    {&rvl_exchange_rekey_ike, is_ike_rekey},
    {&rvl_exchange_rekey_child, is_child_rekey},
    {&rvl_exchange_create_child, is_any},
    {&rvl_exchange_informational, is_any},
};

const RvlExchangeKind *
rvl_exchanges_of_request(const RvlIkeSa *ike,
                         const RvlIsakmpHeader *header,
                         const RvlMessage *message)
{
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        if (requests[i].kind->type == header->exchange && requests[i].fits(message) &&
            rvl_ike_sa_is_in(ike, requests[i].kind->answered_in))
            return requests[i].kind;
    }
    return NULL;
}

const RvlExchange *
rvl_exchanges_next(const RvlIkeSa *ike, const RvlExchangeKind *kind, const RvlExchange *after)
{
    const RvlExchange *asking = ike->exchanges.asking;

    do {
        after = after == NULL && asking != NULL    ? asking
                : after == NULL || after == asking ? ike->exchanges.waiting
                                                   : after->next;
    } while (after != NULL && after->kind != kind);
    return after;
}

void
rvl_exchanges_rekey_connection(RvlEngine *engine, const RvlConnection *connection)
{
    for (GList *link = engine->sas.head; link != NULL; link = link->next) {
        RvlIkeSa *ike = link->data;

        if (ike->state != RVL_IKE_SA_ESTABLISHED ||
            strcmp(ike->peer.connection->name, connection->name) != 0)
            continue;
        for (RvlChildSa *child = ike->children; child != NULL; child = child->next) {
            if (child->state == RVL_CHILD_INSTALLED)
                rvl_exchanges_rekey_child(ike, child);
        }
    }
}

uint64_t
rvl_exchanges_replaces(const RvlExchange *x)
{
    return x->kind == &rvl_exchange_rekey_child ? ((const RvlChildDeal *)x->state)->replaces : 0;
}

RvlRivalry *
rvl_exchanges_rivalry(RvlExchange *x)
{
    return x->kind == &rvl_exchange_rekey_ike ? &((RvlRekeyIke *)x->state)->rivalry
                                              : &((RvlChildDeal *)x->state)->rivalry;
}

void
rvl_exchanges_migrate_children(RvlIkeSa *ike)
{
    for (RvlChildSa *child = ike->children; child != NULL; child = child->next)
        rvl_child_life_migrate(child);
}

void
rvl_exchanges_add_choice(RvlDraft *out,
                         const RvlChoice *choice,
                         RvlProtocol protocol,
                         RvlOctets spi)
{
    const RvlProposal proposal = {
        .number = choice->number,
        .protocol = (uint8_t)protocol,
        .spi = spi,
        .transforms = choice->transforms,
        .n_transforms = choice->n,
    };

    rvl_draft_add_sa(out, &proposal, 1);
}

RvlJob *
rvl_exchanges_key_exchange_job(const RvlIkeSa *ike, RvlJobKind kind, uint16_t group)
{
    RvlJob *job = rvl_job_new(kind, RVL_JOB_ESTABLISHED, ike->ref, 0);

    job->request.ke.group = group;
    return job;
}

/* The first group of @offer that @wanted is, or any for NONE. */
static uint16_t
find_group(const RvlProposals *offer, uint16_t wanted)
{
    for (size_t i = 0; i < offer->n; i++) {
        for (size_t t = 0; t < offer->list[i].n_transforms; t++) {
            const RvlTransform *transform = &offer->list[i].transforms[t].transform;

            if (transform->type == RVL_TRANSFORM_KE && transform->id != RVL_TRANSFORM_ID_NONE &&
                (wanted == RVL_TRANSFORM_ID_NONE || transform->id == wanted))
                return transform->id;
        }
    }
    return RVL_TRANSFORM_ID_NONE;
}

bool
rvl_exchanges_offers_group(const RvlProposals *offer, uint16_t group)
{
    return group != RVL_TRANSFORM_ID_NONE && find_group(offer, group) == group;
}

uint16_t
rvl_exchanges_first_group(const RvlProposals *offer)
{
    return find_group(offer, RVL_TRANSFORM_ID_NONE);
}
