/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs of the installer: SPIs, batches, counters of whatever length, and taking stock. */
#include "config.h"

#include <ravelin/error.h>
#include <ravelin/sized.h>

#include "fakes/installer.h"
#include "io/job-server.h"

#define OWNER "test/berlin"

typedef struct {
    FakeInstaller *installer;
    RvlInstaller interface; /* a copy that a test may shorten */
    RvlJobServices services;
    RvlSelectors *selectors;
    RvlJobResult *result;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    RvlSelector any;

    rvl_selector_any(RVL_FAMILY_IPV4, &any);

    (void)data;
    fixture->installer = fake_installer_new();
    fixture->interface = fake_installer;
    fixture->services =
        (RvlJobServices){.installer = &fixture->interface, .installer_self = fixture->installer};
    fixture->selectors = rvl_selectors_new(&any, 1);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    rvl_job_result_free(fixture->result);
    rvl_selectors_unref(fixture->selectors);
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
serve(Fixture *fixture, RvlJobServer server, const RvlJob *job)
{
    g_clear_pointer(&fixture->result, rvl_job_result_free);
    server(&fixture->services, job, served, fixture);
    while (fixture->result == NULL)
        (void)g_main_context_iteration(NULL, TRUE);
}

static void
add_step(Fixture *fixture, RvlJob *job, RvlOperationKind kind, uint64_t id)
{
    RvlApplyStep step = {.kind = kind, .id = id, .owner = g_strdup(OWNER)};

    step.local = rvl_selectors_ref(fixture->selectors);
    step.remote = rvl_selectors_ref(fixture->selectors);
    step.sa = (RvlSaAdd){.size = sizeof(step.sa),
                         .id = id,
                         .direction = RVL_DIRECTION_IN,
                         .protocol = RVL_PROTOCOL_ESP,
                         .spi = 0x2000 + (uint32_t)id};
    step.policy = (RvlPolicyAdd){.size = sizeof(step.policy), .id = id};
    rvl_job_apply_add(job, &step);
}

/* SAs 1 and 2 under policy 9. */
static void
install(Fixture *fixture)
{
    g_autoptr(RvlJob) job = rvl_job_new(RVL_JOB_APPLY, RVL_JOB_ESTABLISHED, (RvlSaRef){0}, 0);

    add_step(fixture, job, RVL_OPERATION_POLICY_ADD, 9);
    add_step(fixture, job, RVL_OPERATION_SA_ADD, 1);
    add_step(fixture, job, RVL_OPERATION_SA_ADD, 2);
    serve(fixture, rvl_serve_apply, job);
    g_assert_cmpint(fixture->result->end, ==, RVL_JOB_DONE);
}

static RvlJob *
question(RvlJobKind kind)
{
    RvlJob *job = rvl_job_new(kind, RVL_JOB_ESTABLISHED, (RvlSaRef){0}, 0);
    const RvlSaId ids[] = {1, 2};

    g_array_append_vals(job->request.query.ids, ids, G_N_ELEMENTS(ids));
    return job;
}

static const RvlSaCounters *
row_of(const GArray *rows, RvlSaId id)
{
    for (guint i = 0; i < rows->len; i++) {
        if (g_array_index(rows, RvlSaCounters, i).id == id)
            return &g_array_index(rows, RvlSaCounters, i);
    }
    g_assert_not_reached();
}

/* Each operation hands over what its kind reads, and nothing else (RvlOperation). */
static void
batch_is_carried_out(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlJob) job = rvl_job_new(RVL_JOB_APPLY, RVL_JOB_TEARDOWN, (RvlSaRef){0}, 0);
    const RvlStanding *sa;

    (void)data;
    install(fixture);
    sa = g_hash_table_lookup(fixture->installer->sas, &(uint64_t){2});
    g_assert_cmpstr(sa->owner, ==, OWNER);
    g_assert_cmphex(sa->spi, ==, 0x2002);
    add_step(fixture, job, RVL_OPERATION_SA_REMOVE, 1);
    add_step(fixture, job, RVL_OPERATION_SA_REMOVE, 2);
    add_step(fixture, job, RVL_OPERATION_POLICY_REMOVE, 9);
    serve(fixture, rvl_serve_apply, job);
    g_assert_cmpuint(fixture->result->answer.counters.counters->len, ==, 2);
    g_assert_cmpuint(fake_installer_holds(fixture->installer), ==, 0);
}

static const struct {
    const char *name;
    size_t octets;
    uint64_t packets; /* that arrive */
} strides[] = {
    {"as-ours", 0, 50},
    {"longer", sizeof(RvlSaCounters) + 24, 50},
    {"shorter", RVL_END_OF(RvlSaCounters, octets), 0},
};

static void
counters_are_read_by_their_stride(Fixture *fixture, gconstpointer data)
{
    const typeof(strides[0]) *row = data;
    g_autoptr(RvlJob) job = question(RVL_JOB_QUERY);
    const RvlSaCounters first = {.id = 1, .octets = 5000, .packets = 50};
    const RvlSaCounters second = {.id = 2, .octets = 7000, .packets = 50};

    install(fixture);
    fake_installer_count(fixture->installer, &first);
    fake_installer_count(fixture->installer, &second);
    fixture->installer->row_octets = row->octets;
    serve(fixture, rvl_serve_query, job);
    g_assert_cmpuint(fixture->result->answer.counters.counters->len, ==, 2);
    g_assert_cmpuint(row_of(fixture->result->answer.counters.counters, 1)->octets, ==, 5000);
    g_assert_cmpuint(row_of(fixture->result->answer.counters.counters, 2)->octets, ==, 7000);
    g_assert_cmpuint(row_of(fixture->result->answer.counters.counters, 2)->packets, ==,
                     row->packets);
    g_assert_cmpuint(row_of(fixture->result->answer.counters.counters, 2)->limit, ==, 0);
}

static void
stock_has_what_stands_and_its_limits(Fixture *fixture, gconstpointer data)
{
    const typeof(strides[0]) *row = data;
    g_autoptr(RvlJob) job = question(RVL_JOB_TAKE_STOCK);
    const RvlSaCounters spent = {
        .id = 2, .limit = RVL_SA_LIMIT_HARD, .limit_cause = RVL_CAUSE_SEQUENCE_EXHAUSTED};
    const RvlStockAnswer *stock;

    install(fixture);
    fake_installer_count(fixture->installer, &spent);
    g_hash_table_remove(fixture->installer->sas, &(uint64_t){1}); /* behind the core's back */
    fixture->installer->row_octets = row->octets != 0 ? MAX(row->octets, sizeof(RvlStanding)) : 0;
    serve(fixture, rvl_serve_take_stock, job);
    stock = &fixture->result->answer.stock;
    g_assert_cmpuint(stock->sas->len, ==, 1);
    g_assert_cmpuint(g_array_index(stock->sas, RvlSaId, 0), ==, 2);
    g_assert_cmpuint(stock->policies->len, ==, 1);
    g_assert_cmpuint(g_array_index(stock->policies, RvlPolicyId, 0), ==, 9);
    g_assert_cmpuint(stock->counters->len, ==, 1);
    g_assert_cmpuint(row_of(stock->counters, 2)->limit, ==, RVL_SA_LIMIT_HARD);
    g_assert_cmpuint(row_of(stock->counters, 2)->limit_cause, ==, RVL_CAUSE_SEQUENCE_EXHAUSTED);
}

/* An installer of which the contract's first version knew no more than apply(). */
static void
stock_of_an_installer_that_counts_nothing_is_empty(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlJob) job = question(RVL_JOB_TAKE_STOCK);

    (void)data;
    install(fixture);
    fixture->interface.size = RVL_END_OF(RvlInstaller, apply);
    serve(fixture, rvl_serve_take_stock, job);
    g_assert_cmpint(fixture->result->end, ==, RVL_JOB_DONE);
    g_assert_null(fixture->result->answer.stock.sas);
    g_assert_null(fixture->result->answer.stock.counters);
}

static void
failure_of_either_question_fails_the_stock(Fixture *fixture, gconstpointer data)
{
    const FakeInstallerCall calls[] = {FAKE_INSTALLER_LIST, FAKE_INSTALLER_QUERY};

    (void)data;
    install(fixture);
    for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
        g_autoptr(RvlJob) job = question(RVL_JOB_TAKE_STOCK);

        fixture->installer->fails[calls[i]] = RVL_CAUSE_PERMISSION_MISSING;
        serve(fixture, rvl_serve_take_stock, job);
        fixture->installer->fails[calls[i]] = RVL_CAUSE_NONE;
        g_assert_error(fixture->result->error, RVL_ERROR, RVL_CAUSE_PERMISSION_MISSING);
    }
}

#define ADD(path, data, function) g_test_add(path, Fixture, data, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/io/serve-installer/batch-is-carried-out", NULL, batch_is_carried_out);
    for (size_t i = 0; i < G_N_ELEMENTS(strides); i++) {
        g_autofree char *counters =
            g_strdup_printf("/io/serve-installer/counters/%s", strides[i].name);
        g_autofree char *stock = g_strdup_printf("/io/serve-installer/stock/%s", strides[i].name);

        ADD(counters, &strides[i], counters_are_read_by_their_stride);
        ADD(stock, &strides[i], stock_has_what_stands_and_its_limits);
    }
    ADD("/io/serve-installer/stock-of-an-installer-that-counts-nothing-is-empty", NULL,
        stock_of_an_installer_that_counts_nothing_is_empty);
    ADD("/io/serve-installer/failure-of-either-question-fails-the-stock", NULL,
        failure_of_either_question_fails_the_stock);
    return g_test_run();
}
