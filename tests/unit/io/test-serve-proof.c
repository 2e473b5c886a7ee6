/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Proofs: what an authenticator answers becomes the job's; what nobody asks for is released. */
#include "config.h"

#include <ravelin/error.h>
#include <ravelin/sized.h>

#include "fakes/authenticator.h"
#include "io/job-server.h"
#include "registry/registry.h"

typedef struct {
    FakeAuthenticator fake;
    RvlSecretStore *store;
    const RvlSecretServices *secrets;
    RvlRegistry *registry;
    RvlWorkerPool *workers;
    RvlJobCosts *costs;
    RvlJobServices services;
    RvlSettings *settings;
    RvlJobResult *result; /* by whichever thread */
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture->store = rvl_secret_store_new();
    fixture->secrets = rvl_secret_store_services(fixture->store);
    fixture->fake = (FakeAuthenticator){.verdict = RVL_AUTH_PROVED, .secrets = fixture->secrets};
    fixture->registry = rvl_registry_new();
    g_assert_true(rvl_registry_add(fixture->registry, &fake_authenticator_plugin, &error));
    rvl_registry_set_instance(fixture->registry, fake_authenticator_plugin.name, &fixture->fake);
    fixture->workers = rvl_worker_pool_new(1, &error);
    g_assert_no_error(error);
    fixture->costs = rvl_job_costs_new();
    fixture->settings = rvl_settings_new("connection berlin", NULL, 0);
    fixture->services = (RvlJobServices){.workers = fixture->workers,
                                         .costs = fixture->costs,
                                         .registry = fixture->registry,
                                         .secrets = fixture->secrets};
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    rvl_worker_pool_free(fixture->workers);
    rvl_job_result_free(fixture->result);
    rvl_job_costs_free(fixture->costs);
    rvl_registry_free(fixture->registry);
    rvl_settings_unref(fixture->settings);
    rvl_secret_store_free(fixture->store);
}

static void
served(RvlJobResult *result, void *user_data)
{
    g_atomic_pointer_set(&((Fixture *)user_data)->result, result);
    g_main_context_wakeup(NULL);
}

static const RvlJobResult *
serve(Fixture *fixture, RvlJobKind kind)
{
    g_autoptr(RvlJob) job = rvl_job_new(kind, RVL_JOB_AUTHENTICATING, (RvlSaRef){0}, 0);
    RvlProofRequest *request = &job->request.proof;

    request->authenticator = g_strdup("fake");
    request->connection = g_strdup("berlin");
    request->settings = rvl_settings_ref(fixture->settings);
    request->method = FAKE_AUTHENTICATOR_METHOD;
    request->proof =
        g_bytes_new_static(FAKE_AUTHENTICATOR_PROOF, sizeof(FAKE_AUTHENTICATOR_PROOF) - 1);
    g_clear_pointer(&fixture->result, rvl_job_result_free);
    rvl_serve_proof(&fixture->services, job, served, fixture);
    while (g_atomic_pointer_get(&fixture->result) == NULL)
        (void)g_main_context_iteration(NULL, TRUE);
    return fixture->result;
}

static size_t
secrets_held(const Fixture *fixture)
{
    return fixture->secrets->count(fixture->secrets->context);
}

static void
answer_becomes_the_jobs(Fixture *fixture, gconstpointer data)
{
    const RvlProofAnswer *answer;

    (void)data;
    fixture->fake.n_certificates = 2;
    answer = &serve(fixture, RVL_JOB_PROVE)->answer.proof;
    g_assert_cmpuint(answer->verdict, ==, RVL_AUTH_PROVED);
    g_assert_cmpuint(answer->method, ==, FAKE_AUTHENTICATOR_METHOD);
    g_assert_cmpstr(answer->description, ==, "fake");
    g_assert_cmpuint(answer->certificates->len, ==, 2);
    g_assert_cmpuint(secrets_held(fixture), ==, 2); /* state and MSK, now the job's */
    fixture->secrets->release(fixture->secrets->context, answer->state);
    fixture->secrets->release(fixture->secrets->context, answer->msk);
    g_assert_cmpuint(secrets_held(fixture), ==, 0);
}

static const struct {
    const char *name;
    RvlJobKind kind;
    uint32_t verdict;
    RvlCause fails;
    RvlCause cause;
} refusals[] = {
    {"with-an-error", RVL_JOB_CHECK, RVL_AUTH_REFUSED, RVL_CAUSE_PSK_MISMATCH,
     RVL_CAUSE_PSK_MISMATCH},
    {"without-one", RVL_JOB_CHECK, RVL_AUTH_REFUSED, RVL_CAUSE_NONE, RVL_CAUSE_PLUGIN_FAILED},
    {"that-says-proved", RVL_JOB_CHECK, RVL_AUTH_PROVED, RVL_CAUSE_EAP_REJECTED,
     RVL_CAUSE_EAP_REJECTED},
    {"by-a-foreign-verdict", RVL_JOB_PROVE, 77, RVL_CAUSE_NONE, RVL_CAUSE_PLUGIN_FAILED},
};

static void
refusal_keeps_no_handle(Fixture *fixture, gconstpointer data)
{
    const typeof(refusals[0]) *row = data;

    fixture->fake.verdict = row->verdict;
    fixture->fake.fails = row->fails;
    g_assert_error(serve(fixture, row->kind)->error, RVL_ERROR, (int)row->cause);
    g_assert_cmpuint(secrets_held(fixture), ==, 0);
}

/* From a plugin whose contract ended with the proof, or whose certificates have a field more. */
static void
answers_of_other_lengths_are_read_by_them(Fixture *fixture, gconstpointer data)
{
    const RvlProofAnswer *answer;

    (void)data;
    fixture->fake.secrets = NULL;
    fixture->fake.n_certificates = 3;
    fixture->fake.certificate_octets = sizeof(RvlAuthCertificate) + 8;
    answer = &serve(fixture, RVL_JOB_PROVE)->answer.proof;
    for (guint i = 0; i < 3; i++)
        g_assert_cmpuint(
            g_bytes_get_size(g_array_index(answer->certificates, RvlJobOctets, i).data), ==,
            11 - i);
    fixture->fake.answer_octets = RVL_END_OF(RvlAuthAnswer, proof);
    answer = &serve(fixture, RVL_JOB_PROVE)->answer.proof;
    g_assert_cmpuint(answer->verdict, ==, RVL_AUTH_PROVED);
    g_assert_cmpuint(answer->certificates->len, ==, 0);
    g_assert_null(answer->description);
    g_assert_cmpuint(answer->state, ==, RVL_SECRET_ID_NONE);
}

#define ADD(path, data, function) g_test_add(path, Fixture, data, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/io/serve-proof/answer-becomes-the-jobs", NULL, answer_becomes_the_jobs);
    for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autofree char *path = g_strdup_printf("/io/serve-proof/refusal/%s", refusals[i].name);

        ADD(path, &refusals[i], refusal_keeps_no_handle);
    }
    ADD("/io/serve-proof/answers-of-other-lengths-are-read-by-them", NULL,
        answers_of_other_lengths_are_read_by_them);
    return g_test_run();
}
