/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IKE_AUTH: both ends prove who they are; the first Child SA comes with it (RFC 7296 1.2, 2.15). */
#include "config.h"

#include "ike/core/child-life.h"
#include "ike/core/engine-state.h"
#include "ike/core/nat.h"
#include "ike/core/report.h"
#include "ike/core/sa-life.h"
#include "ike/core/siblings.h"
#include "ike/v2/authenticators.h"
#include "ike/v2/child-deal.h"
#include "ike/v2/exchanges.h"
#include "ike/v2/init-state.h"
#include "wire/identification.h"
#include "wire/notify.h"

enum { ANSWER_PROOF, ANSWER_SPI, ANSWER_CHECK, ANSWER_INSTALL };

#define INSTALLED (RVL_INSTALL_INBOUND | RVL_INSTALL_OUTBOUND | RVL_INSTALL_ACTIVATE)

/**
 * RvlAuth:
 * @deal: of the first Child SA
 * @has_child: whether one was asked for
 * @is_initial_contact: the peer says that it knows no other SA between the two
 * @peer_spi_stands: the peer believes in a Child SA that we don't: it must be told
 */
typedef struct {
    RvlChildDeal deal;
    bool has_child;
    bool is_initial_contact;
    bool peer_spi_stands;
} RvlAuth;

/* The child is refused; the IKE SA goes on without it (1.2, 2.21.2). */
static void
refuse_child(RvlIkeSa *ike, RvlAuth *auth, GError *why)
{
    RvlChildSa *child = rvl_child_deal_child(ike, &auth->deal);

    if (child != NULL)
        rvl_child_life_remove(child, rvl_error_cause(why), why);
    auth->deal.child = 0;
    g_clear_error(&auth->deal.refusal);
    auth->deal.refusal = why;
}

static void
ask_install(RvlIkeSa *ike, RvlExchange *x, RvlAuth *auth)
{
    GError *why = NULL;
    RvlChildSa *child = rvl_child_deal_make(ike, &auth->deal, &why);

    if (child != NULL)
        rvl_exchange_ask(ike, x, ANSWER_INSTALL, rvl_child_life_install_job(child, INSTALLED));
    else
        refuse_child(ike, auth, why);
}

static bool
take_install(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlAuth *auth = x->state;
    RvlChildSa *child = rvl_child_deal_child(ike, &auth->deal);
    GError *why = NULL;

    (void)error;
    if (child == NULL)
        return true;
    if (rvl_exchange_answer(x, ANSWER_INSTALL, &why) != NULL) {
        rvl_child_life_installed(child, INSTALLED);
        return true;
    }
    rvl_report_install_failed(ike->engine, ike, "Child SA", why);
    auth->peer_spi_stands = ike->is_initiator;
    refuse_child(ike, auth, why);
    return true;
}

/* Both proved themselves, and both know it. */
static void
establish(RvlIkeSa *ike, RvlAuth *auth)
{
    RvlChildSa *child = rvl_child_deal_child(ike, &auth->deal);
    const RvlChildPolicy *policy = auth->deal.policy;

    rvl_sa_life_established(ike);
    rvl_report_ike_up(ike);
    rvl_upkeep_step(ike, "IKE_AUTH");
    if (child != NULL) {
        rvl_report_child_up(ike, child);
        if (!rvl_child_life_lacks_pfs(child)) /* else the one that replaces it counts */
            rvl_upkeep_child_up(ike, child);
    } else if (auth->deal.refusal != NULL) {
        rvl_report_child_refused(ike, policy != NULL ? policy->name : NULL,
                                 rvl_error_cause(auth->deal.refusal), auth->deal.refusal);
        if (policy != NULL)
            rvl_upkeep_child_failed(ike, policy, auth->deal.refusal);
    }
    if (auth->peer_spi_stands)
        rvl_exchanges_delete_spi(ike, auth->deal.policy->protocol, auth->deal.child_spi);
    rvl_upkeep_ike_up(ike);
    rvl_siblings_settle(ike, auth->is_initial_contact);
}

static void
add_proof(RvlDraft *out, const RvlProofAnswer *proof)
{
    rvl_draft_add_auth(out, proof->method, rvl_octets_from_bytes(proof->proof));
}

static void
add_certificates(RvlDraft *out, const RvlProofAnswer *proof)
{
    for (guint i = 0; proof->certificates != NULL && i < proof->certificates->len; i++) {
        const RvlJobOctets *certificate = &g_array_index(proof->certificates, RvlJobOctets, i);

        rvl_draft_add_certificate(out, (uint8_t)certificate->type,
                                  rvl_octets_from_bytes(certificate->data));
    }
}

/* The peer's identity and way of proof are ones that the connection accepts: then it is checked. */
static bool
ask_check(RvlIkeSa *ike,
          RvlExchange *x,
          const RvlMessage *message,
          RvlPayloadType id,
          GError **error)
{
    const RvlConnection *connection = ike->peer.connection;
    const RvlPayload *auth = rvl_message_find(message, RVL_PAYLOAD_AUTH);
    const RvlRegistry *registry = ike->engine->services.registry;
    const char *word = rvl_authenticators_of_method(registry, connection, auth->auth.method);
    const RvlAuthPolicy *policy =
        word != NULL ? rvl_connection_remote_auth(connection, word) : NULL;

    if (policy == NULL) {
        g_autofree char *used = g_strdup_printf("method %u", auth->auth.method);

        rvl_error_set_found(error, RVL_CAUSE_AUTH_METHOD_MISMATCH, used,
                            connection->n_remote_auth > 0 ? connection->remote_auth[0].word : NULL,
                            NULL);
        return false;
    }
    rvl_exchange_ask(
        ike, x, ANSWER_CHECK,
        rvl_authenticators_check_job(ike, message, rvl_message_find(message, id), policy));
    return true;
}

static bool
take_verdict(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlJobResult *check = rvl_exchange_answer(x, ANSWER_CHECK, error);
    const RvlProofAnswer *proof;

    if (check == NULL)
        return false;
    proof = &check->answer.proof;
    if (proof->verdict != RVL_AUTH_PROVED) { /* MORE too: no method here takes another round */
        rvl_error_set(error, RVL_CAUSE_AUTH_METHOD_MISMATCH, "the peer has not proved itself");
        return false;
    }
    if (proof->identity != NULL) {
        g_clear_pointer(&ike->peer.remote, rvl_identity_unref);
        ike->peer.remote = rvl_identity_ref(proof->identity);
    }
    ike->peer.remote_auth = g_strdup(proof->description);
    ike->peer.proof_ends = proof->not_after;
    if (rvl_sa_life_proof_is_over(ike)) {
        rvl_error_set(error, RVL_CAUSE_CERTIFICATE_EXPIRED, "it expired while it was checked");
        return false;
    }
    rvl_report_granted(ike);
    return true;
}

static bool
take_own_proof(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlJobResult *proof = rvl_exchange_answer(x, ANSWER_PROOF, error);

    if (proof == NULL)
        return false;
    if (proof->answer.proof.verdict != RVL_AUTH_PROVED || proof->answer.proof.proof == NULL) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "the authenticator made no proof of ours");
        return false;
    }
    ike->peer.local_auth = g_strdup(proof->answer.proof.description);
    return true;
}

/* The initiator */

void
rvl_exchanges_auth(RvlIkeSa *ike)
{
    rvl_upkeep_step(ike, "IKE_SA_INIT");
    (void)rvl_exchange_begin(ike, &rvl_exchange_auth);
    rvl_exchange_pump(ike);
}

static bool
ask_proof(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlAuth *auth = x->state;
    const RvlConnection *connection = ike->peer.connection;
    const RvlFlow *packet;
    const RvlChildPolicy *policy = rvl_upkeep_next_child(ike, &packet);

    (void)error;
    if (policy == NULL && connection->n_children > 0)
        policy = &connection->children[0];
    ike->peer.local = rvl_authenticators_local_identity(ike);
    auth->deal.in_auth = true;
    auth->has_child = policy != NULL;
    if (policy != NULL) {
        rvl_child_deal_offer(ike, &auth->deal, policy, NULL);
        if (packet != NULL)
            rvl_child_deal_lead(&auth->deal, packet);
        rvl_exchange_ask(ike, x, ANSWER_SPI, rvl_child_deal_reserve_job(ike, &auth->deal));
    }
    rvl_exchange_ask(ike, x, ANSWER_PROOF, rvl_authenticators_prove_job(ike));
    return true;
}

static bool
take_proof(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlAuth *auth = x->state;
    RvlJobResult *spi;

    if (!take_own_proof(ike, x, error))
        return false;
    if (!auth->has_child)
        return true;
    spi = rvl_exchange_answer(x, ANSWER_SPI, error);
    return spi != NULL && rvl_child_deal_take_spi(&auth->deal, spi, error);
}

static bool
build_request(RvlIkeSa *ike, RvlExchange *x, RvlDraft *out, GError **error)
{
    RvlAuth *auth = x->state;
    const RvlConnection *connection = ike->peer.connection;
    const RvlProofAnswer *proof = &rvl_exchange_answer(x, ANSWER_PROOF, error)->answer.proof;

    rvl_draft_add_identity(out, RVL_PAYLOAD_IDI, ike->peer.local);
    add_certificates(out, proof);
    if (!rvl_upkeep_is_up(ike))
        rvl_draft_add_notify(out, RVL_NOTIFY_INITIAL_CONTACT, RVL_OCTETS_NONE);
    rvl_authenticators_request(ike->engine->services.registry, connection, out);
    if (connection->n_remote_identities > 0)
        rvl_draft_add_identity(out, RVL_PAYLOAD_IDR, connection->remote_identities[0]);
    add_proof(out, proof);
    if (auth->has_child)
        rvl_child_deal_add_offer(&auth->deal, out);
    return true;
}

/* The peer sent an error in place of its proof. */
static void
heard_refusal(RvlIkeSa *ike, RvlExchange *x, const RvlNotifyPayload *refusal, GError **error)
{
    RvlCause cause = refusal != NULL ? rvl_error_policy_heard(refusal->type, RVL_EXCHANGE_IKE_AUTH)
                                     : RVL_CAUSE_MESSAGE_MALFORMED;
    const char *name = refusal != NULL ? rvl_notify_name(refusal->type) : "no proof";
    g_autofree char *identity = rvl_identity_format(ike->peer.local);

    if (refusal != NULL)
        rvl_report_peer_refused(ike, x, refusal->type, identity, cause);
    rvl_error_set_found(error, cause, name, NULL, "the peer refused our proof as '%s'", identity);
}

static bool
check_responder(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    const RvlMessage *message = x->response->message;
    const RvlPayload *id = rvl_message_find(message, RVL_PAYLOAD_IDR);

    if (id == NULL || rvl_message_find(message, RVL_PAYLOAD_AUTH) == NULL) {
        heard_refusal(ike, x, rvl_message_find_error(message), error);
        return false;
    }
    ike->peer.remote = rvl_identification_identity(&id->id);
    return rvl_connection_accepts_remote(ike->peer.connection, ike->peer.remote, error) &&
           ask_check(ike, x, message, RVL_PAYLOAD_IDR, error);
}

static bool
take_child(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlAuth *auth = x->state;
    const RvlMessage *message = x->response->message;
    const RvlNotifyPayload *refusal = rvl_message_find_error(message);
    GError *why = NULL;

    if (!take_verdict(ike, x, error))
        return false;
    if (!auth->has_child)
        return true;
    if (rvl_message_find(message, RVL_PAYLOAD_SA) == NULL) {
        uint16_t type = refusal != NULL ? refusal->type : RVL_NOTIFY_NO_PROPOSAL_CHOSEN;
        RvlCause cause = rvl_error_policy_heard(type, RVL_EXCHANGE_IKE_AUTH);

        g_autofree char *offered = rvl_child_deal_offered(&auth->deal, cause);

        rvl_report_peer_refused(ike, x, type, offered, cause);
        if (type == RVL_NOTIFY_SINGLE_PAIR_REQUIRED && rvl_child_deal_may_be_single(&auth->deal))
            return true; /* the packet still waits: an exchange of its own asks for its pair alone */
        rvl_error_set_found(&why, cause, rvl_notify_name(type), offered,
                            "the peer refused the Child SA");
        refuse_child(ike, auth, why);
        return true;
    }
    if (rvl_child_deal_accept(ike, &auth->deal, message, &why)) {
        ask_install(ike, x, auth);
    } else {
        auth->peer_spi_stands = true;
        refuse_child(ike, auth, why);
    }
    return true;
}

static void
finish(RvlIkeSa *ike, RvlExchange *x)
{
    establish(ike, x->state);
}

/* The responder */

static bool
identify(RvlIkeSa *ike, const RvlMessage *message, GError **error)
{
    const RvlPayload *own = rvl_message_find(message, RVL_PAYLOAD_IDR);
    const RvlPayload *auth = rvl_message_find(message, RVL_PAYLOAD_AUTH);
    RvlCandidates *candidates = ike->peer.candidates;
    const char *word;

    ike->peer.remote = rvl_identification_identity(&rvl_message_find(message, RVL_PAYLOAD_IDI)->id);
    if (own != NULL) {
        g_autoptr(RvlIdentity) asked = rvl_identification_identity(&own->id);

        if (!rvl_candidates_keep_local(candidates, asked, &ike->path.current.local.address, error))
            return false;
    }
    if (!rvl_candidates_keep_remote(candidates, ike->peer.remote, error))
        return false;
    word = auth != NULL ? rvl_authenticators_word(ike->engine->services.registry, auth->auth.method)
                        : NULL;
    if (word == NULL) {
        g_autofree char *used =
            auth != NULL ? g_strdup_printf("method %u", auth->auth.method) : g_strdup("eap");

        rvl_error_set_found(error, RVL_CAUSE_AUTH_METHOD_MISMATCH, used, NULL, NULL);
        return false;
    }
    return rvl_candidates_keep_method(candidates, word, error);
}

/* The connection that is left must itself accept what was negotiated before it was known. */
static bool
settle_connection(RvlIkeSa *ike, GError **error)
{
    const RvlConnection *connection = rvl_candidates_best(ike->peer.candidates);
    const RvlUpkeep *upkeep =
        connection != NULL ? rvl_upkeep_find(ike->engine, connection->name) : NULL;

    if (upkeep == NULL || upkeep->is_closing) {
        rvl_error_set(error, RVL_CAUSE_CONNECTION_DISABLED, NULL);
        return false;
    }
    if (!rvl_proposals_accept_choice(connection->ike_proposals, &ike->keys.choice)) {
        g_autofree char *chosen =
            rvl_choice_format(&ike->keys.choice, ike->engine->services.registry);

        rvl_error_set_found(error, RVL_CAUSE_IKE_PROPOSAL_MISMATCH, chosen,
                            connection->ike_proposals->words,
                            "connection %s does not accept what was negotiated", connection->name);
        return false;
    }
    ike->peer.connection = rvl_connection_ref(connection);
    rvl_upkeep_join(ike);
    ike->peer.local = rvl_authenticators_local_identity(ike);
    return true;
}

static bool
check_initiator(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    const RvlMessage *message = x->request->message;

    return identify(ike, message, error) && settle_connection(ike, error) &&
           ask_check(ike, x, message, RVL_PAYLOAD_IDI, error);
}

static bool
answer_initiator(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlAuth *auth = x->state;
    const RvlMessage *message = x->request->message;
    GError *why = NULL;

    auth->is_initial_contact = rvl_message_find_notify(message, RVL_NOTIFY_INITIAL_CONTACT) != NULL;
    if (!take_verdict(ike, x, error) || !rvl_siblings_check(ike, auth->is_initial_contact, error))
        return false;
    rvl_nat_settle(ike);
    rvl_authenticators_hear_requests(message, ike->init->authorities);
    auth->deal.in_auth = true;
    auth->has_child = rvl_message_find(message, RVL_PAYLOAD_SA) != NULL;
    rvl_exchange_ask(ike, x, ANSWER_PROOF, rvl_authenticators_prove_job(ike));
    if (!auth->has_child)
        return true;
    if (rvl_child_deal_choose(ike, &auth->deal, message, NULL, &why))
        rvl_exchange_ask(ike, x, ANSWER_SPI, rvl_child_deal_reserve_job(ike, &auth->deal));
    else
        refuse_child(ike, auth, why);
    return true;
}

static bool
make_child(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlAuth *auth = x->state;
    RvlJobResult *spi;
    GError *why = NULL;

    if (!take_own_proof(ike, x, error))
        return false;
    if (!auth->has_child || auth->deal.refusal != NULL)
        return true;
    spi = rvl_exchange_answer(x, ANSWER_SPI, &why);
    if (spi != NULL && rvl_child_deal_take_spi(&auth->deal, spi, &why))
        ask_install(ike, x, auth);
    else
        refuse_child(ike, auth, why);
    return true;
}

static bool
build_response(RvlIkeSa *ike, RvlExchange *x, RvlDraft *out, GError **error)
{
    RvlAuth *auth = x->state;
    const RvlProofAnswer *proof = &rvl_exchange_answer(x, ANSWER_PROOF, error)->answer.proof;

    rvl_draft_add_identity(out, RVL_PAYLOAD_IDR, ike->peer.local);
    add_certificates(out, proof);
    add_proof(out, proof);
    if (auth->deal.refusal != NULL)
        rvl_draft_add_notify(out,
                             rvl_error_policy_child_notify(rvl_error_cause(auth->deal.refusal)),
                             RVL_OCTETS_NONE);
    else if (auth->has_child)
        rvl_child_deal_add_answer(&auth->deal, out);
    return true;
}

static void
settle(RvlIkeSa *ike, RvlExchange *x)
{
    establish(ike, x->state);
}

static void
clear(RvlIkeSa *ike, RvlExchange *x)
{
    RvlAuth *auth = x->state;
    RvlChildSa *child = rvl_child_deal_child(ike, &auth->deal);

    if (child != NULL && child->state == RVL_CHILD_NEGOTIATED)
        rvl_child_life_remove(child, RVL_CAUSE_NONE, NULL);
    rvl_child_deal_clear(ike, &auth->deal);
}

static const RvlStep prepare[] = {ask_proof, take_proof, NULL};
static const RvlStep take_response[] = {check_responder, take_child, take_install, NULL};
static const RvlStep take_request[] = {check_initiator, answer_initiator, make_child, take_install,
                                       NULL};

const RvlExchangeKind rvl_exchange_auth = {
    .name = "auth",
    .story = "proves both ends to each other and brings the first Child SA",
    .type = RVL_EXCHANGE_IKE_AUTH,
    .asked_in = RVL_IN_KEYED,
    .answered_in = RVL_IN_KEYED,
    .request = RVL_GRAMMAR_V2_IKE_AUTH_REQUEST,
    .response = RVL_GRAMMAR_V2_IKE_AUTH_RESPONSE,
    .state_octets = sizeof(RvlAuth),
    .prepare = prepare,
    .build_request = build_request,
    .take_request = take_request,
    .build_response = build_response,
    .settle = settle,
    .take_response = take_response,
    .finish = finish,
    .clear = clear,
};
