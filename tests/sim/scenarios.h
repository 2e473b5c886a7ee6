/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is simulated: rows of configurations, acts, and weather. */
#pragma once

#include "sim/network.h"

/** SimAct: one thing that an operator, or the world, does to a host. */
typedef enum {
    SIM_ACT_NONE = 0,
    SIM_ACT_UP,
    SIM_ACT_DOWN,
    SIM_ACT_REKEY_IKE,
    SIM_ACT_REKEY_CHILD,
    SIM_ACT_DOWN_CHILD,
    SIM_ACT_ACQUIRE,
    SIM_ACT_RESTART,
    SIM_ACT_RELOAD,
    SIM_ACT_DARK, /* of both: nothing passes for a while */
} SimAct;

/**
 * SimScenario:
 * @a, @b: (nullable): further lines of each end's connection
 * @daemon: (nullable): lines of [daemon] of both
 * @has_two: a second Child SA
 * @first, @second: acts of the one host and of the other, at about the same time; which host is
 *   which is drawn
 * @gap: the second comes up to this later
 * @rounds: how often they are played; 0: as it is usual
 * @is_seamless: in calm weather no packet meets an SA that isn't there
 */
typedef struct {
    const char *name;
    const char *a;
    const char *b;
    const char *daemon;
    bool has_two;
    SimAct first;
    SimAct second;
    RvlTime gap;
    unsigned rounds;
    bool is_seamless;
} SimScenario;

extern const SimScenario sim_scenarios[];
extern const size_t sim_n_scenarios;

/** SimSky: a kind of weather. */
typedef struct {
    const char *name;
    SimWeather weather;
} SimSky;

extern const SimSky sim_skies[];
extern const size_t sim_n_skies;
/** SIM_CALM: the first sky: nothing is lost, and nothing overtakes. */
#define SIM_CALM 0
