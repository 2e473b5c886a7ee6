/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules: what the SPD lets through or drops beside the connections (RFC 4301 4.4.1), kept in force. */
#include "config.h"

#include "ike/core/rules.h"

#include <string.h>

#include "ike/core/engine-state.h"
#include "ike/core/report.h"

/* Rules that were refused are tried again after this. */
#define RULES_RETRY (10 * RVL_SECOND)

void
rvl_rules_init(RvlRules *rules)
{
    rules->wanted = rvl_rules_new();
    rules->standing = rvl_rules_new();
    rvl_timer_init(&rules->timer, RVL_TIMER_RULES);
}

void
rvl_rules_fini(RvlEngine *engine)
{
    RvlRules *rules = &engine->rules;

    rvl_timer_clear(engine->timers, &rules->timer);
    g_clear_pointer(&rules->wanted, g_array_unref);
    g_clear_pointer(&rules->standing, g_array_unref);
    g_clear_pointer(&rules->asked, g_array_unref);
    g_clear_pointer(&rules->last_error, g_free);
}

static const RvlRule *
find(const GArray *rules, const char *name)
{
    for (guint i = 0; i < rules->len; i++) {
        const RvlRule *rule = &g_array_index(rules, RvlRule, i);

        if (strcmp(rule->name, name) == 0)
            return rule;
    }
    return NULL;
}

bool
rvl_rules_stand(const RvlRules *rules, const RvlRule *rule)
{
    const RvlRule *standing = find(rules->standing, rule->name);

    return standing != NULL && rvl_rule_equal(standing, rule);
}

static bool
is_as_wanted(const RvlRules *rules)
{
    if (rules->is_wanted != rules->stands || rules->wanted->len != rules->standing->len)
        return false;
    for (guint i = 0; i < rules->wanted->len; i++) {
        if (!rvl_rules_stand(rules, &g_array_index(rules->wanted, RvlRule, i)))
            return false;
    }
    return true;
}

static void advance(RvlEngine *engine);

static void
take_end(RvlEngine *engine, const RvlJobResult *result)
{
    RvlRules *rules = &engine->rules;

    g_clear_pointer(&rules->last_error, g_free);
    if (result->end == RVL_JOB_DONE) {
        g_array_unref(rules->standing);
        rules->standing = g_steal_pointer(&rules->asked);
        rules->stands = rules->is_asked;
        rvl_report_rules_set(engine, rules->standing);
        return;
    }
    g_clear_pointer(&rules->asked, g_array_unref);
    rules->last_error = g_strdup(result->error != NULL ? result->error->message : "cancelled");
    rvl_report_install_failed(engine, NULL, "rules", result->error);
    rvl_engine_set_timer(engine, &rules->timer, RULES_RETRY);
}

static bool
ended(RvlEngine *engine, uint64_t token, RvlJobResult *result)
{
    g_autoptr(RvlJobResult) owned = result;
    RvlRules *rules = &engine->rules;

    (void)token;
    take_end(engine, owned);
    if (rules->is_lost) {
        g_array_set_size(rules->standing, 0);
        rules->stands = rules->is_lost = false;
    }
    advance(engine);
    return true;
}

static void
start(RvlEngine *engine)
{
    RvlRules *rules = &engine->rules;
    RvlJob *job = rvl_job_new(
        RVL_JOB_RULES, rules->is_wanted ? RVL_JOB_ESTABLISHED : RVL_JOB_TEARDOWN, (RvlSaRef){0}, 0);
    RvlRulesRequest *request = &job->request.rules;

    request->owner = rvl_engine_rules_tag(engine);
    rvl_rules_add_all(request->before, rules->standing);
    rvl_rules_add_all(request->after, rules->wanted);
    request->was_wanted = rules->stands;
    request->is_wanted = rules->is_wanted;
    rules->asked = rvl_rules_copy(rules->wanted);
    rules->is_asked = rules->is_wanted;
    (void)rvl_engine_start_job(engine, job, ended);
}

static void
advance(RvlEngine *engine)
{
    const RvlRules *rules = &engine->rules;

    if (rules->asked == NULL && !rvl_timer_is_set(&rules->timer) && !is_as_wanted(rules))
        start(engine);
}

static void
add_wanted(RvlEngine *engine, GArray *wanted, const RvlSpdRule *configured)
{
    const RvlRule *before = find(engine->rules.wanted, configured->name);
    RvlRule rule = {
        .id = before != NULL ? before->id : rvl_engine_next_id(engine),
        .name = (char *)configured->name,
        .action = (uint8_t)configured->action,
        .local = configured->local,
        .remote = configured->remote,
    };

    rvl_rules_add(wanted, &rule);
}

void
rvl_rules_follow(RvlEngine *engine, const RvlSnapshot *snapshot)
{
    RvlRules *rules = &engine->rules;
    GArray *wanted = rvl_rules_new();

    for (size_t i = 0; i < rvl_snapshot_n_rules(snapshot); i++)
        add_wanted(engine, wanted, rvl_snapshot_rule(snapshot, i));
    g_array_unref(rules->wanted);
    rules->wanted = wanted;
    rules->is_wanted = wanted->len > 0 || rvl_snapshot_count(snapshot) > 0;
    rvl_timer_clear(engine->timers, &rules->timer); /* what was refused may have been mended */
    advance(engine);
}

void
rvl_rules_due(RvlEngine *engine)
{
    advance(engine);
}

void
rvl_rules_reinstall(RvlEngine *engine)
{
    RvlRules *rules = &engine->rules;

    if (rules->asked != NULL) {
        rules->is_lost = true;
        return;
    }
    g_array_set_size(rules->standing, 0);
    rules->stands = false;
    advance(engine);
}

bool
rvl_rules_restore(RvlEngine *engine, RvlPolicyId id)
{
    RvlRules *rules = &engine->rules;

    if (rules->asked != NULL)
        return false;
    for (guint i = 0; i < rules->standing->len; i++) {
        if (g_array_index(rules->standing, RvlRule, i).id == id) {
            g_array_remove_index(rules->standing, i);
            break;
        }
    }
    advance(engine);
    return true;
}

bool
rvl_rules_withdraw(RvlEngine *engine)
{
    RvlRules *rules = &engine->rules;

    if (rvl_timer_is_set(&rules->timer) && !rules->is_wanted)
        return true; /* the removal failed, and was told: a stop doesn't wait for it */
    g_array_set_size(rules->wanted, 0);
    rules->is_wanted = false;
    rvl_timer_clear(engine->timers, &rules->timer);
    advance(engine);
    return rules->asked == NULL && is_as_wanted(rules);
}
