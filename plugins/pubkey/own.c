/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Proving ourselves: our certificate, its key, and the AUTH payload that it signs. */
#include "config.h"

#include <string.h>

#include <ravelin/asymmetric-key.h>
#include <ravelin/error.h>
#include <ravelin/sized.h>
#include <ravelin/writer.h>

#include "ecdsa-value.h"
#include "pubkey.h"
#include "scheme.h"

/* Length octet, AlgorithmIdentifier, the longest RSA signature that is made. */
#define MAX_PROOF_OCTETS (1 + UINT8_MAX + RVL_RSA_MAX_BITS / 8)

/* RFC 8247 4.1.1: RSA below this must not be used. */
#define MIN_RSA_BITS 2048

static const char *
certificate_name(const RvlSettings *settings, GError **error)
{
    const char *name = rvl_settings_text(settings, "certificate", NULL);

    if (name == NULL || *name == '\0')
        rvl_error_set_found(error, RVL_CAUSE_CONFIG_INVALID, NULL, "certificate = FILE",
                            "[%s] proves itself by pubkey and names no certificate",
                            rvl_settings_group(settings));
    return name != NULL && *name != '\0' ? name : NULL;
}

static bool
find_own(const Pubkey *self,
         const RvlSettings *settings,
         Certificates *certificates,
         GError **error)
{
    const char *name = certificate_name(settings, error);

    return name != NULL && pubkey_find_certificates(self, name, certificates, error);
}

static const char *
key_name(const RvlSettings *settings)
{
    const char *name = rvl_settings_text(settings, "key", NULL);

    return name != NULL && *name != '\0' ? name : NULL;
}

/* The source that has the private key of @key; the last one's error where none has. */
static const Source *
find_key(const Pubkey *self, const RvlAsymmetricKey *key, const char *name, GError **error)
{
    for (size_t i = 0; i < self->n_sources; i++) {
        const Source *source = &self->sources[i];
        bool is_last = i + 1 == self->n_sources;

        if (source->source->has_key(source->self, key, name, is_last ? error : NULL))
            return source;
    }
    return NULL;
}

static bool
check_strength(const RvlAsymmetricKey *key, GError **error)
{
    const RvlOctets *n = rvl_asymmetric_key_parameter(key, "n");
    g_autofree char *found = NULL;

    if (n == NULL || n->size * 8 >= MIN_RSA_BITS)
        return true;
    found = g_strdup_printf("%zu", n->size * 8);
    rvl_error_set_found(error, RVL_CAUSE_KEY_TOO_SHORT, found, G_STRINGIFY(MIN_RSA_BITS), NULL);
    return false;
}

typedef struct {
    const Pubkey *pubkey;
    const RvlSettings *settings;
    bool is_ready;
    GError *error;
} Readiness;

static void
judge_readiness(const RvlCertificateFacts *facts, void *user_data)
{
    Readiness *readiness = user_data;

    readiness->is_ready = check_strength(facts->key, &readiness->error) &&
                          find_key(readiness->pubkey, facts->key, key_name(readiness->settings),
                                   &readiness->error) != NULL;
    if (!readiness->is_ready)
        rvl_error_prefix_where(&readiness->error, "%s", facts->subject);
}

bool
own_is_ready(const Pubkey *self, const RvlSettings *settings, GError **error)
{
    g_auto(Certificates) certificates = {0};
    Readiness readiness = {.pubkey = self, .settings = settings};
    RvlOctets der;

    if (!find_own(self, settings, &certificates, error))
        return false;
    der = rvl_octets_from_bytes(certificates.der[0]);
    if (!self->verifier->facts(self->verifier_self, &der, judge_readiness, &readiness, error))
        return false;
    if (!readiness.is_ready)
        g_propagate_error(error, readiness.error);
    return readiness.is_ready;
}

static void
take_identity(const RvlCertificateFacts *facts, void *user_data)
{
    if (facts->n_names > 0)
        *(RvlIdentity **)user_data = rvl_identity_ref(facts->names[0]);
}

RvlIdentity *
own_identity(const Pubkey *self, const RvlSettings *settings)
{
    g_auto(Certificates) certificates = {0};
    RvlIdentity *identity = NULL;
    RvlOctets der;

    if (!find_own(self, settings, &certificates, NULL))
        return NULL;
    der = rvl_octets_from_bytes(certificates.der[0]);
    if (!self->verifier->facts(self->verifier_self, &der, take_identity, &identity, NULL))
        return NULL;
    return identity;
}

/* A proof under way; lives until the source has signed. */
typedef struct {
    const Pubkey *pubkey;
    const RvlAuthRequest *request;
    RvlAuthDone done;
    void *user_data;
    Certificates certificates;
    const Scheme *scheme;
    uint8_t method;
    size_t coordinate_octets; /* of an ec key */
    char *description;
    RvlWallTime not_after;
    RvlAuthOctets octets;
} Proof;

static void
proof_free(Proof *proof)
{
    certificates_clear(&proof->certificates);
    g_free(proof->description);
    g_free(proof);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Proof, proof_free)

static void
fail(Proof *proof, const GError *error)
{
    proof->done(NULL, error, proof->user_data);
    proof_free(proof);
}

/* Data of the AUTH payload: RFC 7427 3, or the bare signature of a method that fixes the rest. */
static GBytes *
encode_proof(const Proof *proof, GBytes *signature, GError **error)
{
    const RvlOctets octets = rvl_octets_from_bytes(signature);
    const RvlOctets *identifier = &proof->scheme->identifier;
    g_autoptr(RvlWriter) out = NULL;

    if (proof->method != METHOD_DIGITAL_SIGNATURE)
        return ecdsa_value_to_fixed(&octets, proof->coordinate_octets, error);
    out = rvl_writer_new(MAX_PROOF_OCTETS);
    rvl_writer_u8(out, (uint8_t)identifier->size);
    rvl_writer_octets(out, identifier->data, identifier->size);
    rvl_writer_octets(out, octets.data, octets.size);
    return rvl_writer_finish(out, error);
}

static void
take_signature(GBytes *signature, const GError *refusal, void *user_data)
{
    g_autoptr(Proof) proof = user_data;
    RvlAuthCertificate sent[MAX_CERTIFICATES];
    RvlAuthAnswer answer = {
        .size = sizeof(answer),
        .verdict = RVL_AUTH_PROVED,
        .method = proof->method,
        .certificates = sent,
        .n_certificates = proof->certificates.n,
        .certificates_stride = sizeof(sent[0]),
        .description = proof->description,
        .not_after = proof->not_after,
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) octets = NULL;

    if (signature != NULL)
        octets = encode_proof(proof, signature, &error);
    if (octets == NULL) {
        proof->done(NULL, error != NULL ? error : refusal, proof->user_data);
        return;
    }
    for (size_t i = 0; i < proof->certificates.n; i++)
        sent[i] =
            (RvlAuthCertificate){ENCODING_X509, rvl_octets_from_bytes(proof->certificates.der[i])};
    answer.proof = rvl_octets_from_bytes(octets);
    proof->done(&answer, NULL, proof->user_data);
}

static HashList
peer_hashes(const RvlAuthRequest *request)
{
    for (size_t i = 0; i < request->n_notifies; i++) {
        RvlAuthNotify notify;

        rvl_sized_copy(&notify, sizeof(notify),
                       RVL_STRIDE(request->notifies, request->notifies_stride, i),
                       request->notifies_stride);
        if (notify.type == NOTIFY_SIGNATURE_HASH_ALGORITHMS)
            return (HashList){true, notify.data};
    }
    return (HashList){0};
}

static bool
prepare(Proof *proof, const RvlCertificateFacts *facts, GError **error)
{
    const RvlHost *host = proof->pubkey->host;
    const RvlSettings *settings = proof->request->settings;
    const RvlOctets *curve = rvl_asymmetric_key_parameter(facts->key, "curve");
    const HashList hashes = peer_hashes(proof->request);
    bool prefers_pkcs1 = strcmp(rvl_settings_text(settings, "rsa-padding", "pss"), "pkcs1") == 0;

    proof->coordinate_octets = curve != NULL ? rvl_curve_octets(curve) : 0;
    proof->not_after = facts->not_after;
    proof->scheme =
        scheme_choose(host->primitives, facts->key, prefers_pkcs1, &hashes, &proof->method, error);
    if (proof->scheme == NULL || !check_strength(facts->key, error))
        return false;
    proof->description = g_strdup_printf("%s, %s", proof->scheme->word, facts->subject);
    return rvl_auth_octets_init(&proof->octets, host, proof->request->parts, error);
}

static void
sign(const RvlCertificateFacts *facts, void *user_data)
{
    Proof *proof = user_data;
    const char *name = key_name(proof->request->settings);
    g_autoptr(GError) error = NULL;
    const Source *source = NULL;

    if (prepare(proof, facts, &error))
        source = find_key(proof->pubkey, facts->key, name, &error);
    if (source != NULL)
        source->source->sign(source->self, facts->key, name, proof->scheme->primitive,
                             proof->octets.runs, G_N_ELEMENTS(proof->octets.runs), take_signature,
                             proof);
    else
        fail(proof, error);
}

static void
note_own_signature(const RvlCertificateFacts *facts, void *user_data)
{
    *(bool *)user_data = strcmp(facts->subject, facts->issuer) == 0;
}

/* A root is no use to the peer: it has it, or doesn't trust it (RFC 7296 3.6). */
static void
leave_out_roots(const Pubkey *self, Certificates *certificates)
{
    size_t kept = 1;

    for (size_t i = 1; i < certificates->n; i++) {
        const RvlOctets der = rvl_octets_from_bytes(certificates->der[i]);
        bool is_root = false;

        (void)self->verifier->facts(self->verifier_self, &der, note_own_signature, &is_root, NULL);
        if (is_root)
            g_bytes_unref(certificates->der[i]);
        else
            certificates->der[kept++] = certificates->der[i];
    }
    certificates->n = kept;
}

void
own_prove(const Pubkey *self, const RvlAuthRequest *request, RvlAuthDone done, void *user_data)
{
    Proof *proof = g_new0(Proof, 1);
    g_autoptr(GError) error = NULL;
    RvlOctets der;

    proof->pubkey = self;
    proof->request = request;
    proof->done = done;
    proof->user_data = user_data;
    if (!find_own(self, request->settings, &proof->certificates, &error)) {
        fail(proof, error);
        return;
    }
    leave_out_roots(self, &proof->certificates);
    der = rvl_octets_from_bytes(proof->certificates.der[0]);
    if (!self->verifier->facts(self->verifier_self, &der, sign, proof, &error))
        fail(proof, error);
}
