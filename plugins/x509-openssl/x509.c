/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates by OpenSSL: the certificate verifier's calls, and the plugin's descriptor. */
#include "config.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <ravelin/certificate-verifier.h>
#include <ravelin/error.h>
#include <ravelin/needs.h>
#include <ravelin/plugin.h>

#include "certificate.h"
#include "chain.h"
#include "names.h"
#include "openssl-key/key.h"

/* SHA-1 of a SubjectPublicKeyInfo (RFC 7296 3.7). */
#define KEY_SHA1_OCTETS 20

typedef struct {
    const RvlHost *host;
} Verifier;

static void
verify(void *instance,
       const RvlCertificateRequest *request,
       RvlCertificateDone done,
       void *user_data)
{
    RvlCertificateAnswer answer = {.size = sizeof(answer)};
    g_autoptr(GError) error = NULL;
    g_autoptr(OpensslKey) key = NULL;
    g_autoptr(X509) own = NULL;
    g_autofree char *subject = NULL;
    g_autofree char *issuer = NULL;

    (void)instance;
    if (rvl_needs_check("RvlCertificateRequest", request->needs, 0, &error))
        own = chain_verify(request, &answer.not_after, &error);
    if (own != NULL && (request->identity == NULL || names_check(own, request->identity, &error)))
        key = openssl_key_new(X509_get0_pubkey(own), false, &error);
    if (key == NULL) {
        done(NULL, error, user_data);
        return;
    }
    subject = certificate_name_text(X509_get_subject_name(own));
    issuer = certificate_name_text(X509_get_issuer_name(own));
    answer.key = &key->key;
    answer.key_bits = key->bits;
    answer.subject = subject;
    answer.issuer = issuer;
    done(&answer, NULL, user_data);
}

static bool
hash_key_info(const Verifier *self, X509 *certificate, uint8_t out[KEY_SHA1_OCTETS], GError **error)
{
    const RvlPrimitives *primitives = self->host->primitives;
    const RvlHash *hash = primitives->hash(primitives->context, "hash/sha1", error);
    unsigned char *der = NULL;
    RvlOctets info;
    bool is_hashed;
    int n;

    if (hash == NULL)
        return false;
    n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    info = RVL_OCTETS(der, (size_t)MAX(n, 0));
    is_hashed =
        n > 0 && hash->output_octets == KEY_SHA1_OCTETS && hash->digest(hash->self, &info, 1, out);
    OPENSSL_free(der);
    if (!is_hashed)
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "the public key cannot be hashed");
    return is_hashed;
}

static bool
facts(void *instance,
      const RvlOctets *der,
      void (*use)(const RvlCertificateFacts *facts, void *user_data),
      void *user_data,
      GError **error)
{
    const Verifier *self = instance;
    RvlCertificateFacts said = {.size = sizeof(said)};
    uint8_t key_sha1[KEY_SHA1_OCTETS];
    g_autoptr(X509) certificate = certificate_read(der, error);
    g_autoptr(OpensslKey) key = NULL;
    g_autoptr(GPtrArray) names = NULL;
    g_autofree char *subject = NULL;
    g_autofree char *issuer = NULL;

    if (certificate == NULL)
        return false;
    if (!certificate_time(X509_get0_notBefore(certificate), &said.not_before) ||
        !certificate_time(X509_get0_notAfter(certificate), &said.not_after)) {
        rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED, "the certificate's times cannot be read");
        return false;
    }
    key = openssl_key_new(X509_get0_pubkey(certificate), false, error);
    if (key == NULL || !hash_key_info(self, certificate, key_sha1, error))
        return false;
    names = certificate_identities(certificate);
    subject = certificate_name_text(X509_get_subject_name(certificate));
    issuer = certificate_name_text(X509_get_issuer_name(certificate));
    said.subject = subject;
    said.issuer = issuer;
    said.key = &key->key;
    said.names = (const RvlIdentity *const *)names->pdata;
    said.n_names = names->len;
    said.key_sha1 = key_sha1;
    use(&said, user_data);
    return true;
}

static bool
identity_matches(void *instance, const RvlIdentity *identity, const RvlIdentity *pattern)
{
    (void)instance;
    return names_match(identity, pattern);
}

static bool
load(const RvlHost *host, const RvlSettings *settings, void **instance, GError **error)
{
    Verifier *self = g_new0(Verifier, 1);

    (void)settings;
    (void)error;
    self->host = host;
    *instance = self;
    return true;
}

static const RvlCertificateVerifier verifier = {
    .size = sizeof(verifier),
    .name = "openssl",
    .verify = verify,
    .facts = facts,
    .identity_matches = identity_matches,
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_CERTIFICATE_VERIFIER, "openssl", &verifier},
};

static const RvlNeed needs[] = {
    {RVL_CAPABILITY_CRYPTO_BACKEND, NULL, false},
};

RVL_PLUGIN(x509_openssl) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "x509_openssl",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "verifies certificates by OpenSSL",
    RVL_PROVIDES(provides),
    RVL_NEEDS(needs),
    .load = load,
    .unload = g_free,
};
