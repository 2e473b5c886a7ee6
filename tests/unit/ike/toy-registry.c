/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A registry of rows that the toy backend serves. */
#include "config.h"

#include "toy-registry.h"

#include <ravelin/authenticator.h>
#include <ravelin/crypto-suite.h>
#include <ravelin/key-exchange.h>
#include <ravelin/plugin.h>

#define NUMBER(space, id) .numbers = (const RvlNumber[]){{(space), (id)}}, .n_numbers = 1

#define GCM(w, bits)                                                                               \
    {                                                                                              \
        .type = RVL_TRANSFORM_ENCR, .word = (w), NUMBER(RVL_SPACE_IKEV2_ENCR, 20),                 \
        .key_bits = (bits), .uses = RVL_USE_IKE | RVL_USE_ESP, .is_combined = true,                \
        .key_octets = (bits) / 8, .salt_octets = 4, .iv_octets = 8, .icv_octets = 16,              \
        .block_octets = 1, .primitive = "aead/aes-" #bits "-gcm"                                   \
    }

static const RvlSuiteRow suites[] = {
    GCM("aes256gcm16", 256),
    GCM("aes128gcm16", 128),
    {
        .type = RVL_TRANSFORM_ENCR,
        .word = "aes256",
        NUMBER(RVL_SPACE_IKEV2_ENCR, 12),
        .key_bits = 256,
        .uses = RVL_USE_IKE | RVL_USE_ESP,
        .key_octets = 32,
        .iv_octets = 16,
        .block_octets = 16,
        .primitive = "cipher/aes-256-cbc",
    },
    {
        .type = RVL_TRANSFORM_INTEG,
        .word = "sha256",
        NUMBER(RVL_SPACE_IKEV2_INTEG, 12),
        .uses = RVL_USE_IKE | RVL_USE_ESP,
        .key_octets = 32,
        .icv_octets = 16,
        .output_octets = 32,
        .primitive = "mac/hmac-sha2-256",
    },
    {
        .type = RVL_TRANSFORM_PRF,
        .word = "prfsha256",
        .aliases = (const char *const[]){"sha256", NULL},
        NUMBER(RVL_SPACE_IKEV2_PRF, 5),
        .uses = RVL_USE_IKE,
        .key_octets = 32,
        .output_octets = 32,
        .primitive = "mac/hmac-sha2-256",
    },
    {
        .type = RVL_TRANSFORM_PRF,
        .word = "prfsha384",
        .aliases = (const char *const[]){"sha384", NULL},
        NUMBER(RVL_SPACE_IKEV2_PRF, 6),
        .uses = RVL_USE_IKE,
        .key_octets = 48,
        .output_octets = 48,
        .primitive = "mac/hmac-sha2-384",
    },
};

#define GROUP(w, id, octets, secret, name)                                                         \
    {                                                                                              \
        .word = (w), NUMBER(RVL_SPACE_IKEV2_KE, id), .offer_octets = (octets),                     \
        .answer_octets = (octets), .secret_octets = (secret), .primitive = (name)                  \
    }

static const RvlGroupRow groups[] = {
    GROUP("curve25519", TOY_GROUP_X25519, 32, 32, "kem/x25519"),
    GROUP("ecp256", TOY_GROUP_ECP256, 64, 32, "kem/ecp-256"),
};

/* The driver of these tests serves proofs by itself: nobody calls this. */
static void
never(void *self, const RvlAuthRequest *request, RvlAuthDone done, void *user_data)
{
    (void)self;
    (void)request;
    (void)done;
    (void)user_data;
    g_assert_not_reached();
}

static const RvlAuthenticator psk = {
    .size = sizeof psk,
    .word = "psk",
    .methods = (const uint8_t[]){TOY_AUTH_METHOD},
    .n_methods = 1,
    .prove = never,
    .check = never,
};

static const RvlCryptoSuite suite = {sizeof suite, suites, G_N_ELEMENTS(suites), sizeof suites[0]};
static const RvlKeyExchange group = {sizeof group, groups, G_N_ELEMENTS(groups), sizeof groups[0]};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_CRYPTO_SUITE, "rows", &suite},
    {RVL_CAPABILITY_KEY_EXCHANGE, "rows", &group},
};
static const RvlProvision psk_provides[] = {
    {RVL_CAPABILITY_AUTHENTICATOR, "psk", &psk},
};
static const RvlKey psk_options[] = {
    {.group = "secret", .name = "psk", .type = RVL_KEY_SECRET, .help = "pre-shared key"},
};

static const RvlPlugin plugins[] = {
    {
        .head = RVL_PLUGIN_HEAD,
        .name = "rows",
        .version = "1",
        .licence = "MIT",
        .summary = "rows",
        RVL_PROVIDES(provides),
    },
    {
        .head = RVL_PLUGIN_HEAD,
        .name = "psk",
        .version = "1",
        .licence = "MIT",
        .summary = "psk",
        RVL_PROVIDES(psk_provides),
        RVL_OPTIONS(psk_options),
    },
};

RvlRegistry *
toy_registry_new(void)
{
    RvlRegistry *registry = rvl_registry_new();

    for (size_t i = 0; i < G_N_ELEMENTS(plugins); i++) {
        g_autoptr(GError) error = NULL;
        bool added = rvl_registry_add(registry, &plugins[i], &error);

        g_assert_no_error(error);
        g_assert_true(added);
    }
    return registry;
}
