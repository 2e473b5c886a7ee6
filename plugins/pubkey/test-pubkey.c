/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Authentication by certificate, with the plugins that it builds on: what proves, and what must not. */
#include "config.h"

#include <string.h>
#include <sys/stat.h>

#include <openssl/pem.h>

#include <ravelin/error.h>

#include "pubkey.h"
#include "rig/authority.h"
#include "rig/rig.h"

extern const RvlPlugin pubkey_LTX_rvl_plugin;
extern const RvlPlugin x509_openssl_LTX_rvl_plugin;
extern const RvlPlugin credentials_files_LTX_rvl_plugin;

/* Kinds of keys, and what they sign by for a peer that announces all hashes, or none. */
static const struct {
    const char *kind;
    const char *padding;
    const char *announced;
    uint8_t fixed; /* method without RFC 7427, 0: none */
} kinds[] = {
    {"rsa:2048", "pss", "rsa-pss-sha2-256", 0}, {"rsa:2048", "pkcs1", "rsa-pkcs1-sha2-256", 0},
    {"ec:P-256", "pss", "ecdsa-sha2-256", 9},   {"ec:P-384", "pss", "ecdsa-sha2-384", 10},
    {"ec:P-521", "pss", "ecdsa-sha2-512", 11},  {"ed25519", "pss", "ed25519", 0},
};
#define RSA_PSS (&kinds[0])
#define ECDSA (&kinds[2])

/* One end that proves itself to the other; both have the same authority. */
typedef struct {
    Rig *rig;
    char *folder;
    Issued *root;
    Issued *peer;
    RvlSettings *settings;
    RvlIdentity *identity;
    uint8_t message[200];
    RvlAuthParts parts;
    RvlAuthNotify hashes;
    RvlAuthRequest request;
    RvlAuthCertificate sent[4];
    RigVerdict proof;
} Fixture;

static void
write_pem(const Fixture *f, const char *name, const Issued *const *certificates, EVP_PKEY *key)
{
    g_autofree char *path = g_build_filename(f->folder, name, NULL);
    BIO *bio = BIO_new(BIO_s_mem());
    char *octets;
    long n;

    for (; certificates != NULL && *certificates != NULL; certificates++)
        PEM_write_bio_X509(bio, (*certificates)->certificate);
    if (key != NULL)
        PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    n = BIO_get_mem_data(bio, &octets);
    g_assert_true(g_file_set_contents(path, octets, n, NULL));
    g_assert_cmpint(chmod(path, key != NULL ? 0600 : 0644), ==, 0);
    BIO_free(bio);
}

static RvlSettings *
make_settings(const char *certificate, const char *key, const char *authority, const char *padding)
{
    const char *const authorities[] = {authority, NULL};
    const RvlSetting settings[] = {
        {.key = "certificate", .type = RVL_KEY_PATH, .text = certificate},
        {.key = "key", .type = RVL_KEY_PATH, .text = key},
        {.key = "authority-certificate", .type = RVL_KEY_TEXTS, .texts = authorities},
        {.key = "rsa-padding", .type = RVL_KEY_WORD, .text = padding},
    };

    return rvl_settings_new("connection lab", settings, G_N_ELEMENTS(settings));
}

static void
set_up(Fixture *f, gconstpointer data)
{
    static const uint8_t nonce[32] = {7};
    static const uint8_t id[] = {2, 0, 0, 0, 'r', '.', 'l', 'a', 'b', '.', 't', 'e', 's', 't'};
    static const uint8_t sk_p[32] = {9};
    const typeof(kinds[0]) *kind = data != NULL ? data : ECDSA;
    const Issued *own[3] = {NULL};

    f->rig = rig_new();
    f->folder = g_dir_make_tmp("ravelin-pki-XXXXXX", NULL);
    rig_set_directory(f->rig, "pki", f->folder);
    if (!rig_use_backend(f->rig, "openssl") && !rig_use_backend(f->rig, "gcrypt"))
        g_test_skip("no crypto backend was built as a module");
    (void)rig_load_plugin(f->rig, &x509_openssl_LTX_rvl_plugin);
    (void)rig_load_plugin(f->rig, &credentials_files_LTX_rvl_plugin);
    (void)rig_load_plugin(f->rig, &pubkey_LTX_rvl_plugin);

    f->root = issue_root("C=XX/O=lab/CN=lab CA", "ec:P-256");
    f->peer = issue_peer("r.lab.test", kind->kind, f->root);
    own[0] = f->peer;
    own[1] = f->root;
    write_pem(f, "r.pem", own, NULL);
    write_pem(f, "r.key", NULL, f->peer->key);
    write_pem(f, "ca.pem", (const Issued *[]){f->root, NULL}, NULL);
    f->settings = make_settings("r.pem", NULL, "ca.pem", kind->padding);
    f->identity = rvl_identity_new(RVL_IDENTITY_FQDN, "r.lab.test", 10);

    for (size_t i = 0; i < sizeof(f->message); i++)
        f->message[i] = (uint8_t)i;
    f->parts = (RvlAuthParts){
        .size = sizeof(f->parts),
        .message = RVL_OCTETS(f->message, sizeof(f->message)),
        .nonce = RVL_OCTETS(nonce, sizeof(nonce)),
        .id = RVL_OCTETS(id, sizeof(id)),
        .prf = 5,
        .sk_p = rig_put_secret(f->rig, sk_p, sizeof(sk_p)),
    };
    f->request = (RvlAuthRequest){
        .size = sizeof(f->request),
        .version = 2,
        .is_initiator = true,
        .connection = "lab",
        .settings = f->settings,
        .remote = f->identity,
        .parts = &f->parts,
        .certificates = f->sent,
        .certificates_stride = sizeof(f->sent[0]),
        .wall = {g_get_real_time() / G_USEC_PER_SEC},
    };
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    const char *const command[] = {"rm", "-rf", f->folder, NULL};

    (void)data;
    g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    rig_verdict_clear(&f->proof);
    rvl_settings_unref(f->settings);
    rvl_identity_unref(f->identity);
    issued_free(f->peer);
    issued_free(f->root);
    rig_free(f->rig);
    g_free(f->folder);
}

static const RvlAuthenticator *
authenticator(const Fixture *f, void **self)
{
    return rig_lookup(f->rig, RVL_CAPABILITY_AUTHENTICATOR, self);
}

static bool
has_backend(const Fixture *f)
{
    const RvlPrimitives *primitives = rig_host(f->rig)->primitives;

    return primitives->hash(primitives->context, "hash/sha1", NULL) != NULL;
}

/* Proves, for a peer that announces what we announce, or nothing. */
static void
prove(Fixture *f, bool hears_hashes)
{
    void *self;

    g_assert_true(authenticator(f, &self)->announces(self, 0, &f->hashes));
    f->request.notifies = &f->hashes;
    f->request.n_notifies = hears_hashes ? 1 : 0;
    f->request.notifies_stride = sizeof(f->hashes);
    rig_prove(f->rig, &f->request, &f->proof);
}

/* Hands the proof to the check. */
static void
send_proof(Fixture *f)
{
    f->request.method = f->proof.method;
    f->request.proof = rvl_octets_from_bytes(f->proof.proof);
    f->request.n_certificates = f->proof.certificates->len;
    for (guint i = 0; i < f->proof.certificates->len; i++)
        f->sent[i] = (RvlAuthCertificate){
            ENCODING_X509, rvl_octets_from_bytes(g_ptr_array_index(f->proof.certificates, i))};
}

/* Refused for @cause, and the report has both values; each may be NULL here where it is of no matter. */
static void
assert_refused_with(Fixture *f, RvlCause cause, const char *found, const char *wanted)
{
    g_auto(RigVerdict) verdict = {0};

    rig_check(f->rig, &f->request, &verdict);
    g_assert_error(verdict.error, RVL_ERROR, (int)cause);
    if (found != NULL)
        g_assert_cmpstr(rvl_error_found(verdict.error), ==, found);
    if (wanted != NULL)
        g_assert_cmpstr(rvl_error_wanted(verdict.error), ==, wanted);
}

static void
assert_refused(Fixture *f, RvlCause cause)
{
    g_auto(RigVerdict) verdict = {0};

    rig_check(f->rig, &f->request, &verdict);
    g_assert_false(verdict.proved);
    g_assert_error(verdict.error, RVL_ERROR, (int)cause);
    g_assert_true(rvl_error_found(verdict.error) != NULL ||
                  rvl_error_wanted(verdict.error) != NULL || cause == RVL_CAUSE_MESSAGE_MALFORMED);
}

static void
assert_proved(Fixture *f)
{
    g_auto(RigVerdict) verdict = {0};

    rig_check(f->rig, &f->request, &verdict);
    g_assert_no_error(verdict.error);
    g_assert_true(verdict.proved);
    g_assert_cmpint(verdict.not_after.unix_s, >, f->request.wall.unix_s);
    g_assert_nonnull(strstr(verdict.description, "CN=r.lab.test"));
}

static bool
begin(Fixture *f, bool hears_hashes)
{
    if (!has_backend(f))
        return false;
    prove(f, hears_hashes);
    g_assert_no_error(f->proof.error);
    send_proof(f);
    return true;
}

static void
proof_holds(Fixture *f, gconstpointer data)
{
    const typeof(kinds[0]) *kind = data;

    if (!begin(f, true))
        return;
    g_assert_cmpuint(f->proof.method, ==, 14);
    g_assert_true(g_str_has_prefix(f->proof.description, kind->announced));
    g_assert_cmpuint(f->proof.certificates->len, ==, 1); /* the root stays here */
    assert_proved(f);
}

static void
proof_holds_without_rfc_7427(Fixture *f, gconstpointer data)
{
    const typeof(kinds[0]) *kind = data;

    if (!has_backend(f))
        return;
    prove(f, false);
    if (kind->fixed == 0) {
        g_assert_error(f->proof.error, RVL_ERROR, RVL_CAUSE_SIGNATURE_HASH_MISMATCH);
        return;
    }
    g_assert_no_error(f->proof.error);
    g_assert_cmpuint(f->proof.method, ==, kind->fixed);
    send_proof(f);
    assert_proved(f);
}

/* Every octet that is signed, and each of the proof. */
static void
any_altered_octet_is_refused(Fixture *f, gconstpointer data)
{
    RvlOctets *const runs[] = {&f->parts.message, &f->parts.nonce, &f->parts.id, &f->request.proof};

    (void)data;
    if (!begin(f, true))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(runs); i++) {
        const RvlOctets whole = *runs[i];

        for (size_t at = 0; at<whole.size; at += whole.size> 100 ? 3 : 1) {
            g_autofree uint8_t *altered = g_memdup2(whole.data, whole.size);
            g_auto(RigVerdict) verdict = {0};

            altered[at] ^= 1;
            *runs[i] = RVL_OCTETS(altered, whole.size);
            rig_check(f->rig, &f->request, &verdict);
            g_assert_false(verdict.proved);
        }
        *runs[i] = whole;
    }
    for (size_t n = 0; n < f->request.proof.size; n++) {
        const RvlOctets whole = f->request.proof;
        g_auto(RigVerdict) verdict = {0};

        f->request.proof.size = n;
        rig_check(f->rig, &f->request, &verdict);
        g_assert_false(verdict.proved);
        f->request.proof = whole;
    }
    assert_proved(f);
}

static void
another_key_is_refused(Fixture *f, gconstpointer data)
{
    const typeof(kinds[0]) *kind = data;
    g_autoptr(Issued) other = issue_peer("r.lab.test", kind->kind, f->root);
    g_autoptr(Issued) other_kind =
        issue_peer("r.lab.test", kind == ECDSA ? "ed25519" : "ec:P-256", f->root);

    if (!begin(f, true))
        return;
    f->sent[0].data = rvl_octets_from_bytes(other->der);
    assert_refused(f, RVL_CAUSE_SIGNATURE_MISMATCH);
    f->sent[0].data = rvl_octets_from_bytes(other_kind->der);
    if (strncmp(kind->kind, "ec:", 3) != 0 || kind == ECDSA)
        assert_refused(f, RVL_CAUSE_SIGNATURE_HASH_MISMATCH);
    else
        assert_refused(f, RVL_CAUSE_SIGNATURE_MISMATCH);
}

static void
another_method_is_refused(Fixture *f, gconstpointer data)
{
    (void)data;
    if (!begin(f, true))
        return;
    for (unsigned method = 0; method <= UINT8_MAX; method++) {
        g_auto(RigVerdict) verdict = {0};

        f->request.method = (uint8_t)method;
        rig_check(f->rig, &f->request, &verdict);
        g_assert_true(verdict.proved == (method == 14));
        if (method < 9 || (method > 11 && method != 14)) {
            g_assert_error(verdict.error, RVL_ERROR, RVL_CAUSE_AUTH_METHOD_MISMATCH);
            g_assert_true((strstr(rvl_error_found(verdict.error), "SHA-1") != NULL) ==
                          (method == 1));
        }
    }
}

/* Methods 9 to 11 fix the curve: a signature that holds under another is refused. */
static void
fixed_method_wants_its_curve(Fixture *f, gconstpointer data)
{
    g_autoptr(Issued) p384 = issue_peer("r.lab.test", "ec:P-384", f->root);
    g_autoptr(Issued) ed25519 = issue_peer("r.lab.test", "ed25519", f->root);

    (void)data;
    if (!begin(f, false))
        return;
    g_assert_cmpuint(f->request.method, ==, 9);
    f->request.method = 10;
    assert_refused_with(f, RVL_CAUSE_SIGNATURE_HASH_MISMATCH, "ec on p-256", "ec on p-384");
    f->request.method = 9;
    f->sent[0].data = rvl_octets_from_bytes(p384->der);
    assert_refused_with(f, RVL_CAUSE_SIGNATURE_HASH_MISMATCH, "ec on p-384", "ec on p-256");
    f->sent[0].data = rvl_octets_from_bytes(ed25519->der);
    assert_refused_with(f, RVL_CAUSE_SIGNATURE_HASH_MISMATCH, "ed25519", "ec on p-256");
}

static void
another_identity_is_refused(Fixture *f, gconstpointer data)
{
    g_autoptr(RvlIdentity) other = rvl_identity_parse("x.lab.test", NULL);
    g_autoptr(RvlIdentity) pattern = rvl_identity_parse("*.lab.test", NULL);
    g_autoptr(RvlIdentity) other_pattern = rvl_identity_parse("*.other.test", NULL);

    (void)data;
    if (!begin(f, true))
        return;
    f->request.expected = pattern;
    assert_proved(f);
    f->request.expected = other_pattern;
    assert_refused(f, RVL_CAUSE_IDENTITY_MISMATCH);
    f->request.expected = other;
    assert_refused(f, RVL_CAUSE_IDENTITY_MISMATCH);
    f->request.expected = NULL;
    f->request.remote = other; /* a peer with a good certificate that says it is another */
    assert_refused(f, RVL_CAUSE_SAN_MISMATCH);
    f->request.remote = NULL;
    assert_refused(f, RVL_CAUSE_IDENTITY_MISMATCH);
}

static void
untrusted_and_expired_are_refused(Fixture *f, gconstpointer data)
{
    g_autoptr(Issued) stranger = issue_root("C=YY/O=stranger/CN=stranger", "ec:P-256");
    g_autoptr(Issued) copy = issue(&(IssueRequest){
        .subject = "C=XX/O=lab/CN=r.lab.test",
        .same_key_as = f->peer,
        .issuer = stranger,
        .extensions = {"subjectAltName=DNS:r.lab.test"},
    });

    (void)data;
    if (!begin(f, true))
        return;
    f->request.wall.unix_s += 2 * 3600;
    assert_refused(f, RVL_CAUSE_CERTIFICATE_EXPIRED);
    f->request.wall.unix_s -= 2 * 3600;
    f->sent[0].data = rvl_octets_from_bytes(copy->der);
    assert_refused(f, RVL_CAUSE_CERTIFICATE_UNTRUSTED);
}

/* A certificate for clients must not pass for a responder's. */
static void
peer_s_role_is_the_certificate_s_use(Fixture *f, gconstpointer data)
{
    g_autoptr(Issued) client = issue(&(IssueRequest){
        .subject = "C=XX/O=lab/CN=r.lab.test",
        .same_key_as = f->peer,
        .issuer = f->root,
        .extensions = {"subjectAltName=DNS:r.lab.test", "extendedKeyUsage=clientAuth"},
    });

    (void)data;
    if (!begin(f, true))
        return;
    f->sent[0].data = rvl_octets_from_bytes(client->der);
    f->request.is_initiator = true;
    assert_refused(f, RVL_CAUSE_EKU_MISSING);
    f->request.is_initiator = false;
    assert_proved(f);
}

static void
certificates_of_other_encodings_are_passed_over(Fixture *f, gconstpointer data)
{
    (void)data;
    if (!begin(f, true))
        return;
    f->sent[1] = f->sent[0];
    f->sent[0] = (RvlAuthCertificate){12, RVL_OCTETS("http", 4)};
    f->request.n_certificates = 2;
    assert_proved(f);
    f->request.n_certificates = 1;
    assert_refused_with(f, RVL_CAUSE_CERTIFICATE_UNTRUSTED, "1 of other encodings (the last: 12)",
                        NULL);
    f->request.n_certificates = 0;
    assert_refused_with(f, RVL_CAUSE_CERTIFICATE_UNTRUSTED, "no certificate",
                        "a certificate of encoding 4 (X.509 signature)");
}

static void
unannounced_algorithm_is_refused(Fixture *f, gconstpointer data)
{
    /* sha1WithRSAEncryption, an octet of signature; lengths that lie */
    static const uint8_t sha1[] = {15,   0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86,
                                   0xf7, 0x0d, 1,    1, 5, 5,    0,    1};
    static const uint8_t beyond[] = {20, 0x30, 0x0d};

    (void)data;
    if (!begin(f, true))
        return;
    f->request.proof = RVL_OCTETS(sha1, sizeof(sha1));
    assert_refused(f, RVL_CAUSE_SIGNATURE_HASH_MISMATCH);
    f->request.proof = RVL_OCTETS(beyond, sizeof(beyond));
    assert_refused(f, RVL_CAUSE_MESSAGE_MALFORMED);
    f->request.proof = RVL_OCTETS_NONE;
    assert_refused(f, RVL_CAUSE_MESSAGE_MALFORMED);
}

static void
needs_and_versions_are_kept(Fixture *f, gconstpointer data)
{
    g_auto(RigVerdict) verdict = {0};

    (void)data;
    if (!begin(f, true))
        return;
    for (unsigned bit = 0; bit < 32; bit++) {
        f->request.needs = 1u << bit;
        rig_check(f->rig, &f->request, &verdict);
        g_assert_error(verdict.error, RVL_ERROR, RVL_CAUSE_PLUGIN_INCOMPATIBLE);
        rig_prove(f->rig, &f->request, &verdict);
        g_assert_error(verdict.error, RVL_ERROR, RVL_CAUSE_PLUGIN_INCOMPATIBLE);
    }
    f->request.needs = 0;
    f->request.version = 1;
    rig_check(f->rig, &f->request, &verdict);
    g_assert_error(verdict.error, RVL_ERROR, RVL_CAUSE_VERSION_MISMATCH);
}

/* What the configuration lacks is told when it is read. */
static const struct {
    const char *certificate;
    const char *key;
    const char *authority;
    bool proves;
    RvlCause cause;
} readiness[] = {
    {"r.pem", NULL, "ca.pem", true, RVL_CAUSE_NONE},
    {"r.pem", "r.key", "ca.pem", true, RVL_CAUSE_NONE},
    {NULL, NULL, "ca.pem", false, RVL_CAUSE_NONE},
    {NULL, NULL, "ca.pem", true, RVL_CAUSE_CONFIG_INVALID},
    {"absent.pem", NULL, "ca.pem", true, RVL_CAUSE_CONFIG_INVALID},
    {"ca.pem", NULL, "ca.pem", true, RVL_CAUSE_KEY_MISSING},
    {"r.pem", "other.key", "ca.pem", true, RVL_CAUSE_KEY_MISSING},
    {"short.pem", NULL, "ca.pem", true, RVL_CAUSE_KEY_TOO_SHORT},
    {"r.pem", NULL, NULL, false, RVL_CAUSE_CONFIG_INVALID},
    {"r.pem", NULL, "absent.pem", false, RVL_CAUSE_CONFIG_INVALID},
    {"r.pem", NULL, "odd.pem", false, RVL_CAUSE_ALGORITHM_UNAVAILABLE},
    {"odd.pem", NULL, "ca.pem", true, RVL_CAUSE_ALGORITHM_UNAVAILABLE},
};

static void
readiness_is_told_when_configuration_is_read(Fixture *f, gconstpointer data)
{
    g_autoptr(Issued) weak = issue_peer("r.lab.test", "rsa:1024", f->root);
    g_autoptr(Issued) odd = issue_root("CN=odd", "ed448");
    void *self;
    const RvlAuthenticator *pubkey = authenticator(f, &self);

    (void)data;
    if (!has_backend(f))
        return;
    write_pem(f, "short.pem", (const Issued *[]){weak, NULL}, NULL);
    write_pem(f, "short.key", NULL, weak->key);
    write_pem(f, "odd.pem", (const Issued *[]){odd, NULL}, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(readiness); i++) {
        const typeof(readiness[0]) *c = &readiness[i];
        g_autoptr(RvlSettings) settings =
            make_settings(c->certificate, c->key, c->authority, "pss");
        g_autoptr(GError) error = NULL;
        bool is_ready = pubkey->is_ready(self, settings, c->proves, &error);

        g_assert_cmpint((int)rvl_error_cause(error), ==, (int)c->cause);
        g_assert_true(is_ready == (c->cause == RVL_CAUSE_NONE));
        if (c->cause == RVL_CAUSE_KEY_MISSING) /* of which certificate */
            g_assert_nonnull(strstr(rvl_error_where(error), "CN="));
    }
}

static void
identity_is_the_certificate_s_first_name(Fixture *f, gconstpointer data)
{
    void *self;
    const RvlAuthenticator *pubkey = authenticator(f, &self);
    g_autoptr(RvlSettings) none = make_settings(NULL, NULL, NULL, "pss");
    g_autoptr(RvlIdentity) identity = NULL;

    (void)data;
    if (!has_backend(f))
        return;
    identity = pubkey->default_identity(self, f->settings);
    g_assert_nonnull(identity);
    g_assert_true(rvl_identity_equal(identity, f->identity));
    g_assert_null(pubkey->default_identity(self, none));
}

static void
request_names_the_authorities_keys(Fixture *f, gconstpointer data)
{
    void *self;
    const RvlAuthenticator *pubkey = authenticator(f, &self);
    g_autoptr(RvlSettings) none = make_settings(NULL, NULL, NULL, "pss");
    g_autoptr(GBytes) request = NULL;
    unsigned char *der = NULL;
    unsigned char sha1[20];
    int n;

    (void)data;
    if (!has_backend(f))
        return;
    request = pubkey->certificate_request(self, f->settings);
    n = i2d_PUBKEY(f->root->key, &der);
    EVP_Digest(der, (size_t)n, sha1, NULL, EVP_sha1(), NULL);
    OPENSSL_free(der);
    g_assert_nonnull(request);
    g_assert_cmpmem(sha1, sizeof(sha1), g_bytes_get_data(request, NULL), g_bytes_get_size(request));
    g_assert_null(pubkey->certificate_request(self, none));
}

static void
without_a_verifier_certificates_are_refused_by_name(void)
{
    g_autoptr(Rig) rig = rig_new();
    void *self = rig_load_plugin(rig, &pubkey_LTX_rvl_plugin);
    const RvlAuthenticator *pubkey = rig_lookup(rig, RVL_CAPABILITY_AUTHENTICATOR, NULL);
    g_autoptr(RvlSettings) settings = make_settings("r.pem", NULL, "ca.pem", "pss");
    g_autoptr(GError) error = NULL;
    RvlAuthParts parts = {.size = sizeof(parts)};
    RvlAuthRequest request = {
        .size = sizeof(request), .version = 2, .settings = settings, .parts = &parts};
    g_auto(RigVerdict) verdict = {0};
    RvlAuthNotify notify;

    g_assert_false(pubkey->is_ready(self, settings, true, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_PLUGIN_MISSING);
    g_assert_nonnull(strstr(error->message, "OpenSSL"));
    g_assert_false(pubkey->announces(self, 0, &notify));
    g_assert_null(pubkey->certificate_request(self, settings));
    g_assert_null(pubkey->default_identity(self, settings));
    rig_check(rig, &request, &verdict);
    g_assert_error(verdict.error, RVL_ERROR, RVL_CAUSE_PLUGIN_MISSING);
    rig_prove(rig, &request, &verdict);
    g_assert_error(verdict.error, RVL_ERROR, RVL_CAUSE_PLUGIN_MISSING);
}

#define ADD(path, data, test) g_test_add(path, Fixture, data, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*test)(Fixture *f, gconstpointer data);
    } by_kind[] = {
        {"proof-holds", proof_holds},
        {"proof-holds-without-rfc-7427", proof_holds_without_rfc_7427},
        {"refuses-altered-octets", any_altered_octet_is_refused},
        {"refuses-another-key", another_key_is_refused},
        {"refuses-another-method", another_method_is_refused},
        {"refuses-another-identity", another_identity_is_refused},
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(by_kind); j++) {
            g_autofree char *path =
                g_strdup_printf("/pubkey/%s/%s", by_kind[j].name, kinds[i].announced);

            ADD(path, &kinds[i], by_kind[j].test);
        }
    }
    ADD("/pubkey/refuses/untrusted-and-expired", NULL, untrusted_and_expired_are_refused);
    ADD("/pubkey/refuses/other-curve", NULL, fixed_method_wants_its_curve);
    ADD("/pubkey/refuses/client-as-server", NULL, peer_s_role_is_the_certificate_s_use);
    ADD("/pubkey/refuses/unannounced-algorithm", RSA_PSS, unannounced_algorithm_is_refused);
    ADD("/pubkey/refuses/needs-and-versions", NULL, needs_and_versions_are_kept);
    ADD("/pubkey/other-encodings", NULL, certificates_of_other_encodings_are_passed_over);
    ADD("/pubkey/readiness", NULL, readiness_is_told_when_configuration_is_read);
    ADD("/pubkey/default-identity", NULL, identity_is_the_certificate_s_first_name);
    ADD("/pubkey/certificate-request", NULL, request_names_the_authorities_keys);
    g_test_add_func("/pubkey/without-a-verifier",
                    without_a_verifier_certificates_are_refused_by_name);
    return g_test_run();
}
