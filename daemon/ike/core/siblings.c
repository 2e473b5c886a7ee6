/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Siblings: several IKE SAs of one connection between the same identities, and which of them stays. */
#include "config.h"

#include "ike/core/siblings.h"

#include <string.h>

#include <ravelin/error.h>

#include "ike/core/engine-state.h"
#include "ike/core/report.h"
#include "ike/core/sa-life.h"
#include "ike/v2/exchanges.h"

/*
 * How long before one SA began another may have been established and both still count as set up at
 * once: the two ends see the moments apart by what a message and its work take.
 */
#define AT_ONCE (5 * RVL_SECOND)

static uint64_t
hash_of(const RvlIkeSa *ike)
{
    g_autoptr(GByteArray) key = g_byte_array_new();
    const char *connection = ike->peer.connection->name;
    uint8_t type = rvl_identity_type(ike->peer.remote);
    size_t n;
    const uint8_t *octets = rvl_identity_octets(ike->peer.remote, &n);

    g_byte_array_append(key, &type, 1);
    if (n > 0)
        g_byte_array_append(key, octets, (guint)n);
    g_byte_array_append(key, (const guint8 *)connection, (guint)strlen(connection));
    return rvl_keyed_table_hash(ike->engine->by_peer, key->data, key->len);
}

void
rvl_siblings_add(RvlIkeSa *ike)
{
    ike->is_in_peers = true;
    rvl_keyed_table_add(ike->engine->by_peer, &ike->by_peer, hash_of(ike));
}

void
rvl_siblings_remove(RvlIkeSa *ike)
{
    if (ike->is_in_peers)
        rvl_keyed_table_remove(ike->engine->by_peer, &ike->by_peer);
    ike->is_in_peers = false;
}

static bool
is_sibling(const RvlIkeSa *ike, const RvlIkeSa *other)
{
    return other != ike && other->state == RVL_IKE_SA_ESTABLISHED &&
           strcmp(other->peer.connection->name, ike->peer.connection->name) == 0 &&
           rvl_identity_equal(other->peer.remote, ike->peer.remote);
}

/* The siblings of @ike that stand now, as a list that nothing changes. */
static GPtrArray *
siblings_of(const RvlIkeSa *ike)
{
    GPtrArray *siblings = g_ptr_array_new();
    RvlTableLink *link =
        ike->peer.remote != NULL ? rvl_keyed_table_first(ike->engine->by_peer, hash_of(ike)) : NULL;

    for (; link != NULL; link = rvl_keyed_table_next(link)) {
        RvlIkeSa *other = rvl_table_entry(link, RvlIkeSa, by_peer);

        if (is_sibling(ike, other))
            g_ptr_array_add(siblings, other);
    }
    return siblings;
}

bool
rvl_siblings_exist(const RvlIkeSa *ike)
{
    g_autoptr(GPtrArray) siblings = siblings_of(ike);

    return siblings->len > 0;
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

/* Begun by the two ends, at about the same time; either may have been rekeyed since. */
static bool
crossed(const RvlIkeSa *ike, const RvlIkeSa *other)
{
    return ike->origin.is_ours != other->origin.is_ours &&
           other->origin.established >= ike->origin.begun - AT_ONCE;
}

static void
settle_crossed(RvlIkeSa *ike, RvlIkeSa *other)
{
    RvlIkeSa *loser = ike->origin.initiator_spi < other->origin.initiator_spi ? other : ike;

    rvl_report_collision(ike, "IKE_AUTH",
                         loser == ike ? "the other IKE SA stays" : "this IKE SA stays");
    if (loser->origin.is_ours) /* else the peer began it, and deletes it */
        rvl_sa_life_delete(loser, RVL_CAUSE_REPLACED);
    else if (loser == ike && ike->origin.begun > other->origin.established)
        rvl_exchanges_probe(other); /* or it came again, and knows nothing of this one */
}

static void
settle_one(RvlIkeSa *ike, RvlIkeSa *other, bool is_initial_contact)
{
    if (crossed(ike, other))
        settle_crossed(ike, other);
    else if (ike->origin.is_ours && other->origin.is_ours)
        return; /* the responder judges: it knows who came again */
    else if (is_initial_contact)
        rvl_sa_life_end(other, RVL_CAUSE_PEER_RESTARTED, NULL);
    else if (ike->peer.connection->unique == RVL_UNIQUE_REPLACE)
        rvl_sa_life_delete(other, RVL_CAUSE_REPLACED);
}

void
rvl_siblings_settle(RvlIkeSa *ike, bool is_initial_contact)
{
    g_autoptr(GPtrArray) siblings = siblings_of(ike);

    ike->origin = (RvlSaOrigin){
        .is_ours = ike->is_initiator,
        .initiator_spi = rvl_ike_sa_initiator_spi(ike),
        .begun = ike->times.begun,
        .established = ike->times.established,
    };
    for (guint i = 0; i < siblings->len; i++) {
        RvlIkeSa *other = g_ptr_array_index(siblings, i);

        if (ike->state == RVL_IKE_SA_ESTABLISHED && other->state == RVL_IKE_SA_ESTABLISHED)
            settle_one(ike, other, is_initial_contact);
    }
}
