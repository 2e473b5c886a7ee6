/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What IKE_SA_INIT and IKE_AUTH ask of authenticators. */
#include "config.h"

#include "ike/v2/authenticators.h"

#include <string.h>

#include "ike/core/engine-state.h"
#include "ike/v2/init-state.h"
#include "wire/identification.h"

/* Notifies that one authenticator announces, and payloads of one kind that are kept: plenty. */
#define ANNOUNCES_MAX 8
#define KEPT_MAX 16

static const RvlAuthenticator *
find(const RvlRegistry *registry, const char *word, void **self)
{
    const RvlCapabilityEntry *entry =
        rvl_registry_find(registry, RVL_CAPABILITY_AUTHENTICATOR, word);

    *self = entry != NULL ? entry->self : NULL;
    return entry != NULL ? entry->interface : NULL;
}

/* The i-th way of proof that @connection names for either end; NULL past the last. */
static const RvlAuthPolicy *
policy_at(const RvlConnection *connection, size_t i)
{
    if (i == 0)
        return &connection->local_auth;
    return i <= connection->n_remote_auth ? &connection->remote_auth[i - 1] : NULL;
}

static bool
is_repeated(const RvlConnection *connection, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (strcmp(policy_at(connection, j)->word, policy_at(connection, i)->word) == 0)
            return true;
    }
    return false;
}

void
rvl_authenticators_announce(const RvlRegistry *registry,
                            const RvlConnection *connection,
                            RvlDraft *draft)
{
    const RvlAuthPolicy *policy;

    for (size_t i = 0; (policy = policy_at(connection, i)) != NULL; i++) {
        void *self;
        const RvlAuthenticator *authenticator = find(registry, policy->word, &self);
        RvlAuthNotify notify;

        if (authenticator == NULL || authenticator->announces == NULL || is_repeated(connection, i))
            continue;
        for (size_t n = 0; n < ANNOUNCES_MAX && authenticator->announces(self, n, &notify); n++)
            rvl_draft_add_notify(draft, notify.type, notify.data);
    }
}

static bool
is_announced(const RvlRegistry *registry, uint16_t type)
{
    const RvlCapabilityEntry *entry;

    for (size_t i = 0;
         (entry = rvl_registry_get(registry, RVL_CAPABILITY_AUTHENTICATOR, i)) != NULL; i++) {
        const RvlAuthenticator *authenticator = entry->interface;
        RvlAuthNotify notify;

        for (size_t n = 0; authenticator->announces != NULL && n < ANNOUNCES_MAX &&
                           authenticator->announces(entry->self, n, &notify);
             n++) {
            if (notify.type == type)
                return true;
        }
    }
    return false;
}

void
rvl_authenticators_hear(const RvlRegistry *registry, const RvlMessage *message, GArray *notifies)
{
    const RvlPayload *payload = NULL;

    while ((payload = rvl_message_next(message, RVL_PAYLOAD_NOTIFY, payload)) != NULL) {
        if (notifies->len < KEPT_MAX && is_announced(registry, payload->notify.type))
            rvl_job_octets_add(notifies, payload->notify.type, payload->notify.data);
    }
}

void
rvl_authenticators_request(const RvlRegistry *registry,
                           const RvlConnection *connection,
                           RvlDraft *draft)
{
    for (size_t i = 0; i < connection->n_remote_auth; i++) {
        const RvlAuthPolicy *policy = &connection->remote_auth[i];
        void *self;
        const RvlAuthenticator *authenticator = find(registry, policy->word, &self);
        g_autoptr(GBytes) request = NULL;

        if (authenticator == NULL || authenticator->certificate_request == NULL)
            continue;
        request = authenticator->certificate_request(self, policy->settings);
        if (request != NULL)
            rvl_draft_add_certificate_request(draft, RVL_CERTIFICATE_X509_SIGNATURE,
                                              rvl_octets_from_bytes(request));
    }
}

void
rvl_authenticators_hear_requests(const RvlMessage *message, GArray *authorities)
{
    const RvlPayload *payload = NULL;

    while ((payload = rvl_message_next(message, RVL_PAYLOAD_CERTREQ, payload)) != NULL) {
        if (authorities->len < KEPT_MAX)
            rvl_job_octets_add(authorities, payload->cert.encoding, payload->cert.data);
    }
}

static bool
checks(const RvlAuthenticator *authenticator, uint8_t method)
{
    return authenticator != NULL && authenticator->n_methods > 0 &&
           memchr(authenticator->methods, method, authenticator->n_methods) != NULL;
}

const char *
rvl_authenticators_of_method(const RvlRegistry *registry,
                             const RvlConnection *connection,
                             uint8_t method)
{
    for (size_t i = 0; i < connection->n_remote_auth; i++) {
        void *self;

        if (checks(find(registry, connection->remote_auth[i].word, &self), method))
            return connection->remote_auth[i].word;
    }
    return NULL;
}

const char *
rvl_authenticators_word(const RvlRegistry *registry, uint8_t method)
{
    const RvlCapabilityEntry *entry;

    for (size_t i = 0;
         (entry = rvl_registry_get(registry, RVL_CAPABILITY_AUTHENTICATOR, i)) != NULL; i++) {
        if (checks(entry->interface, method))
            return entry->name;
    }
    return NULL;
}

RvlIdentity *
rvl_authenticators_local_identity(const RvlIkeSa *ike)
{
    const RvlConnection *connection = ike->peer.connection;
    void *self;
    const RvlAuthenticator *authenticator =
        find(ike->engine->services.registry, connection->local_auth.word, &self);
    RvlIdentity *identity = NULL;

    if (connection->local_identity == NULL && authenticator != NULL &&
        authenticator->default_identity != NULL)
        identity = authenticator->default_identity(self, connection->local_auth.settings);
    return identity != NULL
               ? identity
               : rvl_connection_local_identity(connection, &ike->path.current.local.address);
}

/* What both directions of proof share: whose message, whose key (RFC 7296 2.15). */
static void
fill(const RvlIkeSa *ike, RvlProofRequest *proof, const RvlAuthPolicy *policy, bool of_initiator)
{
    const RvlInit *init = ike->init;

    proof->authenticator = g_strdup(policy->word);
    proof->connection = g_strdup(ike->peer.connection->name);
    proof->is_initiator = ike->is_initiator;
    proof->settings = rvl_connection_auth_settings(ike->peer.connection, policy, ike->peer.remote);
    proof->local = ike->peer.local != NULL ? rvl_identity_ref(ike->peer.local) : NULL;
    proof->remote = ike->peer.remote != NULL ? rvl_identity_ref(ike->peer.remote) : NULL;
    proof->message = g_bytes_ref(of_initiator ? init->request : init->response);
    proof->nonce = g_bytes_ref(of_initiator ? init->nonce_r : init->nonce_i);
    proof->prf = rvl_choice_id(&ike->keys.choice, RVL_TRANSFORM_PRF);
    proof->sk_p = of_initiator ? ike->keys.sk_pi : ike->keys.sk_pr;
    proof->notifies = rvl_job_octets_copy(init->notifies);
    proof->wall = ike->engine->now.wall;
}

RvlJob *
rvl_authenticators_prove_job(const RvlIkeSa *ike)
{
    RvlJob *job = rvl_job_new(RVL_JOB_PROVE, RVL_JOB_AUTHENTICATING, ike->ref, 0);
    RvlProofRequest *proof = &job->request.proof;

    fill(ike, proof, &ike->peer.connection->local_auth, ike->is_initiator);
    proof->id = rvl_identification_body(ike->peer.local);
    proof->authorities = rvl_job_octets_copy(ike->init->authorities);
    return job;
}

RvlJob *
rvl_authenticators_check_job(const RvlIkeSa *ike,
                             const RvlMessage *message,
                             const RvlPayload *id,
                             const RvlAuthPolicy *policy)
{
    RvlJob *job = rvl_job_new(RVL_JOB_CHECK, RVL_JOB_AUTHENTICATING, ike->ref, 0);
    RvlProofRequest *proof = &job->request.proof;
    const RvlConnection *connection = ike->peer.connection;
    const RvlPayload *auth = rvl_message_find(message, RVL_PAYLOAD_AUTH);
    const RvlPayload *payload = NULL;

    fill(ike, proof, policy, !ike->is_initiator);
    if (connection->n_remote_identities == 1)
        proof->expected = rvl_identity_ref(connection->remote_identities[0]);
    proof->id = g_bytes_new(id->body.data, id->body.size);
    proof->method = auth->auth.method;
    proof->proof = g_bytes_new(auth->auth.data.data, auth->auth.data.size);
    proof->certificates = rvl_job_octets_new();
    while ((payload = rvl_message_next(message, RVL_PAYLOAD_CERT, payload)) != NULL) {
        if (proof->certificates->len < KEPT_MAX)
            rvl_job_octets_add(proof->certificates, payload->cert.encoding, payload->cert.data);
    }
    return job;
}
