/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Credentials from files: forms that are read, files that are refused, signing, reload. */
#include "config.h"

#include <string.h>
#include <sys/stat.h>

#include <openssl/pem.h>

#include <ravelin/credential-source.h>
#include <ravelin/error.h>

#include "openssl-key/key.h"
#include "rig/authority.h"
#include "rig/rig.h"

extern const RvlPlugin credentials_files_LTX_rvl_plugin;

typedef struct {
    Rig *rig;
    char *folder;
    void *self;
    const RvlCredentialSource *source;
    Issued *root;
    Issued *peer;
    OpensslKey *public_key;
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
    const char *kind = data != NULL ? data : "ec:P-256";
    g_autoptr(GError) error = NULL;

    f->rig = rig_new();
    f->folder = g_dir_make_tmp("ravelin-pki-XXXXXX", &error);
    g_assert_no_error(error);
    rig_set_directory(f->rig, "pki", f->folder);
    f->self = rig_load_plugin(f->rig, &credentials_files_LTX_rvl_plugin);
    f->source = rig_lookup(f->rig, RVL_CAPABILITY_CREDENTIAL_SOURCE, NULL);
    f->root = issue_root("CN=root", "ec:P-256");
    f->peer = issue_peer("r.lab.test", kind, f->root);
    f->public_key = openssl_key_new(f->peer->key, false, &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    const char *const command[] = {"rm", "-rf", f->folder, NULL};

    (void)data;
    g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    openssl_key_free(f->public_key);
    issued_free(f->peer);
    issued_free(f->root);
    rig_free(f->rig);
    g_free(f->folder);
}

static void
write_file(const Fixture *f, const char *name, const void *octets, size_t n, mode_t mode)
{
    g_autofree char *path = g_build_filename(f->folder, name, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
    g_file_set_contents(path, octets, (gssize)n, &error);
    g_assert_no_error(error);
    g_assert_cmpint(chmod(path, mode), ==, 0);
}

static void
write_bio(const Fixture *f, const char *name, BIO *bio, mode_t mode)
{
    char *octets;
    long n = BIO_get_mem_data(bio, &octets);

    write_file(f, name, octets, (size_t)n, mode);
    BIO_free(bio);
}

static void
write_certificates(const Fixture *f, const char *name, const Issued *const *issued)
{
    BIO *bio = BIO_new(BIO_s_mem());

    BIO_puts(bio, "words before a certificate are nothing\n");
    for (; *issued != NULL; issued++)
        PEM_write_bio_X509(bio, (*issued)->certificate);
    write_bio(f, name, bio, 0644);
}

static void
write_key(const Fixture *f, const char *name, const char *form, mode_t mode)
{
    BIO *bio = BIO_new(BIO_s_mem());

    if (strcmp(form, "pkcs8") == 0)
        PEM_write_bio_PKCS8PrivateKey(bio, f->peer->key, NULL, NULL, 0, NULL, NULL);
    else if (strcmp(form, "traditional") == 0) /* PKCS #1, SEC 1 */
        PEM_write_bio_PrivateKey_traditional(bio, f->peer->key, NULL, NULL, 0, NULL, NULL);
    else if (strcmp(form, "der") == 0)
        i2d_PrivateKey_bio(bio, f->peer->key);
    else if (strcmp(form, "pkcs8-der") == 0)
        i2d_PKCS8PrivateKey_bio(bio, f->peer->key, NULL, NULL, 0, NULL, NULL);
    else if (strcmp(form, "with-certificate") == 0)
        PEM_write_bio_X509(bio, f->peer->certificate),
            PEM_write_bio_PKCS8PrivateKey(bio, f->peer->key, NULL, NULL, 0, NULL, NULL);
    else
        PEM_write_bio_PKCS8PrivateKey(bio, f->peer->key, EVP_aes_128_cbc(), "secret", 6, NULL,
                                      NULL);
    write_bio(f, name, bio, mode);
}

static void
collect(const RvlOctets *certificate, void *user_data)
{
    g_ptr_array_add(user_data, g_bytes_new(certificate->data, certificate->size));
}

static void
assert_certificates(Fixture *f, const char *name, const Issued *const *wanted)
{
    g_autoptr(GPtrArray) read = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(GError) error = NULL;

    g_assert_true(f->source->certificates(f->self, name, collect, read, &error));
    g_assert_no_error(error);
    for (guint i = 0; i < read->len; i++) {
        g_assert_nonnull(wanted[i]);
        g_assert_true(g_bytes_equal(g_ptr_array_index(read, i), wanted[i]->der));
    }
    g_assert_null(wanted[read->len]);
}

static void
assert_no_certificates(Fixture *f, const char *name, RvlCause cause)
{
    g_autoptr(GPtrArray) read = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(GError) error = NULL;

    g_assert_false(f->source->certificates(f->self, name, collect, read, &error));
    g_assert_error(error, RVL_ERROR, (int)cause);
    g_assert_nonnull(strstr(error->message, name));
    g_assert_cmpuint(read->len, ==, 0);
}

static void
certificates_are_read_in_order(Fixture *f, gconstpointer data)
{
    const Issued *const chain[] = {f->peer, f->root, NULL};
    const Issued *const alone[] = {f->peer, NULL};
    gsize n;
    const void *der = g_bytes_get_data(f->peer->der, &n);
    g_autofree char *absolute = g_build_filename(f->folder, "chain.pem", NULL);

    (void)data;
    write_certificates(f, "chain.pem", chain);
    write_file(f, "below/r.der", der, n, 0644);
    assert_certificates(f, "chain.pem", chain);
    assert_certificates(f, absolute, chain);
    assert_certificates(f, "below/r.der", alone);
}

static void
broken_certificates_are_refused(Fixture *f, gconstpointer data)
{
    const Issued *const alone[] = {f->peer, NULL};
    g_autofree char *path = g_build_filename(f->folder, "open.pem", NULL);
    gsize n;
    const guint8 *der = g_bytes_get_data(f->peer->der, &n);
    g_autofree guint8 *longer = g_malloc0(n + 1);
    static const char broken[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

    (void)data;
    memcpy(longer, der, n);
    write_file(f, "cut.der", der, n - 1, 0644);
    write_file(f, "long.der", longer, n + 1, 0644);
    write_file(f, "broken.pem", broken, strlen(broken), 0644);
    write_file(f, "empty.pem", "", 0, 0644);
    write_certificates(f, "open.pem", alone);
    g_assert_cmpint(chmod(path, 0666), ==, 0);

    assert_no_certificates(f, "absent.pem", RVL_CAUSE_CONFIG_INVALID);
    assert_no_certificates(f, "cut.der", RVL_CAUSE_CONFIG_INVALID);
    assert_no_certificates(f, "long.der", RVL_CAUSE_CONFIG_INVALID);
    assert_no_certificates(f, "broken.pem", RVL_CAUSE_CONFIG_INVALID);
    assert_no_certificates(f, "empty.pem", RVL_CAUSE_CONFIG_INVALID);
    /* An authority that anybody can replace is none. */
    assert_no_certificates(f, "open.pem", RVL_CAUSE_PERMISSION_MISSING);
}

static bool
has_key(Fixture *f, const char *name, GError **error)
{
    return f->source->has_key(f->self, &f->public_key->key, name, error);
}

static void
key_is_found_by_its_public_half(Fixture *f, gconstpointer data)
{
    static const char *const forms[] = {"pkcs8", "traditional", "der", "pkcs8-der",
                                        "with-certificate"};
    g_autoptr(Issued) other = issue_peer("r.lab.test", data, f->root);
    g_autoptr(OpensslKey) other_key = openssl_key_new(other->key, false, NULL);
    const Issued *const chain[] = {f->peer, f->root, NULL};

    write_certificates(f, "chain.pem", chain);
    write_file(f, "README", "not a key", 9, 0644);
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_build_filename(f->folder, "private", "r.key", NULL);

        if (EVP_PKEY_get_base_id(f->peer->key) == EVP_PKEY_ED25519 &&
            strcmp(forms[i], "traditional") == 0)
            continue; /* has no such form */
        write_key(f, "private/r.key", forms[i], 0640);
        f->source->reload(f->self);
        g_assert_true(has_key(f, NULL, &error));
        g_assert_true(has_key(f, "private/r.key", &error));
        g_assert_no_error(error);
        g_assert_false(has_key(f, "r.key", &error));
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_KEY_MISSING);
        g_clear_error(&error);
        g_assert_false(f->source->has_key(f->self, &other_key->key, NULL, &error));
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_KEY_MISSING);
        g_assert_nonnull(strstr(rvl_error_found(error), path));
    }
}

static void
keys_that_others_can_read_are_refused(Fixture *f, gconstpointer data)
{
    static const mode_t refused[] = {0644, 0604, 0602, 0660, 0666, 0601};

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *mode = g_strdup_printf("mode %04o", (unsigned)refused[i]);

        write_key(f, "r.key", "pkcs8", refused[i]);
        f->source->reload(f->self);
        g_assert_false(has_key(f, NULL, &error));
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_KEY_MISSING);
        g_assert_nonnull(strstr(error->message, mode));
    }
}

static void
encrypted_key_is_named(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    write_key(f, "r.key", "encrypted", 0600);
    g_assert_false(has_key(f, NULL, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_KEY_MISSING);
    g_assert_nonnull(strstr(error->message, "passphrase"));
}

static void
reload_sees_what_changed(Fixture *f, gconstpointer data)
{
    const Issued *const first[] = {f->peer, NULL};
    const Issued *const second[] = {f->root, NULL};
    g_autoptr(GError) error = NULL;

    (void)data;
    write_certificates(f, "r.pem", first);
    assert_certificates(f, "r.pem", first);
    g_assert_false(has_key(f, NULL, &error));
    g_clear_error(&error);
    write_certificates(f, "r.pem", second);
    write_key(f, "r.key", "pkcs8", 0600);
    assert_certificates(f, "r.pem", first);
    g_assert_false(has_key(f, NULL, NULL));
    f->source->reload(f->self);
    assert_certificates(f, "r.pem", second);
    g_assert_true(has_key(f, NULL, &error));
    g_assert_no_error(error);
}

typedef struct {
    unsigned calls;
    GBytes *signature;
    GError *error;
} Signed;

static void
take_signature(GBytes *signature, const GError *error, void *user_data)
{
    Signed *out = user_data;

    out->calls++;
    g_assert_true((signature == NULL) != (error == NULL));
    out->signature = signature != NULL ? g_bytes_ref(signature) : NULL;
    out->error = error != NULL ? g_error_copy(error) : NULL;
}

/* The signature is checked by OpenSSL's own key, by the way that TLS and X.509 take. */
static void
signature_holds_elsewhere(Fixture *f, gconstpointer data)
{
    static const uint8_t message[] = "signed octets";
    const RvlOctets parts[] = {RVL_OCTETS(message, 6), RVL_OCTETS(message + 6, 7)};
    bool is_ed25519 = strcmp(data, "ed25519") == 0;
    const char *scheme = is_ed25519                       ? "signature/ed25519"
                         : g_str_has_prefix(data, "rsa:") ? "signature/rsa-pkcs1-sha2-256"
                                                          : "signature/ecdsa-sha2-256";
    EVP_MD_CTX *context;
    Signed out = {0};

    if (!rig_use_backend(f->rig, "openssl") && !rig_use_backend(f->rig, "gcrypt")) {
        g_test_skip("no crypto backend was built as a module");
        return;
    }
    write_key(f, "r.key", "pkcs8", 0600);
    f->source->sign(f->self, &f->public_key->key, NULL, scheme, parts, 2, take_signature, &out);
    g_assert_cmpuint(out.calls, ==, 1);
    g_assert_no_error(out.error);
    context = EVP_MD_CTX_new();
    g_assert_cmpint(
        EVP_DigestVerifyInit(context, NULL, is_ed25519 ? NULL : EVP_sha256(), NULL, f->peer->key),
        ==, 1);
    g_assert_cmpint(EVP_DigestVerify(context, g_bytes_get_data(out.signature, NULL),
                                     g_bytes_get_size(out.signature), message, 13),
                    ==, 1);
    EVP_MD_CTX_free(context);
    g_bytes_unref(out.signature);

    f->source->sign(f->self, &f->public_key->key, NULL, "signature/none", parts, 2, take_signature,
                    &out);
    g_assert_error(out.error, RVL_ERROR, RVL_CAUSE_ALGORITHM_UNAVAILABLE);
    g_clear_error(&out.error);
    f->source->sign(f->self, &f->public_key->key, "absent", scheme, parts, 2, take_signature, &out);
    g_assert_error(out.error, RVL_ERROR, RVL_CAUSE_KEY_MISSING);
    g_clear_error(&out.error);
    g_assert_cmpuint(out.calls, ==, 3);
}

#define ADD(path, data, test) g_test_add(path, Fixture, data, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    static const char *const kinds[] = {"rsa:2048", "ec:P-256", "ec:P-521", "ed25519"};

    g_test_init(&argc, &argv, NULL);
    ADD("/credentials/certificates/in-order", NULL, certificates_are_read_in_order);
    ADD("/credentials/certificates/broken", NULL, broken_certificates_are_refused);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *found = g_strdup_printf("/credentials/key-is-found/%s", kinds[i]);
        g_autofree char *signs = g_strdup_printf("/credentials/signs/%s", kinds[i]);

        ADD(found, kinds[i], key_is_found_by_its_public_half);
        if (strcmp(kinds[i], "ec:P-521") != 0)
            ADD(signs, kinds[i], signature_holds_elsewhere);
    }
    ADD("/credentials/refuses/open-modes", NULL, keys_that_others_can_read_are_refused);
    ADD("/credentials/refuses/encrypted", NULL, encrypted_key_is_named);
    ADD("/credentials/reload", NULL, reload_sees_what_changed);
    return g_test_run();
}
