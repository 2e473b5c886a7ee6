/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What serves the jobs of a pair's engines, and carries out what nobody wanted. */
#pragma once

#include "pair.h"

/** pair_serve: @job: (transfer full): works it out now; its result comes after the pair's job_delay. */
void pair_serve(Pair *pair, int end, RvlJob *job);
void pair_cancel(Pair *pair, int end, RvlJobId id);
RvlTime pair_next_result(const Pair *pair);
/**
 * pair_complete_next: hands the next result to its engine, and undoes it where it isn't wanted; the
 * end whose it was.
 */
int pair_complete_next(Pair *pair);
void pair_drop_results(Pair *pair);
void pair_take_actions(Pair *pair, int end);
/** pair_secrets: how many handles stand. */
size_t pair_secrets(const PairEnd *end);
