/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates that others collected, and some that once broke a parser: read, judged, never obeyed. */
#include "config.h"

#include <ravelin/certificate-verifier.h>
#include <ravelin/error.h>

#include "rig/rig.h"
#include "support/vectors.h"

extern const RvlPlugin x509_openssl_LTX_rvl_plugin;

typedef struct {
    const RvlCertificateVerifier *verifier;
    void *self;
    unsigned files;
    unsigned read;
} Run;

static void
take_answer(const RvlCertificateAnswer *answer, const GError *error, void *user_data)
{
    (void)user_data;
    g_assert_true((answer == NULL) != (error == NULL));
}

static void
use_facts(const RvlCertificateFacts *facts, void *user_data)
{
    Run *run = user_data;

    for (size_t i = 0; i < facts->n_names; i++) {
        g_autofree char *text = rvl_identity_format(facts->names[i]);

        g_assert_true(g_utf8_validate(text, -1, NULL));
        g_assert_true(
            run->verifier->identity_matches(run->self, facts->names[i], facts->names[i]) ||
            rvl_identity_type(facts->names[i]) == RVL_IDENTITY_DER_ASN1_DN);
    }
    run->read++;
}

static void
judge(Run *run, const char *octets, size_t n)
{
    const RvlOctets certificate = RVL_OCTETS(octets, n);
    const RvlCertificateRequest request = {
        .size = sizeof(request),
        .certificates = &certificate,
        .n_certificates = 1,
        .anchors = &certificate,
        .n_anchors = 1,
        .wall = {1500000000},
    };
    g_autoptr(GError) error = NULL;

    run->verifier->verify(run->self, &request, take_answer, run);
    if (!run->verifier->facts(run->self, &certificate, use_facts, run, &error))
        g_assert_nonnull(error);
}

static void
walk(Run *run, const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *octets = NULL;
        gsize n;

        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            walk(run, path);
        } else if (g_file_get_contents(path, &octets, &n, NULL)) {
            run->files++;
            judge(run, octets, n);
        }
    }
}

static void
remove_folder(const char *folder)
{
    const char *const command[] = {"rm", "-rf", folder, NULL};

    g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

static void
corpus_is_survived(gconstpointer data)
{
    g_autofree char *name = g_build_filename("corpora", data, NULL);
    g_autofree char *archive = rvl_test_vectors_path(name);
    g_autofree char *folder = NULL;
    g_autoptr(Rig) rig = rig_new();
    Run run = {0};
    int status = -1;

    if (archive == NULL)
        return;
    folder = g_dir_make_tmp("ravelin-corpus-XXXXXX", NULL);
    g_assert_nonnull(folder);

    const char *const command[] = {"tar", "-xJf", archive, "-C", folder, NULL};

    g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
                 NULL);
    if (status != 0) {
        remove_folder(folder);
        g_test_skip("tar with xz is needed to unpack the corpus");
        return;
    }
    run.self = rig_load_plugin(rig, &x509_openssl_LTX_rvl_plugin);
    run.verifier = rig_lookup(rig, RVL_CAPABILITY_CERTIFICATE_VERIFIER, NULL);
    (void)(rig_use_backend(rig, "openssl") || rig_use_backend(rig, "gcrypt"));
    walk(&run, folder);
    remove_folder(folder);
    g_test_message("%u files, %u read as certificates", run.files, run.read);
    g_assert_cmpuint(run.files, >, 0);
}

int
main(int argc, char **argv)
{
    static const char *const archives[] = {"strongswan-certs.tar.xz",
                                           "strongswan-certs-crash.tar.xz",
                                           "strongswan-crls.tar.xz", "strongswan-ids.tar.xz"};

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(archives); i++) {
        g_autofree char *path = g_strdup_printf("/x509/corpora/%s", archives[i]);

        g_test_add_data_func(path, archives[i], corpus_is_survived);
    }
    return g_test_run();
}
