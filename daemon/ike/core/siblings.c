/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Siblings: several IKE SAs of one connection between the same identities, and which of them stays. */
#include "config.h"

#include "ike/core/siblings.h"

#include <string.h>

#include <ravelin/error.h>

#include "ike/core/engine-state.h"
#include "ike/core/sa-life.h"

/*
 * How long before one SA began another may have been established and both still count as set up at
 * once: the two ends see the moments apart by what a message and its work take.
 */
#define AT_ONCE (5 * RVL_SECOND)

static bool
is_sibling(const RvlIkeSa *ike, const RvlIkeSa *other)
{
    return other != ike && other->state == RVL_IKE_SA_ESTABLISHED && other->peer.remote != NULL &&
           ike->peer.remote != NULL &&
           strcmp(other->peer.connection->name, ike->peer.connection->name) == 0 &&
           rvl_identity_equal(other->peer.remote, ike->peer.remote);
}

bool
rvl_siblings_exist(const RvlIkeSa *ike)
{
    for (GList *link = ike->engine->sas.head; link != NULL; link = link->next)
        if (is_sibling(ike, link->data))
            return true;
    return false;
}

bool
rvl_siblings_check(const RvlIkeSa *ike, bool is_initial_contact, GError **error)
{
    if (ike->peer.connection->unique != RVL_UNIQUE_NEVER || is_initial_contact ||
        !rvl_siblings_exist(ike))
        return true;
    rvl_error_set(error, RVL_CAUSE_DUPLICATE_IDENTITY, NULL);
    return false;
}

/* Begun by the two ends, at about the same time. */
static bool
crossed(const RvlIkeSa *ike, const RvlIkeSa *other)
{
    return ike->is_initiator != other->is_initiator &&
           other->times.established >= ike->times.begun - AT_ONCE;
}

static void
settle_crossed(RvlIkeSa *ike, RvlIkeSa *other)
{
    RvlIkeSa *loser = rvl_ike_sa_initiator_spi(ike) < rvl_ike_sa_initiator_spi(other) ? other : ike;

    if (loser->is_initiator) /* else the peer began it, and deletes it */
        rvl_sa_life_delete(loser, RVL_CAUSE_REPLACED);
}

static void
settle_one(RvlIkeSa *ike, RvlIkeSa *other, bool is_initial_contact)
{
    if (crossed(ike, other))
        settle_crossed(ike, other);
    else if (ike->is_initiator)
        return; /* the responder judges: it knows who came again */
    else if (is_initial_contact)
        rvl_sa_life_end(other, RVL_CAUSE_PEER_RESTARTED, NULL);
    else if (ike->peer.connection->unique == RVL_UNIQUE_REPLACE)
        rvl_sa_life_delete(other, RVL_CAUSE_REPLACED);
}

void
rvl_siblings_settle(RvlIkeSa *ike, bool is_initial_contact)
{
    for (GList *link = ike->engine->sas.head, *next; link != NULL; link = next) {
        next = link->next;
        if (ike->state == RVL_IKE_SA_ESTABLISHED && is_sibling(ike, link->data))
            settle_one(ike, link->data, is_initial_contact);
    }
}
