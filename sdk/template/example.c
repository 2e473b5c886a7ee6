/* SPDX-License-Identifier: MIT */
/* An encryption and a key exchange group with numbers for private use. */
#include "config.h"

#include <ravelin/crypto-suite.h>
#include <ravelin/key-exchange.h>
#include <ravelin/plugin.h>

/* RFC 7296 3.3.2: 1024-65535 are for private use among consenting parties, in both registries. */
enum { EXAMPLE_ENCRYPTION = 65001, EXAMPLE_GROUP = 65002 };

static const RvlNumber encryption_numbers[] = {{RVL_SPACE_IKEV2_ENCR, EXAMPLE_ENCRYPTION}};

/* The packet as RFC 4106 has it: a salt from the keying material, an explicit IV, an ICV. */
static const RvlSuiteRow suite_rows[] = {
    {
        .type = RVL_TRANSFORM_ENCR,
        .word = "example_gcm",
        .numbers = encryption_numbers,
        .n_numbers = G_N_ELEMENTS(encryption_numbers),
        .key_bits = 256,
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

static const RvlCryptoSuite suite = {
    .size = sizeof(suite),
    .rows = suite_rows,
    .n_rows = G_N_ELEMENTS(suite_rows),
    .stride = sizeof(suite_rows[0]),
};

static const RvlNumber group_numbers[] = {{RVL_SPACE_IKEV2_KE, EXAMPLE_GROUP}};

static const RvlGroupRow group_rows[] = {
    {
        .word = "example_x25519",
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

static const RvlKeyExchange key_exchange = {
    .size = sizeof(key_exchange),
    .rows = group_rows,
    .n_rows = G_N_ELEMENTS(group_rows),
    .stride = sizeof(group_rows[0]),
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_CRYPTO_SUITE, "example", &suite},
    {RVL_CAPABILITY_KEY_EXCHANGE, "example", &key_exchange},
};

RVL_PLUGIN(example) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "example",
    .version = PACKAGE_VERSION,
    .licence = "MIT",
    .summary = "an encryption and a group for private use",
    RVL_PROVIDES(provides),
};
