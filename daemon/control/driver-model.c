/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's own control model: over its driver, plugin host, registry and configuration. */
#include "config.h"

#include "control/driver-model.h"

#include <string.h>

#include <ravelin/error.h>

#include "control/list-modules.h"
#include "control/list-sas.h"
#include "control/rows.h"
#include "io/clock.h"
#include "policy/difference.h"

struct RvlDriverModel {
    RvlControlModel table;
    RvlDriverModelParts parts;
    RvlSnapshot *in_force;
    RvlSnapshot *planned;  /* (nullable) */
    RvlSnapshot *replaced; /* (nullable): what the last apply() did away with */
    uint64_t generation;
};

/* Lists. */

typedef struct {
    RvlDriverModel *model;
    RvlControlRows done;
    void *user_data;
} Listing;

static void
counters_came(const RvlSaCounters *counters,
              size_t n,
              size_t stride,
              const GError *error,
              void *user_data)
{
    g_autofree Listing *listing = user_data;
    const RvlDriverModelParts *parts = &listing->model->parts;
    g_autoptr(GVariant) rows = g_variant_ref_sink(
        rvl_list_child_sas(rvl_driver_engine(parts->driver), parts->registry, counters,
                           error == NULL ? n : 0, stride, rvl_clock_now()));

    listing->done(rows, NULL, listing->user_data);
}

static void
list_child_sas(RvlDriverModel *model, RvlControlRows done, void *user_data)
{
    Listing *listing = g_new0(Listing, 1);

    *listing = (Listing){model, done, user_data};
    rvl_driver_counters(model->parts.driver, counters_came, listing);
}

static GVariant *
list_connections(const RvlDriverModel *model)
{
    return rvl_list_connections(rvl_driver_engine(model->parts.driver), rvl_clock_now());
}

static GVariant *
list_policies(const RvlDriverModel *model)
{
    return rvl_list_policies(rvl_driver_engine(model->parts.driver));
}

static GVariant *
list_ike_sas(const RvlDriverModel *model)
{
    return rvl_list_ike_sas(rvl_driver_engine(model->parts.driver), model->parts.registry,
                            rvl_clock_now());
}

static GVariant *
list_plugins(const RvlDriverModel *model)
{
    return rvl_list_plugins(model->parts.plugins);
}

static GVariant *
list_algorithms(const RvlDriverModel *model)
{
    return rvl_list_algorithms(model->parts.registry, model->parts.primitives);
}

/* Rows of the installer's report at most: offloads, and a row a cause of drops. */
#define MAX_REPORT_ROWS 128

static GVariant *
list_report(const RvlDriverModel *model)
{
    GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
    g_autofree RvlReportRow *report = g_new0(RvlReportRow, MAX_REPORT_ROWS);
    size_t n = rvl_driver_report(model->parts.driver, report, MAX_REPORT_ROWS);

    for (size_t i = 0; i < n; i++) {
        g_auto(GVariantBuilder) row = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

        rvl_row_text(&row, "name", report[i].name);
        if (report[i].drop == RVL_DROP_NONE) {
            rvl_row_fact(&row, "is_on", report[i].is_on);
            rvl_row_text(&row, "reason", report[i].reason);
        } else {
            rvl_row_text(&row, "drop", rvl_drop_word(report[i].drop));
            rvl_row_number(&row, "packets", (int64_t)report[i].count);
        }
        g_variant_builder_add_value(&rows, g_variant_builder_end(&row));
    }
    return g_variant_builder_end(&rows);
}

static const struct {
    const char *kind;
    GVariant *(*list)(const RvlDriverModel *model);
} lists[] = {
    {"connection", list_connections}, {"ike", list_ike_sas},      {"plugin", list_plugins},
    {"algorithm", list_algorithms},   {"dataplane", list_report}, {"policy", list_policies},
};

static const char *const kinds[] = {"connection", "ike",       "child",  "plugin",
                                    "algorithm",  "dataplane", "policy", NULL};

static void
list(void *context, const char *kind, RvlControlRows done, void *user_data)
{
    RvlDriverModel *model = context;
    g_autoptr(GError) error = NULL;

    if (strcmp(kind, "child") == 0) {
        list_child_sas(model, done, user_data);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        if (strcmp(lists[i].kind, kind) == 0) {
            g_autoptr(GVariant) rows = g_variant_ref_sink(lists[i].list(model));

            done(rows, NULL, user_data);
            return;
        }
    rvl_error_set_found(&error, RVL_CAUSE_CONFIG_INVALID, kind, NULL, "'%s' is no kind of thing",
                        kind);
    done(NULL, error, user_data);
}

/* Commands. */

static void
command(void *context,
        RvlCommandKind kind,
        const char *name,
        RvlControlProgress progress,
        RvlControlEnd end,
        void *user_data)
{
    const RvlDriverModel *model = context;
    const RvlCommand wanted = {.kind = kind, .name = name};

    rvl_driver_command(model->parts.driver, &wanted, progress, end, user_data);
}

/* Configuration. */

static const char *
change_word(RvlChange change)
{
    switch (change) {
    case RVL_CHANGE_NONE:
        return "kept";
    case RVL_CHANGE_NEW:
        return "new";
    case RVL_CHANGE_CHANGED:
        return "changed";
    case RVL_CHANGE_GONE:
        return "gone";
    }
    return "unknown";
}

static const char *
effect_word(const RvlChangeRow *row)
{
    if (row->change == RVL_CHANGE_GONE)
        return "close";
    if (row->change == RVL_CHANGE_NEW)
        return "open";
    switch (row->cost) {
    case RVL_COST_NONE:
        return "keep";
    case RVL_COST_REKEY:
        return "rekey";
    case RVL_COST_RENEW:
        return "set up anew";
    case RVL_COST_RESTART:
        return "restart of the daemon";
    }
    return "unknown";
}

static GVariant *
list_changes(const RvlDifference *difference)
{
    GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));

    for (size_t i = 0; i < rvl_difference_count(difference); i++) {
        const RvlChangeRow *change = rvl_difference_get(difference, i);
        const RvlConnection *connection = change->after != NULL ? change->after : change->before;
        g_auto(GVariantBuilder) row = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

        if (change->change == RVL_CHANGE_NONE)
            continue;
        rvl_row_text(&row, "connection", connection->name);
        rvl_row_text(&row, "change", change_word(change->change));
        rvl_row_text(&row, "effect", effect_word(change));
        rvl_row_text(&row, "keys", change->keys);
        g_variant_builder_add_value(&rows, g_variant_builder_end(&row));
    }
    return g_variant_ref_sink(g_variant_builder_end(&rows));
}

static bool
plan(void *context, GVariant **changes, GStrv *problems)
{
    RvlDriverModel *model = context;
    g_autoptr(RvlDifference) difference = NULL;

    g_clear_pointer(&model->planned, rvl_snapshot_unref);
    model->planned = model->parts.read(model->parts.read_context, model->in_force, problems);
    if (model->planned == NULL) {
        g_autoptr(GError) error = NULL;

        rvl_error_set(&error, RVL_CAUSE_CONFIG_INVALID, "%s",
                      *problems != NULL && (*problems)[0] != NULL ? (*problems)[0] : "unknown");
        rvl_event_emit_error(model->parts.events, NULL, RVL_EVENT_POLICY_REFUSED,
                             RVL_CAUSE_CONFIG_INVALID, error);
        return false;
    }
    difference = rvl_difference_new(model->in_force, model->planned, model->parts.schema);
    *changes = list_changes(difference);
    return true;
}

static void
put_in_force(RvlDriverModel *model, RvlSnapshot *snapshot)
{
    g_autoptr(RvlDifference) difference =
        rvl_difference_new(model->in_force, snapshot, model->parts.schema);

    model->generation++;
    rvl_driver_set_snapshot(model->parts.driver, snapshot);
    rvl_event_emit(model->parts.events, NULL, RVL_EVENT_POLICY_APPLIED,
                   RVL_INTEGER("generation", model->generation),
                   RVL_INTEGER("new", rvl_difference_count_of(difference, RVL_CHANGE_NEW)),
                   RVL_INTEGER("changed", rvl_difference_count_of(difference, RVL_CHANGE_CHANGED)),
                   RVL_INTEGER("gone", rvl_difference_count_of(difference, RVL_CHANGE_GONE)),
                   RVL_INTEGER("kept", rvl_difference_count_of(difference, RVL_CHANGE_NONE)));
    g_clear_pointer(&model->in_force, rvl_snapshot_unref);
    model->in_force = rvl_snapshot_ref(snapshot);
}

static bool
apply(void *context, GError **error)
{
    RvlDriverModel *model = context;
    g_autoptr(RvlSnapshot) planned = g_steal_pointer(&model->planned);

    if (planned == NULL) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "nothing was planned that could be applied");
        return false;
    }
    g_clear_pointer(&model->replaced, rvl_snapshot_unref);
    model->replaced = rvl_snapshot_ref(model->in_force);
    put_in_force(model, planned);
    return true;
}

static bool
roll_back(void *context, GError **error)
{
    RvlDriverModel *model = context;
    g_autoptr(RvlSnapshot) replaced = g_steal_pointer(&model->replaced);

    if (replaced == NULL) {
        rvl_error_set(error, RVL_CAUSE_POLICY_CHANGED,
                      "nothing was applied that could be rolled back");
        return false;
    }
    put_in_force(model, replaced);
    return true;
}

static uint64_t
generation(void *context)
{
    const RvlDriverModel *model = context;

    return model->generation;
}

static GVariant *
counts(void *context)
{
    const RvlDriverModel *model = context;
    RvlEngineCounts engine = rvl_engine_counts(rvl_driver_engine(model->parts.driver));
    RvlDriverCounts driver = rvl_driver_counts(model->parts.driver);
    GVariantBuilder row = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    rvl_row_number(&row, "connections", (int64_t)rvl_snapshot_count(model->in_force));
    rvl_row_number(&row, "ike_sas", engine.ike_sas);
    rvl_row_number(&row, "half_open", engine.half_open);
    rvl_row_number(&row, "child_sas", engine.child_sas);
    rvl_row_number(&row, "exchanges", engine.exchanges);
    rvl_row_number(&row, "reservations", engine.reservations);
    rvl_row_number(&row, "jobs", driver.jobs);
    rvl_row_number(&row, "endpoints", (int64_t)driver.endpoints);
    rvl_row_number(&row, "sends_failed", (int64_t)driver.sends_failed);
    return g_variant_builder_end(&row);
}

RvlDriverModel *
rvl_driver_model_new(const RvlDriverModelParts *parts, RvlSnapshot *snapshot)
{
    RvlDriverModel *model = g_new0(RvlDriverModel, 1);

    model->parts = *parts;
    model->table = (RvlControlModel){
        .context = model,
        .kinds = kinds,
        .list = list,
        .command = command,
        .plan = plan,
        .apply = apply,
        .roll_back = roll_back,
        .generation = generation,
        .counts = counts,
    };
    put_in_force(model, snapshot);
    return model;
}

void
rvl_driver_model_free(RvlDriverModel *model)
{
    if (model == NULL)
        return;
    g_clear_pointer(&model->planned, rvl_snapshot_unref);
    g_clear_pointer(&model->replaced, rvl_snapshot_unref);
    g_clear_pointer(&model->in_force, rvl_snapshot_unref);
    g_free(model);
}

const RvlControlModel *
rvl_driver_model_table(const RvlDriverModel *model)
{
    return &model->table;
}
