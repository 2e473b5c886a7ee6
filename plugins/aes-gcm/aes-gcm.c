/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AES-GCM with an ICV of 8, 12 or 16 octets, for ESP (RFC 4106) and for IKE (RFC 5282). */
#include "config.h"

#include <ravelin/plugin.h>

/* One number both in IKEv2's registry and in IKEv1's of ESP (RFC 4106 8.2). */
#define GCM(bits, icv, number, ...)                                                                \
    {                                                                                              \
        .type = RVL_TRANSFORM_ENCR, .word = "aes" #bits "gcm" #icv,                                \
        .aliases = (const char *const[]){__VA_ARGS__, NULL},                                       \
        .numbers =                                                                                 \
            (const RvlNumber[]){{RVL_SPACE_IKEV2_ENCR, number}, {RVL_SPACE_IKEV1_ESP, number}},    \
        .n_numbers = 2, .key_bits = bits, .uses = RVL_USE_IKE | RVL_USE_ESP, .is_combined = true,  \
        .key_octets = (bits) / 8, .salt_octets = 4, .iv_octets = 8, .icv_octets = icv,             \
        .block_octets = 1, .strength_bits = bits, .primitive = "aead/aes-" #bits "-gcm",           \
        .names = names, .n_names = G_N_ELEMENTS(names)                                             \
    }

static const RvlConsumerName names[] = {{"linux-xfrm", "rfc4106(gcm(aes))"}};

static const RvlSuiteRow rows[] = {
    GCM(128, 8, 18, "aes128gcm64"),
    GCM(128, 12, 19, "aes128gcm96"),
    GCM(128, 16, 20, "aes128gcm128", "aes128gcm"),
    GCM(192, 8, 18, "aes192gcm64"),
    GCM(192, 12, 19, "aes192gcm96"),
    GCM(192, 16, 20, "aes192gcm128", "aes192gcm"),
    GCM(256, 8, 18, "aes256gcm64"),
    GCM(256, 12, 19, "aes256gcm96"),
    GCM(256, 16, 20, "aes256gcm128", "aes256gcm"),
};

static const RvlCryptoSuite suite = {
    .size = sizeof(RvlCryptoSuite),
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .stride = sizeof(rows[0]),
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_CRYPTO_SUITE, "aes_gcm", &suite},
};

RVL_PLUGIN(aes_gcm) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "aes_gcm",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "AES-GCM for ESP and IKE",
    RVL_PROVIDES(provides),
};
