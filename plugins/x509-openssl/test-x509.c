/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates: what holds, and all that must not: times, chains, uses, names. */
#include "config.h"

#include <string.h>

#include <ravelin/asymmetric-key.h>
#include <ravelin/certificate-verifier.h>
#include <ravelin/error.h>

#include "rig/authority.h"
#include "rig/rig.h"

extern const RvlPlugin x509_openssl_LTX_rvl_plugin;

#define DAY_S (24 * 3600)
#define CA_USAGE "keyUsage=critical,keyCertSign,cRLSign"

typedef struct {
    Rig *rig;
    void *self;
    const RvlCertificateVerifier *verifier;
    Issued *root;
    Issued *intermediate;
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    f->rig = rig_new();
    f->self = rig_load_plugin(f->rig, &x509_openssl_LTX_rvl_plugin);
    f->verifier = rig_lookup(f->rig, RVL_CAPABILITY_CERTIFICATE_VERIFIER, NULL);
    f->root = issue_root("C=XX/O=lab/CN=lab CA", "ec:P-256");
    f->intermediate = issue_intermediate("C=XX/O=lab/CN=lab intermediate", f->root);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    issued_free(f->intermediate);
    issued_free(f->root);
    rig_free(f->rig);
}

/* What a verdict was made of, and it. */
typedef struct {
    const Issued *sent[4];
    const Issued *anchor;
    const char *identity;
    bool is_initiator;
    int64_t shift_s; /* of now */
    GError *error;
    char *kind;
    char *subject;
    unsigned bits;
    int64_t not_after;
    unsigned calls;
} Case;

static void
take_answer(const RvlCertificateAnswer *answer, const GError *error, void *user_data)
{
    Case *c = user_data;

    c->calls++;
    g_assert_true((answer == NULL) != (error == NULL));
    if (error != NULL) {
        c->error = g_error_copy(error);
        return;
    }
    g_assert_true(rvl_asymmetric_key_check(answer->key, NULL));
    c->kind = g_strdup(answer->key->kind);
    c->subject = g_strdup(answer->subject);
    c->bits = answer->key_bits;
    c->not_after = answer->not_after.unix_s;
}

static void
case_clear(Case *c)
{
    g_clear_error(&c->error);
    g_clear_pointer(&c->kind, g_free);
    g_clear_pointer(&c->subject, g_free);
    c->calls = 0;
}

static void
judge(Fixture *f, Case *c)
{
    RvlOctets sent[4];
    RvlOctets anchor = rvl_octets_from_bytes(c->anchor != NULL ? c->anchor->der : f->root->der);
    g_autoptr(RvlIdentity) identity = rvl_identity_parse(c->identity, NULL);
    RvlCertificateRequest request = {
        .size = sizeof(request),
        .certificates = sent,
        .anchors = &anchor,
        .n_anchors = 1,
        .identity = identity,
        .is_server = !c->is_initiator,
        .wall = {g_get_real_time() / G_USEC_PER_SEC + c->shift_s},
    };

    case_clear(c);
    for (; request.n_certificates < 4 && c->sent[request.n_certificates] != NULL;
         request.n_certificates++)
        sent[request.n_certificates] = rvl_octets_from_bytes(c->sent[request.n_certificates]->der);
    f->verifier->verify(f->self, &request, take_answer, c);
    g_assert_cmpuint(c->calls, ==, 1);
}

static void
assert_holds(Fixture *f, Case c)
{
    judge(f, &c);
    g_assert_no_error(c.error);
    case_clear(&c);
}

static void
assert_refused_with(Fixture *f, Case c, RvlCause cause, const char *found, const char *wanted)
{
    judge(f, &c);
    g_assert_error(c.error, RVL_ERROR, (int)cause);
    g_assert_cmpstr(rvl_error_found(c.error), ==, found);
    g_assert_cmpstr(rvl_error_wanted(c.error), ==, wanted);
    case_clear(&c);
}

static void
assert_refused(Fixture *f, Case c, RvlCause cause)
{
    judge(f, &c);
    g_assert_error(c.error, RVL_ERROR, (int)cause);
    g_assert_true(rvl_error_found(c.error) != NULL || rvl_error_wanted(c.error) != NULL);
    case_clear(&c);
}

static void
chain_holds_in_any_order(Fixture *f, gconstpointer kind)
{
    g_autoptr(Issued) peer = issue_peer("r.lab.test", kind, f->intermediate);
    g_autoptr(Issued) direct = issue_peer("r.lab.test", kind, f->root);
    g_autoptr(GBytes) nothing = g_bytes_new_static("0", 1);
    const Issued broken = {.der = nothing};
    Case c = {.sent = {peer, f->intermediate}, .identity = "r.lab.test"};

    judge(f, &c);
    g_assert_no_error(c.error);
    g_assert_true(g_str_has_prefix(kind, c.kind));
    g_assert_nonnull(strstr(c.subject, "CN=r.lab.test"));
    g_assert_cmpuint(c.bits, >=, 253);
    g_assert_cmpint(c.not_after, >, g_get_real_time() / G_USEC_PER_SEC);
    case_clear(&c);
    assert_holds(f, (Case){.sent = {peer, f->root, f->intermediate}, .identity = "R.LAB.TEST"});
    assert_holds(f, (Case){.sent = {direct}, .identity = "r.lab.test"});
    /* What can't be read is as if it hadn't been sent. */
    assert_holds(f, (Case){.sent = {peer, &broken, f->intermediate}, .identity = "r.lab.test"});
    /* An intermediate may be the authority that is trusted. */
    assert_holds(f, (Case){.sent = {peer}, .anchor = f->intermediate, .identity = "r.lab.test"});
}

/* The report holds the bound that was passed, and the time that it was judged by. */
static void
assert_refused_with_times(Fixture *f, Case c, RvlCause cause, const ASN1_TIME *bound)
{
    g_autoptr(GDateTime) found = NULL;
    g_autoptr(GDateTime) wanted = NULL;
    struct tm parts;

    judge(f, &c);
    g_assert_error(c.error, RVL_ERROR, (int)cause);
    g_assert_nonnull(strstr(c.error->message, cause == RVL_CAUSE_CERTIFICATE_EXPIRED
                                                  ? "has expired"
                                                  : "not valid yet"));
    found = g_date_time_new_from_iso8601(rvl_error_found(c.error), NULL);
    wanted = g_date_time_new_from_iso8601(rvl_error_wanted(c.error), NULL);
    g_assert_nonnull(found);
    g_assert_nonnull(wanted);
    g_assert_cmpint(ASN1_TIME_to_tm(bound, &parts), ==, 1);
    g_assert_cmpint(g_date_time_get_hour(found), ==, parts.tm_hour);
    g_assert_cmpint(g_date_time_get_second(found), ==, parts.tm_sec);
    case_clear(&c);
}

static void
times_are_judged_by_the_time_given(Fixture *f, gconstpointer data)
{
    g_autoptr(Issued) peer = issue_peer("r.lab.test", "ed25519", f->root);
    Case c = {.sent = {peer}, .identity = "r.lab.test"};

    (void)data;
    assert_holds(f, c);
    c.shift_s = DAY_S;
    assert_refused_with_times(f, c, RVL_CAUSE_CERTIFICATE_EXPIRED,
                              X509_get0_notAfter(peer->certificate));
    c.shift_s = -DAY_S;
    assert_refused_with_times(f, c, RVL_CAUSE_CERTIFICATE_NOT_YET_VALID,
                              X509_get0_notBefore(peer->certificate));
}

static void
expired_intermediate_is_refused(Fixture *f, gconstpointer data)
{
    g_autoptr(Issued) old = issue(&(IssueRequest){
        .subject = "C=XX/O=lab/CN=old intermediate",
        .key = "ec:P-256",
        .issuer = f->root,
        .extensions = {"basicConstraints=critical,CA:TRUE", CA_USAGE},
        .from_s = -2 * DAY_S,
        .until_s = -DAY_S,
    });
    g_autoptr(Issued) peer = issue_peer("r.lab.test", "ec:P-256", old);

    (void)data;
    assert_refused(f, (Case){.sent = {peer, old}, .identity = "r.lab.test"},
                   RVL_CAUSE_CERTIFICATE_EXPIRED);
}

static void
stranger_s_authority_is_refused(Fixture *f, gconstpointer data)
{
    g_autoptr(Issued) stranger = issue_root("C=YY/O=stranger/CN=stranger CA", "ec:P-256");
    g_autoptr(Issued) namesake = issue_root("C=XX/O=lab/CN=lab CA", "ec:P-256");
    g_autoptr(Issued) nobody = issue_root("CN=of no organisation", "ec:P-256");
    g_autoptr(Issued) other_nobody = issue_root("CN=of none either", "ec:P-256");
    g_autoptr(Issued) of_nobody = issue_peer("r.lab.test", "ec:P-256", other_nobody);
    g_autoptr(Issued) peer = issue_peer("r.lab.test", "ec:P-256", stranger);
    g_autoptr(Issued) of_namesake = issue_peer("r.lab.test", "ec:P-256", namesake);
    g_autoptr(Issued) by_itself = issue_peer("r.lab.test", "ec:P-256", NULL);

    (void)data;
    assert_refused_with(f, (Case){.sent = {peer}, .identity = "r.lab.test"},
                        RVL_CAUSE_CERTIFICATE_UNTRUSTED, "C=YY, O=stranger, CN=stranger CA",
                        "'C=XX, O=lab, CN=lab CA'");
    assert_refused(f, (Case){.sent = {of_nobody}, .identity = "r.lab.test"},
                   RVL_CAUSE_CERTIFICATE_UNTRUSTED);
    assert_refused(f, (Case){.sent = {of_nobody}, .anchor = nobody, .identity = "r.lab.test"},
                   RVL_CAUSE_CERTIFICATE_UNTRUSTED);
    assert_refused(f, (Case){.sent = {peer, stranger}, .identity = "r.lab.test"},
                   RVL_CAUSE_CERTIFICATE_UNTRUSTED);
    assert_refused(f, (Case){.sent = {of_namesake}, .identity = "r.lab.test"},
                   RVL_CAUSE_CERTIFICATE_UNTRUSTED);
    assert_refused(f, (Case){.sent = {of_namesake, namesake}, .identity = "r.lab.test"},
                   RVL_CAUSE_CERTIFICATE_UNTRUSTED);
    assert_refused(f, (Case){.sent = {by_itself}, .identity = "r.lab.test"},
                   RVL_CAUSE_CERTIFICATE_UNTRUSTED);
    assert_refused(f, (Case){.identity = "r.lab.test"}, RVL_CAUSE_CERTIFICATE_UNTRUSTED);
}

static void
gap_in_the_chain_is_named(Fixture *f, gconstpointer data)
{
    g_autoptr(Issued) second = issue_intermediate("C=XX/O=lab/CN=second", f->intermediate);
    g_autoptr(Issued) peer = issue_peer("r.lab.test", "ec:P-256", f->intermediate);
    g_autoptr(Issued) below = issue_peer("r.lab.test", "ec:P-256", second);

    (void)data;
    assert_refused(f, (Case){.sent = {peer}, .identity = "r.lab.test"}, RVL_CAUSE_CHAIN_INCOMPLETE);
    assert_refused(f, (Case){.sent = {below, second}, .identity = "r.lab.test"},
                   RVL_CAUSE_CHAIN_INCOMPLETE);
    assert_holds(f, (Case){.sent = {below, second, f->intermediate}, .identity = "r.lab.test"});
}

/* Intermediates that must not be: each is refused though its signature holds. */
static const struct {
    const char *name;
    const char *extensions[ISSUE_MAX_EXTENSIONS];
    RvlCause cause;
} bad_authorities[] = {
    {"end-entity",
     {"keyUsage=digitalSignature", "basicConstraints=CA:FALSE"},
     RVL_CAUSE_CERTIFICATE_CONSTRAINT},
    {"no-basic-constraints", {"keyUsage=digitalSignature"}, RVL_CAUSE_CERTIFICATE_CONSTRAINT},
    {"only-key-usage", {CA_USAGE}, RVL_CAUSE_CERTIFICATE_CONSTRAINT},
    {"may-not-sign-certificates",
     {"basicConstraints=critical,CA:TRUE", "keyUsage=critical,digitalSignature"},
     RVL_CAUSE_CERTIFICATE_CONSTRAINT},
    {"for-mail-only",
     {"basicConstraints=critical,CA:TRUE", CA_USAGE, "extendedKeyUsage=emailProtection"},
     RVL_CAUSE_CERTIFICATE_CONSTRAINT},
    {"other-names-only",
     {"basicConstraints=critical,CA:TRUE", CA_USAGE,
      "nameConstraints=critical,permitted;DNS:other.test"},
     RVL_CAUSE_CERTIFICATE_CONSTRAINT},
    {"names-excluded",
     {"basicConstraints=critical,CA:TRUE", CA_USAGE,
      "nameConstraints=critical,excluded;DNS:lab.test"},
     RVL_CAUSE_CERTIFICATE_CONSTRAINT},
    {"unknown-critical",
     {"basicConstraints=critical,CA:TRUE", CA_USAGE, "1.2.3.4=critical,DER:05:00"},
     RVL_CAUSE_CERTIFICATE_CONSTRAINT},
};

static void
wrong_authority_is_refused(Fixture *f, gconstpointer data)
{
    const typeof(bad_authorities[0]) *c = data;
    IssueRequest request = {
        .subject = "C=XX/O=lab/CN=not one", .key = "ec:P-256", .issuer = f->root};

    memcpy(request.extensions, c->extensions, sizeof(request.extensions));

    g_autoptr(Issued) bad = issue(&request);
    g_autoptr(Issued) peer = issue_peer("r.lab.test", "ec:P-256", bad);

    assert_refused(f, (Case){.sent = {peer, bad}, .identity = "r.lab.test"}, c->cause);
}

static void
path_length_is_kept(Fixture *f, gconstpointer data)
{
    g_autoptr(Issued) last = issue(&(IssueRequest){
        .subject = "C=XX/O=lab/CN=last",
        .key = "ec:P-256",
        .issuer = f->root,
        .extensions = {"basicConstraints=critical,CA:TRUE,pathlen:0", CA_USAGE},
    });
    g_autoptr(Issued) beyond = issue_intermediate("C=XX/O=lab/CN=beyond", last);
    g_autoptr(Issued) peer = issue_peer("r.lab.test", "ec:P-256", beyond);
    g_autoptr(Issued) direct = issue_peer("r.lab.test", "ec:P-256", last);

    (void)data;
    assert_holds(f, (Case){.sent = {direct, last}, .identity = "r.lab.test"});
    assert_refused(f, (Case){.sent = {peer, beyond, last}, .identity = "r.lab.test"},
                   RVL_CAUSE_CERTIFICATE_CONSTRAINT);
}

/* What an end entity's certificate is for, and whether that goes for a responder and an initiator. */
static const struct {
    const char *name;
    const char *usage;
    bool server;
    bool client;
} usages[] = {
    {"none", NULL, true, true},
    {"server", "extendedKeyUsage=serverAuth", true, true},
    {"client", "extendedKeyUsage=clientAuth", false, true},
    {"ipsec-ike", "extendedKeyUsage=1.3.6.1.5.5.7.3.17", true, true},
    {"ike-intermediate", "extendedKeyUsage=1.3.6.1.5.5.8.2.2", true, true},
    {"any", "extendedKeyUsage=anyExtendedKeyUsage", true, true},
    {"mail", "extendedKeyUsage=emailProtection", false, false},
    {"mail-and-server", "extendedKeyUsage=emailProtection,serverAuth", true, true},
    {"encipherment", "keyUsage=keyEncipherment", false, false},
    {"non-repudiation", "keyUsage=nonRepudiation", true, true},
};

static void
use_of_the_certificate_is_kept(Fixture *f, gconstpointer data)
{
    const typeof(usages[0]) *c = data;
    g_autoptr(Issued) peer = issue(&(IssueRequest){
        .subject = "C=XX/O=lab/CN=r",
        .key = "ec:P-256",
        .issuer = f->root,
        .extensions = {"subjectAltName=DNS:r.lab.test", c->usage},
    });
    Case as_server = {.sent = {peer}, .identity = "r.lab.test"};
    Case as_client = {.sent = {peer}, .identity = "r.lab.test", .is_initiator = true};

    if (c->server)
        assert_holds(f, as_server);
    else
        assert_refused(f, as_server, RVL_CAUSE_EKU_MISSING);
    if (c->client)
        assert_holds(f, as_client);
    else
        assert_refused(f, as_client, RVL_CAUSE_EKU_MISSING);
}

/* Reports hold all that the certificate has, and all that would have done. */
static void
reports_have_both_values(Fixture *f, gconstpointer data)
{
    g_autoptr(Issued) two = issue(&(IssueRequest){
        .subject = "CN=r",
        .key = "ec:P-256",
        .issuer = f->root,
        .extensions = {"subjectAltName=DNS:a.test,IP:192.0.2.7",
                       "extendedKeyUsage=emailProtection,codeSigning"},
    });
    g_autoptr(Issued) nameless =
        issue(&(IssueRequest){.subject = "", .key = "ec:P-256", .issuer = f->root});
    g_autoptr(Issued) useful = issue(&(IssueRequest){
        .subject = "CN=r",
        .key = "ec:P-256",
        .issuer = f->root,
        .extensions = {"subjectAltName=DNS:a.test,IP:192.0.2.7"},
    });

    (void)data;
    assert_refused_with(f, (Case){.sent = {useful}, .identity = "r.lab.test"},
                        RVL_CAUSE_SAN_MISMATCH, "r.lab.test", "a.test, 192.0.2.7, CN=r");
    assert_refused_with(f, (Case){.sent = {nameless}, .identity = "r.lab.test"},
                        RVL_CAUSE_SAN_MISMATCH, "r.lab.test", "a name (the certificate has none)");
    assert_refused_with(f, (Case){.sent = {two}, .identity = "a.test"}, RVL_CAUSE_EKU_MISSING,
                        "E-mail Protection, Code Signing",
                        "one of ipsecIKE, iKEIntermediate, anyExtendedKeyUsage, serverAuth");
    assert_refused_with(f, (Case){.sent = {two}, .identity = "a.test", .is_initiator = true},
                        RVL_CAUSE_EKU_MISSING, "E-mail Protection, Code Signing",
                        "one of ipsecIKE, iKEIntermediate, anyExtendedKeyUsage, serverAuth, "
                        "clientAuth");
}

static void
weak_keys_and_hashes_are_refused(Fixture *f, gconstpointer data)
{
    g_autoptr(Issued) short_peer = issue_peer("r.lab.test", "rsa:1024", f->root);
    g_autoptr(Issued) by_sha1 = issue(&(IssueRequest){
        .subject = "C=XX/O=lab/CN=r",
        .key = "ec:P-256",
        .issuer = f->root,
        .extensions = {"subjectAltName=DNS:r.lab.test"},
        .digest = "SHA1",
    });

    (void)data;
    assert_refused(f, (Case){.sent = {short_peer}, .identity = "r.lab.test"},
                   RVL_CAUSE_KEY_TOO_SHORT);
    assert_refused(f, (Case){.sent = {by_sha1}, .identity = "r.lab.test"},
                   RVL_CAUSE_CERTIFICATE_CONSTRAINT);
}

static void
unserved_key_is_refused_by_name(Fixture *f, gconstpointer data)
{
    g_autoptr(Issued) peer = issue_peer("r.lab.test", "ed448", f->root);
    g_autoptr(Issued) other = issue_peer("r.lab.test", "ec:secp256k1", f->root);

    (void)data;
    assert_refused(f, (Case){.sent = {peer}, .identity = "r.lab.test"},
                   RVL_CAUSE_ALGORITHM_UNAVAILABLE);
    assert_refused(f, (Case){.sent = {other}, .identity = "r.lab.test"},
                   RVL_CAUSE_ALGORITHM_UNAVAILABLE);
}

/* Flips each octet of the signed part and of the signature. */
static void
any_altered_octet_is_refused(Fixture *f, gconstpointer data)
{
    g_autoptr(Issued) peer = issue_peer("r.lab.test", "ed25519", f->root);
    gsize n;
    const guint8 *der = g_bytes_get_data(peer->der, &n);

    (void)data;
    for (gsize at = 0; at < n; at++) {
        g_autofree guint8 *altered = g_memdup2(der, n);
        Issued copy = *peer;
        Case c = {.sent = {&copy}, .identity = "r.lab.test"};

        altered[at] ^= 1;
        copy.der = g_bytes_new(altered, n);
        judge(f, &c);
        g_assert_nonnull(c.error);
        case_clear(&c);
        g_bytes_unref(copy.der);
    }
}

static void
unknown_need_is_refused(Fixture *f, gconstpointer data)
{
    RvlCertificateRequest request = {.size = sizeof(request)};
    Case c = {0};

    (void)data;
    for (unsigned bit = 0; bit < 32; bit++) {
        request.needs = 1u << bit;
        f->verifier->verify(f->self, &request, take_answer, &c);
        g_assert_error(c.error, RVL_ERROR, RVL_CAUSE_PLUGIN_INCOMPATIBLE);
        case_clear(&c);
    }
}

static void
use_facts(const RvlCertificateFacts *facts, void *user_data)
{
    static const char *const wanted[] = {"r.lab.test", "192.0.2.7", "CN=r"};

    *(bool *)user_data = true;
    g_assert_nonnull(strstr(facts->subject, "CN=r"));
    g_assert_nonnull(strstr(facts->issuer, "CN=lab CA"));
    g_assert_cmpstr(facts->key->kind, ==, "ed25519");
    g_assert_cmpint(facts->not_after.unix_s - facts->not_before.unix_s, ==, 2 * 3600);
    g_assert_cmpuint(facts->n_names, ==, G_N_ELEMENTS(wanted));
    for (size_t i = 0; i < facts->n_names; i++) {
        g_autofree char *text = rvl_identity_format(facts->names[i]);

        g_assert_cmpstr(text, ==, wanted[i]);
    }
}

/* What CERTREQ holds, by another road: SHA-1 over the SubjectPublicKeyInfo that OpenSSL encodes. */
static void
use_key_hash(const RvlCertificateFacts *facts, void *user_data)
{
    const Issued *root = user_data;
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(root->key, &der);
    unsigned char sha1[20];

    g_assert_cmpint(EVP_Digest(der, (size_t)n, sha1, NULL, EVP_sha1(), NULL), ==, 1);
    g_assert_cmpmem(facts->key_sha1, 20, sha1, sizeof(sha1));
    OPENSSL_free(der);
}

static void
facts_say_what_the_certificate_says(Fixture *f, gconstpointer data)
{
    g_autoptr(Issued) peer = issue(&(IssueRequest){
        .subject = "CN=r",
        .key = "ed25519",
        .issuer = f->root,
        .extensions = {"subjectAltName=DNS:r.lab.test,IP:192.0.2.7,URI:http://x"},
    });
    const RvlOctets der = rvl_octets_from_bytes(peer->der);
    const RvlOctets cut = RVL_OCTETS(der.data, der.size - 1);
    const RvlOctets of_root = rvl_octets_from_bytes(f->root->der);
    g_autoptr(GError) error = NULL;
    bool used = false;

    (void)data;
    if (!rig_use_backend(f->rig, "openssl") && !rig_use_backend(f->rig, "gcrypt")) {
        g_test_skip("no crypto backend was built as a module");
        return;
    }
    g_assert_true(f->verifier->facts(f->self, &der, use_facts, &used, &error));
    g_assert_no_error(error);
    g_assert_true(used);
    g_assert_true(f->verifier->facts(f->self, &of_root, use_key_hash, f->root, &error));
    g_assert_no_error(error);
    g_assert_false(f->verifier->facts(f->self, &cut, use_facts, &used, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_MALFORMED);
}

static bool
fail_digest(void *self, const RvlOctets *parts, size_t n_parts, uint8_t *out)
{
    (void)self;
    (void)parts;
    (void)n_parts;
    (void)out;
    return false;
}

static const RvlHash *
failing_hash(void *context, const char *name, GError **error)
{
    static const RvlHash hash = {.size = sizeof(hash), .output_octets = 20, .digest = fail_digest};

    (void)context;
    (void)name;
    (void)error;
    return &hash;
}

static void
failing_hash_is_told(Fixture *f, gconstpointer data)
{
    const RvlPrimitives primitives = {.size = sizeof(primitives), .hash = failing_hash};
    RvlHost host = *rig_host(f->rig);
    const RvlOctets der = rvl_octets_from_bytes(f->root->der);
    g_autoptr(GError) error = NULL;
    bool used = false;
    void *self;

    (void)data;
    host.primitives = &primitives;
    g_assert_true(x509_openssl_LTX_rvl_plugin.load(&host, NULL, &self, &error));
    g_assert_false(f->verifier->facts(self, &der, use_facts, &used, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_PLUGIN_FAILED);
    g_assert_false(used);
    x509_openssl_LTX_rvl_plugin.unload(self);
}

#define ADD(path, data, test) g_test_add(path, Fixture, data, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    static const char *const kinds[] = {"rsa:2048", "ec:P-256", "ec:P-384", "ec:P-521", "ed25519"};

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *path = g_strdup_printf("/x509/chain-holds/%s", kinds[i]);

        ADD(path, kinds[i], chain_holds_in_any_order);
    }
    ADD("/x509/refuses/out-of-time", NULL, times_are_judged_by_the_time_given);
    ADD("/x509/refuses/expired-intermediate", NULL, expired_intermediate_is_refused);
    ADD("/x509/refuses/stranger-s-authority", NULL, stranger_s_authority_is_refused);
    ADD("/x509/refuses/missing-intermediate", NULL, gap_in_the_chain_is_named);
    for (size_t i = 0; i < G_N_ELEMENTS(bad_authorities); i++) {
        g_autofree char *path =
            g_strdup_printf("/x509/refuses/wrong-authority/%s", bad_authorities[i].name);

        ADD(path, &bad_authorities[i], wrong_authority_is_refused);
    }
    ADD("/x509/refuses/path-length", NULL, path_length_is_kept);
    for (size_t i = 0; i < G_N_ELEMENTS(usages); i++) {
        g_autofree char *path = g_strdup_printf("/x509/usage/%s", usages[i].name);

        ADD(path, &usages[i], use_of_the_certificate_is_kept);
    }
    ADD("/x509/reports-have-both-values", NULL, reports_have_both_values);
    ADD("/x509/refuses/weak-keys-and-hashes", NULL, weak_keys_and_hashes_are_refused);
    ADD("/x509/refuses/unserved-keys", NULL, unserved_key_is_refused_by_name);
    ADD("/x509/refuses/altered-octet", NULL, any_altered_octet_is_refused);
    ADD("/x509/refuses/unknown-need", NULL, unknown_need_is_refused);
    ADD("/x509/facts", NULL, facts_say_what_the_certificate_says);
    ADD("/x509/facts-of-a-failing-hash", NULL, failing_hash_is_told);
    return g_test_run();
}
