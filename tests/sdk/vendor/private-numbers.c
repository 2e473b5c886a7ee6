/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A vendor's plugin with numbers for private use: an encryption, a group, an authentication method. */
#include <ravelin/authenticator.h>
#include <ravelin/crypto-suite.h>
#include <ravelin/error.h>
#include <ravelin/key-exchange.h>
#include <ravelin/needs.h>
#include <ravelin/plugin.h>

/* RFC 7296 3.3.2 and 3.8: private use among consenting parties. */
enum { VENDOR_ENCRYPTION = 65101, VENDOR_GROUP = 65102, VENDOR_METHOD = 250 };

static const RvlNumber encryption_numbers[] = {{RVL_SPACE_IKEV2_ENCR, VENDOR_ENCRYPTION}};
static const char *const encryption_aliases[] = {"vendor-cipher-2026", NULL};

static const RvlSuiteRow suite_rows[] = {
    {
        .type = RVL_TRANSFORM_ENCR,
        .word = "vendor-cipher",
        .aliases = encryption_aliases,
        .numbers = encryption_numbers,
        .n_numbers = G_N_ELEMENTS(encryption_numbers),
        .uses = RVL_USE_IKE | RVL_USE_ESP,
        .is_combined = true,
        .key_octets = 32,
        .salt_octets = 4,
        .iv_octets = 8,
        .icv_octets = 16,
        .block_octets = 1,
        .strength_bits = 256,
        .primitive = "aead/aes-256-gcm",
    },
};
static const RvlCryptoSuite suite = {sizeof(suite), suite_rows, G_N_ELEMENTS(suite_rows),
                                     sizeof(suite_rows[0])};

static const RvlNumber group_numbers[] = {{RVL_SPACE_IKEV2_KE, VENDOR_GROUP}};
static const RvlGroupRow group_rows[] = {
    {
        .word = "vendor-group",
        .numbers = group_numbers,
        .n_numbers = G_N_ELEMENTS(group_numbers),
        .offer_octets = 32,
        .answer_octets = 32,
        .secret_octets = 32,
        .checks = RVL_CHECK_NONZERO,
        .strength_bits = 128,
        .primitive = "kem/x25519",
    },
};
static const RvlKeyExchange groups = {sizeof(groups), group_rows, G_N_ELEMENTS(group_rows),
                                      sizeof(group_rows[0])};

/* The proof: prf(the badge both ends hold, the signed octets of RFC 7296 2.15). */

static bool
prove_badge(const RvlHost *host,
            const RvlAuthRequest *request,
            uint8_t proof[RVL_AUTH_MAX_PRF_OCTETS],
            size_t *octets,
            GError **error)
{
    RvlSecretId id = rvl_settings_secret(request->settings, "badge");
    g_autoptr(RvlSecret) badge = host->secrets->get(host->secrets->context, id);
    const RvlMac *prf = host->prf(host->context, request->parts->prf, error);
    RvlAuthOctets signed_octets;
    RvlMacKey *key;
    bool computed;

    if (badge == NULL && prf != NULL)
        rvl_error_set(error, RVL_CAUSE_KEY_MISSING, "no badge is configured");
    if (badge == NULL || prf == NULL ||
        !rvl_auth_octets_init(&signed_octets, host, request->parts, error))
        return false;
    key = prf->key_new(prf->self, rvl_secret_octets(badge), rvl_secret_size(badge));
    *octets = prf->output_octets;
    computed = key != NULL && prf->compute(prf->self, key, signed_octets.runs,
                                           G_N_ELEMENTS(signed_octets.runs), proof, *octets);
    if (key != NULL)
        prf->key_free(prf->self, key);
    if (!computed)
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "the PRF failed");
    return computed;
}

static void
prove(void *self, const RvlAuthRequest *request, RvlAuthDone done, void *user_data)
{
    g_autoptr(GError) error = NULL;
    uint8_t proof[RVL_AUTH_MAX_PRF_OCTETS];
    RvlAuthAnswer answer = {.size = sizeof(answer),
                            .verdict = RVL_AUTH_PROVED,
                            .method = VENDOR_METHOD,
                            .description = "vendor-badge"};

    if (rvl_needs_check("RvlAuthRequest", request->needs, 0, &error) &&
        prove_badge(self, request, proof, &answer.proof.size, &error)) {
        answer.proof.data = proof;
        done(&answer, NULL, user_data);
    } else {
        done(NULL, error, user_data);
    }
}

static void
check(void *self, const RvlAuthRequest *request, RvlAuthDone done, void *user_data)
{
    g_autoptr(GError) error = NULL;
    uint8_t proof[RVL_AUTH_MAX_PRF_OCTETS];
    size_t octets = 0;
    RvlAuthAnswer answer = {.size = sizeof(answer),
                            .verdict = RVL_AUTH_PROVED,
                            .method = VENDOR_METHOD,
                            .description = "vendor-badge"};

    if (!rvl_needs_check("RvlAuthRequest", request->needs, 0, &error))
        answer.verdict = RVL_AUTH_REFUSED;
    else if (request->method != VENDOR_METHOD)
        rvl_error_set(&error, RVL_CAUSE_AUTH_METHOD_MISMATCH, "no badge was shown");
    else if (prove_badge(self, request, proof, &octets, &error) &&
             (request->proof.size != octets ||
              !rvl_secret_equal(request->proof.data, proof, octets)))
        rvl_error_set(&error, RVL_CAUSE_PSK_MISMATCH, "the badge is another one");
    done(error == NULL ? &answer : NULL, error, user_data);
}

static const uint8_t methods[] = {VENDOR_METHOD};
static const RvlAuthenticator authenticator = {.size = sizeof(authenticator),
                                               .word = "vendor-badge",
                                               .methods = methods,
                                               .n_methods = G_N_ELEMENTS(methods),
                                               .prove = prove,
                                               .check = check};

static bool
load(const RvlHost *host, const RvlSettings *settings, void **self, GError **error)
{
    *self = (void *)host;
    return true;
}

static const RvlKey options[] = {
    {"secret", "badge", RVL_KEY_SECRET, NULL, 0, 0, NULL, RVL_COST_RENEW, false,
     "what both ends of vendor-badge hold"},
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_CRYPTO_SUITE, "vendor", &suite},
    {RVL_CAPABILITY_KEY_EXCHANGE, "vendor", &groups},
    {RVL_CAPABILITY_AUTHENTICATOR, "vendor-badge", &authenticator},
};

RVL_PLUGIN(private_numbers) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "private_numbers",
    .version = "1",
    .licence = "LGPL-2.1-or-later",
    .summary = "an encryption, a group and an authentication method for private use",
    RVL_PROVIDES(provides),
    RVL_OPTIONS(options),
    .load = load,
};
