/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs under way: who serves which kind, that each ends once, and what is undone. */
#pragma once

#include "ike/core/engine.h"
#include "io/job-server.h"

/** RvlJobEnded: a job's one end; @result is (transfer full). */
typedef void (*RvlJobEnded)(const RvlJob *job, RvlJobResult *result, void *user_data);

/**
 * RvlJobTable:
 *
 * Starts jobs with their kind's server and hands on each one's end exactly once, on the main loop
 * and never within rvl_job_table_start(). A job that was cancelled still ends: what it took is
 * undone here, and its end is CANCELLED.
 *
 * Thread: main loop.
 */
typedef struct RvlJobTable RvlJobTable;

/** rvl_job_table_new: @services: borrowed for the table's life. */
RvlJobTable *rvl_job_table_new(const RvlJobServices *services, RvlJobEnded ended, void *user_data);

/** rvl_job_table_free: no job is served any more; ends that were not handed on are dropped. */
void rvl_job_table_free(RvlJobTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlJobTable, rvl_job_table_free)

/** rvl_job_table_start: @job: (transfer full). */
void rvl_job_table_start(RvlJobTable *table, RvlJob *job);

void rvl_job_table_cancel(RvlJobTable *table, RvlJobId id);

/** rvl_job_table_undo: carries out what rvl_job_undo_of() said; clears @undo. */
void rvl_job_table_undo(RvlJobTable *table, RvlUndo *undo);

/** rvl_job_table_count: jobs and undos under way. */
unsigned rvl_job_table_count(const RvlJobTable *table);
