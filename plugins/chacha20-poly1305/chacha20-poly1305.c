/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ChaCha20-Poly1305 for ESP and IKE (RFC 7634). No Key Length attribute is sent (section 3). */
#include "config.h"

#include <ravelin/plugin.h>

static const RvlNumber numbers[] = {{RVL_SPACE_IKEV2_ENCR, 28}};

static const RvlConsumerName names[] = {{"linux-xfrm", "rfc7539esp(chacha20,poly1305)"}};

static const RvlSuiteRow rows[] = {
    {
        .type = RVL_TRANSFORM_ENCR,
        .word = "chacha20poly1305",
        .aliases = (const char *const[]){"chacha20_poly1305", NULL},
        .numbers = numbers,
        .n_numbers = G_N_ELEMENTS(numbers),
        .uses = RVL_USE_IKE | RVL_USE_ESP,
        .is_combined = true,
        .key_octets = 32,
        .salt_octets = 4,
        .iv_octets = 8,
        .icv_octets = 16,
        .block_octets = 1,
        .strength_bits = 256,
        .primitive = "aead/chacha20-poly1305",
        .names = names,
        .n_names = G_N_ELEMENTS(names),
    },
};

static const RvlCryptoSuite suite = {
    .size = sizeof(RvlCryptoSuite),
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .stride = sizeof(rows[0]),
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_CRYPTO_SUITE, "chacha20_poly1305", &suite},
};

RVL_PLUGIN(chacha20_poly1305) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "chacha20_poly1305",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "ChaCha20-Poly1305 for ESP and IKE",
    RVL_PROVIDES(provides),
};
