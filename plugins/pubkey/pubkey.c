/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Authentication by public key and certificate: RFC 7296 2.15, RFC 7427, RFC 8420, RFC 4754. */
#include "config.h"

#include "pubkey.h"

#include <ravelin/error.h>
#include <ravelin/needs.h>

#include "scheme.h"

static void
take_certificate(const RvlOctets *certificate, void *user_data)
{
    Certificates *certificates = user_data;

    if (certificates->n < MAX_CERTIFICATES)
        certificates->der[certificates->n++] = g_bytes_new(certificate->data, certificate->size);
}

void
certificates_clear(Certificates *certificates)
{
    for (size_t i = 0; i < certificates->n; i++)
        g_bytes_unref(certificates->der[i]);
    certificates->n = 0;
}

bool
pubkey_has_verifier(const Pubkey *self, GError **error)
{
    if (self->verifier != NULL && self->n_sources > 0)
        return true;
    rvl_error_set_found(error, RVL_CAUSE_PLUGIN_MISSING,
                        self->verifier == NULL ? "certificate-verifier" : "credential-source",
                        "auth = pubkey",
                        "certificates are refused: no plugin here %s them (this build may be "
                        "without OpenSSL)",
                        self->verifier == NULL ? "verifies" : "holds");
    return false;
}

bool
pubkey_find_certificates(const Pubkey *self,
                         const char *name,
                         Certificates *certificates,
                         GError **error)
{
    for (size_t i = 0; i < self->n_sources; i++) {
        const Source *source = &self->sources[i];
        bool is_last = i + 1 == self->n_sources;

        if (source->source->certificates(source->self, name, take_certificate, certificates,
                                         is_last ? error : NULL))
            return true;
    }
    return false;
}

static bool
announces(void *instance, size_t i, RvlAuthNotify *notify)
{
    static const uint8_t hashes[] = {0, HASH_SHA2_256, 0, HASH_SHA2_384,
                                     0, HASH_SHA2_512, 0, HASH_IDENTITY};
    const Pubkey *self = instance;
    const RvlPrimitives *primitives = self->host->primitives;
    bool has_identity =
        primitives->signature(primitives->context, "signature/ed25519", NULL) != NULL;

    if (i > 0 || self->verifier == NULL)
        return false;
    notify->type = NOTIFY_SIGNATURE_HASH_ALGORITHMS;
    notify->data = RVL_OCTETS(hashes, sizeof(hashes) - (has_identity ? 0 : 2));
    return true;
}

static GBytes *
certificate_request(void *instance, const RvlSettings *settings)
{
    const Pubkey *self = instance;

    return pubkey_has_verifier(self, NULL) ? peer_certificate_request(self, settings) : NULL;
}

static RvlIdentity *
default_identity(void *instance, const RvlSettings *settings)
{
    const Pubkey *self = instance;

    return pubkey_has_verifier(self, NULL) ? own_identity(self, settings) : NULL;
}

static bool
is_ready(void *instance, const RvlSettings *settings, bool proves, GError **error)
{
    const Pubkey *self = instance;

    if (!pubkey_has_verifier(self, error))
        return false;
    return proves ? own_is_ready(self, settings, error) : peer_is_ready(self, settings, error);
}

static bool
accept_request(const Pubkey *self, const RvlAuthRequest *request, GError **error)
{
    if (!rvl_needs_check("RvlAuthRequest", request->needs, 0, error))
        return false;
    if (request->version != 2 || request->parts == NULL) {
        rvl_error_set(error, RVL_CAUSE_VERSION_MISMATCH, "AUTH is IKEv2's");
        return false;
    }
    return pubkey_has_verifier(self, error);
}

static void
prove(void *instance, const RvlAuthRequest *request, RvlAuthDone done, void *user_data)
{
    g_autoptr(GError) error = NULL;

    if (accept_request(instance, request, &error))
        own_prove(instance, request, done, user_data);
    else
        done(NULL, error, user_data);
}

static void
check(void *instance, const RvlAuthRequest *request, RvlAuthDone done, void *user_data)
{
    g_autoptr(GError) error = NULL;

    if (accept_request(instance, request, &error))
        peer_check(instance, request, done, user_data);
    else
        done(NULL, error, user_data);
}

static bool
load(const RvlHost *host, const RvlSettings *settings, void **instance, GError **error)
{
    Pubkey *self = g_new0(Pubkey, 1);

    (void)settings;
    (void)error;
    self->host = host;
    self->verifier = host->lookup(host->context, RVL_CAPABILITY_CERTIFICATE_VERIFIER, NULL,
                                  &self->verifier_self);
    for (size_t i = 0; i < MAX_SOURCES; i++) {
        const char *name;
        Source *source = &self->sources[self->n_sources];

        source->source = host->provider(host->context, RVL_CAPABILITY_CREDENTIAL_SOURCE, i, &name,
                                        &source->self);
        if (source->source == NULL)
            break;
        self->n_sources++;
    }
    *instance = self;
    return true;
}

static const uint8_t methods[] = {
    METHOD_DIGITAL_SIGNATURE,
    METHOD_ECDSA_SHA2_256,
    METHOD_ECDSA_SHA2_384,
    METHOD_ECDSA_SHA2_512,
};

static const RvlAuthenticator authenticator = {
    .size = sizeof(authenticator),
    .word = "pubkey",
    .methods = methods,
    .n_methods = G_N_ELEMENTS(methods),
    .announces = announces,
    .certificate_request = certificate_request,
    .default_identity = default_identity,
    .is_ready = is_ready,
    .prove = prove,
    .check = check,
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_AUTHENTICATOR, "pubkey", &authenticator},
};

static const RvlNeed needs[] = {
    {RVL_CAPABILITY_CRYPTO_BACKEND, NULL, false},
    {RVL_CAPABILITY_CERTIFICATE_VERIFIER, NULL, true},
    {RVL_CAPABILITY_CREDENTIAL_SOURCE, NULL, true},
};

static const char *const paddings[] = {"pss", "pkcs1", NULL};

static const RvlKey options[] = {
    {
        .group = "connection",
        .name = "rsa-padding",
        .type = RVL_KEY_WORD,
        .default_text = "pss",
        .words = paddings,
        .cost = RVL_COST_NONE,
        .help = "padding of our RSA signatures; pkcs1 is for peers that lack PSS",
    },
};

RVL_PLUGIN(pubkey) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "pubkey",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "authentication by public key and certificate",
    RVL_PROVIDES(provides),
    RVL_NEEDS(needs),
    RVL_OPTIONS(options),
    .load = load,
    .unload = g_free,
};
