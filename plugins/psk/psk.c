/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Authentication by pre-shared key: AUTH of RFC 7296 2.15 and SKEYID of RFC 2409 5. */
#include "config.h"

#include <string.h>

#include <ravelin/authenticator.h>
#include <ravelin/error.h>
#include <ravelin/needs.h>
#include <ravelin/plugin.h>

#include "strength.h"

/* "Shared Key Message Integrity Code" (RFC 7296 3.8). */
#define METHOD_SHARED_KEY 2

/* Below this a key can be found by trying what the wire shows (CVE-2018-5389). */
#define MINIMUM_STRENGTH_BITS 128

/* 17 ASCII characters, not terminated (RFC 7296 2.15). */
static const char key_pad[] = "Key Pad for IKEv2";

typedef struct {
    const RvlHost *host;
} Psk;

/* Writes the PRF's whole output of @parts under @key to @out; false where the library failed. */
static bool
compute(const RvlMac *prf,
        const uint8_t *key,
        size_t key_octets,
        const RvlOctets *parts,
        size_t n_parts,
        uint8_t out[RVL_AUTH_MAX_PRF_OCTETS])
{
    RvlMacKey *keyed;
    bool computed;

    if (prf->output_octets > RVL_AUTH_MAX_PRF_OCTETS)
        return false;
    keyed = prf->key_new(prf->self, key, key_octets);
    if (keyed == NULL)
        return false;
    computed = prf->compute(prf->self, keyed, parts, n_parts, out, prf->output_octets);
    prf->key_free(prf->self, keyed);
    return computed;
}

static bool
refuse_failed_prf(const RvlMac *prf, GError **error)
{
    rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "%s of %s failed", prf->name, prf->backend);
    return false;
}

/* The key that the connection's [secret] holds, or NULL with psk-missing. */
static RvlSecret *
find_key(const Psk *self, const RvlSettings *settings, const char *identity, GError **error)
{
    const RvlSecretServices *secrets = self->host->secrets;
    RvlSecretId id = rvl_settings_secret(settings, "psk");
    g_autoptr(RvlSecret) key = NULL;
    g_autofree char *origin = NULL;

    if (id != RVL_SECRET_ID_NONE)
        key = secrets->get(secrets->context, id);
    if (key != NULL && rvl_secret_size(key) > 0)
        return g_steal_pointer(&key);

    origin = rvl_settings_origin(settings, "psk");
    if (id == RVL_SECRET_ID_NONE)
        rvl_error_set_found(error, RVL_CAUSE_PSK_MISSING, identity, "psk in a [secret]", NULL);
    else
        rvl_error_set_found(error, RVL_CAUSE_PSK_MISSING, identity, NULL,
                            "the pre-shared key of %s is empty", origin);
    return NULL;
}

/* AUTH = prf(prf(key, "Key Pad for IKEv2"), signed octets) */
static bool
compute_auth(const Psk *self,
             const RvlSecret *key,
             const RvlAuthParts *parts,
             uint8_t auth[RVL_AUTH_MAX_PRF_OCTETS],
             size_t *auth_octets,
             GError **error)
{
    const RvlMac *prf = self->host->prf(self->host->context, parts->prf, error);
    const RvlOctets pad = RVL_OCTETS(key_pad, sizeof(key_pad) - 1);
    uint8_t padded[RVL_AUTH_MAX_PRF_OCTETS];
    RvlAuthOctets octets;
    bool computed;

    if (prf == NULL || !rvl_auth_octets_init(&octets, self->host, parts, error))
        return false;
    computed =
        compute(prf, rvl_secret_octets(key), rvl_secret_size(key), &pad, 1, padded) &&
        compute(prf, padded, prf->output_octets, octets.runs, G_N_ELEMENTS(octets.runs), auth);
    rvl_secret_wipe(padded, sizeof(padded));
    *auth_octets = prf->output_octets;
    return computed || refuse_failed_prf(prf, error);
}

static char *
format_identity(const RvlIdentity *identity)
{
    return identity != NULL ? rvl_identity_format(identity) : g_strdup("any");
}

/* Whether the request is one that this method can serve. */
static bool
accept_request(const RvlAuthRequest *request, GError **error)
{
    if (!rvl_needs_check("RvlAuthRequest", request->needs, 0, error))
        return false;
    if (request->version == 2 && request->parts != NULL)
        return true;
    rvl_error_set(error, RVL_CAUSE_VERSION_MISMATCH, "AUTH is IKEv2's");
    return false;
}

static void
prove(void *instance, const RvlAuthRequest *request, RvlAuthDone done, void *user_data)
{
    const Psk *self = instance;
    g_autofree char *identity = format_identity(request->remote);
    g_autoptr(GError) error = NULL;
    g_autoptr(RvlSecret) key = NULL;
    uint8_t auth[RVL_AUTH_MAX_PRF_OCTETS];
    RvlAuthAnswer answer = {
        .size = sizeof(answer),
        .verdict = RVL_AUTH_PROVED,
        .method = METHOD_SHARED_KEY,
        .description = "psk",
    };

    if (accept_request(request, &error))
        key = find_key(self, request->settings, identity, &error);
    if (key == NULL || !compute_auth(self, key, request->parts, auth, &answer.proof.size, &error)) {
        done(NULL, error, user_data);
        return;
    }
    answer.proof.data = auth;
    done(&answer, NULL, user_data);
    rvl_secret_wipe(auth, sizeof(auth));
}

static bool
accept_method(const RvlAuthRequest *request, GError **error)
{
    g_autofree char *used = NULL;

    if (request->method == METHOD_SHARED_KEY)
        return true;
    used = g_strdup_printf("method %u", request->method);
    rvl_error_set_found(error, RVL_CAUSE_AUTH_METHOD_MISMATCH, used, "psk (method 2)", NULL);
    return false;
}

static bool
accept_identity(const RvlAuthRequest *request, GError **error)
{
    g_autofree char *sent = format_identity(request->remote);
    g_autofree char *expected = NULL;

    if (request->expected == NULL ||
        (request->remote != NULL && rvl_identity_equal(request->remote, request->expected)))
        return true;
    expected = format_identity(request->expected);
    rvl_error_set_found(error, RVL_CAUSE_IDENTITY_MISMATCH, sent, expected, NULL);
    return false;
}

/* Compares the peer's AUTH with ours; says whose key of which line did not fit, never the key. */
static bool
accept_proof(const Psk *self, const RvlAuthRequest *request, GError **error)
{
    g_autofree char *identity = format_identity(request->remote);
    g_autofree char *origin = rvl_settings_origin(request->settings, "psk");
    g_autoptr(RvlSecret) key = find_key(self, request->settings, identity, error);
    uint8_t auth[RVL_AUTH_MAX_PRF_OCTETS];
    size_t auth_octets;
    bool equal;

    if (key == NULL || !compute_auth(self, key, request->parts, auth, &auth_octets, error))
        return false;
    equal = request->proof.size == auth_octets &&
            rvl_secret_equal(request->proof.data, auth, auth_octets);
    rvl_secret_wipe(auth, sizeof(auth));
    if (!equal) {
        g_autofree char *found = g_strdup_printf("a proof of %s by another key", identity);
        g_autofree char *wanted = g_strdup_printf("one by the key of %s", origin);

        rvl_error_set_found(error, RVL_CAUSE_PSK_MISMATCH, found, wanted, NULL);
    }
    return equal;
}

static void
check(void *instance, const RvlAuthRequest *request, RvlAuthDone done, void *user_data)
{
    const Psk *self = instance;
    g_autoptr(GError) error = NULL;
    const RvlAuthAnswer answer = {
        .size = sizeof(answer),
        .verdict = RVL_AUTH_PROVED,
        .method = METHOD_SHARED_KEY,
        .description = "psk",
    };

    if (accept_request(request, &error) && accept_method(request, &error) &&
        accept_identity(request, &error) && accept_proof(self, request, &error))
        done(&answer, NULL, user_data);
    else
        done(NULL, error, user_data);
}

/* SKEYID = prf(key, Ni_b | Nr_b) */
static void
skeyid(void *instance, const RvlSkeyidRequest *request, RvlSkeyidDone done, void *user_data)
{
    const Psk *self = instance;
    const RvlHost *host = self->host;
    const RvlOctets nonces[] = {request->nonce_i, request->nonce_r};
    g_autoptr(GError) error = NULL;
    g_autoptr(RvlSecret) key = NULL;
    g_autoptr(RvlSecret) made = NULL;
    const RvlMac *prf = host->prf(host->context, request->prf, &error);
    uint8_t out[RVL_AUTH_MAX_PRF_OCTETS];

    if (prf != NULL)
        key = find_key(self, request->settings, NULL, &error);
    if (key != NULL) {
        if (compute(prf, rvl_secret_octets(key), rvl_secret_size(key), nonces, G_N_ELEMENTS(nonces),
                    out))
            made = rvl_secret_new_copy(out, prf->output_octets);
        else
            (void)refuse_failed_prf(prf, &error);
        rvl_secret_wipe(out, sizeof(out));
    }
    if (made != NULL)
        done(host->secrets->put(host->secrets->context, made), NULL, user_data);
    else
        done(RVL_SECRET_ID_NONE, error, user_data);
}

static void
warn_of_weakness(const Psk *self, const RvlSettings *settings, const RvlSecret *key)
{
    unsigned bits = psk_strength_bits(rvl_secret_octets(key), rvl_secret_size(key));
    g_autofree char *origin = rvl_settings_origin(settings, "psk");
    g_autofree char *what = NULL;

    if (bits >= MINIMUM_STRENGTH_BITS)
        return;
    what = g_strdup_printf("%s: the pre-shared key holds about %u bits, of %u that it should",
                           origin, bits, MINIMUM_STRENGTH_BITS);
    rvl_event_emit(self->host->events, NULL, RVL_EVENT_WEAK_NAMED, RVL_TEXT("what", what));
}

static bool
is_ready(void *instance, const RvlSettings *settings, bool proves, GError **error)
{
    const Psk *self = instance;
    g_autoptr(RvlSecret) key = find_key(self, settings, NULL, error);

    if (key == NULL)
        return false;
    if (proves) /* once a connection, though both ends use the key */
        warn_of_weakness(self, settings, key);
    return true;
}

static bool
load(const RvlHost *host, const RvlSettings *settings, void **instance, GError **error)
{
    Psk *self = g_new0(Psk, 1);

    (void)settings;
    (void)error;
    self->host = host;
    *instance = self;
    return true;
}

static const uint8_t methods[] = {METHOD_SHARED_KEY};

static const RvlAuthenticator authenticator = {
    .size = sizeof(authenticator),
    .word = "psk",
    .methods = methods,
    .n_methods = G_N_ELEMENTS(methods),
    .is_ready = is_ready,
    .prove = prove,
    .check = check,
    .skeyid = skeyid,
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_AUTHENTICATOR, "psk", &authenticator},
};

static const RvlKey options[] = {
    {
        .group = "secret",
        .name = "psk",
        .type = RVL_KEY_SECRET,
        .cost = RVL_COST_RENEW,
        .help = "pre-shared key of the connection: \"text\", 0x…, base64:…, file:PATH or "
                "credential:NAME",
    },
};

RVL_PLUGIN(psk) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "psk",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "authentication by pre-shared key",
    RVL_PROVIDES(provides),
    RVL_OPTIONS(options),
    .load = load,
    .unload = g_free,
};
