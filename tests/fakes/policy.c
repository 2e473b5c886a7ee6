/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots out of text, over a registry of toy rows. */
#include "config.h"

#include "fakes/policy.h"

#include <string.h>

#include <ravelin/authenticator.h>
#include <ravelin/crypto-suite.h>
#include <ravelin/key-exchange.h>
#include <ravelin/plugin.h>

#define ENCR(w, number, bits, combined, icv)                                                       \
    {                                                                                              \
        .type = RVL_TRANSFORM_ENCR, .word = (w),                                                   \
        .numbers = (const RvlNumber[]){{RVL_SPACE_IKEV2_ENCR, (number)}}, .n_numbers = 1,          \
        .key_bits = (bits), .uses = RVL_USE_IKE | RVL_USE_ESP, .is_combined = (combined),          \
        .key_octets = 32, .iv_octets = 8, .icv_octets = (icv), .primitive = "aead/none"            \
    }
#define INTEG(w, number)                                                                           \
    {                                                                                              \
        .type = RVL_TRANSFORM_INTEG, .word = (w),                                                  \
        .numbers = (const RvlNumber[]){{RVL_SPACE_IKEV2_INTEG, (number)}}, .n_numbers = 1,         \
        .uses = RVL_USE_IKE | RVL_USE_ESP | RVL_USE_AH, .key_octets = 32, .icv_octets = 16,        \
        .primitive = "mac/none"                                                                    \
    }
#define PRF(w, alias, number)                                                                      \
    {                                                                                              \
        .type = RVL_TRANSFORM_PRF, .word = (w), .aliases = (const char *const[]){(alias), NULL},   \
        .numbers = (const RvlNumber[]){{RVL_SPACE_IKEV2_PRF, (number)}}, .n_numbers = 1,           \
        .uses = RVL_USE_IKE, .key_octets = 32, .output_octets = 32, .primitive = "mac/none"        \
    }
#define GROUP(w, alias, number)                                                                    \
    {                                                                                              \
        .word = (w), .aliases = (const char *const[]){(alias), NULL},                              \
        .numbers = (const RvlNumber[]){{RVL_SPACE_IKEV2_KE, (number)}}, .n_numbers = 1,            \
        .offer_octets = 32, .answer_octets = 32, .secret_octets = 32, .primitive = "kem/none"      \
    }

static const RvlSuiteRow suites[] = {
    ENCR("aes256gcm16", 20, 256, true, 16),
    ENCR("aes128gcm16", 20, 128, true, 16),
    ENCR("chacha20poly1305", 28, 0, true, 16),
    ENCR("aes256", 12, 256, false, 0),
    ENCR("aes128", 12, 128, false, 0),
    INTEG("sha256", 12),
    INTEG("sha384", 13),
    PRF("prfsha256", "sha256", 5),
    PRF("prfsha384", "sha384", 6),
};

static const RvlGroupRow groups[] = {
    GROUP("curve25519", "x25519", 31),
    GROUP("ecp384", "dh20", 20),
    GROUP("modp2048", "dh14", 14),
};

static const RvlSuiteRow weak_suites[] = {
    {
        .type = RVL_TRANSFORM_ENCR,
        .word = "3des",
        .numbers = (const RvlNumber[]){{RVL_SPACE_IKEV2_ENCR, 3}},
        .n_numbers = 1,
        .uses = RVL_USE_IKE | RVL_USE_ESP,
        .key_octets = 24,
        .iv_octets = 8,
        .is_legacy = true,
        .primitive = "cipher/none",
    },
};

static const RvlGroupRow weak_groups[] = {
    {
        .word = "modp1024",
        .numbers = (const RvlNumber[]){{RVL_SPACE_IKEV2_KE, 2}},
        .n_numbers = 1,
        .offer_octets = 128,
        .answer_octets = 128,
        .secret_octets = 128,
        .is_legacy = true,
        .primitive = "kem/none",
    },
};

static bool
psk_is_ready(void *self, const RvlSettings *settings, bool proves, GError **error)
{
    (void)self;
    (void)proves;
    if (rvl_settings_secret(settings, "psk") != RVL_SECRET_ID_NONE)
        return true;
    rvl_error_set(error, RVL_CAUSE_PSK_MISSING, NULL);
    return false;
}

static bool
pubkey_is_ready(void *self, const RvlSettings *settings, bool proves, GError **error)
{
    (void)self;
    if (rvl_settings_text(settings, proves ? "certificate" : "remote-id", NULL) != NULL || !proves)
        return true;
    rvl_error_set(error, RVL_CAUSE_KEY_MISSING, "no certificate is named");
    return false;
}

static RvlIdentity *
pubkey_default_identity(void *self, const RvlSettings *settings)
{
    (void)self;
    return rvl_identity_parse(rvl_settings_text(settings, "certificate", "none"), NULL);
}

static void
prove_nothing(void *self, const RvlAuthRequest *request, RvlAuthDone done, void *user_data)
{
    (void)self;
    (void)request;
    done(NULL, NULL, user_data);
}

static const RvlAuthenticator psk = {
    .size = sizeof(psk),
    .word = "psk",
    .methods = (const uint8_t[]){2},
    .n_methods = 1,
    .is_ready = psk_is_ready,
    .prove = prove_nothing,
    .check = prove_nothing,
};

static const RvlAuthenticator pubkey = {
    .size = sizeof(pubkey),
    .word = "pubkey",
    .methods = (const uint8_t[]){14},
    .n_methods = 1,
    .is_ready = pubkey_is_ready,
    .default_identity = pubkey_default_identity,
    .prove = prove_nothing,
    .check = prove_nothing,
};

static const RvlCryptoSuite suite = {sizeof(suite), suites, G_N_ELEMENTS(suites),
                                     sizeof(suites[0])};
static const RvlKeyExchange group = {sizeof(group), groups, G_N_ELEMENTS(groups),
                                     sizeof(groups[0])};
static const RvlCryptoSuite weak_suite = {sizeof(suite), weak_suites, G_N_ELEMENTS(weak_suites),
                                          sizeof(weak_suites[0])};
static const RvlKeyExchange weak_group = {sizeof(group), weak_groups, G_N_ELEMENTS(weak_groups),
                                          sizeof(weak_groups[0])};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_CRYPTO_SUITE, "toy", &suite},
    {RVL_CAPABILITY_KEY_EXCHANGE, "toy", &group},
    {RVL_CAPABILITY_CRYPTO_SUITE, "weak", &weak_suite},
    {RVL_CAPABILITY_KEY_EXCHANGE, "weak", &weak_group},
    {RVL_CAPABILITY_AUTHENTICATOR, "pubkey", &pubkey},
};
static const RvlProvision psk_provides[] = {
    {RVL_CAPABILITY_AUTHENTICATOR, "psk", &psk},
};

static const RvlKey psk_options[] = {
    {.group = "secret", .name = "psk", .type = RVL_KEY_SECRET, .help = "pre-shared key"},
};

static const RvlPlugin plugins[] = {
    {.head = RVL_PLUGIN_HEAD,
     .name = "toy",
     .version = "1",
     .licence = "MIT",
     .summary = "rows",
     RVL_PROVIDES(provides)},
    {.head = RVL_PLUGIN_HEAD,
     .name = "psk",
     .version = "1",
     .licence = "MIT",
     .summary = "psk",
     RVL_PROVIDES(psk_provides),
     RVL_OPTIONS(psk_options)},
};

static const char profile[] = "[profile default]\n"
                              "auth = psk\n"
                              "allow-auth = any\n"
                              "ike-proposals = aes256gcm16-aes128gcm16-prfsha384-prfsha256-"
                              "curve25519-ecp384-missing, aes256-sha256-curve25519-modp2048\n"
                              "child-proposals = aes256gcm16-aes128gcm16, aes256-sha256\n"
                              "allow = modern\n"
                              "ike-lifetime = 8 h\n"
                              "lifetime = 1 h\n"
                              "[profile legacy]\n"
                              "auth = psk\n"
                              "allow-auth = any\n"
                              "allow = modern, weak\n";

static RvlRegistry *
toy_registry(void)
{
    RvlRegistry *registry = rvl_registry_new();

    for (size_t i = 0; i < G_N_ELEMENTS(plugins); i++) {
        g_autoptr(GError) error = NULL;
        bool is_added = rvl_registry_add(registry, &plugins[i], &error);

        g_assert_no_error(error);
        g_assert_true(is_added);
    }
    return registry;
}

RvlFakePolicy *
rvl_fake_policy_new(RvlRegistry *registry)
{
    RvlFakePolicy *policy = g_new0(RvlFakePolicy, 1);
    g_autoptr(GError) error = NULL;
    bool is_added;

    policy->registry = registry != NULL ? registry : toy_registry();
    policy->schema = rvl_schema_new();
    policy->store = rvl_secret_store_new();
    is_added = rvl_schema_add_plugin(policy->schema, "psk", psk_options, G_N_ELEMENTS(psk_options),
                                     sizeof(psk_options[0]), &error);
    g_assert_no_error(error);
    g_assert_true(is_added);
    return policy;
}

void
rvl_fake_policy_free(RvlFakePolicy *policy)
{
    if (policy == NULL)
        return;
    rvl_registry_free(policy->registry);
    rvl_schema_free(policy->schema);
    rvl_secret_store_free(policy->store);
    g_free(policy->report);
    g_free(policy);
}

RvlSnapshot *
rvl_fake_policy_compile(RvlFakePolicy *policy,
                        const char *conf,
                        const char *secrets,
                        const RvlSnapshot *previous)
{
    g_autoptr(RvlProblems) problems = rvl_problems_new();
    g_autoptr(RvlTree) tree = rvl_tree_new();
    RvlChecking checking = {
        .tree = tree,
        .schema = policy->schema,
        .store = rvl_secret_store_services(policy->store),
        .problems = problems,
    };
    g_autoptr(RvlConfigGroup) daemon = NULL;
    g_autoptr(RvlConfiguration) configuration = NULL;
    RvlSnapshot *snapshot;

    rvl_tree_add_text(tree, RVL_SOURCE_PROFILES, "profile.conf", profile, strlen(profile),
                      problems);
    rvl_tree_add_text(tree, RVL_SOURCE_CONF, "test.conf", conf, strlen(conf), problems);
    if (secrets != NULL)
        rvl_tree_add_text(tree, RVL_SOURCE_SECRETS, "secret.conf", secrets, strlen(secrets),
                          problems);
    daemon = rvl_configuration_group(&checking, "daemon", NULL);
    configuration = rvl_configuration_new(&checking);
    snapshot = rvl_snapshot_new(&(RvlCompiling){
        .configuration = configuration,
        .daemon = daemon,
        .schema = policy->schema,
        .registry = policy->registry,
        .previous = previous,
        .problems = problems,
    });
    g_clear_pointer(&policy->report, g_free);
    if (snapshot == NULL)
        policy->report = rvl_problems_format(problems);
    return snapshot;
}
