/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Serves the jobs of the SA installer: RVL_JOB_RESERVE_SPIS, _RELEASE_SPIS, _APPLY and _QUERY. */
#include "config.h"

#include "io/job-server.h"

typedef struct {
    const RvlJob *job;
    RvlJobServed served;
    void *user_data;
} Call;

static Call *
call_new(const RvlJob *job, RvlJobServed served, void *user_data)
{
    Call *call = g_new0(Call, 1);

    *call = (Call){job, served, user_data};
    return call;
}

static void
call_end(Call *call, RvlJobResult *result)
{
    call->served(result, call->user_data);
    g_free(call);
}

static void
spis_reserved(const uint32_t *spis, size_t n, const GError *error, void *user_data)
{
    Call *call = user_data;
    RvlJobResult *result;

    if (error != NULL) {
        call_end(call, rvl_job_result_new_failed(call->job, g_error_copy(error)));
        return;
    }
    result = rvl_job_result_new(call->job, RVL_JOB_DONE);
    result->answer.reserve.spis = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_vals(result->answer.reserve.spis, spis, (guint)n);
    call_end(call, result);
}

void
rvl_serve_reserve_spis(const RvlJobServices *services,
                       const RvlJob *job,
                       RvlJobServed served,
                       void *user_data)
{
    const RvlReserveRequest *request = &job->request.reserve;

    services->installer->reserve_spis(services->installer_self, &request->path, request->protocol,
                                      request->n, spis_reserved, call_new(job, served, user_data));
}

void
rvl_serve_release_spis(const RvlJobServices *services,
                       const RvlJob *job,
                       RvlJobServed served,
                       void *user_data)
{
    const GArray *spis = job->request.release.spis;

    services->installer->release_spis(services->installer_self,
                                      (const uint32_t *)(void *)spis->data, spis->len);
    served(rvl_job_result_new(job, RVL_JOB_DONE), user_data);
}

static void
counted(const RvlSaCounters *counters,
        size_t n,
        size_t stride,
        const GError *error,
        void *user_data)
{
    Call *call = user_data;
    RvlJobResult *result;

    if (error != NULL) {
        call_end(call, rvl_job_result_new_failed(call->job, g_error_copy(error)));
        return;
    }
    result = rvl_job_result_new(call->job, RVL_JOB_DONE);
    result->answer.counters.counters = g_array_new(FALSE, FALSE, sizeof(RvlSaCounters));
    for (size_t i = 0; i < n; i++)
        g_array_append_vals(result->answer.counters.counters, RVL_STRIDE(counters, stride, i), 1);
    call_end(call, result);
}

void
rvl_serve_apply(const RvlJobServices *services,
                const RvlJob *job,
                RvlJobServed served,
                void *user_data)
{
    const GArray *steps = job->request.apply.steps;
    g_autofree RvlOperation *operations = g_new0(RvlOperation, MAX(steps->len, 1));
    RvlSaBatch batch = {.size = sizeof(batch),
                        .operations = operations,
                        .n_operations = steps->len,
                        .stride = sizeof(*operations)};

    for (guint i = 0; i < steps->len; i++)
        rvl_apply_step_operation(&g_array_index(steps, RvlApplyStep, i), &operations[i]);
    services->installer->apply(services->installer_self, &batch, counted,
                               call_new(job, served, user_data));
}

void
rvl_serve_query(const RvlJobServices *services,
                const RvlJob *job,
                RvlJobServed served,
                void *user_data)
{
    const GArray *ids = job->request.query.ids;

    if (!RVL_HAS_CALL(services->installer, query)) {
        RvlJobResult *result = rvl_job_result_new(job, RVL_JOB_DONE);

        result->answer.counters.counters = g_array_new(FALSE, FALSE, sizeof(RvlSaCounters));
        served(result, user_data);
        return;
    }
    services->installer->query(services->installer_self, (const RvlSaId *)(void *)ids->data,
                               ids->len, counted, call_new(job, served, user_data));
}
