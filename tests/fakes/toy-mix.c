/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The toy backend's one function: mixes octets into 128 bits and draws octets out. Fast, not secure. */
#include "config.h"

#include "fakes/toy-mix.h"

#include <string.h>

static uint64_t
scramble(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    return x ^ x >> 32;
}

static void
absorb_word(ToyMix *mix, uint64_t word)
{
    mix->a = scramble(mix->a ^ word);
    mix->b = mix->b * UINT64_C(0x9e3779b97f4a7c15) + mix->a + word;
}

void
toy_mix_init(ToyMix *mix, uint64_t domain)
{
    *mix = (ToyMix){.a = domain, .b = ~domain};
}

void
toy_mix_absorb(ToyMix *mix, const uint8_t *data, size_t size)
{
    size_t i = 0;

    for (; i < size && mix->octets % 8 != 0; i++) {
        mix->word |= (uint64_t)data[i] << 8 * (mix->octets % 8);
        if (++mix->octets % 8 == 0) {
            absorb_word(mix, mix->word);
            mix->word = 0;
        }
    }
    for (; i + 8 <= size; i += 8) {
        uint64_t word;

        memcpy(&word, data + i, sizeof(word));
        absorb_word(mix, GUINT64_FROM_LE(word));
        mix->octets += 8;
    }
    for (; i < size; i++)
        mix->word |= (uint64_t)data[i] << 8 * (mix->octets++ % 8);
}

void
toy_mix_absorb_sized(ToyMix *mix, const uint8_t *data, size_t size)
{
    uint64_t length = GUINT64_TO_LE(size);

    toy_mix_absorb(mix, (const uint8_t *)&length, sizeof(length));
    toy_mix_absorb(mix, data, size);
}

void
toy_mix_finish(ToyMix *mix)
{
    absorb_word(mix, mix->word);
    absorb_word(mix, mix->octets);
}

uint64_t
toy_mix_draw(ToyMix *mix)
{
    mix->b += UINT64_C(0x9e3779b97f4a7c15);
    return scramble(mix->a ^ mix->b);
}

void
toy_mix_fill(ToyMix *mix, uint8_t *out, size_t size)
{
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = GUINT64_TO_LE(toy_mix_draw(mix));

        memcpy(out + i, &word, MIN(size - i, sizeof(word)));
    }
}
