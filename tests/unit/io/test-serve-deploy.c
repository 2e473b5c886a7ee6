/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Deployments: what stands in the system, above all where a part of it fails. */
#include "config.h"

#include <ravelin/error.h>

#include "fakes/events.h"
#include "fakes/installer.h"
#include "fakes/routes.h"
#include "io/interface-mtu.h"
#include "io/job-server.h"

#define OWNER "test/berlin"

typedef struct {
    FakeInstaller *installer;
    FakeRoutes *routes;
    FakeEvents *events;
    RvlJobServices services;
    RvlJobResult *result;
    uint32_t mtu; /* of the request */
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->installer = fake_installer_new();
    fixture->routes = fake_routes_new();
    fixture->events = fake_events_new();
    fixture->services = (RvlJobServices){
        .installer = &fake_installer,
        .installer_self = fixture->installer,
        .capabilities = &fixture->installer->capabilities,
        .routes = &fake_routes,
        .routes_self = fixture->routes,
        .events = fake_events_sink(fixture->events),
    };
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    rvl_job_result_free(fixture->result);
    fake_events_free(fixture->events);
    fake_routes_free(fixture->routes);
    fake_installer_free(fixture->installer);
}

static void
served(RvlJobResult *result, void *user_data)
{
    Fixture *fixture = user_data;

    g_assert_null(fixture->result);
    fixture->result = result;
}

static void
serve(Fixture *fixture, RvlJobKind kind, const char *interface)
{
    g_autoptr(RvlJob) job = rvl_job_new(kind, RVL_JOB_ESTABLISHED, (RvlSaRef){0}, 0);
    RvlDeployRequest *request = &job->request.deploy;
    RvlPrefix prefix = {{RVL_FAMILY_IPV4, {10, 2, 0, 0}}, 16};

    request->connection = g_strdup("berlin");
    request->owner = g_strdup(OWNER);
    request->interface = g_strdup(interface);
    request->mtu = fixture->mtu;
    request->has_routes = true;
    g_array_append_val(request->destinations, prefix);
    g_clear_pointer(&fixture->result, rvl_job_result_free);
    (kind == RVL_JOB_DEPLOY ? rvl_serve_deploy : rvl_serve_withdraw)(&fixture->services, job,
                                                                     served, fixture);
    while (fixture->result == NULL)
        (void)g_main_context_iteration(NULL, TRUE);
}

static void
routes_lead_into_the_interface_until_withdrawn(Fixture *fixture, gconstpointer data)
{
    const FakeRouteSet *set;

    (void)data;
    serve(fixture, RVL_JOB_DEPLOY, "auto");
    g_assert_cmpint(fixture->result->end, ==, RVL_JOB_DONE);
    g_assert_cmpstr(fixture->result->answer.deploy.interface, ==, "fake0");
    set = fake_routes_find(fixture->routes, OWNER);
    g_assert_cmpstr(set->interface, ==, "fake0");
    g_assert_cmpuint(set->n_destinations, ==, 1);
    g_assert_true(set->is_guarded);
    g_assert_false(set->is_guard_only);
    serve(fixture, RVL_JOB_WITHDRAW, NULL);
    g_assert_null(fake_routes_find(fixture->routes, OWNER));
    g_assert_cmpuint(fake_installer_holds(fixture->installer), ==, 0);
}

/* Fail closed: unreachable routes and guard without an interface, until the next try has one. */
static void
guard_stands_where_the_interface_fails(Fixture *fixture, gconstpointer data)
{
    const FakeRouteSet *set;

    (void)data;
    fixture->installer->fails[FAKE_INSTALLER_INTERFACE_ADD] = RVL_CAUSE_INTERFACE_CONFLICT;
    serve(fixture, RVL_JOB_DEPLOY, "auto");
    g_assert_error(fixture->result->error, RVL_ERROR, RVL_CAUSE_INTERFACE_CONFLICT);
    set = fake_routes_find(fixture->routes, OWNER);
    g_assert_nonnull(set);
    g_assert_null(set->interface);
    g_assert_cmpuint(set->index, ==, 0);
    g_assert_cmpuint(set->n_destinations, ==, 1);
    g_assert_true(set->is_guarded);

    fixture->installer->fails[FAKE_INSTALLER_INTERFACE_ADD] = RVL_CAUSE_NONE;
    serve(fixture, RVL_JOB_DEPLOY, "auto");
    g_assert_cmpint(fixture->result->end, ==, RVL_JOB_DONE);
    g_assert_cmpstr(fake_routes_find(fixture->routes, OWNER)->interface, ==, "fake0");
}

/* What an earlier try, or an earlier daemon, set stays where this one fails. */
static void
nothing_is_taken_back_where_the_routes_fail(Fixture *fixture, gconstpointer data)
{
    (void)data;
    serve(fixture, RVL_JOB_DEPLOY, "auto");
    fixture->routes->set_fails = RVL_CAUSE_ROUTE_CONFLICT;
    serve(fixture, RVL_JOB_DEPLOY, "auto");
    g_assert_error(fixture->result->error, RVL_ERROR, RVL_CAUSE_ROUTE_CONFLICT);
    g_assert_nonnull(fake_routes_find(fixture->routes, OWNER));
    g_assert_cmpuint(fake_events_count(fixture->events, RVL_EVENT_ROUTES_FAILED), ==, 1);
    serve(fixture, RVL_JOB_WITHDRAW, NULL);
    g_assert_null(fake_routes_find(fixture->routes, OWNER));
    g_assert_cmpuint(fake_installer_holds(fixture->installer), ==, 0);
}

/* The interface's error is the one that counts: the routes' follows from it. */
static void
first_error_is_kept(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->installer->fails[FAKE_INSTALLER_INTERFACE_ADD] = RVL_CAUSE_PERMISSION_MISSING;
    fixture->routes->set_fails = RVL_CAUSE_ROUTE_CONFLICT;
    serve(fixture, RVL_JOB_DEPLOY, "auto");
    g_assert_error(fixture->result->error, RVL_ERROR, RVL_CAUSE_PERMISSION_MISSING);
}

static void
no_interface_is_made_where_none_is_wanted(Fixture *fixture, gconstpointer data)
{
    (void)data;
    serve(fixture, RVL_JOB_DEPLOY, "none");
    g_assert_cmpint(fixture->result->end, ==, RVL_JOB_DONE);
    g_assert_cmpuint(fake_installer_holds(fixture->installer), ==, 0);
    g_assert_nonnull(fake_routes_find(fixture->routes, OWNER));
    fixture->installer->capabilities.needs_interface = true;
    serve(fixture, RVL_JOB_DEPLOY, "none");
    g_assert_cmpuint(fake_installer_holds(fixture->installer), ==, 1);
}

/* Installer, routes, event and answer say the same MTU. */
static void
interface_has_the_mtu_that_is_configured(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->mtu = 1234;
    serve(fixture, RVL_JOB_DEPLOY, "auto");
    g_assert_cmpuint(fixture->result->answer.deploy.mtu, ==, 1234);
    g_assert_cmpuint(fake_routes_find(fixture->routes, OWNER)->mtu, ==, 1234);
    g_assert_cmpstr(fake_events_sentence(fixture->events, RVL_EVENT_INTERFACE_UP, 0), ==,
                    "interface fake0 up, MTU 1234");
}

/* A suite that nobody serves leaves the least; what others leave: test-interface-mtu.c. */
static void
interface_has_the_computed_mtu_where_none_is_configured(Fixture *fixture, gconstpointer data)
{
    (void)data;
    serve(fixture, RVL_JOB_DEPLOY, "auto");
    g_assert_cmpuint(fixture->result->answer.deploy.mtu, ==, RVL_INTERFACE_MTU_LEAST);
    g_assert_cmpuint(fake_routes_find(fixture->routes, OWNER)->mtu, ==, RVL_INTERFACE_MTU_LEAST);
    g_assert_cmpstr(fake_events_field(fixture->events, RVL_EVENT_INTERFACE_UP, 0, "mtu"), ==,
                    "1280");
}

#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/io/serve-deploy/routes-lead-into-the-interface-until-withdrawn",
        routes_lead_into_the_interface_until_withdrawn);
    ADD("/io/serve-deploy/guard-stands-where-the-interface-fails",
        guard_stands_where_the_interface_fails);
    ADD("/io/serve-deploy/nothing-is-taken-back-where-the-routes-fail",
        nothing_is_taken_back_where_the_routes_fail);
    ADD("/io/serve-deploy/first-error-is-kept", first_error_is_kept);
    ADD("/io/serve-deploy/no-interface-is-made-where-none-is-wanted",
        no_interface_is_made_where_none_is_wanted);
    ADD("/io/serve-deploy/interface-has-the-mtu-that-is-configured",
        interface_has_the_mtu_that_is_configured);
    ADD("/io/serve-deploy/interface-has-the-computed-mtu-where-none-is-configured",
        interface_has_the_computed_mtu_where_none_is_configured);
    return g_test_run();
}
