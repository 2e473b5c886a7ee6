/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From one configuration to the next: for good or on trial, and back. */
#include "config.h"

#include "control/changeover.h"

#include <ravelin/error.h>

struct RvlChangeover {
    const RvlControlModel *model;
    const RvlEvents *events;
    GSource *trial;    /* (nullable): comes due when the trial is over */
    uint64_t on_trial; /* generation */
};

static uint64_t
in_force(const RvlChangeover *changeover)
{
    return changeover->model->generation(changeover->model->context);
}

static void
end_trial(RvlChangeover *changeover)
{
    if (changeover->trial == NULL)
        return;
    g_source_destroy(changeover->trial);
    g_clear_pointer(&changeover->trial, g_source_unref);
}

static bool
go_back(RvlChangeover *changeover, const char *reason, GError **error)
{
    uint64_t from = in_force(changeover);

    if (!changeover->model->roll_back(changeover->model->context, error))
        return false;
    rvl_event_emit(changeover->events, NULL, RVL_EVENT_POLICY_ROLLED_BACK,
                   RVL_INTEGER("from", from), RVL_INTEGER("generation", in_force(changeover)),
                   RVL_TEXT("reason", reason));
    return true;
}

static gboolean
trial_ended(gpointer user_data)
{
    RvlChangeover *changeover = user_data;

    end_trial(changeover);
    (void)go_back(changeover, "nobody confirmed it in time", NULL); /* there is what it replaced */
    return G_SOURCE_REMOVE;
}

static void
start_trial(RvlChangeover *changeover, RvlTime trial)
{
    changeover->on_trial = in_force(changeover);
    changeover->trial = g_timeout_source_new((guint)(trial / RVL_MILLISECOND));
    g_source_set_callback(changeover->trial, trial_ended, changeover, NULL);
    g_source_attach(changeover->trial, g_main_context_get_thread_default());
    rvl_event_emit(changeover->events, NULL, RVL_EVENT_POLICY_ON_TRIAL,
                   RVL_INTEGER("generation", changeover->on_trial),
                   RVL_INTEGER("seconds", trial / RVL_SECOND));
}

/* What is on trial must be decided on first: else nobody knew what a rollback leads back to. */
static bool
is_free(const RvlChangeover *changeover, GError **error)
{
    if (changeover->trial == NULL)
        return true;
    rvl_error_set(error, RVL_CAUSE_POLICY_CHANGED,
                  "configuration %" G_GUINT64_FORMAT " is on trial", (guint64)changeover->on_trial);
    rvl_error_set_remedy(error, "ravelinctl confirm, or ravelinctl rollback, comes first");
    return false;
}

bool
rvl_changeover_apply(RvlChangeover *changeover,
                     uint64_t planned_over,
                     RvlTime trial,
                     GError **error)
{
    const RvlControlModel *model = changeover->model;

    if (!is_free(changeover, error))
        return false;
    if (trial < 0 || trial > RVL_TRIAL_MAX) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "confirm: a trial lasts 1 s to %d s",
                      (int)(RVL_TRIAL_MAX / RVL_SECOND));
        return false;
    }
    if (planned_over != in_force(changeover)) {
        rvl_error_set(error, RVL_CAUSE_POLICY_CHANGED,
                      "the configuration changed since it was planned");
        rvl_error_set_remedy(error, "plan again");
        return false;
    }
    if (!model->apply(model->context, error))
        return false;
    if (trial > 0)
        start_trial(changeover, trial);
    return true;
}

bool
rvl_changeover_confirm(RvlChangeover *changeover, uint64_t generation, GError **error)
{
    if (changeover->trial == NULL || changeover->on_trial != generation) {
        rvl_error_set(error, RVL_CAUSE_POLICY_CHANGED,
                      "configuration %" G_GUINT64_FORMAT " is not on trial", (guint64)generation);
        rvl_error_set_remedy(error, "nothing, where it was confirmed; plan and apply again, where "
                                    "it was rolled back");
        return false;
    }
    end_trial(changeover);
    rvl_event_emit(changeover->events, NULL, RVL_EVENT_POLICY_CONFIRMED,
                   RVL_INTEGER("generation", generation));
    return true;
}

bool
rvl_changeover_roll_back(RvlChangeover *changeover, GError **error)
{
    if (!go_back(changeover, "an operator asked for it", error))
        return false;
    end_trial(changeover);
    return true;
}

void
rvl_changeover_reload(RvlChangeover *changeover)
{
    const RvlControlModel *model = changeover->model;
    g_autoptr(GVariant) changes = NULL;
    g_auto(GStrv) problems = NULL;
    g_autoptr(GError) error = NULL;

    if (is_free(changeover, &error) && !model->plan(model->context, &changes, &problems))
        return; /* the model has said why */
    if (error != NULL || !model->apply(model->context, &error))
        rvl_event_emit_error(changeover->events, NULL, RVL_EVENT_POLICY_REFUSED,
                             rvl_error_cause(error), error);
}

RvlTime
rvl_changeover_left(const RvlChangeover *changeover)
{
    int64_t left;

    if (changeover->trial == NULL)
        return RVL_TIME_NEVER;
    left = g_source_get_ready_time(changeover->trial) - g_get_monotonic_time();
    return MAX(left, 0);
}

RvlChangeover *
rvl_changeover_new(const RvlControlModel *model, const RvlEvents *events)
{
    RvlChangeover *changeover = g_new0(RvlChangeover, 1);

    changeover->model = model;
    changeover->events = events;
    return changeover;
}

void
rvl_changeover_free(RvlChangeover *changeover)
{
    if (changeover == NULL)
        return;
    end_trial(changeover);
    g_free(changeover);
}
