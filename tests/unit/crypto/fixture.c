/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A registry with one backend that was built, and rows of these tests' own over it. */
#include "config.h"

#include "fixture.h"

#include <ravelin/crypto-suite.h>
#include <ravelin/key-exchange.h>
#include "crypto/built-backends.h"

#define NUMBER(name, space, id) static const RvlNumber name[] = {{space, id}}

NUMBER(prf_sha1, RVL_SPACE_IKEV2_PRF, FIXTURE_PRF_SHA1);
NUMBER(prf_sha256, RVL_SPACE_IKEV2_PRF, FIXTURE_PRF_SHA256);
NUMBER(prf_sha384, RVL_SPACE_IKEV2_PRF, FIXTURE_PRF_SHA384);
NUMBER(prf_sha512, RVL_SPACE_IKEV2_PRF, FIXTURE_PRF_SHA512);
NUMBER(encr_cbc, RVL_SPACE_IKEV2_ENCR, FIXTURE_ENCR_CBC);
NUMBER(encr_gcm, RVL_SPACE_IKEV2_ENCR, FIXTURE_ENCR_GCM16);
NUMBER(encr_chacha20, RVL_SPACE_IKEV2_ENCR, FIXTURE_ENCR_CHACHA20);
NUMBER(integ_sha256, RVL_SPACE_IKEV2_INTEG, FIXTURE_INTEG_SHA256);
NUMBER(group_ecp256, RVL_SPACE_IKEV2_KE, FIXTURE_GROUP_ECP256);
NUMBER(group_x25519, RVL_SPACE_IKEV2_KE, FIXTURE_GROUP_X25519);

#define PRF(w, n, octets, name)                                                                    \
    {                                                                                              \
        .type = RVL_TRANSFORM_PRF, .word = w, .numbers = n, .n_numbers = 1, .uses = RVL_USE_IKE,   \
        .key_octets = octets, .output_octets = octets, .primitive = name                           \
    }

static const RvlSuiteRow rows[] = {
    PRF("prfsha1", prf_sha1, 20, "mac/hmac-sha1"),
    PRF("prfsha256", prf_sha256, 32, "mac/hmac-sha2-256"),
    PRF("prfsha384", prf_sha384, 48, "mac/hmac-sha2-384"),
    PRF("prfsha512", prf_sha512, 64, "mac/hmac-sha2-512"),
    {
        .type = RVL_TRANSFORM_ENCR,
        .word = "aes256",
        .numbers = encr_cbc,
        .n_numbers = 1,
        .key_bits = 256,
        .uses = RVL_USE_IKE,
        .key_octets = 32,
        .iv_octets = 16,
        .block_octets = 16,
        .primitive = "cipher/aes-256-cbc",
    },
    {
        .type = RVL_TRANSFORM_ENCR,
        .word = "aes256gcm16",
        .numbers = encr_gcm,
        .n_numbers = 1,
        .key_bits = 256,
        .uses = RVL_USE_IKE,
        .is_combined = true,
        .key_octets = 32,
        .salt_octets = 4,
        .iv_octets = 8,
        .icv_octets = 16,
        .block_octets = 1,
        .primitive = "aead/aes-256-gcm",
    },
    {
        .type = RVL_TRANSFORM_ENCR,
        .word = "chacha20poly1305",
        .numbers = encr_chacha20,
        .n_numbers = 1,
        .uses = RVL_USE_IKE,
        .is_combined = true,
        .key_octets = 32,
        .salt_octets = 4,
        .iv_octets = 8,
        .icv_octets = 16,
        .block_octets = 1,
        .primitive = "aead/chacha20-poly1305",
    },
    {
        .type = RVL_TRANSFORM_INTEG,
        .word = "sha256",
        .numbers = integ_sha256,
        .n_numbers = 1,
        .uses = RVL_USE_IKE,
        .key_octets = 32,
        .icv_octets = 16,
        .output_octets = 32,
        .primitive = "mac/hmac-sha2-256",
    },
};
static const RvlCryptoSuite suite = {sizeof suite, rows, G_N_ELEMENTS(rows), sizeof rows[0]};

static const RvlGroupRow group_rows[] = {
    {
        .word = "ecp256",
        .numbers = group_ecp256,
        .n_numbers = 1,
        .offer_octets = 64,
        .answer_octets = 64,
        .secret_octets = 32,
        .checks = RVL_CHECK_POINT,
        .primitive = "kem/ecp-256",
    },
    {
        .word = "curve25519",
        .numbers = group_x25519,
        .n_numbers = 1,
        .offer_octets = 32,
        .answer_octets = 32,
        .secret_octets = 32,
        .checks = RVL_CHECK_NONZERO,
        .primitive = "kem/x25519",
    },
};
static const RvlKeyExchange groups = {sizeof groups, group_rows, G_N_ELEMENTS(group_rows),
                                      sizeof group_rows[0]};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_CRYPTO_SUITE, "rows", &suite},
    {RVL_CAPABILITY_KEY_EXCHANGE, "rows", &groups},
};
static const RvlPlugin plugin = {.head = RVL_PLUGIN_HEAD, .name = "rows", RVL_PROVIDES(provides)};

void
fixture_add(RvlRegistry *registry, const RvlPlugin *added, void *self)
{
    g_autoptr(GError) error = NULL;

    if (!rvl_registry_add(registry, added, &error))
        g_error("%s: %s", added->name, error->message);
    rvl_registry_set_instance(registry, added->name, self);
}

void
fixture_init(Fixture *fixture, size_t backend)
{
    g_autoptr(GError) error = NULL;
    size_t n;
    const BuiltBackend *built = &built_backends(&n)[backend];

    g_assert_cmpuint(backend, <, n);
    fixture->registry = rvl_registry_new();
    fixture_add(fixture->registry, built->plugin, built->self);
    fixture_add(fixture->registry, &plugin, NULL);
    fixture->crypto = rvl_crypto_new(fixture->registry, NULL, 0, NULL, &error);
    g_assert_no_error(error);
}

void
fixture_clear(Fixture *fixture)
{
    g_clear_pointer(&fixture->crypto, rvl_crypto_free);
    g_clear_pointer(&fixture->registry, rvl_registry_free);
}

void
fixture_add_cases(const char *root, const char *name, GTestDataFunc run)
{
    size_t n;
    const BuiltBackend *built = built_backends(&n);

    for (size_t i = 0; i < n; i++) {
        g_autofree char *path = built_backend_path(root, &built[i], name);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), run);
    }
}
