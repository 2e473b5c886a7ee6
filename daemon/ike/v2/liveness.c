/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Liveness: an empty INFORMATIONAL that asks whether the peer is still there (RFC 7296 1.4, 2.4). */
#include "config.h"

#include "ike/core/engine-state.h"
#include "ike/v2/exchanges.h"

enum { ANSWER_COUNTERS };

typedef struct {
    bool is_for_silence; /* what was heard meanwhile makes it needless */
} RvlLiveness;

static void
begin(RvlIkeSa *ike, bool is_for_silence)
{
    RvlLiveness *state = rvl_exchange_begin(ike, &rvl_exchange_liveness)->state;

    state->is_for_silence = is_for_silence;
    rvl_exchange_pump(ike);
}

void
rvl_exchanges_liveness(RvlIkeSa *ike)
{
    begin(ike, true);
}

void
rvl_exchanges_probe(RvlIkeSa *ike)
{
    begin(ike, false);
}

/* Protected traffic from the peer is proof of its life too (2.4): ask the installer first. */
static bool
ask_counters(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    const RvlLiveness *state = x->state;
    RvlJob *job;

    (void)error;
    if (!state->is_for_silence)
        return true;
    job = rvl_job_new(RVL_JOB_QUERY, RVL_JOB_ESTABLISHED, ike->ref, 0);
    for (const RvlChildSa *child = ike->children; child != NULL; child = child->next) {
        if (child->state != RVL_CHILD_NEGOTIATED)
            g_array_append_val(job->request.query.ids, child->id_in);
    }
    if (job->request.query.ids->len == 0) { /* would ask for everybody's SAs */
        rvl_job_free(job);
        return true;
    }
    rvl_exchange_ask(ike, x, ANSWER_COUNTERS, job);
    return true;
}

/* The last protected packet of any Child SA counts like a message. */
static void
hear_traffic(RvlIkeSa *ike, const RvlJobResult *result)
{
    const GArray *counters = result->answer.counters.counters;

    for (guint i = 0; counters != NULL && i < counters->len; i++) {
        RvlTime last = g_array_index(counters, RvlSaCounters, i).last_inbound;

        if (last != RVL_TIME_NEVER && last <= ike->engine->now.time)
            ike->times.last_inbound = MAX(ike->times.last_inbound, last);
    }
}

/* False without an error: the question has become needless, until the silence is long enough again. */
static bool
take_counters(RvlIkeSa *ike, RvlExchange *x, GError **error)
{
    RvlTime period = ike->peer.connection->liveness;
    const RvlJobResult *result = x->answers[ANSWER_COUNTERS];
    RvlTime silent;

    (void)error;
    if (result == NULL || result->end != RVL_JOB_DONE)
        return true;
    hear_traffic(ike, result);
    silent = ike->engine->now.time - ike->times.last_inbound;
    if (silent >= period)
        return true;
    rvl_engine_set_timer(ike->engine, &ike->timers.liveness, period - silent);
    return false;
}

static bool
build_request(RvlIkeSa *ike, RvlExchange *x, RvlDraft *out, GError **error)
{
    (void)ike;
    (void)x;
    (void)out;
    (void)error;
    return true;
}

static const RvlStep prepare[] = {ask_counters, take_counters, NULL};

const RvlExchangeKind rvl_exchange_liveness = {
    .name = "liveness",
    .story = "asks whether the peer is still there",
    .type = RVL_EXCHANGE_INFORMATIONAL,
    .state_octets = sizeof(RvlLiveness),
    .asked_in = RVL_IN_ESTABLISHED,
    .request = RVL_GRAMMAR_V2_INFORMATIONAL,
    .response = RVL_GRAMMAR_V2_INFORMATIONAL,
    .prepare = prepare,
    .build_request = build_request,
};
