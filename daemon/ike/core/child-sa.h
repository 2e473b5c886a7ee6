/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Child SAs: the part of an IKE SA that each of them is, from reservation to removal. */
#pragma once

#include <ravelin/installer.h>
#include "ike/core/job.h"
#include "ike/core/timer-heap.h"
#include "policy/connection.h"

typedef struct RvlIkeSa RvlIkeSa;
typedef struct RvlEngine RvlEngine;

/** RvlChildState: named by what has happened. */
typedef enum {
    RVL_CHILD_NEGOTIATED = 0, /* agreed upon; being installed */
    RVL_CHILD_INSTALLED = 1,
    RVL_CHILD_REPLACED = 2, /* rekeyed: another pair serves its policy */
    RVL_CHILD_DELETED = 3,  /* a delete went out or came in; being removed */
} RvlChildState;

/** RvlLineage: which policy the pairs of a line of rekeys serve, and who else may serve it. */
typedef struct RvlLineage RvlLineage;

/**
 * RvlChildSa:
 * @number: in order of set-up, never used again
 * @connection: as it was negotiated under; @policy is a part of it
 * @lineage: the policy in the installer that this pair and its successors serve
 * @is_initiator: whether we asked for this pair
 * @keys: handles of the four keys; 0 where a transform has none
 * @made_by: of a pair that the peer asked for: message ID of its request, in IKE SA @made_in
 */
typedef struct RvlChildSa RvlChildSa;
struct RvlChildSa {
    RvlChildSa *next;
    RvlIkeSa *ike;
    uint64_t number;
    RvlChildState state;
    RvlConnection *connection;
    const RvlChildPolicy *policy;
    RvlLineage *lineage;
    bool is_initiator;
    uint32_t made_by;
    uint64_t made_in;
    unsigned switches; /* jobs under way that change what is installed */
    uint64_t ousts;    /* number of the pair that served when its installation began, 0: none */
    uint64_t heir;     /* number of the pair that serves once this one is removed, 0: none */
    uint8_t protocol;
    uint8_t mode;
    bool has_esn;
    uint32_t spi_in;
    uint32_t spi_out;
    RvlSaId id_in;
    RvlSaId id_out;
    RvlSelectors *local;
    RvlSelectors *remote;
    RvlChoice choice;
    RvlSecretId keys[4];
    RvlTime installed;
    RvlTimer rekey;
    RvlTimer expire;
    RvlTimer linger;
    uint64_t successor;    /* number of the pair that replaced it, 0: none */
    RvlCause cause;        /* why it ended */
    GError *error;         /* (nullable): what the cause came with */
    uint64_t farewell_spi; /* of the IKE SA that it ended with, for its last event */
    char *farewell_peer;   /* (nullable): the same */
};
