/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Serves RVL_JOB_PROVE and _CHECK: an authenticator's work, on a worker. */
#include "config.h"

#include "io/job-server.h"

#include <ravelin/error.h>
#include <ravelin/plugin.h>
#include <ravelin/sized.h>

#include "registry/registry.h"

/* The request lasts until the answer, which may come long after the call returned. */
typedef struct {
    const RvlJob *job;
    RvlJobServed served;
    void *user_data;
    const RvlSecretServices *secrets;
    const RvlAuthenticator *authenticator;
    void *self;
    RvlAuthRequest request;
    RvlAuthParts parts;
    RvlAuthNotify *notifies;
    RvlAuthCertificate *certificates;
    RvlOctets *authorities;
} Proof;

static void
proof_end(Proof *proof, RvlJobResult *result)
{
    proof->served(result, proof->user_data);
    g_free(proof->notifies);
    g_free(proof->certificates);
    g_free(proof->authorities);
    g_free(proof);
}

static GArray *
copy_certificates(const RvlAuthAnswer *answer)
{
    GArray *copies = rvl_job_octets_new();

    for (size_t i = 0; i < answer->n_certificates; i++) {
        RvlAuthCertificate certificate;

        rvl_sized_copy(&certificate, sizeof(certificate),
                       RVL_STRIDE(answer->certificates, answer->certificates_stride, i),
                       answer->certificates_stride);
        rvl_job_octets_add(copies, certificate.encoding, certificate.data);
    }
    return copies;
}

static void
take_answer(RvlProofAnswer *out, const RvlAuthAnswer *answer)
{
    out->verdict = answer->verdict;
    out->method = answer->method;
    out->proof = g_bytes_new(answer->proof.data, answer->proof.size);
    out->certificates = copy_certificates(answer);
    out->identity = answer->identity != NULL ? rvl_identity_ref(answer->identity) : NULL;
    out->description = g_strdup(answer->description);
    out->not_after = answer->not_after;
    out->state = answer->state;
    out->msk = answer->msk;
}

/* A refusal may have handles too: they became ours, and nobody asks for them any more. */
static void
release_handles(const RvlSecretServices *secrets, const RvlAuthAnswer *answer)
{
    if (answer->state != RVL_SECRET_ID_NONE)
        secrets->release(secrets->context, answer->state);
    if (answer->msk != RVL_SECRET_ID_NONE)
        secrets->release(secrets->context, answer->msk);
}

static GError *
refusal(const Proof *proof, const GError *error)
{
    GError *why = error != NULL ? g_error_copy(error) : NULL;

    if (why == NULL)
        rvl_error_set(&why, RVL_CAUSE_PLUGIN_FAILED, "authenticator %s gave no answer",
                      proof->authenticator->word);
    return why;
}

/* Any thread. A verdict other than PROVED or MORE is a refusal, whatever else the answer says. */
static void
proof_done(const RvlAuthAnswer *found, const GError *error, void *user_data)
{
    Proof *proof = user_data;
    RvlAuthAnswer answer = {0};
    RvlJobResult *result;

    if (found != NULL)
        rvl_sized_copy(&answer, sizeof(answer), found, found->size);
    if (error != NULL || (answer.verdict != RVL_AUTH_PROVED && answer.verdict != RVL_AUTH_MORE)) {
        release_handles(proof->secrets, &answer);
        proof_end(proof, rvl_job_result_new_failed(proof->job, refusal(proof, error)));
        return;
    }
    result = rvl_job_result_new(proof->job, RVL_JOB_DONE);
    take_answer(&result->answer.proof, &answer);
    proof_end(proof, result);
}

/* The borrowed form of the request's arrays. */

static RvlAuthNotify *
borrow_notifies(const GArray *from, size_t *n)
{
    RvlAuthNotify *notifies;

    *n = from != NULL ? from->len : 0;
    notifies = g_new0(RvlAuthNotify, MAX(*n, 1));
    for (size_t i = 0; i < *n; i++) {
        const RvlJobOctets *one = &g_array_index(from, RvlJobOctets, i);

        notifies[i] = (RvlAuthNotify){one->type, rvl_octets_from_bytes(one->data)};
    }
    return notifies;
}

static RvlAuthCertificate *
borrow_certificates(const GArray *from, size_t *n)
{
    RvlAuthCertificate *certificates;

    *n = from != NULL ? from->len : 0;
    certificates = g_new0(RvlAuthCertificate, MAX(*n, 1));
    for (size_t i = 0; i < *n; i++) {
        const RvlJobOctets *one = &g_array_index(from, RvlJobOctets, i);

        certificates[i] =
            (RvlAuthCertificate){(uint8_t)one->type, rvl_octets_from_bytes(one->data)};
    }
    return certificates;
}

static RvlOctets *
borrow_octets(const GArray *from, size_t *n)
{
    RvlOctets *octets;

    *n = from != NULL ? from->len : 0;
    octets = g_new0(RvlOctets, MAX(*n, 1));
    for (size_t i = 0; i < *n; i++)
        octets[i] = rvl_octets_from_bytes(g_array_index(from, RvlJobOctets, i).data);
    return octets;
}

static void
fill_request(Proof *proof)
{
    const RvlProofRequest *from = &proof->job->request.proof;
    RvlAuthRequest *request = &proof->request;

    proof->parts = (RvlAuthParts){
        .size = sizeof(proof->parts),
        .message = rvl_octets_from_bytes(from->message),
        .nonce = rvl_octets_from_bytes(from->nonce),
        .id = rvl_octets_from_bytes(from->id),
        .int_auth = rvl_octets_from_bytes(from->int_auth),
        .prf = from->prf,
        .sk_p = from->sk_p,
    };
    *request = (RvlAuthRequest){
        .size = sizeof(*request),
        .version = 2,
        .is_initiator = from->is_initiator,
        .connection = from->connection,
        .settings = from->settings,
        .local = from->local,
        .remote = from->remote,
        .expected = from->expected,
        .parts = &proof->parts,
        .notifies_stride = sizeof(RvlAuthNotify),
        .certificates_stride = sizeof(RvlAuthCertificate),
        .method = from->method,
        .proof = rvl_octets_from_bytes(from->proof),
        .wall = from->wall,
    };
    proof->notifies = borrow_notifies(from->notifies, &request->n_notifies);
    proof->certificates = borrow_certificates(from->certificates, &request->n_certificates);
    proof->authorities = borrow_octets(from->authorities, &request->n_authorities);
    request->notifies = proof->notifies;
    request->certificates = proof->certificates;
    request->authorities = proof->authorities;
}

static void
work(void *work_data)
{
    Proof *proof = work_data;

    fill_request(proof);
    if (proof->job->kind == RVL_JOB_PROVE)
        proof->authenticator->prove(proof->self, &proof->request, proof_done, proof);
    else
        proof->authenticator->check(proof->self, &proof->request, proof_done, proof);
}

void
rvl_serve_proof(const RvlJobServices *services,
                const RvlJob *job,
                RvlJobServed served,
                void *user_data)
{
    const char *word = job->request.proof.authenticator;
    const RvlCapabilityEntry *entry =
        rvl_registry_find(services->registry, RVL_CAPABILITY_AUTHENTICATOR, word);
    Proof *proof;
    GError *error = NULL;

    if (entry == NULL) {
        rvl_error_set(&error, RVL_CAUSE_PLUGIN_MISSING, "no plugin authenticates by %s", word);
        served(rvl_job_result_new_failed(job, error), user_data);
        return;
    }
    proof = g_new0(Proof, 1);
    proof->job = job;
    proof->served = served;
    proof->user_data = user_data;
    proof->secrets = services->secrets;
    proof->authenticator = entry->interface;
    proof->self = entry->self;
    if (rvl_worker_pool_run(services->workers, job->class,
                            rvl_job_costs_of(services->costs, job->kind, 0, word), work, proof))
        return;
    rvl_error_set(&error, RVL_CAUSE_HALF_OPEN_LIMIT, "too many proofs wait to be worked on");
    proof_end(proof, rvl_job_result_new_failed(job, error));
}
