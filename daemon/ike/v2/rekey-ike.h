/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a rekey of the IKE SA keeps while it is under way. */
#pragma once

#include "ike/core/collision.h"

/**
 * RvlRekeyIke:
 * @successor: number of the IKE SA that is to replace this one
 * @groups: how often the peer asked for another group
 */
typedef struct {
    bool is_initiator;
    uint64_t successor;
    uint16_t group;
    GBytes *public_value;
    RvlSecretId secret;
    GBytes *nonce_i;
    GBytes *nonce_r;
    unsigned groups;
    RvlRivalry rivalry;
} RvlRekeyIke;
