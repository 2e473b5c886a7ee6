/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an installer's threads tell reaches the main loop, in order and bounded. */
#include "config.h"

#include "io/installer-link.h"

#include <string.h>

#include <ravelin/cause.h>

typedef struct {
    RvlInstallerLink *link;
    const RvlInstallerHost *host;
    unsigned reports;
    unsigned datagrams;
    RvlSaId last_sa;
    uint32_t last_cause;
    uint16_t last_port;
    RvlInstallerReportKind last_kind;
    GThread *main_thread;
} Fixture;

static void
reported(const RvlInstallerReport *report, void *user_data)
{
    Fixture *fixture = user_data;

    g_assert_true(g_thread_self() == fixture->main_thread);
    if (report->kind == RVL_INSTALLER_EXPIRED)
        g_assert_cmpuint(report->sa, ==, fixture->last_sa + 1);
    fixture->last_sa = report->sa;
    fixture->last_cause = report->cause;
    fixture->last_kind = report->kind;
    fixture->last_port = report->remote.port;
    fixture->reports++;
}

static void
received(const RvlPath *path, const uint8_t *octets, size_t n, void *user_data)
{
    Fixture *fixture = user_data;

    g_assert_cmpuint(path->local.port, ==, 4500);
    g_assert_cmpmem(octets, n, "ike", 3);
    fixture->datagrams++;
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->main_thread = g_thread_self();
    fixture->link = rvl_installer_link_new(reported, received, fixture);
    fixture->host = rvl_installer_link_host(fixture->link);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    rvl_installer_link_free(fixture->link);
}

static void
run(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        continue;
}

static bool
tell_datagram(Fixture *fixture)
{
    RvlPath path = {.local = {.port = 4500}};

    return fixture->host->ike_datagram(fixture->host->context, 1, &path, (const uint8_t *)"ike", 3);
}

static void
flood_of_datagrams_is_bounded_and_starves_no_report(Fixture *fixture, gconstpointer data)
{
    unsigned taken = 0;

    (void)data;
    while (taken < 1000000 && tell_datagram(fixture))
        taken++;
    g_assert_cmpuint(taken, <, 1000000);
    fixture->host->expired(fixture->host->context, 1, true, RVL_CAUSE_SEQUENCE_EXHAUSTED);
    (void)g_main_context_iteration(NULL, FALSE);
    g_assert_cmpuint(fixture->reports, ==, 1);
    g_assert_cmpuint(fixture->last_cause, ==, RVL_CAUSE_SEQUENCE_EXHAUSTED);
    g_assert_cmpuint(fixture->datagrams, <, taken);
    run();
    g_assert_cmpuint(fixture->datagrams, ==, taken);
    g_assert_true(tell_datagram(fixture));
}

static void
flood_of_acquires_is_answered_full(Fixture *fixture, gconstpointer data)
{
    RvlFlow flow = {0};
    unsigned taken = 0;

    (void)data;
    while (taken < 1000000 && fixture->host->acquire(fixture->host->context, 1, &flow, taken))
        taken++;
    g_assert_cmpuint(taken, <, 1000000);
    run();
    g_assert_cmpuint(fixture->reports, ==, taken);
}

static gpointer
tell_from_a_thread(gpointer data)
{
    Fixture *fixture = data;

    for (RvlSaId sa = 1; sa <= 1000; sa++)
        fixture->host->expired(fixture->host->context, sa, false, RVL_CAUSE_LIFETIME_EXPIRED);
    return NULL;
}

static void
reports_of_a_thread_come_in_order_on_the_main_loop(Fixture *fixture, gconstpointer data)
{
    GThread *thread = g_thread_new("installer", tell_from_a_thread, fixture);

    (void)data;
    while (fixture->reports < 1000)
        (void)g_main_context_iteration(NULL, FALSE);
    (void)g_thread_join(thread);
    g_assert_cmpuint(fixture->last_sa, ==, 1000);
}

/* Lost reports are not lost SAs; however often they are lost before the core looks, it looks once. */
static void
overrun_is_told_once_and_is_no_restart(Fixture *fixture, gconstpointer data)
{
    (void)data;
    for (int i = 0; i < 1000; i++)
        fixture->host->overrun(fixture->host->context);
    run();
    g_assert_cmpuint(fixture->reports, ==, 1);
    g_assert_cmpint(fixture->last_kind, ==, RVL_INSTALLER_OVERRUN);
    fixture->host->overrun(fixture->host->context);
    run();
    g_assert_cmpuint(fixture->reports, ==, 2);
    fixture->host->restarted(fixture->host->context);
    run();
    g_assert_cmpint(fixture->last_kind, ==, RVL_INSTALLER_RESTARTED);
}

static void
tell_mapping(Fixture *fixture, RvlSaId sa, uint16_t port)
{
    RvlEndpoint remote = {.port = port};

    fixture->host->mapping_changed(fixture->host->context, sa, &remote);
}

/* An installer tells of a peer's place once: the last word of each SA arrives, however many wait. */
static void
no_peer_that_moved_is_lost_in_a_flood(Fixture *fixture, gconstpointer data)
{
    enum { SAS = 10000 };

    (void)data;
    for (unsigned i = 0; i < SAS; i++)
        tell_mapping(fixture, 1, (uint16_t)i);
    run();
    g_assert_cmpuint(fixture->reports, ==, 1);
    g_assert_cmpuint(fixture->last_port, ==, SAS - 1);
    for (RvlSaId sa = 1; sa <= SAS; sa++)
        tell_mapping(fixture, sa, 1);
    tell_mapping(fixture, SAS, 2);
    run();
    g_assert_cmpuint(fixture->reports, ==, 1 + SAS);
    g_assert_cmpuint(fixture->last_sa, ==, SAS);
    g_assert_cmpuint(fixture->last_port, ==, 2);
}

#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/io/installer-link/flood-of-datagrams-is-bounded-and-starves-no-report",
        flood_of_datagrams_is_bounded_and_starves_no_report);
    ADD("/io/installer-link/flood-of-acquires-is-answered-full",
        flood_of_acquires_is_answered_full);
    ADD("/io/installer-link/reports-of-a-thread-come-in-order-on-the-main-loop",
        reports_of_a_thread_come_in_order_on_the_main_loop);
    ADD("/io/installer-link/overrun-is-told-once-and-is-no-restart",
        overrun_is_told_once_and_is_no_restart);
    ADD("/io/installer-link/no-peer-that-moved-is-lost-in-a-flood",
        no_peer_that_moved_is_lost_in_a_flood);
    return g_test_run();
}
