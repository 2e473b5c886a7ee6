/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Key exchange on NIST's curves P-256, P-384 and P-521 (RFC 5903). */
#include "config.h"

#include <ravelin/key-exchange.h>
#include <ravelin/plugin.h>

/* Public values are x and y (RFC 5903 7), the secret is x (section 9). */
#define ECP(bits, octets, number, strength)                                                        \
    {                                                                                              \
        .word = "ecp" #bits, .aliases = (const char *const[]){"dh" #number, NULL},                 \
        .numbers =                                                                                 \
            (const RvlNumber[]){{RVL_SPACE_IKEV2_KE, number}, {RVL_SPACE_IKEV1_GROUP, number}},    \
        .n_numbers = 2, .offer_octets = 2 * (octets), .answer_octets = 2 * (octets),               \
        .secret_octets = octets, .checks = RVL_CHECK_POINT, .strength_bits = strength,             \
        .primitive = "kem/ecp-" #bits                                                              \
    }

static const RvlGroupRow rows[] = {
    ECP(256, 32, 19, 128),
    ECP(384, 48, 20, 192),
    ECP(521, 66, 21, 256),
};

static const RvlKeyExchange groups = {
    .size = sizeof(RvlKeyExchange),
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .stride = sizeof(rows[0]),
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_KEY_EXCHANGE, "ecp", &groups},
};

RVL_PLUGIN(ecp) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "ecp",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "key exchange on NIST's curves",
    RVL_PROVIDES(provides),
};
