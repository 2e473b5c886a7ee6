/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machinery that runs exchanges: steps, jobs, windows, endings. */
#include "config.h"

#include "ike/core/exchange.h"

#include "ike/core/engine-state.h"
#include "ike/core/error-policy.h"
#include "ike/core/outbound.h"
#include "ike/core/report.h"
#include "ike/core/retransmit.h"
#include "ike/core/sa-life.h"

static const RvlStep no_steps[] = {NULL};

static RvlExchange *
exchange_new(RvlIkeSa *ike, const RvlExchangeKind *kind, RvlExchangePhase phase)
{
    RvlExchange *x = g_new0(RvlExchange, 1);

    x->kind = kind;
    x->token = ++ike->exchanges.next_token;
    x->phase = phase;
    x->state = g_malloc0(MAX(kind->state_octets, 1));
    ike->engine->counts.exchanges++;
    return x;
}

/* Gives back what an answer brought and no step took out of it. */
static void
give_back(RvlIkeSa *ike, RvlJobResult *result)
{
    const RvlSecretServices *secrets = ike->engine->services.secrets;

    if (result->end != RVL_JOB_DONE)
        return;
    switch (result->kind) {
    case RVL_JOB_KE_OFFER:
    case RVL_JOB_KE_ANSWER:
    case RVL_JOB_KE_FINISH:
        secrets->release(secrets->context, result->answer.ke.secret);
        break;
    case RVL_JOB_PROVE:
    case RVL_JOB_CHECK:
        secrets->release(secrets->context, result->answer.proof.state);
        secrets->release(secrets->context, result->answer.proof.msk);
        break;
    case RVL_JOB_RESERVE_SPIS:
        for (guint i = 0; i < result->answer.reserve.spis->len; i++)
            rvl_engine_release_spi(ike, result->answer.reserve.protocol,
                                   g_array_index(result->answer.reserve.spis, uint32_t, i));
        break;
    case RVL_JOB_APPLY: /* the Child SA that asked for it removes itself */
    case RVL_JOB_RESOLVE:
    case RVL_JOB_QUERY:
    case RVL_JOB_TAKE_STOCK:
    case RVL_JOB_DEPLOY:
    case RVL_JOB_WITHDRAW:
    case RVL_JOB_RELEASE_SPIS:
    case RVL_JOB_RULES:
        break;
    }
}

/* Ends all that @x still holds; its memory stays. */
static void
exchange_close(RvlIkeSa *ike, RvlExchange *x)
{
    if (x->phase == RVL_PHASE_OVER)
        return;
    x->phase = RVL_PHASE_OVER;
    for (unsigned i = 0; i < RVL_EXCHANGE_JOBS_MAX; i++) {
        if (x->jobs[i] != 0)
            rvl_engine_cancel_job(ike->engine, x->jobs[i]);
    }
    if (x->kind->clear != NULL)
        x->kind->clear(ike, x);
    for (unsigned i = 0; i < RVL_EXCHANGE_JOBS_MAX; i++) {
        if (x->answers[i] != NULL)
            give_back(ike, x->answers[i]);
    }
    ike->engine->counts.exchanges--;
}

static void
exchange_free(RvlIkeSa *ike, RvlExchange *x)
{
    exchange_close(ike, x);
    for (unsigned i = 0; i < RVL_EXCHANGE_JOBS_MAX; i++)
        g_clear_pointer(&x->answers[i], rvl_job_result_free);
    g_clear_pointer(&x->request, rvl_verified_free);
    g_clear_pointer(&x->response, rvl_verified_free);
    g_clear_pointer(&x->clear, rvl_clear_free);
    g_clear_pointer(&x->refusal_data, g_bytes_unref);
    g_free(x->state);
    g_free(x);
}

/* Takes @x out of its place in the SA; it is nobody's then. */
static void
unlink_exchange(RvlIkeSa *ike, RvlExchange *x)
{
    if (ike->exchanges.asking == x)
        ike->exchanges.asking = NULL;
    if (ike->exchanges.answering == x)
        ike->exchanges.answering = NULL;
    for (RvlExchange **at = &ike->exchanges.waiting; *at != NULL; at = &(*at)->next) {
        if (*at == x) {
            *at = x->next;
            break;
        }
    }
    x->next = NULL;
}

static RvlExchange *
find(const RvlIkeSa *ike, uint64_t token)
{
    if (ike->exchanges.asking != NULL && ike->exchanges.asking->token == token)
        return ike->exchanges.asking;
    if (ike->exchanges.answering != NULL && ike->exchanges.answering->token == token)
        return ike->exchanges.answering;
    return NULL;
}

RvlExchange *
rvl_exchange_begin(RvlIkeSa *ike, const RvlExchangeKind *kind)
{
    RvlExchange *x = exchange_new(ike, kind, RVL_PHASE_WAITING);
    RvlExchange **at = &ike->exchanges.waiting;

    while (*at != NULL)
        at = &(*at)->next;
    *at = x;
    return x;
}

/* Ours was answered and all is done, or it became needless before it was sent. */
static void
end_asking(RvlIkeSa *ike, RvlExchange *x)
{
    if (x->kind->is_clear)
        ike->window.next_request++;
    unlink_exchange(ike, x);
    if (x->kind->finish != NULL)
        x->kind->finish(ike, x);
    exchange_free(ike, x);
    rvl_exchange_pump(ike);
}

static void
send_request(RvlIkeSa *ike, RvlExchange *x)
{
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    g_autoptr(GPtrArray) datagrams = NULL;
    GError *error = NULL;

    if (!rvl_ike_sa_is_in(ike, x->kind->asked_in)) { /* needless since its jobs began */
        rvl_exchange_fail(ike, x, NULL);
        return;
    }
    x->message_id = ike->window.next_request;
    if (x->kind->build_request(ike, x, draft, &error))
        datagrams = rvl_outbound_finish(ike, x, draft, false, &error);
    if (datagrams == NULL) {
        rvl_exchange_fail(ike, x, error);
        return;
    }
    x->phase = RVL_PHASE_SENT;
    rvl_retransmit_begin(ike, x, datagrams);
}

/* @why: (nullable): the error whose notify the answer bears. */
static void
send_response(RvlIkeSa *ike, RvlExchange *x, const GError *why)
{
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    g_autoptr(GPtrArray) datagrams = NULL;
    GError *error = NULL;
    bool built;

    if (x->refusal != 0) {
        if (x->refusal_spi != 0)
            rvl_draft_add_notify_spi(draft, x->refusal, (RvlProtocol)x->refusal_protocol,
                                     x->refusal_spi);
        else
            rvl_draft_add_notify(draft, x->refusal, rvl_octets_from_bytes(x->refusal_data));
        built = true;
    } else {
        built = x->kind->build_response(ike, x, draft, &error);
    }
    if (built)
        datagrams = rvl_outbound_finish(ike, x, draft, true, &error);
    if (datagrams == NULL) {
        rvl_exchange_fail(ike, x, error);
        return;
    }
    rvl_outbound_answer(ike, x, datagrams);
    if (x->refusal == 0 && x->kind->settle != NULL)
        x->kind->settle(ike, x);
    else if (x->refusal != 0 && x->kind->give_up != NULL)
        x->kind->give_up(ike, x, why);
    if (x->ends_sa && ike->state != RVL_IKE_SA_GONE)
        rvl_sa_life_end(ike, x->refusal_cause, why);
    if (ike->state == RVL_IKE_SA_GONE)
        return; /* its exchanges went with it */
    unlink_exchange(ike, x);
    exchange_free(ike, x);
    rvl_exchange_pump(ike);
}

static void
steps_are_done(RvlIkeSa *ike, RvlExchange *x)
{
    switch (x->phase) {
    case RVL_PHASE_PREPARING:
        send_request(ike, x);
        break;
    case RVL_PHASE_TAKING:
        end_asking(ike, x);
        break;
    case RVL_PHASE_ANSWERING:
        send_response(ike, x, NULL);
        break;
    case RVL_PHASE_WAITING:
    case RVL_PHASE_SENT:
    case RVL_PHASE_OVER:
        break;
    }
}

/* Runs steps until one has asked for jobs, or there is none left. */
static void
run(RvlIkeSa *ike, RvlExchange *x)
{
    while (x->pending == 0) {
        RvlStep step = *x->step;
        GError *error = NULL;

        if (step == NULL || x->refusal != 0) {
            steps_are_done(ike, x);
            return;
        }
        x->step++;
        if (!step(ike, x, &error)) {
            rvl_exchange_fail(ike, x, error);
            return;
        }
        if (ike->state == RVL_IKE_SA_GONE)
            return; /* and @x with it */
    }
}

static void
begin_steps(RvlIkeSa *ike, RvlExchange *x, RvlExchangePhase phase, const RvlStep *steps)
{
    x->phase = phase;
    x->step = steps != NULL ? steps : no_steps;
    run(ike, x);
}

void
rvl_exchange_pump(RvlIkeSa *ike)
{
    while (ike->exchanges.asking == NULL && ike->exchanges.waiting != NULL &&
           ike->state != RVL_IKE_SA_GONE) {
        RvlExchange *x = ike->exchanges.waiting;

        if (rvl_timer_is_set(&ike->timers.queue))
            return;
        ike->exchanges.waiting = x->next;
        x->next = NULL;
        ike->exchanges.asking = x;
        if (rvl_ike_sa_is_in(ike, x->kind->asked_in))
            begin_steps(ike, x, RVL_PHASE_PREPARING, x->kind->prepare);
        else
            rvl_exchange_fail(ike, x, NULL);
    }
}

void
rvl_exchange_again(RvlExchange *x)
{
    x->phase = RVL_PHASE_PREPARING;
    x->step = x->kind->prepare;
}

void
rvl_exchange_take_request(RvlIkeSa *ike, const RvlExchangeKind *kind, RvlVerified *request)
{
    RvlExchange *x = exchange_new(ike, kind, RVL_PHASE_ANSWERING);

    x->message_id = request->message->header.message_id;
    x->path = request->path;
    x->request = request;
    ike->exchanges.answering = x;
    begin_steps(ike, x, RVL_PHASE_ANSWERING, kind->take_request);
}

void
rvl_exchange_refuse_request(RvlIkeSa *ike,
                            const RvlExchangeKind *kind,
                            const RvlIsakmpHeader *header,
                            const RvlPath *path,
                            RvlVerified *request,
                            GError *why)
{
    RvlExchange *x = exchange_new(ike, kind, RVL_PHASE_ANSWERING);

    x->message_id = header->message_id;
    x->path = *path;
    x->request = request;
    ike->exchanges.answering = x;
    rvl_exchange_fail(ike, x, why);
}

void
rvl_exchange_take_clear_request(RvlIkeSa *ike, const RvlExchangeKind *kind, RvlClear *request)
{
    RvlExchange *x = exchange_new(ike, kind, RVL_PHASE_ANSWERING);

    x->path = request->path;
    x->clear = request;
    ike->exchanges.answering = x;
    begin_steps(ike, x, RVL_PHASE_ANSWERING, kind->take_request);
}

void
rvl_exchange_take_response(RvlIkeSa *ike, RvlVerified *response)
{
    RvlExchange *x = ike->exchanges.asking;

    rvl_retransmit_end(ike);
    ike->window.next_request++;
    g_clear_pointer(&x->response, rvl_verified_free);
    x->response = response;
    begin_steps(ike, x, RVL_PHASE_TAKING, x->kind->take_response);
}

void
rvl_exchange_take_clear_response(RvlIkeSa *ike, RvlClear *response)
{
    RvlExchange *x = ike->exchanges.asking;

    rvl_retransmit_end(ike);
    g_clear_pointer(&x->clear, rvl_clear_free);
    x->clear = response;
    begin_steps(ike, x, RVL_PHASE_TAKING, x->kind->take_response);
}

void
rvl_exchange_ask(RvlIkeSa *ike, RvlExchange *x, unsigned number, RvlJob *job)
{
    job->sa = ike->ref;
    job->token = x->token;
    g_clear_pointer(&x->answers[number], rvl_job_result_free);
    x->jobs[number] = rvl_engine_start_job(ike->engine, job, NULL);
    x->pending++;
}

RvlJobResult *
rvl_exchange_answer(RvlExchange *x, unsigned number, GError **error)
{
    RvlJobResult *result = x->answers[number];

    if (result != NULL && result->end == RVL_JOB_DONE)
        return result;
    if (result != NULL && result->error != NULL)
        g_propagate_error(error, g_error_copy(result->error));
    else
        rvl_error_set(error, RVL_CAUSE_SHUTTING_DOWN, "a job of %s was cancelled", x->kind->name);
    return NULL;
}

bool
rvl_exchange_completed(RvlIkeSa *ike, uint64_t token, RvlJobResult *result)
{
    g_autoptr(RvlJobResult) owned = result;
    RvlExchange *x = find(ike, token);
    unsigned number = 0;

    if (x == NULL)
        return false;
    while (number < RVL_EXCHANGE_JOBS_MAX && x->jobs[number] != result->id)
        number++;
    if (number == RVL_EXCHANGE_JOBS_MAX)
        return false;
    x->jobs[number] = 0;
    x->answers[number] = g_steal_pointer(&owned);
    x->pending--;
    run(ike, x);
    return true;
}

void
rvl_exchange_refuse(RvlExchange *x, uint16_t notify, GBytes *data, RvlCause cause)
{
    x->refusal = notify;
    x->refusal_cause = cause;
    g_clear_pointer(&x->refusal_data, g_bytes_unref);
    x->refusal_data = data;
}

/* What becomes of the SA and its peer is decided in one place: "ike/core/error-policy.h". */
void
rvl_exchange_fail(RvlIkeSa *ike, RvlExchange *x, GError *why)
{
    g_autoptr(GError) owned G_GNUC_UNUSED = why;
    RvlVerdict verdict = rvl_error_policy_judge(ike, x, why);
    /* What failed before the request went out is none of the peer's business. */
    bool tells_peer = verdict.tells_peer && x->phase == RVL_PHASE_TAKING;

    rvl_report_exchange_failed(ike, x, why, &verdict);
    if (x->phase == RVL_PHASE_ANSWERING && verdict.notify != 0 && x->refusal == 0) {
        x->refusal = verdict.notify;
        x->refusal_cause = rvl_error_cause(why);
        x->refusal_data = rvl_error_policy_data(x, &verdict, why);
        x->ends_sa = verdict.ends_sa;
        send_response(ike, x, why);
        return;
    }
    if (x->phase == RVL_PHASE_ANSWERING)
        verdict.ends_sa = true; /* without an answer the window would stand still */
    if (ike->exchanges.asking == x)
        rvl_retransmit_end(ike);
    unlink_exchange(ike, x);
    if (x->kind->give_up != NULL)
        x->kind->give_up(ike, x, why);
    exchange_free(ike, x);
    if (ike->state == RVL_IKE_SA_GONE)
        return;
    if (verdict.ends_sa && tells_peer)
        rvl_sa_life_refuse(ike, why);
    else if (verdict.ends_sa)
        rvl_sa_life_end(ike, rvl_error_cause(why), why);
    else
        rvl_exchange_pump(ike);
}

void
rvl_exchange_drop_waiting(RvlIkeSa *ike)
{
    while (ike->exchanges.waiting != NULL) {
        RvlExchange *x = ike->exchanges.waiting;

        ike->exchanges.waiting = x->next;
        x->next = NULL;
        if (x->kind->give_up != NULL)
            x->kind->give_up(ike, x, NULL);
        exchange_free(ike, x);
    }
}

void
rvl_exchange_drop_all(RvlIkeSa *ike, const GError *why)
{
    for (;;) {
        RvlExchange *x = ike->exchanges.asking != NULL      ? ike->exchanges.asking
                         : ike->exchanges.answering != NULL ? ike->exchanges.answering
                                                            : ike->exchanges.waiting;

        if (x == NULL)
            break;
        unlink_exchange(ike, x);
        if (x->kind->give_up != NULL)
            x->kind->give_up(ike, x, why);
        exchange_close(ike, x);
        x->next = ike->exchanges.over;
        ike->exchanges.over = x;
    }
}

void
rvl_exchange_free_over(RvlIkeSa *ike)
{
    for (RvlExchange *x = ike->exchanges.over, *next; x != NULL; x = next) {
        next = x->next;
        exchange_free(ike, x);
    }
    ike->exchanges.over = NULL;
}
