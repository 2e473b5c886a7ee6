/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What serves the jobs of a pair's engines. */
#include "config.h"

#include "pair-services.h"

#include <string.h>

#include "crypto/key-exchange.h"
#include "crypto/key-schedule-v2.h"
#include "toy-registry.h"

#define FIRST_SPI 0x100

typedef struct {
    RvlTime at;
    int end;
    bool is_cancelled;
    RvlJob *job;
    RvlJobResult *result;
} Finished;

static void
finished_free(Finished *finished)
{
    rvl_job_free(finished->job);
    g_free(finished);
}

size_t
pair_secrets(const PairEnd *end)
{
    const RvlSecretServices *secrets = rvl_secret_store_services(end->policy->store);

    return secrets->count(secrets->context);
}

static RvlSecretId
put(const PairEnd *end, const RvlSecret *secret)
{
    const RvlSecretServices *secrets = rvl_secret_store_services(end->policy->store);

    return secrets->put(secrets->context, secret);
}

static RvlSecret *
get(const PairEnd *end, RvlSecretId id)
{
    const RvlSecretServices *secrets = rvl_secret_store_services(end->policy->store);

    return secrets->get(secrets->context, id);
}

static void
release(const PairEnd *end, RvlSecretId id)
{
    const RvlSecretServices *secrets = rvl_secret_store_services(end->policy->store);

    secrets->release(secrets->context, id);
}

/* Key exchanges: the real code over the toy backend. */
static RvlJobResult *
serve_key_exchange(const PairEnd *end, const RvlJob *job)
{
    const RvlKeRequest *ke = &job->request.ke;
    g_autoptr(RvlJobResult) result = rvl_job_result_new(job, RVL_JOB_DONE);
    g_autoptr(RvlSecret) secret = NULL;
    g_autoptr(RvlSecret) state = NULL;
    GError *error = NULL;
    RvlOctets peer = rvl_octets_from_bytes(ke->peer_public);
    bool served;

    if (job->kind == RVL_JOB_KE_OFFER) {
        served = rvl_key_exchange_offer(end->crypto, ke->group, &result->answer.ke.public_value,
                                        &secret, &error);
    } else if (job->kind == RVL_JOB_KE_ANSWER) {
        served = rvl_key_exchange_answer(end->crypto, ke->group, &peer,
                                         &result->answer.ke.public_value, &secret, &error);
    } else {
        state = get(end, ke->state);
        release(end, ke->state);
        g_assert_nonnull(state);
        served = rvl_key_exchange_finish(end->crypto, ke->group, state, &peer, &secret, &error);
    }
    if (!served)
        return rvl_job_result_new_failed(job, error);
    result->answer.ke.secret = put(end, secret);
    return g_steal_pointer(&result);
}

/* A proof over the parts that AUTH has (RFC 7296 2.15), by the connection's key. */
static GBytes *
make_proof(const PairEnd *end, const RvlProofRequest *request)
{
    g_autoptr(RvlSecret) key = get(end, rvl_settings_secret(request->settings, "psk"));
    g_autoptr(RvlSecret) sk_p = get(end, request->sk_p);
    uint8_t id[RVL_PRF_MAX_OCTETS];
    uint8_t proof[RVL_PRF_MAX_OCTETS];
    RvlOctets id_body = rvl_octets_from_bytes(request->id);
    RvlOctets parts[3];
    RvlOctets key_view;
    RvlPrf prf;

    g_assert_nonnull(key);
    g_assert_nonnull(sk_p);
    g_assert_true(rvl_prf_find(end->crypto, request->prf, &prf, NULL));
    g_assert_true(rvl_maced_id(&prf, sk_p, &id_body, id, NULL));
    parts[0] = rvl_octets_from_bytes(request->message);
    parts[1] = rvl_octets_from_bytes(request->nonce);
    parts[2] = RVL_OCTETS(id, prf.output_octets);
    key_view = rvl_secret_view(key);
    g_assert_true(rvl_prf_compute(&prf, &key_view, parts, G_N_ELEMENTS(parts), proof, NULL));
    return g_bytes_new(proof, prf.output_octets);
}

static RvlJobResult *
serve_proof(const PairEnd *end, const RvlJob *job, size_t certificate_octets)
{
    const RvlProofRequest *request = &job->request.proof;
    g_autoptr(GBytes) proof = make_proof(end, request);
    RvlJobResult *result = rvl_job_result_new(job, RVL_JOB_DONE);
    GError *error = NULL;

    if (job->kind == RVL_JOB_CHECK && !g_bytes_equal(proof, request->proof)) {
        rvl_job_result_free(result);
        rvl_error_set(&error, RVL_CAUSE_PSK_MISMATCH, NULL);
        return rvl_job_result_new_failed(job, error);
    }
    result->answer.proof.verdict = job->kind == RVL_JOB_CHECK ? end->verdict : RVL_AUTH_PROVED;
    result->answer.proof.method = TOY_AUTH_METHOD;
    result->answer.proof.description = g_strdup("psk");
    if (job->kind == RVL_JOB_CHECK)
        return result;
    result->answer.proof.proof = g_steal_pointer(&proof);
    if (certificate_octets > 0) {
        g_autofree uint8_t *certificate = g_malloc0(certificate_octets);

        result->answer.proof.certificates = rvl_job_octets_new();
        rvl_job_octets_add(result->answer.proof.certificates, 4,
                           RVL_OCTETS(certificate, certificate_octets));
    }
    return result;
}

static RvlJobResult *
serve_resolve(const PairEnd *end, const RvlJob *job)
{
    RvlJobResult *result = rvl_job_result_new(job, RVL_JOB_DONE);
    RvlReach reach = {
        .local = {.address = end->address, .port = 500},
        .local_encap_port = 4500,
    };

    g_assert_true(rvl_address_parse(job->request.resolve.name, &reach.remote.address));
    result->answer.resolve.reaches = g_array_new(FALSE, FALSE, sizeof reach);
    g_array_append_val(result->answer.resolve.reaches, reach);
    return result;
}

static RvlJobResult *
serve_reserve(PairEnd *end, const RvlJob *job)
{
    RvlJobResult *result = rvl_job_result_new(job, RVL_JOB_DONE);
    GArray *spis = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (size_t i = 0; i < job->request.reserve.n; i++) {
        uint32_t spi = FIRST_SPI + ++end->last_spi;

        g_array_append_val(spis, spi);
        g_hash_table_add(end->held_spis, GUINT_TO_POINTER(spi));
    }
    result->answer.reserve.spis = spis;
    return result;
}

static void
release_spis(PairEnd *end, const GArray *spis)
{
    for (guint i = 0; i < spis->len; i++)
        g_hash_table_remove(end->held_spis, GUINT_TO_POINTER(g_array_index(spis, uint32_t, i)));
}

static uint64_t *
key_of(uint64_t id)
{
    return g_memdup2(&id, sizeof id);
}

static GBytes *
keys_of(const PairEnd *end, const RvlSaAdd *sa)
{
    g_autoptr(RvlSecret) encr = get(end, sa->encr_key);
    g_autoptr(RvlSecret) integ =
        sa->integ_key != RVL_SECRET_ID_NONE ? get(end, sa->integ_key) : NULL;
    GByteArray *octets = g_byte_array_new();

    g_assert_nonnull(encr);
    g_byte_array_append(octets, rvl_secret_octets(encr), (guint)rvl_secret_size(encr));
    if (integ != NULL)
        g_byte_array_append(octets, rvl_secret_octets(integ), (guint)rvl_secret_size(integ));
    return g_byte_array_free_to_bytes(octets);
}

/* An outbound SA serves packets of its selectors from now on, in place of others of these selectors. */
static void
activate(PairEnd *end, RvlSaId id)
{
    PairSa *sa = g_hash_table_lookup(end->sas, &id);
    GHashTableIter iter;
    gpointer other;

    g_assert_nonnull(sa);
    g_hash_table_iter_init(&iter, end->sas);
    while (g_hash_table_iter_next(&iter, NULL, &other)) {
        if (((PairSa *)other)->policy == sa->policy &&
            strcmp(((PairSa *)other)->selectors, sa->selectors) == 0)
            ((PairSa *)other)->is_active = false;
    }
    sa->is_active = true;
}

static char *
selectors_of(const RvlApplyStep *step)
{
    g_autofree char *local = rvl_selectors_format(step->local);
    g_autofree char *remote = rvl_selectors_format(step->remote);

    return g_strdup_printf("%s <-> %s", local, remote);
}

static void
put_policy(PairEnd *end, const RvlApplyStep *step)
{
    GHashTable *table = step->policy.action == RVL_ACTION_PROTECT ? end->policies : end->rules;
    g_autofree char *selectors = selectors_of(step);

    g_assert_cmpint(g_hash_table_contains(table, &step->policy.id), ==,
                    step->kind == RVL_OPERATION_POLICY_UPDATE);
    g_hash_table_insert(table, key_of(step->policy.id),
                        g_strdup_printf("%s %u: %s",
                                        step->policy.action == RVL_ACTION_BYPASS    ? "bypass"
                                        : step->policy.action == RVL_ACTION_DISCARD ? "discard"
                                                                                    : "protect",
                                        step->policy.order, selectors));
}

static void
apply_step(PairEnd *end, const RvlApplyStep *step, GArray *removed)
{
    switch ((RvlOperationKind)step->kind) {
    case RVL_OPERATION_SA_ADD: {
        PairSa *sa = g_new0(PairSa, 1);

        g_assert_true(g_hash_table_contains(end->policies, &step->sa.policy));
        g_assert_nonnull(step->local);
        g_assert_nonnull(step->remote);
        *sa = (PairSa){step->sa.id,     step->sa.pair, step->sa.direction,     step->sa.spi,
                       step->sa.policy, false,         keys_of(end, &step->sa)};
        sa->selectors = selectors_of(step);
        g_assert_false(g_hash_table_contains(end->sas, &sa->id));
        g_hash_table_insert(end->sas, key_of(sa->id), sa);
        if (sa->direction == RVL_DIRECTION_IN)
            g_hash_table_remove(end->held_spis, GUINT_TO_POINTER(sa->spi));
        break;
    }
    case RVL_OPERATION_SA_ACTIVATE:
        activate(end, step->id);
        break;
    case RVL_OPERATION_SA_REMOVE: {
        RvlSaCounters counters = {.id = step->id, .octets = 100};

        if (g_hash_table_remove(end->sas, &step->id))
            g_array_append_val(removed, counters);
        break;
    }
    case RVL_OPERATION_POLICY_ADD:
    case RVL_OPERATION_POLICY_UPDATE:
        put_policy(end, step);
        break;
    case RVL_OPERATION_POLICY_REMOVE:
        g_hash_table_remove(end->policies, &step->id);
        g_hash_table_remove(end->rules, &step->id);
        break;
    case RVL_OPERATION_SA_MIGRATE:
        break;
    }
}

static RvlJobResult *
serve_apply(PairEnd *end, const RvlJob *job)
{
    RvlJobResult *result = rvl_job_result_new(job, RVL_JOB_DONE);

    result->answer.counters.counters = g_array_new(FALSE, FALSE, sizeof(RvlSaCounters));
    for (guint i = 0; i < job->request.apply.steps->len; i++)
        apply_step(end, &g_array_index(job->request.apply.steps, RvlApplyStep, i),
                   result->answer.counters.counters);
    return result;
}

static GArray *
ids_of(GHashTable *table)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_array_append_vals(ids, key, 1);
    return ids;
}

static RvlJobResult *
serve_stock(PairEnd *end, const RvlJob *job)
{
    RvlJobResult *result = rvl_job_result_new(job, RVL_JOB_DONE);
    const GArray *ids = job->request.query.ids;
    g_autoptr(GArray) rules = NULL;

    result->answer.stock.sas = ids_of(end->sas);
    result->answer.stock.policies = ids_of(end->policies);
    rules = ids_of(end->rules);
    g_array_append_vals(result->answer.stock.policies, rules->data, rules->len);
    result->answer.stock.counters = g_array_new(FALSE, FALSE, sizeof(RvlSaCounters));
    for (guint i = 0; i < ids->len; i++) {
        const PairSa *sa = g_hash_table_lookup(end->sas, &g_array_index(ids, RvlSaId, i));
        RvlSaCounters row = {.last_inbound = RVL_TIME_NEVER};

        if (sa == NULL)
            continue;
        row.id = sa->id;
        row.limit = sa->limit;
        row.limit_cause = sa->limit_cause;
        g_array_append_val(result->answer.stock.counters, row);
    }
    return result;
}

static RvlJobResult *
serve_rules(PairEnd *end, const RvlJob *job)
{
    g_autoptr(RvlJob) batch = rvl_rules_batch(&job->request.rules);

    end->rules_jobs++;
    end->has_passage = job->request.rules.is_wanted;
    rvl_job_result_free(serve_apply(end, batch));
    return rvl_job_result_new(job, RVL_JOB_DONE);
}

static RvlJobResult *
serve_query(const PairEnd *end, const RvlJob *job)
{
    RvlJobResult *result = rvl_job_result_new(job, RVL_JOB_DONE);
    const GArray *ids = job->request.query.ids;

    g_assert_cmpuint(ids->len, >, 0); /* else it would be about all */
    result->answer.counters.counters = g_array_new(FALSE, FALSE, sizeof(RvlSaCounters));
    for (guint i = 0; i < ids->len; i++) {
        RvlSaCounters counters = {
            .id = g_array_index(ids, RvlSaId, i),
            .last_inbound = end->last_inbound != 0 ? end->last_inbound : RVL_TIME_NEVER,
        };

        g_array_append_val(result->answer.counters.counters, counters);
    }
    return result;
}

static RvlJobResult *
serve(PairEnd *end, const RvlJob *job, size_t certificate_octets)
{
    RvlJobResult *result;

    switch (job->kind) {
    case RVL_JOB_RESOLVE:
        return serve_resolve(end, job);
    case RVL_JOB_KE_OFFER:
    case RVL_JOB_KE_ANSWER:
    case RVL_JOB_KE_FINISH:
        return serve_key_exchange(end, job);
    case RVL_JOB_PROVE:
    case RVL_JOB_CHECK:
        return serve_proof(end, job, certificate_octets);
    case RVL_JOB_RESERVE_SPIS:
        return serve_reserve(end, job);
    case RVL_JOB_RELEASE_SPIS:
        release_spis(end, job->request.release.spis);
        return rvl_job_result_new(job, RVL_JOB_DONE);
    case RVL_JOB_APPLY:
        return serve_apply(end, job);
    case RVL_JOB_QUERY:
        return serve_query(end, job);
    case RVL_JOB_TAKE_STOCK:
        return serve_stock(end, job);
    case RVL_JOB_DEPLOY:
        g_hash_table_add(end->deployed, g_strdup(job->request.deploy.connection));
        result = rvl_job_result_new(job, RVL_JOB_DONE);
        result->answer.deploy.interface = g_strdup("fake0");
        result->answer.deploy.index = 7;
        return result;
    case RVL_JOB_WITHDRAW:
        g_hash_table_remove(end->deployed, job->request.deploy.connection);
        return rvl_job_result_new(job, RVL_JOB_DONE);
    case RVL_JOB_RULES:
        return serve_rules(end, job);
    }
    g_assert_not_reached();
}

static void
release_state(const PairEnd *end, const RvlJob *job)
{
    if (job->kind == RVL_JOB_KE_FINISH)
        release(end, job->request.ke.state); /* also when it fails */
}

void
pair_serve(Pair *pair, int end, RvlJob *job)
{
    Finished *finished = g_new0(Finished, 1);
    GError *error =
        pair->job_filter != NULL ? pair->job_filter(pair, end, job, pair->user_data) : NULL;

    finished->at = pair->now + pair->job_delay;
    finished->end = end;
    finished->job = job;
    if (error != NULL) {
        release_state(&pair->ends[end], job);
        finished->result = rvl_job_result_new_failed(job, error);
    } else {
        finished->result = serve(&pair->ends[end], job, pair->certificate_octets);
        if (job->kind == RVL_JOB_CHECK && finished->result->end == RVL_JOB_DONE)
            finished->result->answer.proof.not_after = pair->proof_ends[end];
    }
    pair->ends[end].jobs++;
    g_queue_push_tail(&pair->results, finished);
}

/* A cancelled job may have been done already: then its answer comes, and is undone. */
void
pair_cancel(Pair *pair, int end, RvlJobId id)
{
    for (GList *link = pair->results.head; link != NULL; link = link->next) {
        Finished *finished = link->data;

        if (finished->end == end && finished->job->id == id)
            finished->is_cancelled = true;
    }
}

RvlTime
pair_next_result(const Pair *pair)
{
    const Finished *finished = pair->results.head != NULL ? pair->results.head->data : NULL;

    return finished != NULL ? finished->at : RVL_TIME_NEVER;
}

static void
undo(PairEnd *end, RvlUndo *undone)
{
    for (size_t i = 0; i < G_N_ELEMENTS(undone->secrets); i++)
        release(end, undone->secrets[i]);
    if (undone->job != NULL)
        rvl_job_result_free(serve(end, undone->job, 0));
}

int
pair_complete_next(Pair *pair)
{
    Finished *finished = g_queue_pop_head(&pair->results);
    PairEnd *end = &pair->ends[finished->end];
    RvlUndo undone = rvl_job_undo_of(finished->job, finished->result);
    RvlNow now = pair_now(pair);
    int at = finished->end;

    end->jobs--;
    if (!rvl_engine_complete(end->engine, finished->result, &now))
        undo(end, &undone);
    rvl_undo_clear(&undone);
    finished_free(finished);
    pair_take_actions(pair, at);
    return at;
}

void
pair_drop_results(Pair *pair)
{
    Finished *finished;

    while ((finished = g_queue_pop_head(&pair->results)) != NULL) {
        rvl_job_result_free(finished->result);
        finished_free(finished);
    }
}
