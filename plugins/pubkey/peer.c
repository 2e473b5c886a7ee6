/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checking the peer: its certificates, its identity, and what it signed. */
#include "config.h"

#include <string.h>

#include <ravelin/asymmetric-key.h>
#include <ravelin/error.h>
#include <ravelin/reader.h>
#include <ravelin/sized.h>
#include <ravelin/writer.h>

#include "ecdsa-value.h"
#include "pubkey.h"
#include "scheme.h"

/* SHA-1 hashes of authorities' keys in a CERTREQ (RFC 7296 3.7). */
#define KEY_SHA1_OCTETS 20
#define MAX_AUTHORITIES 256

/* The certificates of the authorities that the connection trusts. */
static bool
find_anchors(const Pubkey *self, const RvlSettings *settings, GPtrArray *anchors, GError **error)
{
    const RvlSetting *setting = rvl_settings_find(settings, "authority-certificate");
    const char *const *names = setting != NULL ? setting->texts : NULL;

    for (; names != NULL && *names != NULL && anchors->len < MAX_AUTHORITIES; names++) {
        g_auto(Certificates) found = {0};

        if (!pubkey_find_certificates(self, *names, &found, error))
            return false;
        for (size_t i = 0; i < found.n; i++)
            g_ptr_array_add(anchors, g_bytes_ref(found.der[i]));
    }
    if (anchors->len > 0)
        return true;
    rvl_error_set_found(error, RVL_CAUSE_CONFIG_INVALID, NULL,
                        "authority = NAME and an [authority NAME] with its certificate",
                        "[%s] has no authority to judge the peer's certificate by",
                        rvl_settings_group(settings));
    return false;
}

static GPtrArray *
new_anchors(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
}

static void
ignore_facts(const RvlCertificateFacts *facts, void *user_data)
{
    (void)facts;
    (void)user_data;
}

bool
peer_is_ready(const Pubkey *self, const RvlSettings *settings, GError **error)
{
    g_autoptr(GPtrArray) anchors = new_anchors();

    if (!find_anchors(self, settings, anchors, error))
        return false;
    for (guint i = 0; i < anchors->len; i++) {
        const RvlOctets der = rvl_octets_from_bytes(g_ptr_array_index(anchors, i));

        if (!self->verifier->facts(self->verifier_self, &der, ignore_facts, NULL, error))
            return false;
    }
    return true;
}

static void
write_key_hash(const RvlCertificateFacts *facts, void *user_data)
{
    rvl_writer_octets(user_data, facts->key_sha1, KEY_SHA1_OCTETS);
}

GBytes *
peer_certificate_request(const Pubkey *self, const RvlSettings *settings)
{
    g_autoptr(GPtrArray) anchors = new_anchors();
    g_autoptr(RvlWriter) out = rvl_writer_new(MAX_AUTHORITIES * KEY_SHA1_OCTETS);

    if (!find_anchors(self, settings, anchors, NULL))
        return NULL;
    for (guint i = 0; i < anchors->len; i++) {
        const RvlOctets der = rvl_octets_from_bytes(g_ptr_array_index(anchors, i));

        (void)self->verifier->facts(self->verifier_self, &der, write_key_hash, out, NULL);
    }
    return rvl_writer_size(out) > 0 ? rvl_writer_finish(out, NULL) : NULL;
}

/* A check under way; lives until the verifier has answered. */
typedef struct {
    const Pubkey *pubkey;
    const RvlAuthRequest *request;
    RvlAuthDone done;
    void *user_data;
    const Scheme *scheme;
    const char *curve; /* that the method fixes, or NULL */
    RvlOctets signature;
    GPtrArray *anchors;
    RvlOctets *anchor_octets;
    RvlOctets sent[MAX_CERTIFICATES];
    RvlCertificateRequest verification;
} Check;

static void
check_free(Check *check)
{
    g_ptr_array_unref(check->anchors);
    g_free(check->anchor_octets);
    g_free(check);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Check, check_free)

static bool
refuse_method(uint8_t method, GError **error)
{
    g_autofree char *used =
        g_strdup_printf("method %u%s", method, method == 1 ? " (RSA with SHA-1)" : "");

    rvl_error_set_found(error, RVL_CAUSE_AUTH_METHOD_MISMATCH, used,
                        "pubkey: digital signature (14) or ECDSA (9, 10, 11)", NULL);
    return false;
}

static bool
refuse_identifier(const RvlOctets *identifier, GError **error)
{
    g_autoptr(GString) found = g_string_new("AlgorithmIdentifier ");
    g_autofree char *wanted = scheme_list();

    for (size_t i = 0; i < identifier->size; i++)
        g_string_append_printf(found, "%02x", identifier->data[i]);
    rvl_error_set_found(error, RVL_CAUSE_SIGNATURE_HASH_MISMATCH, found->str, wanted,
                        "the peer signed by an algorithm that was not announced");
    return false;
}

/* Splits AUTH's data: length, AlgorithmIdentifier, signature (RFC 7427 3). */
static bool
read_digital_signature(Check *check, GError **error)
{
    RvlReader reader;
    RvlOctets identifier;

    rvl_reader_init(&reader, check->request->proof.data, check->request->proof.size);
    identifier.size = rvl_reader_u8(&reader, "ASN.1 length");
    identifier.data = rvl_reader_octets(&reader, identifier.size, "AlgorithmIdentifier");
    check->signature.size = rvl_reader_left(&reader);
    check->signature.data = rvl_reader_octets(&reader, check->signature.size, "signature");
    if (!rvl_reader_check_end(&reader, error)) {
        rvl_error_prefix_where(error, "AUTH");
        return false;
    }
    check->scheme = scheme_find(&identifier);
    return check->scheme != NULL || refuse_identifier(&identifier, error);
}

static bool
read_proof(Check *check, GError **error)
{
    const RvlAuthRequest *request = check->request;

    if (request->method == METHOD_DIGITAL_SIGNATURE)
        return read_digital_signature(check, error);
    check->scheme = scheme_of_method(request->method, &check->curve);
    check->signature = request->proof;
    return check->scheme != NULL || refuse_method(request->method, error);
}

static bool
accept_identity(const Check *check, GError **error)
{
    const RvlAuthRequest *request = check->request;
    const Pubkey *self = check->pubkey;
    g_autofree char *sent = NULL;
    g_autofree char *expected = NULL;

    if (request->remote != NULL &&
        (request->expected == NULL ||
         self->verifier->identity_matches(self->verifier_self, request->remote, request->expected)))
        return true;
    sent = request->remote != NULL ? rvl_identity_format(request->remote) : g_strdup("none");
    expected = request->expected != NULL ? rvl_identity_format(request->expected) : g_strdup("any");
    rvl_error_set_found(error, RVL_CAUSE_IDENTITY_MISMATCH, sent, expected, NULL);
    return false;
}

/* X.509 certificates of the peer, in its order; other encodings are passed over, and counted. */
static bool
take_certificates(Check *check, GError **error)
{
    RvlCertificateRequest *verification = &check->verification;
    const RvlAuthRequest *request = check->request;
    g_autofree char *found = NULL;
    unsigned passed_over = 0;
    unsigned last = 0;

    for (size_t i = 0; i < request->n_certificates; i++) {
        RvlAuthCertificate certificate;

        rvl_sized_copy(&certificate, sizeof(certificate),
                       RVL_STRIDE(request->certificates, request->certificates_stride, i),
                       request->certificates_stride);
        if (certificate.encoding != ENCODING_X509) {
            passed_over++;
            last = certificate.encoding;
        } else if (verification->n_certificates < MAX_CERTIFICATES) {
            check->sent[verification->n_certificates++] = certificate.data;
        }
    }
    if (verification->n_certificates > 0)
        return true;
    found = passed_over == 0
                ? g_strdup("no certificate")
                : g_strdup_printf("%u of other encodings (the last: %u)", passed_over, last);
    rvl_error_set_found(error, RVL_CAUSE_CERTIFICATE_UNTRUSTED, found,
                        "a certificate of encoding 4 (X.509 signature)",
                        "the peer sent no certificate that can be used");
    rvl_error_set_remedy(error, "let the peer send its certificate");
    return false;
}

static bool
refuse_key(const Check *check, const char *found, GError **error)
{
    g_autofree char *wanted =
        g_strdup_printf("%s%s%s", check->scheme->key_kind, check->curve != NULL ? " on " : "",
                        check->curve != NULL ? check->curve : "");

    rvl_error_set_found(error, RVL_CAUSE_SIGNATURE_HASH_MISMATCH, found, wanted,
                        "the peer signed by %s, which is not its certificate's kind of key",
                        check->scheme->word);
    return false;
}

/* The signature as the primitive takes it, with the key that it must be of. */
static bool
fit_signature(const Check *check,
              const RvlAsymmetricKey *key,
              GBytes **converted,
              RvlOctets *signature,
              GError **error)
{
    const RvlOctets *curve = rvl_asymmetric_key_parameter(key, "curve");

    *signature = check->signature;
    if (strcmp(key->kind, check->scheme->key_kind) != 0)
        return refuse_key(check, key->kind, error);
    if (check->curve == NULL)
        return true;
    if (!scheme_key_is_on(key, check->curve)) {
        g_autofree char *found =
            g_strdup_printf("%s on %.*s", key->kind, curve != NULL ? (int)curve->size : 0,
                            curve != NULL ? (const char *)curve->data : "");

        return refuse_key(check, found, error);
    }
    *converted = ecdsa_value_to_der(&check->signature, rvl_curve_octets(curve), error);
    *signature = rvl_octets_from_bytes(*converted);
    return *converted != NULL;
}

static bool
refuse_signature(const Check *check, const RvlCertificateAnswer *certificate, GError **error)
{
    g_autofree char *identity = rvl_identity_format(check->request->remote);
    g_autofree char *wanted =
        g_strdup_printf("one by the %s key of %s", certificate->key->kind, certificate->subject);
    g_autofree char *found = g_strdup_printf("a signature of %s that does not hold", identity);

    rvl_error_set_found(error, RVL_CAUSE_SIGNATURE_MISMATCH, found, wanted, NULL);
    return false;
}

static bool
verify_signature(const Check *check, const RvlCertificateAnswer *certificate, GError **error)
{
    const RvlHost *host = check->pubkey->host;
    const RvlPrimitives *primitives = host->primitives;
    const RvlSignature *primitive =
        primitives->signature(primitives->context, check->scheme->primitive, error);
    g_autoptr(GBytes) converted = NULL;
    RvlSignatureVerdict verdict;
    RvlAuthOctets octets;
    RvlOctets signature;

    if (primitive == NULL ||
        !fit_signature(check, certificate->key, &converted, &signature, error) ||
        !rvl_auth_octets_init(&octets, host, check->request->parts, error))
        return false;
    /* Why a library refuses is of no use to anyone but who forges: our own words are said. */
    verdict = primitive->verify(primitive->self, certificate->key, octets.runs,
                                G_N_ELEMENTS(octets.runs), &signature, NULL);
    return verdict == RVL_SIGNATURE_HOLDS || refuse_signature(check, certificate, error);
}

static void
take_verdict(const RvlCertificateAnswer *certificate, const GError *refusal, void *user_data)
{
    g_autoptr(Check) check = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree char *description = NULL;
    RvlAuthAnswer answer = {
        .size = sizeof(answer),
        .verdict = RVL_AUTH_PROVED,
        .method = check->request->method,
    };

    if (certificate == NULL) {
        check->done(NULL, refusal, check->user_data);
        return;
    }
    if (!verify_signature(check, certificate, &error)) {
        check->done(NULL, error, check->user_data);
        return;
    }
    description = g_strdup_printf("%s, %s", check->scheme->word, certificate->subject);
    answer.description = description;
    answer.not_after = certificate->not_after;
    check->done(&answer, NULL, check->user_data);
}

static bool
prepare(Check *check, GError **error)
{
    RvlCertificateRequest *verification = &check->verification;

    if (!read_proof(check, error) || !accept_identity(check, error) ||
        !take_certificates(check, error) ||
        !find_anchors(check->pubkey, check->request->settings, check->anchors, error))
        return false;
    check->anchor_octets = g_new(RvlOctets, check->anchors->len);
    for (guint i = 0; i < check->anchors->len; i++)
        check->anchor_octets[i] = rvl_octets_from_bytes(g_ptr_array_index(check->anchors, i));
    verification->anchors = check->anchor_octets;
    verification->n_anchors = check->anchors->len;
    return true;
}

void
peer_check(const Pubkey *self, const RvlAuthRequest *request, RvlAuthDone done, void *user_data)
{
    Check *check = g_new0(Check, 1);
    g_autoptr(GError) error = NULL;

    check->pubkey = self;
    check->request = request;
    check->done = done;
    check->user_data = user_data;
    check->anchors = new_anchors();
    check->verification = (RvlCertificateRequest){
        .size = sizeof(check->verification),
        .certificates = check->sent,
        .identity = request->remote,
        .is_server = request->is_initiator,
        .wall = request->wall,
    };
    if (prepare(check, &error)) {
        self->verifier->verify(self->verifier_self, &check->verification, take_verdict, check);
    } else {
        done(NULL, error, user_data);
        check_free(check);
    }
}
