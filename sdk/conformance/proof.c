/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Proof: authenticators, certificate verifiers and credential sources, above all with hostile input. */
#include "config.h"

#include <string.h>

#include <ravelin/error.h>

#include "answer.h"

/* PRF_HMAC_SHA2_256 (RFC 7296 3.3.2): what the made-up IKE SA negotiated. */
#define PRF_ID 5

static const uint8_t rubbish[600] = {0x30, 0x82, 0x02, 0x54, 0x30, 0x82, 0xff, 0xff, 0x02, 0x01};

/* Authenticators. */

typedef struct {
    Answer answer;
    uint32_t verdict;
} Verdict;

static void
auth_done(const RvlAuthAnswer *answer, const GError *error, void *user_data)
{
    Verdict *verdict = user_data;

    verdict->verdict = answer != NULL ? answer->verdict : RVL_AUTH_REFUSED;
    answer_came(&verdict->answer, error);
}

typedef struct {
    RvlSettings *settings;
    RvlIdentity *local;
    RvlIdentity *remote;
    RvlSecretId sk_p;
    RvlAuthParts parts;
    RvlAuthRequest request;
} Made;

static void
make_request(const RvlConformanceRun *run, Made *made)
{
    const RvlSecretServices *secrets = run->host->secrets;
    g_autoptr(RvlSecret) key = rvl_secret_new_copy(rubbish, 32);

    made->settings = rvl_settings_new("connection conformance", NULL, 0);
    made->local = rvl_identity_new(RVL_IDENTITY_FQDN, "a.example.org", 13);
    made->remote = rvl_identity_new(RVL_IDENTITY_FQDN, "b.example.org", 13);
    made->sk_p = secrets->put(secrets->context, key);
    made->parts = (RvlAuthParts){
        .size = sizeof(made->parts),
        .message = RVL_OCTETS(rubbish, 300),
        .nonce = RVL_OCTETS(rubbish, 32),
        .id = RVL_OCTETS("\2\0\0\0b.example.org", 17),
        .prf = PRF_ID,
        .sk_p = made->sk_p,
    };
    made->request = (RvlAuthRequest){
        .size = sizeof(made->request),
        .version = 2,
        .connection = "conformance",
        .settings = made->settings,
        .local = made->local,
        .remote = made->remote,
        .parts = &made->parts,
        .notifies_stride = sizeof(RvlAuthNotify),
        .certificates_stride = sizeof(RvlAuthCertificate),
    };
}

static void
clear_request(const RvlConformanceRun *run, Made *made)
{
    run->host->secrets->release(run->host->secrets->context, made->sk_p);
    rvl_settings_unref(made->settings);
    rvl_identity_unref(made->local);
    rvl_identity_unref(made->remote);
}

typedef void (*AuthCall)(void *self,
                         const RvlAuthRequest *request,
                         RvlAuthDone done,
                         void *user_data);

static void
auth_refuses(const RvlConformanceRun *run,
             const RvlAuthenticator *authenticator,
             void *self,
             AuthCall call,
             const RvlAuthRequest *request,
             const char *what)
{
    Verdict verdict = {0};

    call(self, request, auth_done, &verdict);
    if (!conformance_point(run, answer_wait(run, &verdict.answer), authenticator->word,
                           "%s: answers exactly once", what))
        return;
    conformance_point(run, verdict.verdict == RVL_AUTH_REFUSED, authenticator->word, "%s: refused",
                      what);
    conformance_point(run, verdict.answer.cause != RVL_CAUSE_NONE, authenticator->word,
                      "%s: with a cause (%s)", what,
                      verdict.answer.words != NULL ? verdict.answer.words : "none");
    if (request->needs != 0)
        answer_refuses_need(run, &verdict.answer, authenticator->word, what);
    answer_clear(&verdict.answer);
}

void
rvl_conformance_authenticator(const RvlConformanceRun *run,
                              const RvlAuthenticator *authenticator,
                              void *self)
{
    static const size_t lengths[] = {0, 1, 32, 256, 600};
    size_t secrets_before = run->host->secrets->count(run->host->secrets->context);
    RvlAuthNotify notify;
    Made made = {0};
    size_t n = 0;

    conformance_point(run, authenticator->n_methods > 0 && authenticator->methods != NULL,
                      authenticator->word, "says which methods it makes or checks");
    while (authenticator->announces != NULL && n < 64 && authenticator->announces(self, n, &notify))
        n++;
    conformance_point(run, n < 64, authenticator->word, "its announcements come to an end");

    make_request(run, &made);
    made.request.needs = CONFORMANCE_UNKNOWN_NEED;
    auth_refuses(run, authenticator, self, authenticator->prove, &made.request, "prove()");
    auth_refuses(run, authenticator, self, authenticator->check, &made.request, "check()");
    made.request.needs = 0;
    auth_refuses(run, authenticator, self, authenticator->prove, &made.request,
                 "prove() without any credentials");
    made.request.method = authenticator->n_methods > 0 ? authenticator->methods[0] : 0;
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autofree char *what = g_strdup_printf("check() of %zu octets of rubbish", lengths[i]);

        made.request.proof = RVL_OCTETS(rubbish, lengths[i]);
        auth_refuses(run, authenticator, self, authenticator->check, &made.request, what);
    }
    made.request.method = 0;
    auth_refuses(run, authenticator, self, authenticator->check, &made.request,
                 "check() of a method that it doesn't have");
    clear_request(run, &made);
    conformance_point(run, run->host->secrets->count(run->host->secrets->context) == secrets_before,
                      authenticator->word, "leaves no secret behind");
}

/* Certificate verifiers. */

static void
certificate_done(const RvlCertificateAnswer *answer, const GError *error, void *user_data)
{
    answer_came(user_data, error);
    if (answer != NULL && error == NULL)
        ((Answer *)user_data)->cause = RVL_CAUSE_NONE;
}

static void
ignore_facts(const RvlCertificateFacts *facts, void *user_data)
{
}

static void
verifier_refuses(const RvlConformanceRun *run,
                 const RvlCertificateVerifier *verifier,
                 void *self,
                 const RvlCertificateRequest *request,
                 const char *what)
{
    g_auto(Answer) answer = {0};

    verifier->verify(self, request, certificate_done, &answer);
    if (conformance_point(run, answer_wait(run, &answer), verifier->name,
                          "%s: answers exactly once", what))
        conformance_point(run, answer.has_error && answer.cause != RVL_CAUSE_NONE, verifier->name,
                          "%s: refused with a cause (%s)", what,
                          answer.words != NULL ? answer.words : "none");
    if (request->needs != 0)
        answer_refuses_need(run, &answer, verifier->name, what);
}

void
rvl_conformance_certificate_verifier(const RvlConformanceRun *run,
                                     const RvlCertificateVerifier *verifier,
                                     void *self)
{
    static const size_t lengths[] = {0, 1, 10, 600};
    g_autoptr(RvlIdentity) name = rvl_identity_new(RVL_IDENTITY_FQDN, "a.example.org", 13);
    g_autoptr(RvlIdentity) same = rvl_identity_new(RVL_IDENTITY_FQDN, "A.example.ORG", 13);
    g_autoptr(RvlIdentity) longer = rvl_identity_new(RVL_IDENTITY_FQDN, "a.example.org.x", 15);
    g_autoptr(RvlIdentity) mail = rvl_identity_new(RVL_IDENTITY_RFC822_ADDR, "a.example.org", 13);
    RvlCertificateRequest request = {.size = sizeof(request), .identity = name};

    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autofree char *what = g_strdup_printf("facts() of %zu octets of rubbish", lengths[i]);
        const RvlOctets certificate = RVL_OCTETS(rubbish, lengths[i]);
        g_autoptr(GError) error = NULL;
        bool read = verifier->facts(self, &certificate, ignore_facts, NULL, &error);

        conformance_refused(run, read, error, verifier->name, what);
        what[0] = '\0';
        request.certificates = &certificate;
        request.n_certificates = 1;
        verifier_refuses(run, verifier, self, &request, "verify() of rubbish");
    }
    request.n_certificates = 0;
    verifier_refuses(run, verifier, self, &request, "verify() of no certificate");
    request.needs = CONFORMANCE_UNKNOWN_NEED;
    verifier_refuses(run, verifier, self, &request, "verify()");
    conformance_point(run, verifier->identity_matches(self, same, name), verifier->name,
                      "FQDNs match without regard to case");
    conformance_point(run, !verifier->identity_matches(self, longer, name), verifier->name,
                      "a longer FQDN doesn't match");
    conformance_point(run, !verifier->identity_matches(self, mail, name), verifier->name,
                      "identities of two types don't match");
}

/* Credential sources. */

static void
ignore_certificate(const RvlOctets *certificate, void *user_data)
{
}

static void
signature_done(GBytes *signature, const GError *error, void *user_data)
{
    answer_came(user_data, error);
    if (signature != NULL)
        ((Answer *)user_data)->has_error = false;
}

void
rvl_conformance_credential_source(const RvlConformanceRun *run,
                                  const RvlCredentialSource *source,
                                  void *self)
{
    static const char *const names[] = {"no-such-file.crt", "../../etc/passwd", "", "/dev/zero"};
    const RvlParameter parameters[] = {{"point", RVL_OCTETS(rubbish, 32)}};
    const RvlAsymmetricKey stranger = {
        .size = sizeof(stranger),
        .kind = "ed25519",
        .parameters = parameters,
        .n_parameters = G_N_ELEMENTS(parameters),
    };
    const RvlOctets part = RVL_OCTETS(rubbish, 100);
    g_autoptr(GError) no_key = NULL;
    g_auto(Answer) answer = {0};
    bool has_key;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *what = g_strdup_printf("certificates of '%s'", names[i]);
        g_autoptr(GError) error = NULL;
        bool has = source->certificates(self, names[i], ignore_certificate, NULL, &error);

        conformance_refused(run, has, error, source->name, what);
    }
    has_key = source->has_key(self, &stranger, NULL, &no_key);
    conformance_refused(run, has_key, no_key, source->name, "a stranger's key isn't there");
    source->sign(self, &stranger, NULL, "signature/ed25519", &part, 1, signature_done, &answer);
    if (conformance_point(run, answer_wait(run, &answer), source->name,
                          "sign() answers exactly once"))
        conformance_point(run, answer.has_error && answer.cause != RVL_CAUSE_NONE, source->name,
                          "sign() by a stranger's key: refused with a cause");
}
