/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs as values: making and freeing them, their results, and what undoes them. */
#include "config.h"

#include "ike/core/job.h"

static void
job_octets_clear(void *data)
{
    RvlJobOctets *octets = data;

    g_clear_pointer(&octets->data, g_bytes_unref);
}

GArray *
rvl_job_octets_new(void)
{
    GArray *array = g_array_new(FALSE, FALSE, sizeof(RvlJobOctets));

    g_array_set_clear_func(array, job_octets_clear);
    return array;
}

void
rvl_job_octets_add(GArray *array, uint16_t type, RvlOctets data)
{
    RvlJobOctets octets = {.type = type, .data = g_bytes_new(data.data, data.size)};

    g_array_append_val(array, octets);
}

GArray *
rvl_job_octets_copy(const GArray *array)
{
    GArray *copy = rvl_job_octets_new();

    for (guint i = 0; i < array->len; i++) {
        const RvlJobOctets *octets = &g_array_index(array, RvlJobOctets, i);

        rvl_job_octets_add(copy, octets->type, rvl_octets_from_bytes(octets->data));
    }
    return copy;
}

static void
apply_step_clear(void *data)
{
    RvlApplyStep *step = data;

    g_clear_pointer(&step->owner, g_free);
    g_clear_pointer(&step->local, rvl_selectors_unref);
    g_clear_pointer(&step->remote, rvl_selectors_unref);
}

static void
request_init(RvlJob *job)
{
    switch (job->kind) {
    case RVL_JOB_RELEASE_SPIS:
        job->request.release.spis = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        break;
    case RVL_JOB_APPLY:
        job->request.apply.steps = g_array_new(FALSE, FALSE, sizeof(RvlApplyStep));
        g_array_set_clear_func(job->request.apply.steps, apply_step_clear);
        break;
    case RVL_JOB_QUERY:
    case RVL_JOB_TAKE_STOCK:
        job->request.query.ids = g_array_new(FALSE, FALSE, sizeof(RvlSaId));
        break;
    case RVL_JOB_DEPLOY:
    case RVL_JOB_WITHDRAW:
        job->request.deploy.addresses = g_array_new(FALSE, FALSE, sizeof(RvlPrefix));
        job->request.deploy.destinations = g_array_new(FALSE, FALSE, sizeof(RvlPrefix));
        job->request.deploy.sources = g_array_new(FALSE, FALSE, sizeof(RvlPrefix));
        job->request.deploy.suites = g_array_new(FALSE, FALSE, sizeof(RvlDeploySuite));
        break;
    case RVL_JOB_RULES:
        job->request.rules.before = rvl_rules_new();
        job->request.rules.after = rvl_rules_new();
        break;
    case RVL_JOB_RESOLVE:
    case RVL_JOB_KE_OFFER:
    case RVL_JOB_KE_ANSWER:
    case RVL_JOB_KE_FINISH:
    case RVL_JOB_PROVE:
    case RVL_JOB_CHECK:
    case RVL_JOB_RESERVE_SPIS:
        break;
    }
}

RvlJob *
rvl_job_new(RvlJobKind kind, RvlJobClass class, RvlSaRef sa, uint64_t token)
{
    RvlJob *job = g_new0(RvlJob, 1);

    job->kind = kind;
    job->class = class;
    job->sa = sa;
    job->token = token;
    request_init(job);
    return job;
}

static void
proof_request_clear(RvlProofRequest *proof)
{
    g_free(proof->authenticator);
    g_free(proof->connection);
    g_clear_pointer(&proof->settings, rvl_settings_unref);
    g_clear_pointer(&proof->local, rvl_identity_unref);
    g_clear_pointer(&proof->remote, rvl_identity_unref);
    g_clear_pointer(&proof->expected, rvl_identity_unref);
    g_clear_pointer(&proof->message, g_bytes_unref);
    g_clear_pointer(&proof->nonce, g_bytes_unref);
    g_clear_pointer(&proof->id, g_bytes_unref);
    g_clear_pointer(&proof->int_auth, g_bytes_unref);
    g_clear_pointer(&proof->notifies, g_array_unref);
    g_clear_pointer(&proof->certificates, g_array_unref);
    g_clear_pointer(&proof->authorities, g_array_unref);
    g_clear_pointer(&proof->proof, g_bytes_unref);
}

static void
deploy_request_clear(RvlDeployRequest *deploy)
{
    g_free(deploy->connection);
    g_free(deploy->owner);
    g_free(deploy->interface);
    g_clear_pointer(&deploy->addresses, g_array_unref);
    g_clear_pointer(&deploy->destinations, g_array_unref);
    g_clear_pointer(&deploy->sources, g_array_unref);
    g_clear_pointer(&deploy->suites, g_array_unref);
}

static void
rules_request_clear(RvlRulesRequest *rules)
{
    g_free(rules->owner);
    g_clear_pointer(&rules->before, g_array_unref);
    g_clear_pointer(&rules->after, g_array_unref);
}

void
rvl_job_free(RvlJob *job)
{
    if (job == NULL)
        return;
    switch (job->kind) {
    case RVL_JOB_RESOLVE:
        g_free(job->request.resolve.name);
        break;
    case RVL_JOB_KE_OFFER:
    case RVL_JOB_KE_ANSWER:
    case RVL_JOB_KE_FINISH:
        g_clear_pointer(&job->request.ke.peer_public, g_bytes_unref);
        break;
    case RVL_JOB_PROVE:
    case RVL_JOB_CHECK:
        proof_request_clear(&job->request.proof);
        break;
    case RVL_JOB_RELEASE_SPIS:
        g_clear_pointer(&job->request.release.spis, g_array_unref);
        break;
    case RVL_JOB_APPLY:
        g_clear_pointer(&job->request.apply.steps, g_array_unref);
        break;
    case RVL_JOB_QUERY:
    case RVL_JOB_TAKE_STOCK:
        g_clear_pointer(&job->request.query.ids, g_array_unref);
        break;
    case RVL_JOB_DEPLOY:
    case RVL_JOB_WITHDRAW:
        deploy_request_clear(&job->request.deploy);
        break;
    case RVL_JOB_RULES:
        rules_request_clear(&job->request.rules);
        break;
    case RVL_JOB_RESERVE_SPIS:
        break;
    }
    g_free(job);
}

void
rvl_job_apply_add(RvlJob *job, const RvlApplyStep *step)
{
    g_array_append_vals(job->request.apply.steps, step, 1);
}

void
rvl_apply_step_operation(RvlApplyStep *step, RvlOperation *operation)
{
    *operation = (RvlOperation){.kind = step->kind, .id = step->id};
    switch ((RvlOperationKind)step->kind) {
    case RVL_OPERATION_SA_ADD:
        step->sa.owner = step->owner;
        step->sa.local = step->local;
        step->sa.remote = step->remote;
        step->sa.path = &step->path;
        operation->sa_add = &step->sa;
        break;
    case RVL_OPERATION_POLICY_ADD:
    case RVL_OPERATION_POLICY_UPDATE:
        step->policy.owner = step->owner;
        step->policy.local = step->local;
        step->policy.remote = step->remote;
        operation->policy = &step->policy;
        break;
    case RVL_OPERATION_SA_MIGRATE:
        operation->path = &step->path;
        break;
    case RVL_OPERATION_SA_ACTIVATE:
    case RVL_OPERATION_SA_REMOVE:
    case RVL_OPERATION_POLICY_REMOVE:
        break;
    }
}

static void
add_rule(RvlJob *batch, const char *owner, RvlOperationKind kind, const RvlRule *rule)
{
    RvlApplyStep step = {
        .kind = kind,
        .id = rule->id,
        .policy = {.size = sizeof step.policy,
                   .id = rule->id,
                   .action = rule->action,
                   .order = rvl_rule_order(rule)},
        .owner = g_strdup(owner),
        .local = rvl_selectors_ref(rule->local),
        .remote = rvl_selectors_ref(rule->remote),
    };

    rvl_job_apply_add(batch, &step);
}

RvlJob *
rvl_rules_batch(const RvlRulesRequest *request)
{
    RvlJob *batch = rvl_job_new(RVL_JOB_APPLY, RVL_JOB_ESTABLISHED, (RvlSaRef){0}, 0);

    for (guint i = 0; i < request->after->len; i++) {
        const RvlRule *rule = &g_array_index(request->after, RvlRule, i);
        const RvlRule *before = rvl_rules_find(request->before, rule->id);

        if (before == NULL)
            add_rule(batch, request->owner, RVL_OPERATION_POLICY_ADD, rule);
        else if (!rvl_rule_equal(before, rule))
            add_rule(batch, request->owner, RVL_OPERATION_POLICY_UPDATE, rule);
    }
    for (guint i = 0; i < request->before->len; i++) {
        const RvlRule *rule = &g_array_index(request->before, RvlRule, i);
        RvlApplyStep removal = {.kind = RVL_OPERATION_POLICY_REMOVE, .id = rule->id};

        if (rvl_rules_find(request->after, rule->id) == NULL)
            rvl_job_apply_add(batch, &removal);
    }
    return batch;
}

RvlJobResult *
rvl_job_result_new(const RvlJob *job, RvlJobEnd end)
{
    RvlJobResult *result = g_new0(RvlJobResult, 1);

    result->id = job->id;
    result->kind = job->kind;
    result->sa = job->sa;
    result->token = job->token;
    result->end = end;
    if (job->kind == RVL_JOB_RESERVE_SPIS) {
        result->answer.reserve.path = job->request.reserve.path;
        result->answer.reserve.protocol = job->request.reserve.protocol;
    }
    return result;
}

RvlJobResult *
rvl_job_result_new_failed(const RvlJob *job, GError *error)
{
    RvlJobResult *result = rvl_job_result_new(job, RVL_JOB_FAILED);

    result->error = error;
    return result;
}

static void
proof_answer_clear(RvlProofAnswer *proof)
{
    g_clear_pointer(&proof->proof, g_bytes_unref);
    g_clear_pointer(&proof->certificates, g_array_unref);
    g_clear_pointer(&proof->identity, rvl_identity_unref);
    g_free(proof->description);
}

void
rvl_job_result_free(RvlJobResult *result)
{
    if (result == NULL)
        return;
    switch (result->kind) {
    case RVL_JOB_RESOLVE:
        g_clear_pointer(&result->answer.resolve.reaches, g_array_unref);
        break;
    case RVL_JOB_KE_OFFER:
    case RVL_JOB_KE_ANSWER:
    case RVL_JOB_KE_FINISH:
        g_clear_pointer(&result->answer.ke.public_value, g_bytes_unref);
        break;
    case RVL_JOB_PROVE:
    case RVL_JOB_CHECK:
        proof_answer_clear(&result->answer.proof);
        break;
    case RVL_JOB_RESERVE_SPIS:
        g_clear_pointer(&result->answer.reserve.spis, g_array_unref);
        break;
    case RVL_JOB_APPLY:
    case RVL_JOB_QUERY:
        g_clear_pointer(&result->answer.counters.counters, g_array_unref);
        break;
    case RVL_JOB_TAKE_STOCK:
        g_clear_pointer(&result->answer.stock.sas, g_array_unref);
        g_clear_pointer(&result->answer.stock.policies, g_array_unref);
        g_clear_pointer(&result->answer.stock.counters, g_array_unref);
        break;
    case RVL_JOB_DEPLOY:
        g_free(result->answer.deploy.interface);
        break;
    case RVL_JOB_WITHDRAW:
    case RVL_JOB_RELEASE_SPIS:
    case RVL_JOB_RULES:
        break;
    }
    g_clear_error(&result->error);
    g_free(result);
}

/* Removals go in the reverse order of what was added, in the class that is never full. */
static RvlJob *
undo_of_apply(const RvlJob *job)
{
    g_autoptr(RvlJob) undo = rvl_job_new(RVL_JOB_APPLY, RVL_JOB_TEARDOWN, (RvlSaRef){0}, 0);
    const GArray *steps = job->request.apply.steps;

    for (guint i = steps->len; i-- > 0;) {
        const RvlApplyStep *step = &g_array_index(steps, RvlApplyStep, i);
        RvlApplyStep removal = {0};

        if (step->kind == RVL_OPERATION_SA_ADD) {
            removal.kind = RVL_OPERATION_SA_REMOVE;
            removal.id = step->sa.id;
        } else if (step->kind == RVL_OPERATION_POLICY_ADD) {
            removal.kind = RVL_OPERATION_POLICY_REMOVE;
            removal.id = step->policy.id;
        } else {
            continue;
        }
        rvl_job_apply_add(undo, &removal);
    }
    return undo->request.apply.steps->len > 0 ? g_steal_pointer(&undo) : NULL;
}

static RvlJob *
undo_of_reserve(const RvlJobResult *result)
{
    const RvlReserveAnswer *answer = &result->answer.reserve;
    RvlJob *undo;

    if (answer->spis == NULL || answer->spis->len == 0)
        return NULL;
    undo = rvl_job_new(RVL_JOB_RELEASE_SPIS, RVL_JOB_TEARDOWN, (RvlSaRef){0}, 0);
    undo->request.release.path = answer->path;
    undo->request.release.protocol = answer->protocol;
    g_array_append_vals(undo->request.release.spis, answer->spis->data, answer->spis->len);
    return undo;
}

static RvlJob *
undo_of_deploy(const RvlJob *job)
{
    RvlJob *undo = rvl_job_new(RVL_JOB_WITHDRAW, RVL_JOB_TEARDOWN, (RvlSaRef){0}, 0);

    undo->request.deploy.connection = g_strdup(job->request.deploy.connection);
    undo->request.deploy.owner = g_strdup(job->request.deploy.owner);
    return undo;
}

static RvlJob *
undo_of_rules(const RvlJob *job)
{
    const RvlRulesRequest *done = &job->request.rules;
    RvlJob *undo = rvl_job_new(RVL_JOB_RULES, RVL_JOB_TEARDOWN, (RvlSaRef){0}, 0);
    RvlRulesRequest *rules = &undo->request.rules;

    rules_request_clear(rules);
    *rules = (RvlRulesRequest){
        .owner = g_strdup(done->owner),
        .before = rvl_rules_copy(done->after),
        .after = rvl_rules_copy(done->before),
        .was_wanted = done->is_wanted,
        .is_wanted = done->was_wanted,
    };
    return undo;
}

RvlUndo
rvl_job_undo_of(const RvlJob *job, const RvlJobResult *result)
{
    RvlUndo undo = {0};

    if (result->end != RVL_JOB_DONE)
        return undo;
    switch (job->kind) {
    case RVL_JOB_KE_OFFER:
    case RVL_JOB_KE_ANSWER:
    case RVL_JOB_KE_FINISH:
        undo.secrets[0] = result->answer.ke.secret;
        break;
    case RVL_JOB_PROVE:
    case RVL_JOB_CHECK:
        undo.secrets[0] = result->answer.proof.state;
        undo.secrets[1] = result->answer.proof.msk;
        break;
    case RVL_JOB_RESERVE_SPIS:
        undo.job = undo_of_reserve(result);
        break;
    case RVL_JOB_APPLY:
        undo.job = undo_of_apply(job);
        break;
    case RVL_JOB_DEPLOY:
        undo.job = undo_of_deploy(job);
        break;
    case RVL_JOB_RULES:
        undo.job = undo_of_rules(job);
        break;
    case RVL_JOB_RESOLVE:
    case RVL_JOB_QUERY:
    case RVL_JOB_TAKE_STOCK:
    case RVL_JOB_WITHDRAW:
    case RVL_JOB_RELEASE_SPIS:
        break;
    }
    return undo;
}

void
rvl_undo_clear(RvlUndo *undo)
{
    g_clear_pointer(&undo->job, rvl_job_free);
    *undo = (RvlUndo){0};
}
