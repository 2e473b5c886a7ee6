/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Routes: answers that come late and once, what is refused, and that strangers' owners are no error. */
#include "config.h"

#include "answer.h"

#define OWNER "ravelin-conformance:test"
#define NOBODY "ravelin-conformance:nobody"

static void
done(const GError *error, void *user_data)
{
    answer_came(user_data, error);
}

static void
ignore_address(const RvlLocalAddress *local, bool is_present, void *user_data)
{
}

/* Answers once and late; without the permission for more, it is to be run again by root. */
static void
check_harmless(const RvlConformanceRun *run, Answer *answer, const char *name, const char *what)
{
    if (!answer_comes_late(run, answer, name, what))
        return;
    if (answer->cause != RVL_CAUSE_PERMISSION_MISSING)
        conformance_detail(run, !answer->has_error, answer->words, name, what);
}

static void
check_watch(const RvlConformanceRun *run, const RvlRoutes *routes, void *self)
{
    g_autoptr(GError) error = NULL;

    if (!RVL_HAS_CALL(routes, watch_addresses))
        return;
    if (!routes->watch_addresses(self, ignore_address, NULL, &error))
        conformance_refused(run, false, error, routes->name, "watch_addresses()");
    conformance_point(run, routes->watch_addresses(self, NULL, NULL, NULL), routes->name,
                      "watching addresses ends");
}

void
rvl_conformance_routes(const RvlConformanceRun *run, const RvlRoutes *routes, void *self)
{
    static const char *const nobody[] = {NULL};
    const RvlRouteSet unknown = {
        .size = sizeof(unknown), .needs = CONFORMANCE_UNKNOWN_NEED, .owner = OWNER};
    g_auto(Answer) set = {0};
    g_auto(Answer) removed = {0};
    g_auto(Answer) retained = {0};

    routes->set(self, &unknown, done, &set);
    if (answer_comes_late(run, &set, routes->name, "set()"))
        answer_refuses_need(run, &set, routes->name, "set()");
    routes->remove(self, NOBODY, done, &removed);
    check_harmless(run, &removed, routes->name, "removing an unknown owner is no error");
    routes->retain(self, NOBODY, nobody, done, &retained);
    check_harmless(run, &retained, routes->name, "retaining of an unknown instance is no error");
    check_watch(run, routes, self);
}
