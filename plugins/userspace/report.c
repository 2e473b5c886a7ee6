/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of the report, made when asked for. */
#include "config.h"

#include "report.h"

#include <ravelin/sized.h>

#include "worker.h"

/* Where rows go; beyond @max they are only counted. */
typedef struct {
    RvlReportRow *rows;
    size_t stride;
    size_t max;
    size_t n;
} Rows;

static void
put(Rows *rows, const RvlReportRow *row)
{
    if (rows->n < rows->max)
        rvl_sized_copy(RVL_STRIDE(rows->rows, rows->stride, rows->n), rows->stride, row,
                       sizeof *row);
    rows->n++;
}

static void
put_feature(Rows *rows, const char *name, bool is_on, const char *reason)
{
    RvlReportRow row = {.name = name, .is_on = is_on, .reason = is_on ? NULL : reason};

    put(rows, &row);
}

static void
put_tun(Rows *rows, const Tun *tun)
{
    put_feature(rows, "tun-vnet-header", tun->vnet_header != 0, NULL);
    put_feature(rows, "tun-tso", tun->has_tso, tun->offload_reason);
    put_feature(rows, "tun-uso", tun->has_uso, tun->uso_reason);
    put_feature(rows, "tun-queues", tun->n_queues > 1, tun->steering_reason);
}

static void
put_endpoint(Rows *rows, const Endpoint *endpoint)
{
    put_feature(rows, "udp-segmentation", atomic_load(&endpoint->has_segmentation),
                atomic_load(&endpoint->segmentation_reason));
    put_feature(rows, "udp-aggregation", endpoint->has_aggregation, endpoint->aggregation_reason);
    put_feature(rows, "udp-steering", endpoint->steering_reason == NULL, endpoint->steering_reason);
}

static uint64_t
sum_of_drops(const Plane *plane, RvlDropCause cause)
{
    uint64_t sum = 0;

    for (unsigned i = 0; plane->is_running && i < plane->n_workers; i++)
        sum += atomic_load_explicit(&plane->workers[i]->drops[cause], memory_order_relaxed);
    return sum;
}

/* System calls and the packets that they moved: whether the batches work. */
static void
put_batches(Rows *rows, const Plane *plane)
{
    static const char *const names[] = {
        "tun-reads", "tun-packets-read", "tun-writes", "tun-packets-written",
        "sends",     "packets-sent",     "receives",   "packets-received"};
    uint64_t sums[G_N_ELEMENTS(names)] = {0};

    for (unsigned i = 0; plane->is_running && i < plane->n_workers; i++) {
        const Worker *w = plane->workers[i];
        const atomic_uint_fast64_t *const counters[] = {
            &w->tun_reads, &w->tun_packets_read, &w->tun_writes, &w->tun_packets_written,
            &w->sends,     &w->packets_sent,     &w->receives,   &w->packets_received};

        for (unsigned k = 0; k < G_N_ELEMENTS(names); k++)
            sums[k] += atomic_load_explicit(counters[k], memory_order_relaxed);
    }
    for (unsigned k = 0; k < G_N_ELEMENTS(names); k++) {
        RvlReportRow row = {.name = names[k], .is_on = true, .count = sums[k]};

        put(rows, &row);
    }
}

size_t
report_rows(const Plane *plane, RvlReportRow *rows, size_t stride, size_t max)
{
    Rows out = {.rows = rows, .stride = stride, .max = max};

    put_feature(&out, "raw-esp", plane->raw_reason == NULL, plane->raw_reason);
    for (unsigned i = 0; i < plane->tuns->len; i++)
        put_tun(&out, plane->tuns->pdata[i]);
    for (unsigned i = 0; i < plane->endpoints->len; i++)
        put_endpoint(&out, plane->endpoints->pdata[i]);
    for (uint32_t cause = RVL_DROP_NONE + 1; cause < RVL_DROP_COUNT_; cause++) {
        RvlReportRow row = {.name = rvl_drop_word(cause), .drop = cause};

        row.count = sum_of_drops(plane, cause);
        if (row.count > 0)
            put(&out, &row);
    }
    put_batches(&out, plane);
    return out.n;
}

void
report_offloads(const Plane *plane, const Tun *tun, const Endpoint *endpoint)
{
    RvlReportRow all[8];
    RvlEventScope scope = {.size = sizeof scope};
    Rows rows = {.rows = all, .stride = sizeof all[0], .max = G_N_ELEMENTS(all)};

    if (tun != NULL)
        put_tun(&rows, tun);
    if (endpoint != NULL)
        put_endpoint(&rows, endpoint);
    for (size_t i = 0; i < rows.n; i++)
        if (!all[i].is_on)
            rvl_event_emit(plane->host->events, &scope, RVL_EVENT_OFFLOAD_OFF,
                           RVL_TEXT("offload", all[i].name),
                           RVL_TEXT("reason", all[i].reason != NULL ? all[i].reason : "unknown"));
}
