/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Diffie-Hellman in the groups of 2048 to 8192 bits of RFC 3526. */
#include "config.h"

#include <ravelin/key-exchange.h>
#include <ravelin/plugin.h>

#include "primes.h"

/* Safe primes with generator 2, so that the range is all there is to check (RFC 6989 2.1). */
#define MODP(bits, number, strength)                                                               \
    {                                                                                              \
        .word = "modp" #bits, .aliases = (const char *const[]){"dh" #number, NULL},                \
        .numbers =                                                                                 \
            (const RvlNumber[]){{RVL_SPACE_IKEV2_KE, number}, {RVL_SPACE_IKEV1_GROUP, number}},    \
        .n_numbers = 2, .offer_octets = (bits) / 8, .answer_octets = (bits) / 8,                   \
        .secret_octets = (bits) / 8, .checks = RVL_CHECK_RANGE, .strength_bits = strength,         \
        .primitive = "kem/modp",                                                                   \
        .parameters = (const RvlParameter[]){{"p", {modp_prime_##bits, (bits) / 8}},               \
                                             {"g", {&generator, 1}}},                              \
        .n_parameters = 2                                                                          \
    }

static const uint8_t generator = 2;

/* Strengths: NIST SP 800-57 part 1, table 2, and between its rows SP 800-56A, table 25. */
static const RvlGroupRow rows[] = {
    MODP(2048, 14, 112), MODP(3072, 15, 128), MODP(4096, 16, 152),
    MODP(6144, 17, 176), MODP(8192, 18, 200),
};

static const RvlKeyExchange groups = {
    .size = sizeof(RvlKeyExchange),
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .stride = sizeof(rows[0]),
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_KEY_EXCHANGE, "modp", &groups},
};

RVL_PLUGIN(modp) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "modp",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "Diffie-Hellman of 2048 to 8192 bits",
    RVL_PROVIDES(provides),
};
