/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a simulated host's services hold: SPIs, SAs, policies, deployments. */
#pragma once

#include "ike/core/job.h"

/**
 * SimSa:
 * @key: digest of the keying material, so that both ends' can be compared
 * @is_active: outbound: serves its policy
 */
typedef struct {
    RvlSaId id;
    uint8_t direction;
    uint32_t spi;
    RvlPolicyId policy;
    char *key;
    RvlSelectors *local;
    RvlSelectors *remote;
    bool is_active;
} SimSa;

/**
 * SimLedger:
 *
 * Plays SA installer and routes: what was taken and not given back is still in it. Misuse (an SPI
 * installed twice, an unknown SA activated or removed, a policy removed under its SAs) is kept as
 * the first complaint.
 */
typedef struct SimLedger SimLedger;

/** sim_ledger_new: @first_spi: SPIs count up from there. */
SimLedger *sim_ledger_new(const RvlSecretServices *secrets, uint32_t first_spi);
void sim_ledger_free(SimLedger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimLedger, sim_ledger_free)

/** sim_ledger_reserve: @n fresh SPIs into @spis; they count up, so that runs repeat. */
void sim_ledger_reserve(SimLedger *ledger, size_t n, GArray *spis);
void sim_ledger_release(SimLedger *ledger, const GArray *spis);

/** sim_ledger_has_keys: whether the keys of all SAs that @steps add are still there. */
bool sim_ledger_has_keys(const SimLedger *ledger, const GArray *steps);

/** sim_ledger_apply: carries out @steps; @removed: gets the counters of removed SAs. */
void sim_ledger_apply(SimLedger *ledger, const GArray *steps, GArray *removed);

void sim_ledger_deploy(SimLedger *ledger, const char *owner);
void sim_ledger_withdraw(SimLedger *ledger, const char *owner);

/** sim_ledger_complaint: (transfer none) (nullable): the first misuse. */
const char *sim_ledger_complaint(const SimLedger *ledger);

size_t sim_ledger_spis(const SimLedger *ledger);
size_t sim_ledger_sas(const SimLedger *ledger);
size_t sim_ledger_policies(const SimLedger *ledger);
/** sim_ledger_policy: the one of the lowest number; 0: none. */
RvlPolicyId sim_ledger_policy(const SimLedger *ledger);
size_t sim_ledger_deployments(const SimLedger *ledger);
/** sim_ledger_sa: (transfer none) (nullable): in the order of installing; NULL past the last. */
const SimSa *sim_ledger_sa(const SimLedger *ledger, size_t i);
/** sim_ledger_find: (transfer none) (nullable). */
const SimSa *sim_ledger_find(const SimLedger *ledger, uint8_t direction, uint32_t spi);
