/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was taken out of the tables and must outlive the packets that are being worked on. */
#pragma once

#include "plane.h"

G_BEGIN_DECLS

/**
 * Retired:
 *
 * Gathered while a batch is carried out, then posted to the workers. Each forgets the keys; when
 * all have, everything is freed, and the removed SAs' final counters are told. What holds no key is
 * in no hurry: some dozens of batches gather before the workers are woken for it.
 */
typedef struct Retired Retired;

/** retired_begin: (transfer none): the plane's, with what earlier batches left in it. */
Retired *retired_begin(Plane *plane);
/** retired_free: frees what it holds: no worker runs any more. */
void retired_free(Retired *retired);
void retired_sa(Retired *retired, Sa *sa);
void retired_route(Retired *retired, SaRoute *route);
void retired_list(Retired *retired, SaList *list);
void retired_spd(Retired *retired, Spd *spd);
void retired_policy(Retired *retired, Policy *policy);
/** retired_shell: a policy whose list of SAs went on to its successor. */
void retired_shell(Retired *retired, Policy *policy);

/** retired_end: a batch was carried out; @removed is called with the final counters. */
void retired_end(Plane *plane, RvlCountersDone removed, void *user_data);

/** retired_free_sa: frees @sa and gives up its interface. No worker knows it. */
void retired_free_sa(void *sa);

G_END_DECLS
