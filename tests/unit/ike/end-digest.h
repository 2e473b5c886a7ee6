/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Digest of one end of a pair: its SAs, its engine, and what its services hold. */
#pragma once

#include "pair.h"
#include "sa-digest.h"

#define END_DIGEST_SAS 8

typedef struct {
    size_t n;
    SaDigest sas[END_DIGEST_SAS]; /* in order of set-up */
    uint64_t engine;
    uint64_t services;
} EndDigest;

EndDigest end_digest(const Pair *pair, int end);

/** end_digest_difference: (nullable): what differs, but for parts of SAs in @except. */
const char *end_digest_difference(const EndDigest *before, const EndDigest *after, uint32_t except);
