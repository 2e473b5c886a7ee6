/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Serves RVL_JOB_RULES: what the SPD lets through or drops, in the system's routing and the installer. */
#include "config.h"

#include "io/job-server.h"

#include <ravelin/error.h>

/*
 * The system's side comes first: what is to be let through no more then goes into the interface,
 * where the installer still drops it; what is to be let through at last doesn't go there at all.
 */

typedef struct {
    const RvlJobServices *services;
    const RvlJob *job;
    RvlJobServed served;
    void *user_data;
    GError *error; /* (nullable): why the system's side is being put back */
} Serving;

static void
serving_end(Serving *serving)
{
    RvlJobResult *result;

    if (serving->error != NULL)
        result = rvl_job_result_new_failed(serving->job, g_steal_pointer(&serving->error));
    else
        result = rvl_job_result_new(serving->job, RVL_JOB_DONE);
    serving->served(result, serving->user_data);
    g_free(serving);
}

/* ---- the system's side ---- */

static bool
has_routes(const RvlJobServices *services)
{
    return RVL_HAS_CALL(services->routes, set_rules);
}

static void
set_rules(const Serving *serving, const GArray *rules, bool is_wanted, RvlDone done)
{
    const RvlJobServices *services = serving->services;
    g_autofree RvlRoutesRule *rows = g_new0(RvlRoutesRule, MAX(rules->len, 1));
    uint16_t ports[G_N_ELEMENTS(services->ports)];
    RvlRoutesRules all = {
        .size = sizeof all,
        .owner = serving->job->request.rules.owner,
        .rules = rows,
        .n_rules = rules->len,
        .stride = sizeof rows[0],
        .ports = ports,
    };

    if (!is_wanted) {
        services->routes->remove(services->routes_self, all.owner, done, (void *)serving);
        return;
    }
    for (guint i = 0; i < rules->len; i++) {
        const RvlRule *rule = &g_array_index(rules, RvlRule, i);

        rows[i] = (RvlRoutesRule){
            .size = sizeof rows[i],
            .name = rule->name,
            .action = rule->action,
            .local = rule->local,
            .remote = rule->remote,
        };
    }
    for (size_t i = 0; i < G_N_ELEMENTS(services->ports); i++)
        if (services->ports[i] != 0)
            ports[all.n_ports++] = services->ports[i];
    services->routes->set_rules(services->routes_self, &all, done, (void *)serving);
}

/* ---- the installer's side ---- */

static void
put_back(const GError *error, void *user_data)
{
    (void)error; /* the first error is the one to tell */
    serving_end(user_data);
}

static void
applied(const RvlSaCounters *counters,
        size_t n,
        size_t stride,
        const GError *error,
        void *user_data)
{
    Serving *serving = user_data;
    const RvlRulesRequest *request = &serving->job->request.rules;

    (void)counters;
    (void)n;
    (void)stride;
    if (error != NULL)
        serving->error = g_error_copy(error);
    if (error != NULL && has_routes(serving->services))
        set_rules(serving, request->before, request->was_wanted, put_back);
    else
        serving_end(serving);
}

static void
apply(Serving *serving)
{
    g_autoptr(RvlJob) job = rvl_rules_batch(&serving->job->request.rules);
    const GArray *steps = job->request.apply.steps;

    if (steps->len == 0)
        serving_end(serving);
    else
        rvl_serve_steps(serving->services, steps, applied, serving);
}

static void
rules_set(const GError *error, void *user_data)
{
    Serving *serving = user_data;

    if (error == NULL) {
        apply(serving);
        return;
    }
    serving->error = g_error_copy(error);
    serving_end(serving);
}

/* An installer that packets are routed into sees only those: the rest is for the system to decide. */
static bool
can_be_had(const RvlJobServices *services, const GArray *rules, GError **error)
{
    const RvlRule *first = rules->len > 0 ? &g_array_index(rules, RvlRule, 0) : NULL;

    if (first == NULL || has_routes(services) || !services->capabilities->needs_interface)
        return true;
    rvl_error_set_found(error, RVL_CAUSE_KERNEL_UNSUPPORTED, first->name, NULL,
                        "[spd %s]: installer %s takes only what is routed into its interface, and "
                        "no plugin is there that keeps rules beside it; load plugin routes",
                        first->name, services->installer->name);
    return false;
}

void
rvl_serve_rules(const RvlJobServices *services,
                const RvlJob *job,
                RvlJobServed served,
                void *user_data)
{
    const RvlRulesRequest *request = &job->request.rules;
    Serving *serving = g_new0(Serving, 1);

    *serving = (Serving){services, job, served, user_data, NULL};
    if (!can_be_had(services, request->after, &serving->error))
        serving_end(serving);
    else if (has_routes(services))
        set_rules(serving, request->after, request->is_wanted, rules_set);
    else
        apply(serving);
}
