/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IKE_SA_INIT as both sides run it (RFC 7296 1.2, 2.6, 2.7). */
#include "config.h"

#include "ike/v2/sa-init.h"

#include "crypto/key-exchange.h"
#include "ike/core/clear.h"
#include "ike/core/engine-state.h"
#include "ike/core/nat.h"
#include "ike/core/report.h"
#include "ike/core/sa-life.h"
#include "ike/v2/authenticators.h"
#include "ike/v2/exchanges.h"
#include "ike/v2/init-state.h"
#include "wire/notify.h"

/* How often a peer may send us back: each kind of retry is followed a bounded number of times. */
#define COOKIES_MAX 3
#define GROUPS_MAX 3

enum { ANSWER_KEY_EXCHANGE };

/* The initiator */

RvlIkeSa *
rvl_sa_init_begin(RvlEngine *engine,
                  const RvlConnection *connection,
                  const RvlPath *path,
                  uint16_t encap_port)
{
    RvlIkeSa *ike = rvl_ike_sa_new(engine, true, path);

    if (ike == NULL)
        return NULL;
    ike->peer.connection = rvl_connection_ref(connection);
    ike->init = rvl_init_new(engine->services.secrets);
    ike->init->group = rvl_exchanges_first_group(connection->ike_proposals);
    ike->init->encap_port = encap_port;
    rvl_upkeep_join(ike);
    rvl_sa_life_begin_set_up(ike);
    rvl_report_connecting(ike);
    (void)rvl_exchange_begin(ike, &rvl_exchange_sa_init);
    rvl_exchange_pump(ike);
    return ike;
}

static RvlJob *
key_exchange_job(const RvlIkeSa *ike, RvlJobKind kind, RvlJobClass class)
{
    RvlJob *job = rvl_job_new(kind, class, ike->ref, 0);

    job->request.ke.group = ike->init->group;
    return job;
}

static bool
ask_offer(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlInit *init = ike->init;

    if (init->nonce_i == NULL)
        init->nonce_i = rvl_nonce_new(ike->engine, error);
    if (init->nonce_i == NULL)
        return false;
    if (init->public_value == NULL) /* kept over a cookie: SPI, nonce and value stay (2.6.1) */
        rvl_exchange_ask(ike, x, ANSWER_KEY_EXCHANGE,
                         key_exchange_job(ike, RVL_JOB_KE_OFFER, RVL_JOB_ESTABLISHED));
    return true;
}

static bool
take_offer(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlInit *init = ike->init;
    RvlJobResult *offer;

    if (init->public_value != NULL)
        return true;
    offer = rvl_exchange_answer(x, ANSWER_KEY_EXCHANGE, error);
    if (offer == NULL)
        return false;
    init->public_value = g_bytes_ref(offer->answer.ke.public_value);
    init->secret = offer->answer.ke.secret;
    offer->answer.ke.secret = RVL_SECRET_ID_NONE;
    return true;
}

static bool
build_request(RvlIkeSa *ike, RvlExchange *x, RvlDraft *out, GError **error)
{
    const RvlConnection *connection = ike->peer.connection;
    const RvlInit *init = ike->init;

    (void)x;
    if (init->cookie != NULL) /* must come first (2.6) */
        rvl_draft_add_notify(out, RVL_NOTIFY_COOKIE, rvl_octets_from_bytes(init->cookie));
    rvl_draft_add_sa(out, connection->ike_proposals->list, connection->ike_proposals->n);
    rvl_draft_add_key_exchange(out, init->group, rvl_octets_from_bytes(init->public_value));
    rvl_draft_add_nonce(out, rvl_octets_from_bytes(init->nonce_i));
    if (!rvl_nat_add_notifies(out, ike->engine, ike->spi_local, 0, &ike->path.current,
                              rvl_nat_wants_encapsulation(ike->engine, connection), error))
        return false;
    if (connection->fragment_octets != 0)
        rvl_draft_add_notify(out, RVL_NOTIFY_IKEV2_FRAGMENTATION_SUPPORTED, RVL_OCTETS_NONE);
    rvl_authenticators_announce(ike->engine->services.registry, connection, out);
    return true;
}

static void
note(RvlIkeSa *ike, uint16_t notify, RvlCause cause, const char *what)
{
    g_autofree char *text = NULL;
    const char *name = rvl_notify_name(notify);

    if (ike->noted != NULL)
        return; /* the first is what counts; others may be forged just as well */
    rvl_report_peer_refused(ike, ike->exchanges.asking, notify,
                            ike->peer.connection->ike_proposals->words, cause);
    text = name != NULL ? g_strdup(name) : g_strdup_printf("notify %u", notify);
    rvl_error_set_found(&ike->noted, cause, text, ike->peer.connection->ike_proposals->words, "%s",
                        what);
}

/* Follows an answer that asks for another try; false: it is only noted. */
static bool
asks_for_cookie(RvlIkeSa *ike, const RvlMessage *message)
{
    const RvlNotifyPayload *cookie = rvl_message_find_notify(message, RVL_NOTIFY_COOKIE);
    g_autoptr(GBytes) asked =
        cookie != NULL ? g_bytes_new(cookie->data.data, cookie->data.size) : NULL;

    if (asked == NULL)
        return false;
    if (ike->init->cookie != NULL && g_bytes_equal(asked, ike->init->cookie))
        return false; /* an answer that was followed comes again */
    if (ike->init->cookies >= COOKIES_MAX) {
        note(ike, RVL_NOTIFY_COOKIE, RVL_CAUSE_COOKIE_LOOP,
             "the peer wants one cookie after another");
        return false;
    }
    ike->init->cookies++;
    g_clear_pointer(&ike->init->cookie, g_bytes_unref);
    ike->init->cookie = g_steal_pointer(&asked);
    return true;
}

static bool
asks_for_group(RvlIkeSa *ike, const RvlMessage *message)
{
    const RvlNotifyPayload *notify =
        rvl_message_find_notify(message, RVL_NOTIFY_INVALID_KE_PAYLOAD);
    RvlInit *init = ike->init;
    uint16_t group;

    if (notify == NULL || notify->data.size != 2)
        return false;
    group = (uint16_t)(notify->data.data[0] << 8 | notify->data.data[1]);
    if (group == init->group && init->groups > 0)
        return false; /* an answer that was followed comes again */
    if (init->groups >= GROUPS_MAX || group == init->group ||
        !rvl_exchanges_offers_group(ike->peer.connection->ike_proposals, group)) {
        note(ike, RVL_NOTIFY_INVALID_KE_PAYLOAD, RVL_CAUSE_GROUP_MISMATCH,
             "the peer wants a group that this connection doesn't offer");
        return false;
    }
    init->groups++;
    init->group = group;
    init->secrets->release(init->secrets->context, init->secret);
    init->secret = RVL_SECRET_ID_NONE;
    g_clear_pointer(&init->public_value, g_bytes_unref);
    return true;
}

/* Whether an answer that sets up an SA holds what was offered; false: it is only noted. */
static bool
is_acceptable(RvlIkeSa *ike, const RvlMessage *message, RvlChoice *choice)
{
    const RvlPayload *sa = rvl_message_find(message, RVL_PAYLOAD_SA);
    const RvlPayload *ke = rvl_message_find(message, RVL_PAYLOAD_KE);
    g_autoptr(GError) error = NULL;

    if (message->header.responder_spi == 0 || sa == NULL || ke == NULL || sa->sa.n != 1)
        rvl_error_set(&error, RVL_CAUSE_MESSAGE_MALFORMED, "the answer chooses no one proposal");
    else if (rvl_proposals_accept(ike->peer.connection->ike_proposals, &sa->sa.proposals[0], true,
                                  ike->engine->services.registry, choice, &error) &&
             (ke->ke.method != ike->init->group ||
              rvl_choice_id(choice, RVL_TRANSFORM_KE) != ike->init->group))
        rvl_error_set(&error, RVL_CAUSE_GROUP_MISMATCH, "the answer's group isn't the one offered");
    if (error == NULL && rvl_key_exchange_check_length(ike->engine->services.crypto, ke->ke.method,
                                                       true, ke->ke.value.size, &error))
        return true;
    rvl_report_dropped(ike, &ike->path.current, rvl_error_cause(error), error);
    if (ike->noted == NULL)
        ike->noted = g_steal_pointer(&error);
    return false;
}

void
rvl_sa_init_take_answer(RvlIkeSa *ike, RvlClear *answer)
{
    g_autoptr(RvlClear) owned = answer;
    const RvlMessage *message = answer->message;
    const RvlNotifyPayload *refusal = rvl_message_find_error(message);
    RvlInit *init = ike->init;
    RvlChoice choice;

    if (asks_for_cookie(ike, message) || asks_for_group(ike, message)) {
        ike->init->is_sent_back = true;
    } else if (refusal != NULL) {
        if (refusal->type != RVL_NOTIFY_INVALID_KE_PAYLOAD)
            note(ike, refusal->type,
                 rvl_error_policy_heard(refusal->type, RVL_EXCHANGE_IKE_SA_INIT),
                 "the peer refused, without proof that it was the peer");
        return;
    } else if (rvl_message_find(message, RVL_PAYLOAD_SA) == NULL ||
               !is_acceptable(ike, message, &choice)) {
        return;
    } else {
        init->is_sent_back = false;
        ike->keys.choice = choice;
        init->request = g_bytes_ref(g_ptr_array_index(ike->sent.datagrams, 0));
        init->response = g_bytes_ref(answer->octets);
    }
    rvl_exchange_take_clear_response(ike, g_steal_pointer(&owned));
}

static bool
ask_finish(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    const RvlMessage *message = x->clear->message;
    RvlInit *init = ike->init;
    const RvlPayload *ke = rvl_message_find(message, RVL_PAYLOAD_KE);
    const RvlPayload *nonce = rvl_message_find(message, RVL_PAYLOAD_NONCE);
    RvlJob *job;

    if (init->is_sent_back) {
        rvl_exchange_again(x);
        return true;
    }
    ike->spi_remote = message->header.responder_spi;
    init->nonce_r = g_bytes_new(nonce->body.data, nonce->body.size);
    ike->path.fragments =
        ike->peer.connection->fragment_octets != 0 &&
        rvl_message_find_notify(message, RVL_NOTIFY_IKEV2_FRAGMENTATION_SUPPORTED) != NULL;
    rvl_authenticators_hear(ike->engine->services.registry, message, init->notifies);
    rvl_authenticators_hear_requests(message, init->authorities);
    if (!rvl_nat_detect(ike, message, &x->clear->path, error))
        return false;
    job = key_exchange_job(ike, RVL_JOB_KE_FINISH, RVL_JOB_ESTABLISHED);
    job->request.ke.peer_public = g_bytes_new(ke->ke.value.data, ke->ke.value.size);
    job->request.ke.state = init->secret;
    init->secret = RVL_SECRET_ID_NONE; /* passes to the job */
    rvl_exchange_ask(ike, x, ANSWER_KEY_EXCHANGE, job);
    return true;
}

static bool
derive(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlJobResult *answer = rvl_exchange_answer(x, ANSWER_KEY_EXCHANGE, error);
    const RvlEngineServices *services = &ike->engine->services;
    RvlSaKeysBase base;

    if (answer == NULL)
        return false;
    base = (RvlSaKeysBase){
        .nonces = {rvl_octets_from_bytes(ike->init->nonce_i),
                   rvl_octets_from_bytes(ike->init->nonce_r)},
        .initiator_spi = rvl_ike_sa_initiator_spi(ike),
        .responder_spi = rvl_ike_sa_responder_spi(ike),
        .shared = answer->answer.ke.secret,
    };
    answer->answer.ke.secret = RVL_SECRET_ID_NONE;
    return rvl_sa_keys_derive(&ike->keys, ike->engine->protector, services->crypto,
                              services->secrets, &base, ike->is_initiator, error);
}

static void
finish(RvlIkeSa *ike, RvlExchange *x)
{
    (void)x;
    rvl_nat_float(ike, ike->init->encap_port);
    rvl_nat_settle(ike);
    rvl_sa_life_keyed(ike);
    rvl_exchanges_auth(ike);
}

/* The responder; what comes before it is in stranger.c. */

static bool
ask_answer(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    const RvlMessage *message = x->clear->message;
    const RvlPayload *ke = rvl_message_find(message, RVL_PAYLOAD_KE);
    const RvlConnection *best = rvl_candidates_best(ike->peer.candidates);
    RvlJob *job;

    ike->init->nonce_r = rvl_nonce_new(ike->engine, error);
    if (ike->init->nonce_r == NULL || !rvl_nat_detect(ike, message, &x->clear->path, error))
        return false;
    ike->path.fragments =
        best->fragment_octets != 0 &&
        rvl_message_find_notify(message, RVL_NOTIFY_IKEV2_FRAGMENTATION_SUPPORTED) != NULL;
    job = key_exchange_job(ike, RVL_JOB_KE_ANSWER, RVL_JOB_STRANGER);
    job->request.ke.peer_public = g_bytes_new(ke->ke.value.data, ke->ke.value.size);
    rvl_exchange_ask(ike, x, ANSWER_KEY_EXCHANGE, job);
    return true;
}

static bool
take_answer(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlJobResult *answer = rvl_exchange_answer(x, ANSWER_KEY_EXCHANGE, error);

    if (answer == NULL)
        return false;
    ike->init->public_value = g_bytes_ref(answer->answer.ke.public_value);
    return derive(ike, x, error);
}

static bool
build_response(RvlIkeSa *ike, RvlExchange *x, RvlDraft *out, GError **error)
{
    const RvlConnection *best = rvl_candidates_best(ike->peer.candidates);
    const RvlInit *init = ike->init;

    rvl_exchanges_add_choice(out, &ike->keys.choice, RVL_PROTOCOL_IKE, RVL_OCTETS_NONE);
    rvl_draft_add_key_exchange(out, init->group, rvl_octets_from_bytes(init->public_value));
    rvl_draft_add_nonce(out, rvl_octets_from_bytes(init->nonce_r));
    if (!rvl_nat_add_notifies(out, ike->engine, ike->spi_remote, ike->spi_local, &x->path,
                              rvl_nat_wants_encapsulation(ike->engine, best), error))
        return false;
    if (ike->path.fragments)
        rvl_draft_add_notify(out, RVL_NOTIFY_IKEV2_FRAGMENTATION_SUPPORTED, RVL_OCTETS_NONE);
    rvl_authenticators_announce(ike->engine->services.registry, best, out);
    if (init->requests_certificates)
        rvl_authenticators_request(ike->engine->services.registry, best, out);
    return true;
}

static void
settle(RvlIkeSa *ike, RvlExchange *x)
{
    (void)x;
    ike->init->response = g_bytes_ref(g_ptr_array_index(ike->window.answer, 0));
    rvl_sa_life_keyed(ike);
}

static const RvlStep prepare[] = {ask_offer, take_offer, NULL};
static const RvlStep take_response[] = {ask_finish, derive, NULL};
static const RvlStep take_request[] = {ask_answer, take_answer, NULL};

const RvlExchangeKind rvl_exchange_sa_init = {
    .name = "sa-init",
    .story = "agrees on algorithms and keys with a peer that nobody knows yet",
    .type = RVL_EXCHANGE_IKE_SA_INIT,
    .is_clear = true,
    .asked_in = RVL_IN_BEGUN,
    .answered_in = RVL_IN_BEGUN,
    .request = RVL_GRAMMAR_V2_IKE_SA_INIT_REQUEST,
    .response = RVL_GRAMMAR_V2_IKE_SA_INIT_RESPONSE,
    .prepare = prepare,
    .build_request = build_request,
    .take_request = take_request,
    .build_response = build_response,
    .settle = settle,
    .take_response = take_response,
    .finish = finish,
};
