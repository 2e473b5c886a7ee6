/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How hard a pre-shared key is to guess. */
#include "config.h"

#include "strength.h"

#include <stdbool.h>

#include <glib.h>

/* Random text of the smallest alphabet repeats each character about this often in 128 bits. */
#define REPEATS_THAT_COUNT 4

/* Characters drawn from an alphabet of this size hold so many hundredths of a bit each. */
static const struct {
    unsigned characters;
    unsigned bits_100;
} alphabets[] = {
    {10, 332}, {16, 400}, {26, 470}, {36, 516}, {52, 570}, {62, 595}, {95, 656}, {256, 800},
};

static bool
is_all_hexadecimal(const uint8_t *key, size_t octets)
{
    for (size_t i = 0; i < octets; i++) {
        if (!g_ascii_isxdigit((char)key[i]))
            return false;
    }
    return true;
}

/* Size of the alphabet that the key's kinds of characters make up. */
static unsigned
alphabet_of(const uint8_t *key, size_t octets)
{
    bool has_digit = false, has_lower = false, has_upper = false, has_sign = false;

    for (size_t i = 0; i < octets; i++) {
        char c = (char)key[i];

        if (!g_ascii_isprint(c))
            return 256;
        has_digit |= g_ascii_isdigit(c);
        has_lower |= g_ascii_islower(c);
        has_upper |= g_ascii_isupper(c);
        has_sign |= !g_ascii_isalnum(c);
    }
    if (has_sign)
        return 95;
    if (is_all_hexadecimal(key, octets) && !(has_lower && has_upper))
        return has_lower || has_upper ? 16 : 10;
    return (has_digit ? 10u : 0) + (has_lower ? 26u : 0) + (has_upper ? 26u : 0);
}

static size_t
count_distinct(const uint8_t *key, size_t octets)
{
    bool seen[256] = {false};
    size_t n = 0;

    for (size_t i = 0; i < octets; i++) {
        n += !seen[key[i]];
        seen[key[i]] = true;
    }
    return n;
}

unsigned
psk_strength_bits(const uint8_t *key, size_t octets)
{
    unsigned alphabet = alphabet_of(key, octets);
    size_t counted = MIN(octets, count_distinct(key, octets) * REPEATS_THAT_COUNT);

    for (size_t i = 0; i < G_N_ELEMENTS(alphabets); i++) {
        if (alphabet <= alphabets[i].characters)
            return (unsigned)(counted * alphabets[i].bits_100 / 100);
    }
    return 0;
}
