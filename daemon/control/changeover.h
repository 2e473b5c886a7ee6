/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From one configuration to the next: for good or on trial, and back. */
#pragma once

#include <ravelin/event.h>

#include "control/model.h"

/* Longest trial of a configuration. */
#define RVL_TRIAL_MAX (24 * RVL_HOUR)

/**
 * RvlChangeover:
 *
 * A configuration on trial is rolled back by itself unless it is confirmed in time, so that who
 * cuts his own way to the machine gets it back. Going back puts the snapshot of before in force
 * again and reads no file: SAs of connections that are the same in both stay.
 *
 * Thread: main loop.
 */
typedef struct RvlChangeover RvlChangeover;

/** rvl_changeover_new: @model, @events: borrowed. */
RvlChangeover *rvl_changeover_new(const RvlControlModel *model, const RvlEvents *events);
/** rvl_changeover_free: a configuration on trial stays in force: the files say the same. */
void rvl_changeover_free(RvlChangeover *changeover);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlChangeover, rvl_changeover_free)

/**
 * rvl_changeover_apply:
 * @planned_over: generation that was in force when the plan was made
 * @trial: 0: for good; else how long to wait for rvl_changeover_confirm()
 *
 * Puts what was planned last in force.
 *
 * Errors: RVL_CAUSE_POLICY_CHANGED where another configuration came into force since the plan, or
 * one is on trial; RVL_CAUSE_CONFIG_INVALID where nothing was planned or @trial is too long.
 */
bool rvl_changeover_apply(RvlChangeover *changeover,
                          uint64_t planned_over,
                          RvlTime trial,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_changeover_confirm: @generation, which is on trial, stays.
 *
 * Errors: RVL_CAUSE_POLICY_CHANGED where it isn't on trial (any more).
 */
bool rvl_changeover_confirm(RvlChangeover *changeover,
                            uint64_t generation,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_changeover_roll_back: what was in force before the last apply is so again, confirmed or not.
 *
 * Errors: RVL_CAUSE_POLICY_CHANGED where nothing was applied since the last time.
 */
bool rvl_changeover_roll_back(RvlChangeover *changeover, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_changeover_reload: reads the files and puts them in force for good; events tell the rest. */
void rvl_changeover_reload(RvlChangeover *changeover);

/** rvl_changeover_left: how long the trial still lasts; RVL_TIME_NEVER where none is. */
RvlTime rvl_changeover_left(const RvlChangeover *changeover);
