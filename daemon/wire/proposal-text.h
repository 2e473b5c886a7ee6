/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Proposals as one line of text, for events and `explain`. */
#pragma once

#include "wire/payload.h"

/**
 * RvlTransformWord:
 *
 * Returns: (transfer none) (nullable): the word of @transform in a proposal of @protocol, as the
 * registry knows it; NULL: shown as numbers.
 */
typedef const char *(*RvlTransformWord)(const RvlTransform *transform,
                                        RvlProtocol protocol,
                                        void *user_data);

/**
 * rvl_proposals_format:
 * @proposals: (array length=n): anything, from anybody
 * @word: (nullable): NULL shows all transforms as numbers
 *
 * Returns: (transfer full): `ESP aes256gcm16|aes128gcm16/noesn, ESP …`: kinds apart by `/`,
 * alternatives of a kind by `|`, what has no word as `encr-20-256`. Bounded: what is longer than
 * RVL_PROPOSALS_TEXT_MAX is cut, with `…`.
 */
char *rvl_proposals_format(const RvlProposal *proposals,
                           size_t n,
                           RvlTransformWord word,
                           void *user_data);

/** RVL_PROPOSALS_TEXT_MAX: characters, so that a hostile proposal can't fill a log. */
#define RVL_PROPOSALS_TEXT_MAX 1024
