/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Serves RVL_JOB_DEPLOY and _WITHDRAW: a connection's interface, routes and guard. */
#include "config.h"

#include "io/job-server.h"

#include <string.h>

#include <ravelin/error.h>

#include "io/interface-mtu.h"

typedef struct {
    const RvlJobServices *services;
    const RvlJob *job;
    RvlJobServed served;
    void *user_data;
    char *interface; /* (nullable) */
    uint32_t index;
    uint32_t mtu;
    GError *error; /* (nullable): the first thing that failed */
} Deployment;

static Deployment *
deployment_new(const RvlJobServices *services,
               const RvlJob *job,
               RvlJobServed served,
               void *user_data)
{
    Deployment *deployment = g_new0(Deployment, 1);

    deployment->services = services;
    deployment->job = job;
    deployment->served = served;
    deployment->user_data = user_data;
    return deployment;
}

static void
deployment_end(Deployment *deployment)
{
    RvlJobResult *result;

    if (deployment->error != NULL) {
        result = rvl_job_result_new_failed(deployment->job, g_steal_pointer(&deployment->error));
    } else {
        result = rvl_job_result_new(deployment->job, RVL_JOB_DONE);
        if (deployment->job->kind == RVL_JOB_DEPLOY)
            result->answer.deploy = (RvlDeployAnswer){g_steal_pointer(&deployment->interface),
                                                      deployment->index, deployment->mtu};
    }
    deployment->served(result, deployment->user_data);
    g_free(deployment->interface);
    g_free(deployment);
}

/* Taking away: routes first, so that nothing points into an interface that goes. */

static void
interface_removed(const GError *error, void *user_data)
{
    Deployment *deployment = user_data;

    if (error != NULL && deployment->error == NULL)
        deployment->error = g_error_copy(error);
    deployment_end(deployment);
}

static void
routes_removed(const GError *error, void *user_data)
{
    Deployment *deployment = user_data;
    const RvlJobServices *services = deployment->services;

    if (error != NULL && deployment->error == NULL)
        deployment->error = g_error_copy(error);
    services->installer->interface_remove(services->installer_self,
                                          deployment->job->request.deploy.owner, interface_removed,
                                          deployment);
}

static void
withdraw(Deployment *deployment)
{
    const RvlJobServices *services = deployment->services;

    if (services->routes == NULL)
        routes_removed(NULL, deployment);
    else
        services->routes->remove(services->routes_self, deployment->job->request.deploy.owner,
                                 routes_removed, deployment);
}

void
rvl_serve_withdraw(const RvlJobServices *services,
                   const RvlJob *job,
                   RvlJobServed served,
                   void *user_data)
{
    withdraw(deployment_new(services, job, served, user_data));
}

/*
 * Setting up. Nothing is taken back where a part fails: without an interface the guard and the unreachable
 * routes stand all the same, so that nothing leaves in the clear until the next try, or the withdrawal.
 */

static void
routes_set(const GError *error, void *user_data)
{
    Deployment *deployment = user_data;
    const RvlDeployRequest *request = &deployment->job->request.deploy;
    RvlEventScope scope = {.size = sizeof(scope), .connection = request->connection};

    if (error != NULL)
        rvl_event_emit_error(deployment->services->events, &scope, RVL_EVENT_ROUTES_FAILED,
                             rvl_error_cause(error), error);
    else
        rvl_event_emit(deployment->services->events, &scope, RVL_EVENT_ROUTES_SET,
                       RVL_TEXT("interface", deployment->interface));
    if (error != NULL && deployment->error == NULL)
        deployment->error = g_error_copy(error);
    deployment_end(deployment);
}

static uint32_t
needs_of(const RvlDeployRequest *request)
{
    return (request->table != 0 ? RVL_ROUTES_NEEDS_TABLE : 0) |
           (request->has_routes ? 0 : RVL_ROUTES_NEEDS_GUARD_ONLY);
}

static void
set_routes(Deployment *deployment)
{
    const RvlJobServices *services = deployment->services;
    const RvlDeployRequest *request = &deployment->job->request.deploy;
    RvlRouteSet routes = {
        .size = sizeof(routes),
        .needs = needs_of(request),
        .owner = request->owner,
        .interface = deployment->interface,
        .index = deployment->index,
        .addresses = (const RvlPrefix *)(void *)request->addresses->data,
        .n_addresses = request->addresses->len,
        .destinations = (const RvlPrefix *)(void *)request->destinations->data,
        .n_destinations = request->destinations->len,
        .sources = (const RvlPrefix *)(void *)request->sources->data,
        .n_sources = request->sources->len,
        .is_guarded = true,
        .mtu = deployment->mtu,
        .table = request->table,
        .is_guard_only = !request->has_routes,
    };

    if (services->routes == NULL)
        deployment_end(deployment);
    else
        services->routes->set(services->routes_self, &routes, routes_set, deployment);
}

static void
interface_added(const char *name, uint32_t index, const GError *error, void *user_data)
{
    Deployment *deployment = user_data;
    RvlEventScope scope = {.size = sizeof(scope),
                           .connection = deployment->job->request.deploy.connection};

    if (error != NULL) {
        deployment->error = g_error_copy(error);
    } else {
        deployment->interface = g_strdup(name);
        deployment->index = index;
        rvl_event_emit(deployment->services->events, &scope, RVL_EVENT_INTERFACE_UP,
                       RVL_TEXT("interface", name), RVL_INTEGER("mtu", deployment->mtu));
    }
    set_routes(deployment);
}

static uint32_t
mtu_of(const RvlJobServices *services, const RvlDeployRequest *wanted)
{
    if (wanted->mtu != 0)
        return wanted->mtu;
    return rvl_interface_mtu(services->crypto, services->capabilities, wanted);
}

void
rvl_serve_deploy(const RvlJobServices *services,
                 const RvlJob *job,
                 RvlJobServed served,
                 void *user_data)
{
    const RvlDeployRequest *wanted = &job->request.deploy;
    Deployment *deployment = deployment_new(services, job, served, user_data);
    bool is_named = wanted->interface != NULL && strcmp(wanted->interface, "auto") != 0 &&
                    strcmp(wanted->interface, "none") != 0;
    RvlInterfaceRequest request = {
        .size = sizeof(request),
        .needs = is_named ? RVL_INTERFACE_NEEDS_NAME : 0,
        .owner = wanted->owner,
        .name = is_named ? wanted->interface : NULL,
        .mtu = mtu_of(services, wanted),
    };

    deployment->mtu = request.mtu;
    if (g_strcmp0(wanted->interface, "none") == 0 && !services->capabilities->needs_interface)
        set_routes(deployment);
    else
        services->installer->interface_add(services->installer_self, &request, interface_added,
                                           deployment);
}
