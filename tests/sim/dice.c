/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All chance in a simulation: one seed, one sequence. */
#include "config.h"

#include "sim/dice.h"

uint64_t
sim_dice_roll(SimDice *dice)
{
    uint64_t z = (dice->state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t
sim_dice_below(SimDice *dice, uint64_t n)
{
    return sim_dice_roll(dice) % n; /* the bias is below 2^-40 for what is asked here */
}

bool
sim_dice_chance(SimDice *dice, unsigned permille)
{
    return sim_dice_below(dice, 1000) < permille;
}

bool
sim_dice_fill(void *context, uint8_t *out, size_t octets)
{
    SimDice *dice = context;

    for (size_t i = 0; i < octets; i++)
        out[i] = (uint8_t)sim_dice_roll(dice);
    return true;
}
