/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs under way: who serves which kind, that each ends once, and what is undone. */
#include "config.h"

#include "io/job-table.h"

#include <ravelin/error.h>

#include "io/later-calls.h"

static const RvlJobServer servers[] = {
    [RVL_JOB_RESOLVE] = rvl_serve_resolve,
    [RVL_JOB_KE_OFFER] = rvl_serve_key_exchange,
    [RVL_JOB_KE_ANSWER] = rvl_serve_key_exchange,
    [RVL_JOB_KE_FINISH] = rvl_serve_key_exchange,
    [RVL_JOB_PROVE] = rvl_serve_proof,
    [RVL_JOB_CHECK] = rvl_serve_proof,
    [RVL_JOB_RESERVE_SPIS] = rvl_serve_reserve_spis,
    [RVL_JOB_RELEASE_SPIS] = rvl_serve_release_spis,
    [RVL_JOB_APPLY] = rvl_serve_apply,
    [RVL_JOB_QUERY] = rvl_serve_query,
    [RVL_JOB_DEPLOY] = rvl_serve_deploy,
    [RVL_JOB_WITHDRAW] = rvl_serve_withdraw,
    [RVL_JOB_TAKE_STOCK] = rvl_serve_take_stock,
    [RVL_JOB_RULES] = rvl_serve_rules,
};

/* A job, from its start to its end. */
typedef struct {
    RvlJobTable *table;
    RvlJob *job;
    RvlJobResult *result; /* set by the server, read on the main loop */
    bool is_cancelled;
    bool is_undo; /* nobody waits for its end */
} Entry;

struct RvlJobTable {
    const RvlJobServices *services;
    RvlJobEnded ended;
    void *user_data;
    GHashTable *entries; /* id of the engine's jobs -> Entry */
    RvlLaterCalls *ends;
    unsigned under_way;
    bool is_over;
};

static void
entry_free(Entry *entry)
{
    g_clear_pointer(&entry->job, rvl_job_free);
    g_clear_pointer(&entry->result, rvl_job_result_free);
    g_free(entry);
}

static void
undo_result(RvlJobTable *table, const RvlJob *job, const RvlJobResult *result)
{
    RvlUndo undo = rvl_job_undo_of(job, result);

    rvl_job_table_undo(table, &undo);
}

static void
entry_ended(void *user_data)
{
    Entry *entry = user_data;
    RvlJobTable *table = entry->table;

    if (table->is_over) {
        entry_free(entry);
        return;
    }
    table->under_way--;
    if (!entry->is_undo) {
        (void)g_hash_table_remove(table->entries, &entry->job->id);
        if (entry->is_cancelled) {
            undo_result(table, entry->job, entry->result);
            rvl_job_result_free(entry->result);
            entry->result = rvl_job_result_new(entry->job, RVL_JOB_CANCELLED);
        }
        table->ended(entry->job, g_steal_pointer(&entry->result), table->user_data);
    }
    entry_free(entry);
}

/* Any thread. Later, so that an end never comes within a start. */
static void
entry_served(RvlJobResult *result, void *user_data)
{
    Entry *entry = user_data;

    entry->result = result;
    rvl_later_calls_add(entry->table->ends, entry_ended, entry);
}

static void
serve(RvlJobTable *table, RvlJob *job, bool is_undo)
{
    Entry *entry = g_new0(Entry, 1);

    entry->table = table;
    entry->job = job;
    entry->is_undo = is_undo;
    table->under_way++;
    if (!is_undo)
        g_hash_table_insert(table->entries, &job->id, entry);
    servers[job->kind](table->services, job, entry_served, entry);
}

RvlJobTable *
rvl_job_table_new(const RvlJobServices *services, RvlJobEnded ended, void *user_data)
{
    RvlJobTable *table = g_new0(RvlJobTable, 1);

    table->services = services;
    table->ended = ended;
    table->user_data = user_data;
    table->entries = g_hash_table_new(g_int64_hash, g_int64_equal);
    table->ends = rvl_later_calls_new();
    return table;
}

void
rvl_job_table_free(RvlJobTable *table)
{
    if (table == NULL)
        return;
    table->is_over = true;
    rvl_later_calls_free(table->ends);
    g_hash_table_unref(table->entries);
    g_free(table);
}

void
rvl_job_table_start(RvlJobTable *table, RvlJob *job)
{
    serve(table, job, false);
}

void
rvl_job_table_cancel(RvlJobTable *table, RvlJobId id)
{
    Entry *entry = g_hash_table_lookup(table->entries, &id);

    if (entry != NULL)
        entry->is_cancelled = true;
}

void
rvl_job_table_undo(RvlJobTable *table, RvlUndo *undo)
{
    const RvlJobServices *services = table->services;

    for (size_t i = 0; i < G_N_ELEMENTS(undo->secrets); i++)
        if (undo->secrets[i] != RVL_SECRET_ID_NONE)
            services->secrets->release(services->secrets->context, undo->secrets[i]);
    if (undo->job != NULL)
        serve(table, g_steal_pointer(&undo->job), true);
    rvl_undo_clear(undo);
}

unsigned
rvl_job_table_count(const RvlJobTable *table)
{
    return table->under_way;
}
