/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All chance in a simulation: one seed, one sequence. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** SimDice: splitmix64; a value. The same seed gives the same run on every machine. */
typedef struct {
    uint64_t state;
} SimDice;

uint64_t sim_dice_roll(SimDice *dice);
/** sim_dice_below: 0 to @n - 1; @n is not 0. */
uint64_t sim_dice_below(SimDice *dice, uint64_t n);
/** sim_dice_chance: true @permille times in 1000. */
bool sim_dice_chance(SimDice *dice, unsigned permille);
/** sim_dice_fill: as an RvlRandom; @context is a SimDice. */
bool sim_dice_fill(void *context, uint8_t *out, size_t octets);
