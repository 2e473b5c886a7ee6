/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Key exchange on Curve25519 (RFC 8031). An all-zero secret is refused, as RFC 7748 6.1 allows. */
#include "config.h"

#include <ravelin/key-exchange.h>
#include <ravelin/plugin.h>

static const RvlNumber numbers[] = {{RVL_SPACE_IKEV2_KE, 31}};

static const RvlGroupRow rows[] = {
    {
        .word = "curve25519",
        .aliases = (const char *const[]){"x25519", "dh31", NULL},
        .numbers = numbers,
        .n_numbers = G_N_ELEMENTS(numbers),
        .offer_octets = 32,
        .answer_octets = 32,
        .secret_octets = 32,
        .checks = RVL_CHECK_NONZERO,
        .strength_bits = 128,
        .primitive = "kem/x25519",
    },
};

static const RvlKeyExchange groups = {
    .size = sizeof(RvlKeyExchange),
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .stride = sizeof(rows[0]),
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_KEY_EXCHANGE, "curve25519", &groups},
};

RVL_PLUGIN(curve25519) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "curve25519",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "key exchange on Curve25519",
    RVL_PROVIDES(provides),
};
