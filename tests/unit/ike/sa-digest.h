/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Digests of IKE SAs and engines: what a test compares to say that nothing has changed. */
#pragma once

#include "ike/core/ike-sa.h"

/** SaPart: parts of an IKE SA, each with a digest of its own, so that a test can say which changed. */
typedef enum {
    SA_PART_IDENTITY, /* SPIs, state, role, and whatever field has no part below */
    SA_PART_PEER,
    SA_PART_PATH,
    SA_PART_KEYS,
    SA_PART_WINDOW,
    SA_PART_REPEATS, /* how often the stored answer went out again */
    SA_PART_SENT,
    SA_PART_REASSEMBLY,
    SA_PART_PARKED,
    SA_PART_EXCHANGES,
    SA_PART_CHILDREN,
    SA_PART_TIMERS,
    SA_PART_TIMES,
    SA_PART_INIT,
    SA_PART_NOTED, /* what unauthenticated answers said */
    SA_PARTS,
} SaPart;

/** SaDigest: @number: of the SA, in order of set-up; @parts: by SaPart. */
typedef struct {
    uint64_t number;
    uint64_t parts[SA_PARTS];
} SaDigest;

/**
 * sa_digest: all of @ike: octets of the struct itself, so that a field which is added later is
 * covered, and what its pointers lead to. Links to neighbours in tables and lists, and positions in
 * the timer heap, are left out: they change with other SAs.
 */
SaDigest sa_digest(const RvlIkeSa *ike);

#define SA_EXCEPT(part) (1u << (part))
/** sa_digest_difference: (nullable): name of the first part in which they differ, but for @except. */
const char *sa_digest_difference(const SaDigest *before, const SaDigest *after, uint32_t except);

/**
 * engine_digest: what an engine has beside its SAs: counts, timers, jobs, identifiers, connections,
 * lineages. What it keeps of strangers (cookie secrets, noise, allowance of answers, octets held
 * for half-open SAs) is left out.
 */
uint64_t engine_digest(const RvlEngine *engine);
