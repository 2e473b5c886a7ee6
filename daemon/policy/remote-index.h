/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections by where their peer may be, for those that don't name one address. */
#pragma once

#include "policy/connection.h"

/**
 * RvlRemoteIndex:
 *
 * An address finds the prefixes that hold it by one hashed look-up for each length that occurs, and so
 * meets no connection of another network, however many there are.
 *
 * Immutable once it is made. Thread: any.
 */
typedef struct RvlRemoteIndex RvlRemoteIndex;

/** rvl_remote_index_new: @connections: (element-type RvlConnection): the best first; borrowed. */
RvlRemoteIndex *rvl_remote_index_new(const GPtrArray *connections);
void rvl_remote_index_free(RvlRemoteIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlRemoteIndex, rvl_remote_index_free)

/** RvlRemoteFits: whether a connection that may have its peer there is meant. */
typedef bool (*RvlRemoteFits)(const RvlConnection *connection, const void *user_data);

/**
 * rvl_remote_index_find:
 *
 * Returns: (transfer none) (nullable): the best of those for a peer at @remote that @fits
 */
const RvlConnection *rvl_remote_index_find(const RvlRemoteIndex *index,
                                           const RvlAddress *remote,
                                           RvlRemoteFits fits,
                                           const void *user_data);
