/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs end once, never within their start; what nobody wants is undone. */
#include "config.h"

#include "io/job-table.h"

#include <ravelin/error.h>

#include "fakes/installer.h"

typedef struct {
    FakeInstaller *installer;
    RvlJobServices services;
    RvlJobTable *table;
    unsigned ended;
    RvlJobEnd end;
    RvlCause cause;
    unsigned spis;
} Fixture;

static void
ended(const RvlJob *job, RvlJobResult *result, void *user_data)
{
    Fixture *fixture = user_data;

    g_assert_cmpuint(job->id, ==, result->id);
    fixture->ended++;
    fixture->end = result->end;
    fixture->cause = rvl_error_cause(result->error);
    fixture->spis = result->end == RVL_JOB_DONE ? result->answer.reserve.spis->len : 0;
    rvl_job_result_free(result);
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->installer = fake_installer_new();
    fixture->services =
        (RvlJobServices){.installer = &fake_installer, .installer_self = fixture->installer};
    fixture->table = rvl_job_table_new(&fixture->services, ended, fixture);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_assert_cmpuint(rvl_job_table_count(fixture->table), ==, 0);
    rvl_job_table_free(fixture->table);
    fake_installer_free(fixture->installer);
}

static void
start_reservation(Fixture *fixture)
{
    RvlJob *job = rvl_job_new(RVL_JOB_RESERVE_SPIS, RVL_JOB_ESTABLISHED, (RvlSaRef){1, 1}, 0);

    job->id = 7;
    job->request.reserve.protocol = RVL_PROTOCOL_ESP;
    job->request.reserve.n = 2;
    rvl_job_table_start(fixture->table, job);
}

static void
run(Fixture *fixture)
{
    while (rvl_job_table_count(fixture->table) > 0)
        (void)g_main_context_iteration(NULL, TRUE);
}

static void
end_comes_after_the_start_returned(Fixture *fixture, gconstpointer data)
{
    (void)data;
    start_reservation(fixture);
    g_assert_cmpuint(fixture->ended, ==, 0);
    g_assert_cmpuint(rvl_job_table_count(fixture->table), ==, 1);
    run(fixture);
    g_assert_cmpuint(fixture->ended, ==, 1);
    g_assert_cmpint(fixture->end, ==, RVL_JOB_DONE);
    g_assert_cmpuint(fixture->spis, ==, 2);
    g_assert_cmpuint(fake_installer_holds(fixture->installer), ==, 2);
}

static void
failure_keeps_its_cause(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->installer->fails[FAKE_INSTALLER_RESERVE] = RVL_CAUSE_INSTALL_FAILED;
    start_reservation(fixture);
    run(fixture);
    g_assert_cmpint(fixture->end, ==, RVL_JOB_FAILED);
    g_assert_cmpint(fixture->cause, ==, RVL_CAUSE_INSTALL_FAILED);
}

static void
cancelled_job_ends_once_and_is_undone(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fake_answers_hold(fixture->installer->answers, true);
    start_reservation(fixture);
    rvl_job_table_cancel(fixture->table, 7);
    rvl_job_table_cancel(fixture->table, 7);
    g_assert_cmpuint(fake_installer_holds(fixture->installer), ==, 2);
    fake_answers_hold(fixture->installer->answers, false);
    run(fixture);
    g_assert_cmpuint(fixture->ended, ==, 1);
    g_assert_cmpint(fixture->end, ==, RVL_JOB_CANCELLED);
    g_assert_cmpuint(fake_installer_holds(fixture->installer), ==, 0);
}

static void
cancelling_an_unknown_job_does_nothing(Fixture *fixture, gconstpointer data)
{
    (void)data;
    rvl_job_table_cancel(fixture->table, 99);
    g_assert_cmpuint(fixture->ended, ==, 0);
}

#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/io/job-table/end-comes-after-the-start-returned", end_comes_after_the_start_returned);
    ADD("/io/job-table/failure-keeps-its-cause", failure_keeps_its_cause);
    ADD("/io/job-table/cancelled-job-ends-once-and-is-undone",
        cancelled_job_ends_once_and_is_undone);
    ADD("/io/job-table/cancelling-an-unknown-job-does-nothing",
        cancelling_an_unknown_job_does_nothing);
    return g_test_run();
}
