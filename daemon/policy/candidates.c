/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Candidates: the set only shrinks. */
#include "config.h"

#include "policy/candidates.h"

#include <string.h>

#include "policy/snapshot-parts.h"

/*
 * RvlCandidates:
 * @list: those that are listed, the best first
 * @snapshot: (nullable): whose unlisted connections (for prefixes, names, any address) are
 *   candidates too, as far as they pass what was learnt so far; NULL once all are listed
 * @owner: (nullable): keeps @list's connections
 */
struct RvlCandidates {
    GPtrArray *list;
    const RvlSnapshot *snapshot;
    RvlSnapshot *owner;
    RvlConnection *one;
    /* What was learnt: */
    RvlAddress local;
    RvlAddress remote;
    bool has_choice;
    RvlChoice choice;
    RvlIdentity *asked_for; /* (nullable): IDr */
};

static bool
fits_local(const RvlConnection *connection, const RvlIdentity *identity, const RvlAddress *own)
{
    g_autoptr(RvlIdentity) ours = rvl_connection_local_identity(connection, own);

    return rvl_identity_equal(ours, identity);
}

/* Whether an unlisted connection passes all that was learnt. */
static bool
passes(const RvlConnection *connection, const void *user_data)
{
    const RvlCandidates *candidates = user_data;

    return rvl_connection_serves_address(connection, &candidates->local, &candidates->remote) &&
           (!candidates->has_choice ||
            rvl_proposals_accept_choice(connection->ike_proposals, &candidates->choice)) &&
           (candidates->asked_for == NULL ||
            fits_local(connection, candidates->asked_for, &candidates->local));
}

static const RvlConnection *
first_unlisted(const RvlCandidates *candidates)
{
    if (candidates->snapshot == NULL)
        return NULL;
    return rvl_remote_index_find(candidates->snapshot->wild_by_address, &candidates->remote, passes,
                                 candidates);
}

RvlCandidates *
rvl_candidates_new(const RvlSnapshot *snapshot,
                   const RvlAddress *local,
                   const RvlAddress *remote,
                   uint8_t version,
                   GError **error)
{
    g_autoptr(RvlCandidates) candidates = NULL;
    const GPtrArray *exact = g_hash_table_lookup(snapshot->by_remote, remote);
    char address[RVL_ADDRESS_TEXT];

    if (version != 2) {
        g_autofree char *found = g_strdup_printf("IKEv%u", version);

        rvl_error_set_found(error, RVL_CAUSE_VERSION_MISMATCH, found, "IKEv2", NULL);
        return NULL;
    }
    candidates = g_new0(RvlCandidates, 1);
    candidates->list = g_ptr_array_new();
    candidates->owner = rvl_snapshot_ref(snapshot);
    candidates->snapshot = snapshot->wild->len > 0 ? snapshot : NULL;
    candidates->local = *local;
    candidates->remote = *remote;
    for (guint i = 0; exact != NULL && i < exact->len; i++) {
        gpointer connection = g_ptr_array_index(exact, i);

        if (rvl_connection_serves_address(connection, local, remote))
            g_ptr_array_add(candidates->list, connection);
    }
    if (candidates->list->len == 0 && first_unlisted(candidates) == NULL) {
        rvl_error_set(error, RVL_CAUSE_NO_SUCH_PEER, "no connection serves %s",
                      rvl_address_format(remote, address));
        return NULL;
    }
    return g_steal_pointer(&candidates);
}

RvlCandidates *
rvl_candidates_new_one(const RvlConnection *connection)
{
    RvlCandidates *candidates = g_new0(RvlCandidates, 1);

    candidates->list = g_ptr_array_new();
    candidates->one = rvl_connection_ref(connection);
    g_ptr_array_add(candidates->list, candidates->one);
    return candidates;
}

void
rvl_candidates_free(RvlCandidates *candidates)
{
    if (candidates == NULL)
        return;
    g_ptr_array_unref(candidates->list);
    rvl_identity_unref(candidates->asked_for);
    rvl_snapshot_unref(candidates->owner);
    rvl_connection_unref(candidates->one);
    g_free(candidates);
}

const RvlConnection *
rvl_candidates_best(const RvlCandidates *candidates)
{
    return candidates->list->len > 0 ? g_ptr_array_index(candidates->list, 0)
                                     : first_unlisted(candidates);
}

/* The different IKE proposals of all that may be left, in the candidates' order. */
static GPtrArray *
all_proposals(const RvlCandidates *candidates)
{
    GPtrArray *lists = g_ptr_array_new();

    for (guint i = 0; i < candidates->list->len; i++) {
        const RvlConnection *connection = g_ptr_array_index(candidates->list, i);

        if (!g_ptr_array_find(lists, connection->ike_proposals, NULL))
            g_ptr_array_add(lists, connection->ike_proposals);
    }
    for (guint i = 0; candidates->snapshot != NULL && i < candidates->snapshot->wild_proposals->len;
         i++) {
        gpointer proposals = g_ptr_array_index(candidates->snapshot->wild_proposals, i);

        if (!g_ptr_array_find(lists, proposals, NULL))
            g_ptr_array_add(lists, proposals);
    }
    return lists;
}

/* Keeps those that accept @choice; false, with nothing changed, where none does. */
static bool
keep_choice(RvlCandidates *candidates, const RvlChoice *choice)
{
    GPtrArray *kept = g_ptr_array_new();
    bool had_choice = candidates->has_choice;
    RvlChoice before = candidates->choice;

    for (guint i = 0; i < candidates->list->len; i++) {
        RvlConnection *connection = g_ptr_array_index(candidates->list, i);

        if (rvl_proposals_accept_choice(connection->ike_proposals, choice))
            g_ptr_array_add(kept, connection);
    }
    candidates->has_choice = true;
    candidates->choice = *choice;
    if (kept->len == 0 && first_unlisted(candidates) == NULL) {
        candidates->has_choice = had_choice;
        candidates->choice = before;
        g_ptr_array_unref(kept);
        return false;
    }
    g_ptr_array_unref(candidates->list);
    candidates->list = kept;
    return true;
}

/* Names the line to change: the first of the lists is the best candidate's. */
static void
name_origin(const RvlCandidates *candidates, GError **error)
{
    const RvlConnection *best = rvl_candidates_best(candidates);
    g_autofree char *origin = NULL;

    if (best == NULL)
        return;
    origin = rvl_connection_origin(best, NULL, "ike-proposals");
    rvl_error_prefix_where(error, "%s: [connection %s] ike-proposals", origin, best->name);
}

bool
rvl_candidates_choose(RvlCandidates *candidates,
                      const RvlProposal *offered,
                      size_t n,
                      uint16_t key_exchange,
                      const RvlRegistry *registry,
                      RvlChoice *choice,
                      GError **error)
{
    g_autoptr(GPtrArray) lists = all_proposals(candidates);
    GError *first = NULL; /* of the best candidate: that one is reported */

    for (guint i = 0; i < lists->len; i++) {
        const RvlProposals *ours = g_ptr_array_index(lists, i);
        GError *refused = NULL;

        if (rvl_proposals_choose(ours, offered, n, key_exchange, registry, choice, &refused) &&
            keep_choice(candidates, choice)) {
            g_clear_error(&first);
            return true;
        }
        if (first == NULL)
            first = g_steal_pointer(&refused);
        g_clear_error(&refused);
    }
    if (first == NULL)
        rvl_error_set(&first, RVL_CAUSE_IKE_PROPOSAL_MISMATCH, NULL);
    name_origin(candidates, &first);
    g_propagate_error(error, first);
    return false;
}

bool
rvl_candidates_keep_local(RvlCandidates *candidates,
                          const RvlIdentity *identity,
                          const RvlAddress *own,
                          GError **error)
{
    GPtrArray *kept = g_ptr_array_new();
    bool has_unlisted = false;

    for (guint i = 0; i < candidates->list->len; i++) {
        RvlConnection *connection = g_ptr_array_index(candidates->list, i);

        if (fits_local(connection, identity, own))
            g_ptr_array_add(kept, connection);
    }
    if (candidates->snapshot != NULL && candidates->asked_for == NULL) {
        candidates->asked_for = rvl_identity_ref(identity);
        has_unlisted = first_unlisted(candidates) != NULL;
    }
    if (kept->len == 0 && !has_unlisted) {
        g_autofree char *text = rvl_identity_format(identity);

        g_clear_pointer(&candidates->asked_for, rvl_identity_unref);
        g_ptr_array_unref(kept);
        rvl_error_set(error, RVL_CAUSE_NO_SUCH_IDENTITY,
                      "the peer asks for '%s', and no connection with its address has this as "
                      "local-id",
                      text);
        return false;
    }
    if (!has_unlisted)
        candidates->snapshot = NULL;
    g_ptr_array_unref(candidates->list);
    candidates->list = kept;
    return true;
}

/* Lists those of @connections that pass and fit. */
static void
list_fitting(const RvlCandidates *candidates,
             const GPtrArray *connections,
             const RvlIdentity *identity,
             GPtrArray *kept)
{
    for (guint i = 0; connections != NULL && i < connections->len; i++) {
        RvlConnection *connection = g_ptr_array_index(connections, i);

        if (rvl_connection_fits_remote(connection, identity) && passes(connection, candidates) &&
            !g_ptr_array_find(kept, connection, NULL))
            g_ptr_array_add(kept, connection);
    }
}

bool
rvl_candidates_keep_remote(RvlCandidates *candidates, const RvlIdentity *identity, GError **error)
{
    GPtrArray *kept = g_ptr_array_new();

    for (guint i = 0; i < candidates->list->len; i++) {
        RvlConnection *connection = g_ptr_array_index(candidates->list, i);

        if (rvl_connection_fits_remote(connection, identity))
            g_ptr_array_add(kept, connection);
    }
    if (candidates->snapshot != NULL) {
        list_fitting(candidates,
                     g_hash_table_lookup(candidates->snapshot->wild_by_identity, identity),
                     identity, kept);
        list_fitting(candidates, candidates->snapshot->wild_loose, identity, kept);
    }
    if (kept->len == 0) {
        const RvlConnection *best = rvl_candidates_best(candidates);
        g_autofree char *text = NULL;

        g_ptr_array_unref(kept);
        if (best != NULL && candidates->list->len == 1 && candidates->snapshot == NULL)
            return rvl_connection_accepts_remote(best, identity, error); /* says what it expects */
        text = rvl_identity_format(identity);
        rvl_error_set(error, RVL_CAUSE_NO_SUCH_IDENTITY, "no connection expects '%s'", text);
        return false;
    }
    candidates->snapshot = NULL; /* all are listed now */
    g_ptr_array_unref(candidates->list);
    candidates->list = kept;
    return true;
}

bool
rvl_candidates_keep_method(RvlCandidates *candidates, const char *word, GError **error)
{
    GPtrArray *kept = g_ptr_array_new();
    const RvlConnection *best = rvl_candidates_best(candidates);

    for (guint i = 0; i < candidates->list->len; i++) {
        RvlConnection *connection = g_ptr_array_index(candidates->list, i);

        if (rvl_connection_remote_auth(connection, word) != NULL)
            g_ptr_array_add(kept, connection);
    }
    if (kept->len == 0) {
        const char *accepted =
            best != NULL && best->n_remote_auth > 0 ? best->remote_auth[0].word : NULL;

        g_ptr_array_unref(kept);
        rvl_error_set_found(error, RVL_CAUSE_AUTH_METHOD_MISMATCH, word, accepted, NULL);
        return false;
    }
    g_ptr_array_unref(candidates->list);
    candidates->list = kept;
    return true;
}
