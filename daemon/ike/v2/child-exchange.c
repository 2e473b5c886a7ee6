/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs that making a Child SA and replacing one by CREATE_CHILD_SA have in common. */
#include "config.h"

#include "ike/v2/child-exchange.h"

#include "ike/core/child-life.h"
#include "ike/core/collision.h"
#include "ike/core/engine-state.h"
#include "ike/core/report.h"
#include "ike/v2/child-deal.h"
#include "ike/v2/exchanges.h"
#include "ike/v2/init-state.h"
#include "wire/notify.h"

enum { ANSWER_SPI, ANSWER_KEY_EXCHANGE, ANSWER_INSTALL };

/* How often the peer may ask for another group. */
#define GROUPS_MAX 2

#define BOTH (RVL_INSTALL_INBOUND | RVL_INSTALL_OUTBOUND)

static const RvlChildDeal *
deal_of(const RvlExchange *x)
{
    return x->state;
}

/* The Child SA that the exchange is to replace; NULL: none, or it is gone. */
static RvlChildSa *
replaced(const RvlIkeSa *ike, const RvlExchange *x)
{
    return rvl_ike_sa_find_child_number(ike, deal_of(x)->replaces);
}

/* The initiator */

bool
rvl_child_exchange_ask_offer(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlChildDeal *deal = x->state;
    RvlChildSa *old = replaced(ike, x);

    if (deal->replaces != 0 && (old == NULL || old->state != RVL_CHILD_INSTALLED))
        return false; /* deleted or replaced while this waited: needless */
    if (deal->nonce_i == NULL)
        deal->nonce_i = rvl_nonce_new(ike->engine, error);
    if (deal->nonce_i == NULL)
        return false;
    if (deal->spi_in == 0)
        rvl_exchange_ask(ike, x, ANSWER_SPI, rvl_child_deal_reserve_job(ike, deal));
    if (deal->group != RVL_TRANSFORM_ID_NONE)
        rvl_exchange_ask(ike, x, ANSWER_KEY_EXCHANGE,
                         rvl_exchanges_key_exchange_job(ike, RVL_JOB_KE_OFFER, deal->group));
    return true;
}

static bool
take_key_exchange(RvlExchange *x, RvlChildDeal *deal, GError **error)
{
    RvlJobResult *answer = rvl_exchange_answer(x, ANSWER_KEY_EXCHANGE, error);

    if (answer == NULL)
        return false;
    if (answer->answer.ke.public_value != NULL) {
        g_clear_pointer(&deal->public_value, g_bytes_unref);
        deal->public_value = g_bytes_ref(answer->answer.ke.public_value);
    }
    deal->secret = answer->answer.ke.secret;
    answer->answer.ke.secret = RVL_SECRET_ID_NONE;
    return true;
}

bool
rvl_child_exchange_take_offer(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlChildDeal *deal = x->state;

    (void)ike;
    if (deal->spi_in == 0) {
        RvlJobResult *spi = rvl_exchange_answer(x, ANSWER_SPI, error);

        if (spi == NULL || !rvl_child_deal_take_spi(deal, spi, error))
            return false;
    }
    return deal->group == RVL_TRANSFORM_ID_NONE || take_key_exchange(x, deal, error);
}

/* SK {[N(REKEY_SA),] SA, Ni, [KEi,] TSi, TSr} */
bool
rvl_child_exchange_build_request(RvlIkeSa *ike, RvlExchange *x, RvlDraft *out, GError **error)
{
    const RvlChildSa *old = replaced(ike, x);

    (void)error;
    if (deal_of(x)->replaces != 0) {
        if (old == NULL || old->state != RVL_CHILD_INSTALLED)
            return false; /* deleted or replaced by the peer while the jobs ran: needless */
        rvl_draft_add_notify_spi(out, RVL_NOTIFY_REKEY_SA, (RvlProtocol)old->protocol, old->spi_in);
    }
    rvl_child_deal_add_offer(deal_of(x), out);
    return true;
}

static bool
asks_for_group(RvlExchange *x, const RvlMessage *message)
{
    const RvlNotifyPayload *notify =
        rvl_message_find_notify(message, RVL_NOTIFY_INVALID_KE_PAYLOAD);
    RvlChildDeal *deal = x->state;
    uint16_t group;

    if (notify == NULL || notify->data.size != 2 || deal->groups >= GROUPS_MAX)
        return false;
    group = (uint16_t)(notify->data.data[0] << 8 | notify->data.data[1]);
    if (group == deal->group || !rvl_exchanges_offers_group(deal->offer, group))
        return false;
    deal->groups++;
    deal->group = group;
    return true;
}

/* RFC 7296 2.9: then only the traffic that is to be forwarded is asked for. */
static bool
asks_for_single_pair(RvlChildDeal *deal, const RvlNotifyPayload *refusal)
{
    if (refusal == NULL || refusal->type != RVL_NOTIFY_SINGLE_PAIR_REQUIRED ||
        !rvl_child_deal_may_be_single(deal))
        return false;
    rvl_child_deal_single(deal);
    return true;
}

bool
rvl_child_exchange_take_answer(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlChildDeal *deal = x->state;
    const RvlMessage *message = x->response->message;
    const RvlNotifyPayload *refusal = rvl_message_find_error(message);
    const RvlPayload *nonce = rvl_message_find(message, RVL_PAYLOAD_NONCE);
    const RvlPayload *ke = rvl_message_find(message, RVL_PAYLOAD_KE);
    RvlJob *job;

    if (asks_for_group(x, message) || asks_for_single_pair(deal, refusal)) {
        const RvlSecretServices *secrets = ike->engine->services.secrets;

        secrets->release(secrets->context, deal->secret);
        deal->secret = RVL_SECRET_ID_NONE;
        rvl_exchange_again(x);
        return true;
    }
    if (refusal != NULL) {
        rvl_collision_heard_refusal(ike, x, refusal, deal->replaces, error);
        return false;
    }
    if (!rvl_child_deal_accept(ike, deal, message, error)) {
        deal->peer_spi_stands = true;
        return false;
    }
    deal->nonce_r = g_bytes_new(nonce->body.data, nonce->body.size);
    if (deal->group == RVL_TRANSFORM_ID_NONE)
        return true;
    job = rvl_exchanges_key_exchange_job(ike, RVL_JOB_KE_FINISH, deal->group);
    job->request.ke.peer_public = g_bytes_new(ke->ke.value.data, ke->ke.value.size);
    job->request.ke.state = deal->secret;
    deal->secret = RVL_SECRET_ID_NONE; /* passes to the job */
    rvl_exchange_ask(ike, x, ANSWER_KEY_EXCHANGE, job);
    return true;
}

/* Ours goes to work at once: the peer has installed its side before it answered (2.8). */
bool
rvl_child_exchange_ask_install(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlChildDeal *deal = x->state;
    RvlChildSa *child;

    deal->peer_spi_stands = true; /* until it stands here too */
    if (deal->group != RVL_TRANSFORM_ID_NONE && !take_key_exchange(x, deal, error))
        return false;
    child = rvl_child_deal_make(ike, deal, error);
    if (child == NULL)
        return false;
    rvl_exchange_ask(ike, x, ANSWER_INSTALL,
                     rvl_child_life_install_job(child, BOTH | RVL_INSTALL_ACTIVATE));
    return true;
}

bool
rvl_child_exchange_take_install(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlChildDeal *deal = x->state;
    RvlChildSa *child = rvl_child_deal_child(ike, deal);

    if (rvl_exchange_answer(x, ANSWER_INSTALL, error) == NULL)
        return false;
    deal->peer_spi_stands = false;
    if (child != NULL)
        rvl_child_life_installed(child, BOTH | RVL_INSTALL_ACTIVATE);
    return true;
}

/* @why NULL: it became needless, or an answer of ours refused it. */
void
rvl_child_exchange_give_up(RvlIkeSa *ike, RvlExchange *x, const GError *why)
{
    const RvlChildDeal *deal = deal_of(x);
    RvlChildSa *old = replaced(ike, x);

    if (!deal->is_initiator)
        rvl_collision_answer_failed(ike, old, &deal->rivalry);
    if (why == NULL || deal->policy == NULL)
        return;
    if (deal->rivalry.number == 0)
        rvl_report_child_refused(ike, deal->policy->name, rvl_error_cause(why), why);
    if (!deal->is_initiator || ike->state != RVL_IKE_SA_ESTABLISHED)
        return;
    if (deal->peer_spi_stands)
        rvl_exchanges_delete_spi(ike, deal->policy->protocol, deal->child_spi);
    if (deal->replaces == 0)
        rvl_upkeep_child_failed(ike, deal->policy, why);
    else if (old != NULL)
        rvl_collision_rekey_failed(ike, old, &deal->rivalry, why);
}

/* The responder */

bool
rvl_child_exchange_choose(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlChildDeal *deal = x->state;
    const RvlMessage *message = x->request->message;
    const RvlPayload *nonce = rvl_message_find(message, RVL_PAYLOAD_NONCE);
    const RvlPayload *ke = rvl_message_find(message, RVL_PAYLOAD_KE);

    if (!rvl_child_deal_choose(ike, deal, message, replaced(ike, x), error))
        return false;
    if (deal->group != RVL_TRANSFORM_ID_NONE && (ke == NULL || ke->ke.method != deal->group)) {
        uint8_t data[2] = {(uint8_t)(deal->group >> 8), (uint8_t)deal->group};

        rvl_exchange_refuse(x, RVL_NOTIFY_INVALID_KE_PAYLOAD, g_bytes_new(data, sizeof data),
                            RVL_CAUSE_PFS_GROUP_MISMATCH);
        return true;
    }
    deal->nonce_i = g_bytes_new(nonce->body.data, nonce->body.size);
    deal->nonce_r = rvl_nonce_new(ike->engine, error);
    if (deal->nonce_r == NULL)
        return false;
    rvl_exchange_ask(ike, x, ANSWER_SPI, rvl_child_deal_reserve_job(ike, deal));
    if (deal->group != RVL_TRANSFORM_ID_NONE) {
        RvlJob *job = rvl_exchanges_key_exchange_job(ike, RVL_JOB_KE_ANSWER, deal->group);

        job->request.ke.peer_public = g_bytes_new(ke->ke.value.data, ke->ke.value.size);
        rvl_exchange_ask(ike, x, ANSWER_KEY_EXCHANGE, job);
    }
    return true;
}

/* A rekey's outbound SA waits until the peer is known to have installed it: 2.8. */
static unsigned
answered_install(const RvlExchange *x)
{
    return deal_of(x)->replaces != 0 ? BOTH : BOTH | RVL_INSTALL_ACTIVATE;
}

bool
rvl_child_exchange_make(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlChildDeal *deal = x->state;
    RvlJobResult *spi = rvl_exchange_answer(x, ANSWER_SPI, error);
    RvlChildSa *child;

    if (spi == NULL || !rvl_child_deal_take_spi(deal, spi, error))
        return false;
    if (deal->group != RVL_TRANSFORM_ID_NONE && !take_key_exchange(x, deal, error))
        return false;
    child = rvl_child_deal_make(ike, deal, error);
    if (child == NULL)
        return false;
    child->made_by = x->message_id;
    child->made_in = ike->number;
    rvl_exchange_ask(ike, x, ANSWER_INSTALL,
                     rvl_child_life_install_job(child, answered_install(x)));
    return true;
}

bool
rvl_child_exchange_installed(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlChildSa *child = rvl_child_deal_child(ike, deal_of(x));

    if (rvl_exchange_answer(x, ANSWER_INSTALL, error) == NULL)
        return false;
    if (child != NULL)
        rvl_child_life_installed(child, answered_install(x));
    return true;
}

bool
rvl_child_exchange_build_response(RvlIkeSa *ike, RvlExchange *x, RvlDraft *out, GError **error)
{
    (void)ike;
    (void)error;
    rvl_child_deal_add_answer(deal_of(x), out);
    return true;
}

void
rvl_child_exchange_clear(RvlIkeSa *ike, RvlExchange *x)
{
    RvlChildDeal *deal = x->state;
    RvlChildSa *child = rvl_child_deal_child(ike, deal);

    if (child != NULL && child->state == RVL_CHILD_NEGOTIATED)
        rvl_child_life_remove(child, RVL_CAUSE_NONE, NULL);
    rvl_child_deal_clear(ike, deal);
}
