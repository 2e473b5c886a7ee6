/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A Child SA while it is negotiated: offers, choices, narrowing. */
#include "config.h"

#include "ike/v2/child-deal.h"

#include <string.h>

#include <ravelin/reader.h>

#include "ike/core/child-life.h"
#include "ike/core/engine-state.h"
#include "ike/v2/exchanges.h"
#include "wire/notify.h"

#define SPI_OCTETS 4

/* Of IP (RFC 792; RFC 4443 1). */
#define PROTOCOL_ICMP 1
#define PROTOCOL_ICMPV6 58

void
rvl_child_deal_clear(RvlIkeSa *ike, RvlChildDeal *deal)
{
    const RvlSecretServices *secrets = ike->engine->services.secrets;

    rvl_engine_release_spi(ike, deal->spi_protocol, deal->spi_in);
    secrets->release(secrets->context, deal->secret);
    g_clear_pointer(&deal->connection, rvl_connection_unref);
    g_clear_pointer(&deal->offer, rvl_proposals_unref);
    g_clear_pointer(&deal->public_value, g_bytes_unref);
    g_clear_pointer(&deal->nonce_i, g_bytes_unref);
    g_clear_pointer(&deal->nonce_r, g_bytes_unref);
    g_clear_pointer(&deal->local, rvl_selectors_unref);
    g_clear_pointer(&deal->remote, rvl_selectors_unref);
    g_clear_error(&deal->refusal);
    rvl_rivalry_clear(&deal->rivalry);
    *deal = (RvlChildDeal){0};
}

static bool
has_esn(const RvlIkeSa *ike)
{
    const RvlInstallerCapabilities *installer = ike->engine->services.installer;

    return installer == NULL || installer->has_esn;
}

static RvlSelectors *
selectors_of(const RvlIkeSa *ike, const RvlChildPolicy *policy, bool is_local)
{
    const RvlPath *path = &ike->path.current;

    return rvl_child_policy_selectors(policy, is_local,
                                      is_local ? &path->local.address : &path->remote.address);
}

static void
set_policy(RvlChildDeal *deal, const RvlConnection *connection, const RvlChildPolicy *policy)
{
    g_clear_pointer(&deal->connection, rvl_connection_unref);
    deal->connection = rvl_connection_ref(connection);
    deal->policy = policy;
}

/* What the configuration says now of a Child SA that stands. */
static const RvlChildPolicy *
policy_now(const RvlIkeSa *ike, const RvlChildSa *child, const RvlConnection **connection)
{
    const RvlChildPolicy *now = rvl_connection_child(ike->peer.connection, child->policy->name);

    *connection = now != NULL ? ike->peer.connection : child->connection;
    return now != NULL ? now : child->policy;
}

/* The initiator */

void
rvl_child_deal_offer(RvlIkeSa *ike,
                     RvlChildDeal *deal,
                     const RvlChildPolicy *policy,
                     const RvlChildSa *replaces)
{
    const RvlConnection *connection = ike->peer.connection;

    if (replaces != NULL)
        policy = policy_now(ike, replaces, &connection);
    set_policy(deal, connection, policy);
    deal->is_initiator = true;
    deal->replaces = replaces != NULL ? replaces->number : 0;
    deal->offer = rvl_child_policy_offer(policy, has_esn(ike), !deal->in_auth);
    deal->group = deal->in_auth ? RVL_TRANSFORM_ID_NONE : rvl_exchanges_first_group(deal->offer);
    deal->local =
        replaces != NULL ? rvl_selectors_ref(replaces->local) : selectors_of(ike, policy, true);
    deal->remote =
        replaces != NULL ? rvl_selectors_ref(replaces->remote) : selectors_of(ike, policy, false);
}

/* One end of a packet, as its selectors see it. */
typedef struct {
    const RvlAddress *address;
    uint16_t port;
} PacketEnd;

/*
 * RFC 7296 2.9: the packet's own address, protocol and port, as far as the policy lets them through. A
 * reply has another type than its ICMP request (3.13.1): both types must pass.
 */
static bool
own_selector(const RvlFlow *packet,
             const PacketEnd *end,
             const RvlSelectors *policy,
             RvlSelector *own)
{
    bool has_port = packet->ports_known && packet->protocol != PROTOCOL_ICMP &&
                    packet->protocol != PROTOCOL_ICMPV6;
    RvlSelector whole = {
        .protocol = packet->protocol,
        .first_port = has_port ? end->port : 0,
        .last_port = has_port ? end->port : UINT16_MAX,
        .range = {*end->address, *end->address},
    };

    for (size_t i = 0; i < rvl_selectors_count(policy); i++) {
        if (rvl_selector_intersect(rvl_selectors_get(policy, i), &whole, own) &&
            rvl_selector_matches(own, end->address, packet->protocol, packet->ports_known,
                                 end->port))
            return true;
    }
    return false;
}

static RvlSelectors *
led_by(const RvlSelectors *policy, const RvlSelector *first)
{
    size_t n = MIN(rvl_selectors_count(policy), RVL_SELECTORS_MAX - 1);
    g_autofree RvlSelector *list = g_new(RvlSelector, n + 1);

    list[0] = *first;
    for (size_t i = 0; i < n; i++)
        list[i + 1] = *rvl_selectors_get(policy, i);
    return rvl_selectors_new(list, n + 1);
}

static void
replace(RvlSelectors **selectors, RvlSelectors *by)
{
    rvl_selectors_unref(*selectors);
    *selectors = by;
}

void
rvl_child_deal_lead(RvlChildDeal *deal, const RvlFlow *packet)
{
    const PacketEnd source = {&packet->source, packet->source_port};
    const PacketEnd destination = {&packet->destination, packet->destination_port};
    RvlSelector local, remote;

    deal->packet = *packet;
    if (!own_selector(packet, &source, deal->local, &local) ||
        !own_selector(packet, &destination, deal->remote, &remote))
        return;
    replace(&deal->local, led_by(deal->local, &local));
    replace(&deal->remote, led_by(deal->remote, &remote));
}

bool
rvl_child_deal_may_be_single(const RvlChildDeal *deal)
{
    return deal->packet.source.family != RVL_FAMILY_NONE && rvl_selectors_count(deal->local) > 1;
}

void
rvl_child_deal_single(RvlChildDeal *deal)
{
    replace(&deal->local, rvl_selectors_new(rvl_selectors_get(deal->local, 0), 1));
    replace(&deal->remote, rvl_selectors_new(rvl_selectors_get(deal->remote, 0), 1));
}

static void
spi_octets(uint32_t spi, uint8_t octets[SPI_OCTETS])
{
    uint32_t network = GUINT32_TO_BE(spi);

    memcpy(octets, &network, SPI_OCTETS);
}

static void
add_proposals(const RvlProposals *offer, uint32_t spi, RvlDraft *out)
{
    g_autofree RvlProposal *list = g_memdup2(offer->list, offer->n * sizeof *list);
    uint8_t octets[SPI_OCTETS];

    spi_octets(spi, octets);
    for (size_t i = 0; i < offer->n; i++)
        list[i].spi = RVL_OCTETS(octets, sizeof octets);
    rvl_draft_add_sa(out, list, offer->n);
}

/* What stands behind SA in an offer and an answer alike. */
static void
add_rest(const RvlChildDeal *deal, RvlDraft *out)
{
    bool is_initiator = deal->is_initiator;

    if (!deal->in_auth)
        rvl_draft_add_nonce(out,
                            rvl_octets_from_bytes(is_initiator ? deal->nonce_i : deal->nonce_r));
    if (deal->group != RVL_TRANSFORM_ID_NONE)
        rvl_draft_add_key_exchange(out, deal->group, rvl_octets_from_bytes(deal->public_value));
    rvl_draft_add_selectors(out, RVL_PAYLOAD_TSI, is_initiator ? deal->local : deal->remote);
    rvl_draft_add_selectors(out, RVL_PAYLOAD_TSR, is_initiator ? deal->remote : deal->local);
    if (deal->policy->mode == RVL_MODE_TRANSPORT)
        rvl_draft_add_notify(out, RVL_NOTIFY_USE_TRANSPORT_MODE, RVL_OCTETS_NONE);
}

void
rvl_child_deal_add_offer(const RvlChildDeal *deal, RvlDraft *out)
{
    add_proposals(deal->offer, deal->spi_in, out);
    add_rest(deal, out);
}

static char *
pair_text(const RvlSelectors *local, const RvlSelectors *remote)
{
    g_autofree char *local_text = rvl_selectors_format(local);
    g_autofree char *remote_text = rvl_selectors_format(remote);

    return g_strdup_printf("%s <-> %s", local_text, remote_text);
}

char *
rvl_child_deal_offered(const RvlChildDeal *deal, RvlCause cause)
{
    return cause == RVL_CAUSE_SELECTOR_MISMATCH ? pair_text(deal->local, deal->remote)
                                                : g_strdup(deal->offer->words);
}

static bool
mode_is_agreed(const RvlChildPolicy *policy, const RvlMessage *message, GError **error)
{
    bool is_transport = rvl_message_find_notify(message, RVL_NOTIFY_USE_TRANSPORT_MODE) != NULL;

    if (is_transport == (policy->mode == RVL_MODE_TRANSPORT))
        return true;
    rvl_error_set_found(error, RVL_CAUSE_MODE_MISMATCH, is_transport ? "transport" : "tunnel",
                        is_transport ? "tunnel" : "transport", NULL);
    return false;
}

static RvlSelectors *
selectors_in(const RvlMessage *message, RvlPayloadType type)
{
    const RvlPayload *payload = rvl_message_find(message, type);

    if (payload == NULL || payload->ts.n == 0)
        return NULL;
    return rvl_selectors_new(payload->ts.selectors, payload->ts.n);
}

static void
selector_error(GError **error, const RvlSelectors *found, const RvlSelectors *wanted)
{
    g_autofree char *found_text = found != NULL ? rvl_selectors_format(found) : NULL;
    g_autofree char *wanted_text = wanted != NULL ? rvl_selectors_format(wanted) : NULL;

    rvl_error_set_found(error, RVL_CAUSE_SELECTOR_MISMATCH,
                        found_text != NULL ? found_text : "none", wanted_text, NULL);
}

bool
rvl_child_deal_holds_packet(const RvlChildDeal *deal,
                            const RvlSelectors *local,
                            const RvlSelectors *remote,
                            GError **error)
{
    g_autofree char *found = NULL;
    g_autofree char *wanted = NULL;

    if (rvl_child_life_hold(local, remote, &deal->packet))
        return true;
    found = pair_text(local, remote);
    wanted = pair_text(deal->local, deal->remote);
    rvl_error_set_found(error, RVL_CAUSE_SELECTOR_MISMATCH, found, wanted,
                        "the packet that asked for the Child SA would not go through it");
    return false;
}

/* The answer may be narrower than what was offered, never wider (2.9). */
static bool
accept_selectors(RvlChildDeal *deal, const RvlMessage *message, GError **error)
{
    g_autoptr(RvlSelectors) local = selectors_in(message, RVL_PAYLOAD_TSI);
    g_autoptr(RvlSelectors) remote = selectors_in(message, RVL_PAYLOAD_TSR);

    if (local == NULL || !rvl_selectors_includes(deal->local, local)) {
        selector_error(error, local, deal->local);
        return false;
    }
    if (remote == NULL || !rvl_selectors_includes(deal->remote, remote)) {
        selector_error(error, remote, deal->remote);
        return false;
    }
    if (!rvl_child_deal_holds_packet(deal, local, remote, error))
        return false;
    /* Without those that lie within others: the packet's own, mostly. */
    replace(&deal->local, rvl_selectors_narrow(local, local));
    replace(&deal->remote, rvl_selectors_narrow(remote, remote));
    return true;
}

static bool
take_peer_spi(RvlChildDeal *deal, const RvlProposal *proposal, GError **error)
{
    RvlReader reader;

    rvl_reader_init(&reader, proposal->spi.data, proposal->spi.size);
    deal->spi_out = rvl_reader_u32(&reader, "SPI");
    if (!rvl_reader_check_end(&reader, error))
        return false;
    if (deal->spi_out < 256) { /* RFC 4303 2.1: reserved */
        rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED, "SPI %u is a reserved one",
                      deal->spi_out);
        return false;
    }
    return true;
}

bool
rvl_child_deal_accept(RvlIkeSa *ike, RvlChildDeal *deal, const RvlMessage *message, GError **error)
{
    const RvlPayload *sa = rvl_message_find(message, RVL_PAYLOAD_SA);
    const RvlPayload *ke = rvl_message_find(message, RVL_PAYLOAD_KE);
    uint16_t group;

    (void)ike;
    if (sa == NULL || sa->sa.n != 1) {
        rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED, "the answer chooses no one proposal");
        return false;
    }
    if (!rvl_proposals_accept(deal->offer, &sa->sa.proposals[0], true,
                              ike->engine->services.registry, &deal->choice, error) ||
        !take_peer_spi(deal, &sa->sa.proposals[0], error) ||
        !mode_is_agreed(deal->policy, message, error) || !accept_selectors(deal, message, error))
        return false;
    group = rvl_choice_id(&deal->choice, RVL_TRANSFORM_KE);
    if (group != RVL_TRANSFORM_ID_NONE &&
        (ke == NULL || ke->ke.method != group || group != deal->group)) {
        rvl_error_set(error, RVL_CAUSE_PFS_GROUP_MISMATCH,
                      "the answer has no public value of the group that it chose");
        return false;
    }
    deal->group = group; /* NONE: the peer declined, and our offer allowed it */
    return true;
}

/* The responder */

/* Narrows one side; the peer's TSr are our local ones. */
static bool
narrow(const RvlMessage *message,
       RvlPayloadType type,
       const RvlSelectors *ours,
       RvlSelectors **agreed,
       GError **error)
{
    g_autoptr(RvlSelectors) offered = selectors_in(message, type);

    *agreed = offered != NULL ? rvl_selectors_narrow(offered, ours) : NULL;
    if (*agreed == NULL)
        selector_error(error, offered, ours);
    return *agreed != NULL;
}

static bool
try_policy(RvlIkeSa *ike,
           RvlChildDeal *deal,
           const RvlMessage *message,
           const RvlConnection *connection,
           const RvlChildPolicy *policy,
           const RvlChildSa *replaces,
           GError **error)
{
    const RvlPayload *sa = rvl_message_find(message, RVL_PAYLOAD_SA);
    const RvlPayload *ke = rvl_message_find(message, RVL_PAYLOAD_KE);
    g_autoptr(RvlSelectors) ours =
        replaces != NULL ? rvl_selectors_ref(replaces->local) : selectors_of(ike, policy, true);
    g_autoptr(RvlSelectors) theirs =
        replaces != NULL ? rvl_selectors_ref(replaces->remote) : selectors_of(ike, policy, false);
    g_autoptr(RvlSelectors) local = NULL;
    g_autoptr(RvlSelectors) remote = NULL;
    g_autoptr(RvlProposals) offer = rvl_child_policy_offer(policy, has_esn(ike), !deal->in_auth);

    if (!narrow(message, RVL_PAYLOAD_TSR, ours, &local, error) ||
        !narrow(message, RVL_PAYLOAD_TSI, theirs, &remote, error) ||
        !mode_is_agreed(policy, message, error) ||
        !rvl_proposals_choose(offer, sa->sa.proposals, sa->sa.n, ke != NULL ? ke->ke.method : 0,
                              ike->engine->services.registry, &deal->choice, error))
        return false;
    set_policy(deal, connection, policy);
    deal->offer = g_steal_pointer(&offer);
    deal->local = g_steal_pointer(&local);
    deal->remote = g_steal_pointer(&remote);
    return true;
}

static const RvlProposal *
proposal_of_number(const RvlSaPayload *sa, uint8_t number)
{
    for (size_t i = 0; i < sa->n; i++) {
        if (sa->proposals[i].number == number)
            return &sa->proposals[i];
    }
    return &sa->proposals[0];
}

/* How near an error is to what was asked: a mismatch behind matching selectors says more. */
static bool
says_more(const GError *error, const GError *than)
{
    return than == NULL || (rvl_error_cause(than) == RVL_CAUSE_SELECTOR_MISMATCH &&
                            rvl_error_cause(error) != RVL_CAUSE_SELECTOR_MISMATCH);
}

/* Names the line to change. */
static void
name_origin(const RvlConnection *connection, const RvlChildPolicy *policy, GError **error)
{
    static const struct {
        RvlCause cause;
        const char *key;
    } rows[] = {
        {RVL_CAUSE_SELECTOR_MISMATCH, "protect"},
        {RVL_CAUSE_MODE_MISMATCH, "mode"},
        {RVL_CAUSE_ESN_MISMATCH, "esn"},
        {RVL_CAUSE_PFS_GROUP_MISMATCH, "pfs"},
    };
    const char *key = "child-proposals";
    g_autofree char *origin = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].cause == rvl_error_cause(*error))
            key = rows[i].key;
    }
    origin = rvl_connection_origin(connection, policy, key);
    rvl_error_prefix_where(error, "%s: [connection %s] %s", origin, connection->name, key);
}

static bool
includes_first(const RvlMessage *message, RvlPayloadType type, const RvlSelectors *ours)
{
    const RvlPayload *payload = rvl_message_find(message, type);
    g_autoptr(RvlSelectors) first = NULL;

    if (payload == NULL || payload->ts.n == 0)
        return false;
    first = rvl_selectors_new(payload->ts.selectors, 1);
    return rvl_selectors_includes(ours, first);
}

/* What the peer's packet needs: where policy allows its first selectors, they must be granted (2.9). */
static bool
holds_first(const RvlIkeSa *ike, const RvlMessage *message, const RvlChildPolicy *policy)
{
    g_autoptr(RvlSelectors) local = selectors_of(ike, policy, true);
    g_autoptr(RvlSelectors) remote = selectors_of(ike, policy, false);

    return includes_first(message, RVL_PAYLOAD_TSR, local) &&
           includes_first(message, RVL_PAYLOAD_TSI, remote);
}

static bool
choose_policy(RvlIkeSa *ike,
              RvlChildDeal *deal,
              const RvlMessage *message,
              const RvlChildSa *replaces,
              GError **error)
{
    const RvlConnection *connection = ike->peer.connection;
    const RvlChildPolicy *policy;
    g_autoptr(GError) best = NULL;

    if (replaces != NULL) {
        policy = policy_now(ike, replaces, &connection);
        if (try_policy(ike, deal, message, connection, policy, replaces, error))
            return true;
        name_origin(connection, policy, error);
        return false;
    }
    for (size_t i = 0; i < 2 * connection->n_children; i++) {
        g_autoptr(GError) why = NULL;

        policy = &connection->children[i % connection->n_children];
        if (holds_first(ike, message, policy) != (i < connection->n_children))
            continue;
        if (try_policy(ike, deal, message, connection, policy, NULL, &why))
            return true;
        name_origin(connection, policy, &why);
        if (says_more(why, best)) {
            g_clear_error(&best);
            best = g_steal_pointer(&why);
        }
    }
    if (best == NULL)
        rvl_error_set(&best, RVL_CAUSE_SELECTOR_MISMATCH, "the connection protects nothing");
    g_propagate_error(error, g_steal_pointer(&best));
    return false;
}

bool
rvl_child_deal_choose(RvlIkeSa *ike,
                      RvlChildDeal *deal,
                      const RvlMessage *message,
                      const RvlChildSa *replaces,
                      GError **error)
{
    const RvlPayload *sa = rvl_message_find(message, RVL_PAYLOAD_SA);

    deal->replaces = replaces != NULL ? replaces->number : 0;
    if (!choose_policy(ike, deal, message, replaces, error) ||
        !take_peer_spi(deal, proposal_of_number(&sa->sa, deal->choice.number), error))
        return false;
    deal->group = rvl_choice_id(&deal->choice, RVL_TRANSFORM_KE);
    return true;
}

void
rvl_child_deal_add_answer(const RvlChildDeal *deal, RvlDraft *out)
{
    uint8_t octets[SPI_OCTETS];

    spi_octets(deal->child_spi, octets);
    rvl_exchanges_add_choice(out, &deal->choice, deal->policy->protocol,
                             RVL_OCTETS(octets, sizeof octets));
    add_rest(deal, out);
}

/* Both */

RvlJob *
rvl_child_deal_reserve_job(const RvlIkeSa *ike, const RvlChildDeal *deal)
{
    RvlJob *job = rvl_job_new(
        RVL_JOB_RESERVE_SPIS,
        ike->state == RVL_IKE_SA_KEYED ? RVL_JOB_AUTHENTICATING : RVL_JOB_ESTABLISHED, ike->ref, 0);

    job->request.reserve.path = ike->path.current;
    job->request.reserve.protocol = (uint8_t)deal->policy->protocol;
    job->request.reserve.n = 1;
    return job;
}

bool
rvl_child_deal_take_spi(RvlChildDeal *deal, RvlJobResult *answer, GError **error)
{
    GArray *spis = answer->answer.reserve.spis;

    if (spis == NULL || spis->len != 1) {
        rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED, "the installer reserved no SPI");
        return false;
    }
    deal->spi_in = deal->child_spi = g_array_index(spis, uint32_t, 0);
    deal->spi_protocol = answer->answer.reserve.protocol;
    g_array_set_size(spis, 0);
    return true;
}

RvlChildSa *
rvl_child_deal_child(const RvlIkeSa *ike, const RvlChildDeal *deal)
{
    return rvl_ike_sa_find_child_number(ike, deal->child);
}
