/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking stock: what the installer really holds, after its reports were lost. */
#pragma once

#include "ike/core/job.h"
#include "ike/core/timer-heap.h"

typedef struct RvlEngine RvlEngine;

/**
 * RvlStock:
 * @sas, @policies: (nullable): of RvlSaId, RvlPolicyId: what stood when the installer was asked; NULL
 *   while nothing was
 * @is_wanted_again: reports were lost meanwhile too
 * @retry: the question failed
 */
typedef struct {
    GArray *sas;
    GArray *policies;
    bool is_wanted_again;
    RvlTimer retry;
} RvlStock;

void rvl_stock_init(RvlStock *stock);
void rvl_stock_clear(RvlEngine *engine);

/**
 * rvl_stock_take:
 *
 * Asks the installer for all that should stand. An SA that reached a limit is treated as if that had been
 * told, one that is gone ends, a policy that is gone is installed again; whatever else stands is left
 * alone. What is installed or removed while the question is under way isn't judged by its answer.
 */
void rvl_stock_take(RvlEngine *engine);
