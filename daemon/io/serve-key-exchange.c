/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Serves RVL_JOB_KE_OFFER, _KE_ANSWER and _KE_FINISH: public-key work, on a worker. */
#include "config.h"

#include "io/job-server.h"

#include <ravelin/error.h>

#include "crypto/key-exchange.h"

typedef struct {
    const RvlJobServices *services;
    const RvlJob *job;
    RvlJobServed served;
    void *user_data;
} Exchange;

static bool
finish(const Exchange *exchange, const RvlOctets *peer, RvlSecret **shared, GError **error)
{
    const RvlSecretServices *secrets = exchange->services->secrets;
    const RvlKeRequest *request = &exchange->job->request.ke;
    g_autoptr(RvlSecret) state = secrets->get(secrets->context, request->state);

    if (state == NULL) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "the key exchange's own half is gone");
        return false;
    }
    return rvl_key_exchange_finish(exchange->services->crypto, request->group, state, peer, shared,
                                   error);
}

static bool
compute(const Exchange *exchange, GBytes **public_value, RvlSecret **secret, GError **error)
{
    RvlCrypto *crypto = exchange->services->crypto;
    const RvlKeRequest *request = &exchange->job->request.ke;
    RvlOctets peer = rvl_octets_from_bytes(request->peer_public);

    if (exchange->job->kind == RVL_JOB_KE_OFFER)
        return rvl_key_exchange_offer(crypto, request->group, public_value, secret, error);
    if (exchange->job->kind == RVL_JOB_KE_ANSWER)
        return rvl_key_exchange_answer(crypto, request->group, &peer, public_value, secret, error);
    return finish(exchange, &peer, secret, error);
}

/* The state passes to a FINISH job, which ends it whatever comes of it. */
static void
release_state(const Exchange *exchange)
{
    const RvlSecretServices *secrets = exchange->services->secrets;

    if (exchange->job->kind == RVL_JOB_KE_FINISH)
        secrets->release(secrets->context, exchange->job->request.ke.state);
}

static void
end(Exchange *exchange, RvlJobResult *result)
{
    release_state(exchange);
    exchange->served(result, exchange->user_data);
    g_free(exchange);
}

static void
work(void *work_data)
{
    Exchange *exchange = work_data;
    const RvlSecretServices *secrets = exchange->services->secrets;
    g_autoptr(RvlSecret) secret = NULL;
    GBytes *public_value = NULL;
    GError *error = NULL;
    RvlJobResult *result;

    if (!compute(exchange, &public_value, &secret, &error)) {
        end(exchange, rvl_job_result_new_failed(exchange->job, error));
        return;
    }
    result = rvl_job_result_new(exchange->job, RVL_JOB_DONE);
    result->answer.ke.public_value = public_value;
    result->answer.ke.secret = secrets->put(secrets->context, secret);
    end(exchange, result);
}

void
rvl_serve_key_exchange(const RvlJobServices *services,
                       const RvlJob *job,
                       RvlJobServed served,
                       void *user_data)
{
    Exchange *exchange = g_new0(Exchange, 1);
    GError *error = NULL;

    *exchange = (Exchange){services, job, served, user_data};
    if (rvl_worker_pool_run(
            services->workers, job->class,
            rvl_job_costs_of(services->costs, job->kind, job->request.ke.group, NULL), work,
            exchange))
        return;
    rvl_error_set(&error, RVL_CAUSE_HALF_OPEN_LIMIT, "too many key exchanges wait to be worked on");
    end(exchange, rvl_job_result_new_failed(job, error));
}
