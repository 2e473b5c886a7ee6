/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The toy backend's one function: mixes octets into 128 bits and draws octets out. Fast, not secure. */
#pragma once

#include <ravelin/octets.h>

typedef struct {
    uint64_t a, b;
    uint64_t octets; /* absorbed so far */
    uint64_t word;   /* not absorbed yet: octets % 8 octets of it */
} ToyMix;

void toy_mix_init(ToyMix *mix, uint64_t domain);
void toy_mix_absorb(ToyMix *mix, const uint8_t *data, size_t size);
/* Absorbs the length too, so that neighbours can't exchange octets. */
void toy_mix_absorb_sized(ToyMix *mix, const uint8_t *data, size_t size);
/* Ends absorbing; may be drawn from for as long as wanted. */
void toy_mix_finish(ToyMix *mix);
uint64_t toy_mix_draw(ToyMix *mix);
void toy_mix_fill(ToyMix *mix, uint8_t *out, size_t size);
