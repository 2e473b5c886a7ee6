/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CREATE_CHILD_SA that replaces the IKE SA itself (RFC 7296 1.3.2, 2.8, 2.18). */
#include "config.h"

#include "ike/v2/rekey-ike.h"

#include <ravelin/reader.h>
#include "crypto/key-exchange.h"
#include "ike/core/collision.h"
#include "ike/core/engine-state.h"
#include "ike/core/report.h"
#include "ike/core/sa-life.h"
#include "ike/v2/exchanges.h"
#include "ike/v2/init-state.h"
#include "wire/notify.h"

enum { ANSWER_KEY_EXCHANGE };

#define GROUPS_MAX 2

static RvlIkeSa *
successor_of(const RvlIkeSa *ike, const RvlRekeyIke *rekey)
{
    return rvl_engine_find_number(ike->engine, rekey->successor);
}

/* The same two ends on the same path: what is known of them passes on (2.8). */
static RvlIkeSa *
successor_new(RvlIkeSa *ike, bool is_initiator, GError **error)
{
    RvlIkeSa *successor = rvl_ike_sa_new(ike->engine, is_initiator, &ike->path.current);

    if (successor == NULL) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "no randomness for an SPI");
        return NULL;
    }
    successor->path = ike->path;
    successor->peer.connection = rvl_connection_ref(ike->peer.connection);
    successor->peer.local = rvl_identity_ref(ike->peer.local);
    successor->peer.remote = rvl_identity_ref(ike->peer.remote);
    successor->peer.local_auth = g_strdup(ike->peer.local_auth);
    successor->peer.remote_auth = g_strdup(ike->peer.remote_auth);
    successor->peer.proof_ends = ike->peer.proof_ends;
    successor->origin = ike->origin;
    return successor;
}

static bool
take_key_exchange(RvlExchange *x, RvlRekeyIke *rekey, GError **error)
{
    RvlJobResult *answer = rvl_exchange_answer(x, ANSWER_KEY_EXCHANGE, error);

    if (answer == NULL)
        return false;
    if (answer->answer.ke.public_value != NULL) {
        g_clear_pointer(&rekey->public_value, g_bytes_unref);
        rekey->public_value = g_bytes_ref(answer->answer.ke.public_value);
    }
    rekey->secret = answer->answer.ke.secret;
    answer->answer.ke.secret = RVL_SECRET_ID_NONE;
    return true;
}

static bool
derive(RvlIkeSa *ike, RvlRekeyIke *rekey, RvlIkeSa *successor, GError **error)
{
    const RvlEngineServices *services = &ike->engine->services;
    const RvlSaKeysBase base = {
        .nonces = {rvl_octets_from_bytes(rekey->nonce_i), rvl_octets_from_bytes(rekey->nonce_r)},
        .initiator_spi = rvl_ike_sa_initiator_spi(successor),
        .responder_spi = rvl_ike_sa_responder_spi(successor),
        .shared = rekey->secret,
        .sk_d = ike->keys.sk_d,
        .old_prf = rvl_choice_id(&ike->keys.choice, RVL_TRANSFORM_PRF),
    };

    rekey->secret = RVL_SECRET_ID_NONE; /* passes on */
    return rvl_sa_keys_derive(&successor->keys, ike->engine->protector, services->crypto,
                              services->secrets, &base, successor->is_initiator, error);
}

static bool
take_peer_spi(RvlIkeSa *successor, const RvlSaPayload *sa, uint8_t number, GError **error)
{
    const RvlProposal *proposal = &sa->proposals[0];
    RvlReader reader;

    for (size_t i = 0; i < sa->n; i++) {
        if (sa->proposals[i].number == number)
            proposal = &sa->proposals[i];
    }
    rvl_reader_init(&reader, proposal->spi.data, proposal->spi.size);
    successor->spi_remote = rvl_reader_u64(&reader, "SPI");
    if (!rvl_reader_check_end(&reader, error))
        return false;
    if (successor->spi_remote == 0) {
        rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED, "the new IKE SA's SPI is zero");
        return false;
    }
    return true;
}

static RvlOctets
spi_octets(uint64_t spi, uint64_t *network)
{
    *network = GUINT64_TO_BE(spi);
    return RVL_OCTETS(network, sizeof *network);
}

/* The initiator */

void
rvl_exchanges_rekey_ike(RvlIkeSa *ike)
{
    if (rvl_exchanges_next(ike, &rvl_exchange_rekey_ike, NULL) != NULL)
        return;
    if (rvl_collision_is_open(ike)) {
        rvl_engine_set_timer(ike->engine, &ike->timers.rekey, RVL_SECOND);
        return;
    }
    (void)rvl_exchange_begin(ike, &rvl_exchange_rekey_ike);
    rvl_exchange_pump(ike);
}

static bool
ask_offer(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlRekeyIke *rekey = x->state;
    RvlIkeSa *successor = successor_of(ike, rekey);

    rekey->is_initiator = true;
    if (successor == NULL)
        successor = successor_new(ike, true, error);
    if (successor == NULL)
        return false;
    rekey->successor = successor->number;
    if (rekey->nonce_i == NULL)
        rekey->nonce_i = rvl_nonce_new(ike->engine, error);
    if (rekey->nonce_i == NULL)
        return false;
    if (rekey->group == RVL_TRANSFORM_ID_NONE) /* what both ends have agreed on before */
        rekey->group = rvl_choice_id(&ike->keys.choice, RVL_TRANSFORM_KE);
    rvl_exchange_ask(ike, x, ANSWER_KEY_EXCHANGE,
                     rvl_exchanges_key_exchange_job(ike, RVL_JOB_KE_OFFER, rekey->group));
    return true;
}

static bool
take_offer(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    (void)ike;
    return take_key_exchange(x, x->state, error);
}

/* SK {SA, Ni, KEi} */
static bool
build_request(RvlIkeSa *ike, RvlExchange *x, RvlDraft *out, GError **error)
{
    const RvlRekeyIke *rekey = x->state;
    const RvlProposals *offer = ike->peer.connection->ike_proposals;
    const RvlIkeSa *successor = successor_of(ike, rekey);
    g_autofree RvlProposal *list = g_memdup2(offer->list, offer->n * sizeof *list);
    uint64_t network;

    (void)error;
    if (successor == NULL)
        return false;
    for (size_t i = 0; i < offer->n; i++)
        list[i].spi = spi_octets(successor->spi_local, &network);
    rvl_draft_add_sa(out, list, offer->n);
    rvl_draft_add_nonce(out, rvl_octets_from_bytes(rekey->nonce_i));
    rvl_draft_add_key_exchange(out, rekey->group, rvl_octets_from_bytes(rekey->public_value));
    return true;
}

static bool
asks_for_group(RvlIkeSa *ike, RvlRekeyIke *rekey, const RvlMessage *message)
{
    const RvlNotifyPayload *notify =
        rvl_message_find_notify(message, RVL_NOTIFY_INVALID_KE_PAYLOAD);
    uint16_t group;

    if (notify == NULL || notify->data.size != 2 || rekey->groups >= GROUPS_MAX)
        return false;
    group = (uint16_t)(notify->data.data[0] << 8 | notify->data.data[1]);
    if (group == rekey->group ||
        !rvl_exchanges_offers_group(ike->peer.connection->ike_proposals, group))
        return false;
    rekey->groups++;
    rekey->group = group;
    ike->engine->services.secrets->release(ike->engine->services.secrets->context, rekey->secret);
    rekey->secret = RVL_SECRET_ID_NONE;
    return true;
}

static bool
accept(RvlIkeSa *ike,
       RvlRekeyIke *rekey,
       RvlIkeSa *successor,
       const RvlMessage *message,
       GError **error)
{
    const RvlPayload *sa = rvl_message_find(message, RVL_PAYLOAD_SA);
    const RvlPayload *ke = rvl_message_find(message, RVL_PAYLOAD_KE);

    if (sa == NULL || ke == NULL || sa->sa.n != 1) {
        rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED, "the answer chooses no one proposal");
        return false;
    }
    /* Any number will do where there is one proposal: some peers keep the set-up's (2.8, 3.3.1). */
    if (!rvl_proposals_accept(ike->peer.connection->ike_proposals, &sa->sa.proposals[0], false,
                              ike->engine->services.registry, &successor->keys.choice, error) ||
        !take_peer_spi(successor, &sa->sa, sa->sa.proposals[0].number, error))
        return false;
    if (ke->ke.method != rekey->group ||
        rvl_choice_id(&successor->keys.choice, RVL_TRANSFORM_KE) != rekey->group) {
        rvl_error_set(error, RVL_CAUSE_GROUP_MISMATCH, "the answer's group isn't the one offered");
        return false;
    }
    return true;
}

static bool
take_answer(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlRekeyIke *rekey = x->state;
    RvlIkeSa *successor = successor_of(ike, rekey);
    const RvlMessage *message = x->response->message;
    const RvlNotifyPayload *refusal = rvl_message_find_error(message);
    const RvlPayload *nonce = rvl_message_find(message, RVL_PAYLOAD_NONCE);
    const RvlPayload *ke = rvl_message_find(message, RVL_PAYLOAD_KE);
    RvlJob *job;

    if (successor == NULL)
        return false;
    if (asks_for_group(ike, rekey, message)) {
        rvl_exchange_again(x);
        return true;
    }
    if (refusal != NULL) {
        rvl_collision_heard_refusal(ike, x, refusal, 0, error);
        return false;
    }
    if (!accept(ike, rekey, successor, message, error))
        return false;
    rekey->nonce_r = g_bytes_new(nonce->body.data, nonce->body.size);
    job = rvl_exchanges_key_exchange_job(ike, RVL_JOB_KE_FINISH, rekey->group);
    job->request.ke.peer_public = g_bytes_new(ke->ke.value.data, ke->ke.value.size);
    job->request.ke.state = rekey->secret;
    rekey->secret = RVL_SECRET_ID_NONE; /* passes to the job */
    rvl_exchange_ask(ike, x, ANSWER_KEY_EXCHANGE, job);
    return true;
}

static bool
make(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlRekeyIke *rekey = x->state;
    RvlIkeSa *successor = successor_of(ike, rekey);

    return successor != NULL && take_key_exchange(x, rekey, error) &&
           derive(ike, rekey, successor, error);
}

/* Its end was asked for while the rekey was under way: that is meant of what replaces it, too. */
static bool
is_to_end(const RvlIkeSa *ike)
{
    return ike->state == RVL_IKE_SA_ESTABLISHED &&
           rvl_exchanges_next(ike, &rvl_exchange_delete_ike, NULL) != NULL;
}

/* Of both ends: the successor stands, and takes over unless a rival does. */
static void
finish(RvlIkeSa *ike, RvlExchange *x)
{
    const RvlRekeyIke *rekey = x->state;
    RvlIkeSa *successor = successor_of(ike, rekey);
    bool ends = is_to_end(ike);
    RvlCause cause = ike->cause;

    if (successor == NULL)
        return;
    rvl_sa_life_established(successor);
    rvl_report_ike_rekeyed(successor, rekey->is_initiator);
    if (rekey->is_initiator)
        rvl_collision_ike_rekeyed(ike, successor, &rekey->rivalry, rekey->nonce_i, rekey->nonce_r);
    else
        rvl_collision_ike_rekeyed_by_peer(ike, successor, &rekey->rivalry, rekey->nonce_i,
                                          rekey->nonce_r);
    if (ends)
        rvl_sa_life_delete(successor, cause);
}

static void
give_up(RvlIkeSa *ike, RvlExchange *x, const GError *why)
{
    const RvlRekeyIke *rekey = x->state;

    if (rekey->is_initiator)
        rvl_collision_ike_rekey_failed(ike, &rekey->rivalry, why);
    else
        rvl_collision_ike_answer_failed(ike, &rekey->rivalry);
}

/* The responder */

static bool
choose(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlRekeyIke *rekey = x->state;
    const RvlMessage *message = x->request->message;
    const RvlPayload *sa = rvl_message_find(message, RVL_PAYLOAD_SA);
    const RvlPayload *ke = rvl_message_find(message, RVL_PAYLOAD_KE);
    const RvlPayload *nonce = rvl_message_find(message, RVL_PAYLOAD_NONCE);
    RvlIkeSa *successor;
    RvlChoice choice;
    RvlJob *job;

    if (!rvl_collision_admits_ike_rekey(ike, x))
        return true;
    if (!rvl_proposals_choose(ike->peer.connection->ike_proposals, sa->sa.proposals, sa->sa.n,
                              ke->ke.method, ike->engine->services.registry, &choice, error))
        return false;
    rekey->group = rvl_choice_id(&choice, RVL_TRANSFORM_KE);
    if (ke->ke.method != rekey->group) {
        uint8_t data[2] = {(uint8_t)(rekey->group >> 8), (uint8_t)rekey->group};

        rvl_exchange_refuse(x, RVL_NOTIFY_INVALID_KE_PAYLOAD, g_bytes_new(data, sizeof data),
                            RVL_CAUSE_GROUP_MISMATCH);
        return true;
    }
    successor = successor_new(ike, false, error);
    if (successor == NULL)
        return false;
    rekey->successor = successor->number;
    successor->keys.choice = choice;
    if (!take_peer_spi(successor, &sa->sa, choice.number, error))
        return false;
    rekey->nonce_i = g_bytes_new(nonce->body.data, nonce->body.size);
    rekey->nonce_r = rvl_nonce_new(ike->engine, error);
    if (rekey->nonce_r == NULL)
        return false;
    job = rvl_exchanges_key_exchange_job(ike, RVL_JOB_KE_ANSWER, rekey->group);
    job->request.ke.peer_public = g_bytes_new(ke->ke.value.data, ke->ke.value.size);
    rvl_exchange_ask(ike, x, ANSWER_KEY_EXCHANGE, job);
    return true;
}

static bool
build_response(RvlIkeSa *ike, RvlExchange *x, RvlDraft *out, GError **error)
{
    const RvlRekeyIke *rekey = x->state;
    const RvlIkeSa *successor = successor_of(ike, rekey);
    uint64_t network;

    (void)error;
    if (successor == NULL)
        return false;
    rvl_exchanges_add_choice(out, &successor->keys.choice, RVL_PROTOCOL_IKE,
                             spi_octets(successor->spi_local, &network));
    rvl_draft_add_nonce(out, rvl_octets_from_bytes(rekey->nonce_r));
    rvl_draft_add_key_exchange(out, rekey->group, rvl_octets_from_bytes(rekey->public_value));
    return true;
}

static void
clear(RvlIkeSa *ike, RvlExchange *x)
{
    RvlRekeyIke *rekey = x->state;
    RvlIkeSa *successor = successor_of(ike, rekey);
    const RvlSecretServices *secrets = ike->engine->services.secrets;

    if (successor != NULL && successor->state == RVL_IKE_SA_BEGUN)
        rvl_sa_life_end(successor, RVL_CAUSE_REKEY_FAILED, NULL);
    secrets->release(secrets->context, rekey->secret);
    g_clear_pointer(&rekey->public_value, g_bytes_unref);
    g_clear_pointer(&rekey->nonce_i, g_bytes_unref);
    g_clear_pointer(&rekey->nonce_r, g_bytes_unref);
    rvl_rivalry_clear(&rekey->rivalry);
}

static const RvlStep prepare[] = {ask_offer, take_offer, NULL};
static const RvlStep take_response[] = {take_answer, make, NULL};
static const RvlStep take_request[] = {choose, make, NULL};

const RvlExchangeKind rvl_exchange_rekey_ike = {
    .name = "rekey-ike",
    .story = "replaces the IKE SA; its Child SAs move to the new one",
    .type = RVL_EXCHANGE_CREATE_CHILD_SA,
    .asked_in = RVL_IN_ESTABLISHED,
    .answered_in = RVL_IN_ESTABLISHED | RVL_IN_REPLACED | RVL_IN_DELETING,
    .request = RVL_GRAMMAR_V2_REKEY_IKE_REQUEST,
    .response = RVL_GRAMMAR_V2_REKEY_IKE_RESPONSE,
    .state_octets = sizeof(RvlRekeyIke),
    .prepare = prepare,
    .build_request = build_request,
    .take_request = take_request,
    .build_response = build_response,
    .settle = finish,
    .take_response = take_response,
    .finish = finish,
    .give_up = give_up,
    .clear = clear,
};
