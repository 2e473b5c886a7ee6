/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guard's rules, one function a kind: what each asks of a packet, and what becomes of it. */
#pragma once

#include "guard.h"
#include "nft-message.h"

G_BEGIN_DECLS

/*
 * A rule's user data is a list of type, length, octets; nft shows type 0 as the rule's comment.
 */
enum { GUARD_DATA_COMMENT = 0, GUARD_DATA_BYPASS = 0x42, GUARD_DATA_RECORD = 0x52 };

/** GuardPlace: where rules are put. */
typedef struct {
    NftBatch *batch;
    const char *table;
    const char *owner;
} GuardPlace;

void guard_put_pair(const GuardPlace *place, const GuardPair *pair);
void guard_put_record(const GuardPlace *place, const Record *record);
/** guard_put_bypass: past the guard on the way in, and past the discards on both ways. */
void guard_put_bypass(const GuardPlace *place, const ClearFlow *flow);
void guard_put_discard(const GuardPlace *place, const ClearFlow *flow);
/** guard_put_passage: IKE, ESP and AH of this machine itself, and Neighbor Discovery. */
void guard_put_passage(const GuardPlace *place, const uint16_t *ports, size_t n_ports);

G_END_DECLS
