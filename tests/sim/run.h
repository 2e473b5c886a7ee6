/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One run of a simulation: a seed says which scenario, which weather, and all chance. */
#pragma once

#include "sim/plant.h"
#include "sim/tally.h"

/**
 * SimOutcome:
 * @wrong: (nullable): the invariant that didn't hold
 * @gaps: how often something changed and an outbound SA in use had nothing at the peer
 */
typedef struct {
    const char *scenario;
    const char *sky;
    char *wrong;
    unsigned gaps;
} SimOutcome;

void sim_outcome_clear(SimOutcome *outcome);

/** sim_run: @is_verbose: prints what both ends say. */
SimOutcome sim_run(SimPlant *plant, SimTally *tally, uint64_t seed, bool is_verbose);
