/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A snapshot's parts, for the files of this folder. */
#pragma once

#include "config/configuration.h"
#include "policy/connection-parts.h"
#include "policy/remote-index.h"
#include "policy/snapshot.h"

/*
 * RvlSnapshot:
 * @connections: of RvlConnection, by name
 * @by_remote: RvlAddress -> GPtrArray of connections whose peer has this one address
 * @wild: connections of prefixes, names and any address: the narrower first, then by name
 * @wild_by_address: the same, by where their peer may be
 * @wild_by_identity: RvlIdentity -> GPtrArray of those of @wild that expect exactly this one
 * @wild_loose: those of @wild that expect several identities, a pattern, or none
 * @wild_proposals: the different IKE proposals of @wild, in their order
 */
struct RvlSnapshot {
    gatomicrefcount references;
    GPtrArray *connections;
    GHashTable *by_name;
    RvlLimits limits;
    GArray *rules;
    GPtrArray *rule_groups;
    GHashTable *by_remote;
    GPtrArray *wild;
    RvlRemoteIndex *wild_by_address;
    GHashTable *wild_by_identity;
    GPtrArray *wild_loose;
    GPtrArray *wild_proposals;
};

/* Takes over @connections; makes the tables that look-ups need. */
RvlSnapshot *rvl_snapshot_assemble(GPtrArray *connections);
