/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AES-CBC, for ESP (RFC 3602) and for IKE (RFC 7296 3.3.2); always beside a MAC. */
#include "config.h"

#include <ravelin/plugin.h>

/* IKEv1's number of phase 1 is its own (RFC 3602 5.1); a key length always goes with it. */
#define CBC(bits)                                                                                  \
    {                                                                                              \
        .type = RVL_TRANSFORM_ENCR, .word = "aes" #bits,                                           \
        .aliases = (const char *const[]){"aes" #bits "cbc", NULL}, .numbers = numbers,             \
        .n_numbers = G_N_ELEMENTS(numbers), .key_bits = bits, .uses = RVL_USE_IKE | RVL_USE_ESP,   \
        .key_octets = (bits) / 8, .iv_octets = 16, .block_octets = 16, .strength_bits = bits,      \
        .primitive = "cipher/aes-" #bits "-cbc", .names = names, .n_names = G_N_ELEMENTS(names)    \
    }

static const RvlNumber numbers[] = {
    {RVL_SPACE_IKEV2_ENCR, 12},
    {RVL_SPACE_IKEV1_ESP, 12},
    {RVL_SPACE_IKEV1_ENCR, 7},
};

static const RvlConsumerName names[] = {{"linux-xfrm", "cbc(aes)"}};

static const RvlSuiteRow rows[] = {
    CBC(128),
    CBC(192),
    CBC(256),
};

static const RvlCryptoSuite suite = {
    .size = sizeof(RvlCryptoSuite),
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .stride = sizeof(rows[0]),
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_CRYPTO_SUITE, "aes_cbc", &suite},
};

RVL_PLUGIN(aes_cbc) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "aes_cbc",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "AES-CBC for ESP and IKE",
    RVL_PROVIDES(provides),
};
