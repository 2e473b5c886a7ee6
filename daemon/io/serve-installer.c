/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Serves the jobs of the SA installer: RVL_JOB_RESERVE_SPIS, _RELEASE_SPIS, _APPLY, _QUERY and
 * _TAKE_STOCK.
 */
#include "config.h"

#include <ravelin/sized.h>

#include "io/job-server.h"

typedef struct {
    const RvlJobServices *services;
    const RvlJob *job;
    RvlJobServed served;
    void *user_data;
} Call;

static Call *
call_new(const RvlJobServices *services, const RvlJob *job, RvlJobServed served, void *user_data)
{
    Call *call = g_new0(Call, 1);

    *call = (Call){services, job, served, user_data};
    return call;
}

static void
call_end(Call *call, RvlJobResult *result)
{
    call->served(result, call->user_data);
    g_free(call);
}

static void
call_fail(Call *call, const GError *error)
{
    call_end(call, rvl_job_result_new_failed(call->job, g_error_copy(error)));
}

/* SPIs. */

static void
spis_reserved(const uint32_t *spis, size_t n, const GError *error, void *user_data)
{
    Call *call = user_data;
    RvlJobResult *result;

    if (error != NULL) {
        call_fail(call, error);
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
                                      request->n, spis_reserved,
                                      call_new(services, job, served, user_data));
}

void
rvl_serve_release_spis(const RvlJobServices *services,
                       const RvlJob *job,
                       RvlJobServed served,
                       void *user_data)
{
    const RvlReleaseRequest *request = &job->request.release;

    services->installer->release_spis(services->installer_self, &request->path, request->protocol,
                                      (const uint32_t *)(void *)request->spis->data,
                                      request->spis->len);
    served(rvl_job_result_new(job, RVL_JOB_DONE), user_data);
}

/* Batches and counters. */

/* (transfer full): as this side knows the rows, whatever length the installer knows. */
static GArray *
counters_read(const RvlSaCounters *counters, size_t n, size_t stride)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(RvlSaCounters));

    for (size_t i = 0; i < n; i++) {
        RvlSaCounters row;

        rvl_sized_copy(&row, sizeof(row), RVL_STRIDE(counters, stride, i), stride);
        g_array_append_val(rows, row);
    }
    return rows;
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
        call_fail(call, error);
        return;
    }
    result = rvl_job_result_new(call->job, RVL_JOB_DONE);
    result->answer.counters.counters = counters_read(counters, n, stride);
    call_end(call, result);
}

void
rvl_serve_steps(const RvlJobServices *services,
                const GArray *steps,
                RvlCountersDone done,
                void *user_data)
{
    g_autofree RvlOperation *operations = g_new0(RvlOperation, MAX(steps->len, 1));
    RvlSaBatch batch = {.size = sizeof(batch),
                        .operations = operations,
                        .n_operations = steps->len,
                        .stride = sizeof(*operations)};

    for (guint i = 0; i < steps->len; i++)
        rvl_apply_step_operation(&g_array_index(steps, RvlApplyStep, i), &operations[i]);
    services->installer->apply(services->installer_self, &batch, done, user_data);
}

void
rvl_serve_apply(const RvlJobServices *services,
                const RvlJob *job,
                RvlJobServed served,
                void *user_data)
{
    rvl_serve_steps(services, job->request.apply.steps, counted,
                    call_new(services, job, served, user_data));
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
                               ids->len, counted, call_new(services, job, served, user_data));
}

/* Stock: what stands first, then the counters of what was asked for. */

typedef struct {
    Call *call;
    RvlJobResult *result;
} Stock;

static void
stock_end(Stock *stock, const GError *error)
{
    if (error != NULL) {
        rvl_job_result_free(stock->result);
        call_fail(stock->call, error);
    } else {
        call_end(stock->call, stock->result);
    }
    g_free(stock);
}

static void
stock_counted(const RvlSaCounters *counters,
              size_t n,
              size_t stride,
              const GError *error,
              void *user_data)
{
    Stock *stock = user_data;

    if (error == NULL)
        stock->result->answer.stock.counters = counters_read(counters, n, stride);
    stock_end(stock, error);
}

static void
ask_counters(Stock *stock)
{
    const RvlJobServices *services = stock->call->services;
    const GArray *ids = stock->call->job->request.query.ids;

    if (ids->len == 0 || !RVL_HAS_CALL(services->installer, query))
        stock_end(stock, NULL);
    else
        services->installer->query(services->installer_self, (const RvlSaId *)(void *)ids->data,
                                   ids->len, stock_counted, stock);
}

static void
stock_listed(const RvlStanding *standing,
             size_t n,
             size_t stride,
             const GError *error,
             void *user_data)
{
    Stock *stock = user_data;
    RvlStockAnswer *answer = &stock->result->answer.stock;

    if (error != NULL) {
        stock_end(stock, error);
        return;
    }
    answer->sas = g_array_new(FALSE, FALSE, sizeof(RvlSaId));
    answer->policies = g_array_new(FALSE, FALSE, sizeof(RvlPolicyId));
    for (size_t i = 0; i < n; i++) {
        RvlStanding row;

        rvl_sized_copy(&row, sizeof(row), RVL_STRIDE(standing, stride, i), stride);
        if (row.kind == RVL_STANDING_SA)
            g_array_append_val(answer->sas, row.id);
        else if (row.kind == RVL_STANDING_POLICY)
            g_array_append_val(answer->policies, row.id);
    }
    ask_counters(stock);
}

void
rvl_serve_take_stock(const RvlJobServices *services,
                     const RvlJob *job,
                     RvlJobServed served,
                     void *user_data)
{
    Stock *stock = g_new0(Stock, 1);

    stock->call = call_new(services, job, served, user_data);
    stock->result = rvl_job_result_new(job, RVL_JOB_DONE);
    if (RVL_HAS_CALL(services->installer, list))
        services->installer->list(services->installer_self, NULL, stock_listed, stock);
    else
        ask_counters(stock);
}
