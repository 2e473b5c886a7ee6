/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking stock of the installer. */
#include "config.h"

#include "ike/core/take-stock.h"

#include "ike/core/child-life.h"
#include "ike/core/engine-state.h"
#include "ike/core/report.h"

/* A question that failed is asked again after this. */
#define RETRY (10 * RVL_SECOND)

void
rvl_stock_init(RvlStock *stock)
{
    rvl_timer_init(&stock->retry, RVL_TIMER_STOCK);
}

static void
forget(RvlStock *stock)
{
    g_clear_pointer(&stock->sas, g_array_unref);
    g_clear_pointer(&stock->policies, g_array_unref);
}

void
rvl_stock_clear(RvlEngine *engine)
{
    rvl_timer_clear(engine->timers, &engine->stock.retry);
    forget(&engine->stock);
}

/* Whether the installation of @child has ended and its removal hasn't begun. */
static bool
is_standing(const RvlChildSa *child)
{
    return child->state == RVL_CHILD_INSTALLED || child->state == RVL_CHILD_REPLACED;
}

static void
note_what_stands(RvlEngine *engine)
{
    RvlStock *stock = &engine->stock;

    stock->sas = g_array_new(FALSE, FALSE, sizeof(RvlSaId));
    stock->policies = g_array_new(FALSE, FALSE, sizeof(RvlPolicyId));
    for (GList *link = engine->sas.head; link != NULL; link = link->next) {
        const RvlIkeSa *ike = link->data;

        for (const RvlChildSa *child = ike->children; child != NULL; child = child->next) {
            if (!is_standing(child))
                continue;
            g_array_append_val(stock->sas, child->id_in);
            g_array_append_val(stock->sas, child->id_out);
        }
    }
    for (GList *link = engine->lineages.head; link != NULL; link = link->next) {
        const RvlLineage *lineage = link->data;

        if (lineage->stands)
            g_array_append_val(stock->policies, lineage->id);
    }
    for (guint i = 0; i < engine->rules.standing->len; i++)
        g_array_append_val(stock->policies, g_array_index(engine->rules.standing, RvlRule, i).id);
}

/* What an answer says, by id; an absent table says nothing. */
typedef struct {
    GHashTable *asked;    /* SAs that stood when it was asked */
    GHashTable *sas;      /* (nullable) */
    GHashTable *counters; /* (nullable): id -> RvlSaCounters */
} Answer;

static void
answer_clear(Answer *answer)
{
    g_clear_pointer(&answer->asked, g_hash_table_unref);
    g_clear_pointer(&answer->sas, g_hash_table_unref);
    g_clear_pointer(&answer->counters, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

/* (nullable): @array's elements by the id that each begins with; they stay where they are. */
static GHashTable *
by_id(const GArray *array)
{
    GHashTable *table;
    guint size;

    if (array == NULL)
        return NULL;
    table = g_hash_table_new(g_int64_hash, g_int64_equal);
    size = g_array_get_element_size((GArray *)array);
    for (guint i = 0; i < array->len; i++)
        g_hash_table_add(table, array->data + (gsize)i * size);
    return table;
}

/* An SA without a line of its own in either list is gone; what was installed since isn't judged. */
static bool
is_lost(const Answer *answer, RvlSaId id)
{
    const GHashTable *found = answer->sas != NULL ? answer->sas : answer->counters;

    return found != NULL && g_hash_table_contains(answer->asked, &id) &&
           !g_hash_table_contains((GHashTable *)found, &id);
}

/* (nullable): the row of the pair's half whose life has gone further. */
static const RvlSaCounters *
row_of_pair(const Answer *answer, const RvlChildSa *child)
{
    const RvlSaCounters *in, *out;

    if (answer->counters == NULL)
        return NULL;
    in = g_hash_table_lookup(answer->counters, &child->id_in);
    out = g_hash_table_lookup(answer->counters, &child->id_out);
    return in == NULL || (out != NULL && out->limit > in->limit) ? out : in;
}

static void
judge(const Answer *answer, RvlChildSa *child)
{
    const RvlSaCounters *row = row_of_pair(answer, child);

    if (is_lost(answer, child->id_in) || is_lost(answer, child->id_out))
        rvl_child_life_delete(child, RVL_CAUSE_INSTALL_FAILED);
    else if (row != NULL && row->limit != RVL_SA_LIMIT_NONE)
        rvl_child_life_limit_reached(child, row->limit == RVL_SA_LIMIT_HARD, row->limit_cause);
}

static void
judge_all(RvlEngine *engine, const RvlStockAnswer *stock)
{
    g_auto(Answer) answer = {by_id(engine->stock.sas), by_id(stock->sas), by_id(stock->counters)};

    for (GList *link = engine->sas.head, *next; link != NULL; link = next) {
        RvlIkeSa *ike = link->data;

        next = link->next;
        if (ike->state == RVL_IKE_SA_GONE)
            continue;
        for (RvlChildSa *child = ike->children, *after; child != NULL; child = after) {
            after = child->next;
            if (is_standing(child))
                judge(&answer, child);
        }
    }
}

static void
restore_policies(RvlEngine *engine, const RvlStockAnswer *stock)
{
    const GArray *asked = engine->stock.policies;
    g_autoptr(GHashTable) found = by_id(stock->policies);

    for (guint i = 0; found != NULL && i < asked->len; i++) {
        RvlPolicyId id = g_array_index(asked, RvlPolicyId, i);
        RvlLineage *lineage = rvl_lineage_find(engine, id);

        if (g_hash_table_contains(found, &id))
            continue;
        if (lineage != NULL) {
            lineage->is_installed = false;
            rvl_lineage_install(engine, lineage);
        } else if (!rvl_rules_restore(engine, id)) {
            engine->stock.is_wanted_again = true;
        }
    }
}

static bool
answered(RvlEngine *engine, uint64_t token, RvlJobResult *result)
{
    g_autoptr(RvlJobResult) owned = result;
    RvlStock *stock = &engine->stock;

    (void)token;
    if (owned->end == RVL_JOB_DONE) {
        restore_policies(engine, &owned->answer.stock);
        judge_all(engine, &owned->answer.stock);
    } else {
        rvl_report_install_failed(engine, NULL, "taking stock", owned->error);
        rvl_engine_set_timer(engine, &stock->retry, RETRY);
    }
    forget(stock);
    if (stock->is_wanted_again && owned->end == RVL_JOB_DONE)
        rvl_stock_take(engine);
    return true;
}

void
rvl_stock_take(RvlEngine *engine)
{
    RvlStock *stock = &engine->stock;
    RvlJob *job;

    stock->is_wanted_again = stock->sas != NULL;
    if (stock->is_wanted_again)
        return;
    rvl_timer_clear(engine->timers, &stock->retry);
    note_what_stands(engine);
    job = rvl_job_new(RVL_JOB_TAKE_STOCK, RVL_JOB_ESTABLISHED, (RvlSaRef){0}, 0);
    g_array_append_vals(job->request.query.ids, stock->sas->data, stock->sas->len);
    (void)rvl_engine_start_job(engine, job, answered);
}
