/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What runs entered: each fault of the network, each collision, each detour of the protocol. */
#pragma once

#include <ravelin/event.h>

#include "sim/network.h"
#include "sim/services.h"

/**
 * SimTally:
 *
 * Hears the events of both ends. Counts runs, not events: a run that met a thing twice met it.
 */
typedef struct SimTally SimTally;

SimTally *sim_tally_new(void);
void sim_tally_free(SimTally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimTally, sim_tally_free)

/** sim_tally_begin: a run begins. */
void sim_tally_begin(SimTally *tally);
void sim_tally_hear(SimTally *tally, const RvlEvent *event);
/** sim_tally_troubles: the jobs that failed. */
void sim_tally_troubles(SimTally *tally, const SimTroubles *troubles);
/** sim_tally_clock_moved: the wall clock was set. */
void sim_tally_clock_moved(SimTally *tally);
void sim_tally_faults(SimTally *tally, const SimNetwork *network);
/** sim_tally_end: the run is over: what it entered counts. */
void sim_tally_end(SimTally *tally);

/**
 * sim_tally_print:
 * @least: how many runs must have entered each row
 *
 * Returns: how many rows too few entered; they are named.
 */
unsigned sim_tally_print(const SimTally *tally, unsigned least);
