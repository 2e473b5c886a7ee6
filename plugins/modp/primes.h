/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The primes of RFC 3526, big-endian. */
#pragma once

#include <stdint.h>

extern const uint8_t modp_prime_2048[256];
extern const uint8_t modp_prime_3072[384];
extern const uint8_t modp_prime_4096[512];
extern const uint8_t modp_prime_6144[768];
extern const uint8_t modp_prime_8192[1024];
