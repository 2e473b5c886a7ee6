/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HMAC with SHA-256, SHA-384 and SHA-512, as integrity and as PRF (RFC 4868). */
#include "config.h"

#include <ravelin/plugin.h>

/* The ICV is half of the output (RFC 4868 2.6). IKEv1 numbers the algorithm for ESP and AH. */
#define INTEG(bits, octets, number, ikev1)                                                         \
    {                                                                                              \
        .type = RVL_TRANSFORM_INTEG, .word = "sha" #bits,                                          \
        .aliases = (const char *const[]){"sha2_" #bits, NULL},                                     \
        .numbers = (const RvlNumber[]){{RVL_SPACE_IKEV2_INTEG, number},                            \
                                       {RVL_SPACE_IKEV1_AUTH, ikev1},                              \
                                       {RVL_SPACE_IKEV1_AH, ikev1}},                               \
        .n_numbers = 3, .uses = RVL_USE_IKE | RVL_USE_ESP | RVL_USE_AH, .key_octets = octets,      \
        .icv_octets = (octets) / 2, .output_octets = octets, .strength_bits = (bits) / 2,          \
        .primitive = "mac/hmac-sha2-" #bits,                                                       \
        .names = (const RvlConsumerName[]){{"linux-xfrm", "hmac(sha" #bits ")"}}, .n_names = 1     \
    }

/* Beside a combined cipher no integrity is named, so that `sha384` alone means the PRF. */
#define PRF(bits, octets, number, ikev1)                                                           \
    {                                                                                              \
        .type = RVL_TRANSFORM_PRF, .word = "prfsha" #bits,                                         \
        .aliases = (const char *const[]){"sha" #bits, "sha2_" #bits, NULL},                        \
        .numbers =                                                                                 \
            (const RvlNumber[]){{RVL_SPACE_IKEV2_PRF, number}, {RVL_SPACE_IKEV1_HASH, ikev1}},     \
        .n_numbers = 2, .uses = RVL_USE_IKE, .key_octets = octets, .output_octets = octets,        \
        .strength_bits = bits, .primitive = "mac/hmac-sha2-" #bits                                 \
    }

static const RvlSuiteRow rows[] = {
    INTEG(256, 32, 12, 5), INTEG(384, 48, 13, 6), INTEG(512, 64, 14, 7),
    PRF(256, 32, 5, 4),    PRF(384, 48, 6, 5),    PRF(512, 64, 7, 6),
};

static const RvlCryptoSuite suite = {
    .size = sizeof(RvlCryptoSuite),
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .stride = sizeof(rows[0]),
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_CRYPTO_SUITE, "hmac_sha2", &suite},
};

RVL_PLUGIN(hmac_sha2) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "hmac_sha2",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "integrity and PRFs of HMAC-SHA-2",
    RVL_PROVIDES(provides),
};
