/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Look-up of suites' and groups' rows, by a protocol's numbers and by the words of proposals. */
#pragma once

#include <ravelin/crypto-suite.h>
#include <ravelin/key-exchange.h>

#include "registry/registry.h"

/** RvlSuiteEntry: a row as this contract knows it, whose it is, and its plugin's instance. */
typedef struct {
    const RvlSuiteRow *row;
    const char *plugin;
    void *self;
} RvlSuiteEntry;

typedef struct {
    const RvlGroupRow *row;
    const char *plugin;
    void *self;
} RvlGroupEntry;

/* All are (transfer none) (nullable): NULL where nothing has it. */

/** rvl_registry_suite: @space: RvlSpace; @key_bits: of the Key Length attribute, 0 without one. */
const RvlSuiteEntry *rvl_registry_suite(const RvlRegistry *registry,
                                        uint16_t space,
                                        uint16_t number,
                                        uint16_t key_bits);
const RvlGroupEntry *rvl_registry_group(const RvlRegistry *registry,
                                        uint16_t space,
                                        uint16_t number);

/** rvl_registry_suite_of: by an IKEv2 transform of type ENCR, PRF or INTEG. */
const RvlSuiteEntry *rvl_registry_suite_of(const RvlRegistry *registry,
                                           const RvlTransform *transform);
/** rvl_registry_group_of: by an IKEv2 transform of type KE or ADDKE1 to ADDKE7. */
const RvlGroupEntry *rvl_registry_group_of(const RvlRegistry *registry,
                                           const RvlTransform *transform);

/** rvl_registry_suite_by_word: @word: canonical or alias; unique within @type. */
const RvlSuiteEntry *rvl_registry_suite_by_word(const RvlRegistry *registry,
                                                uint8_t type,
                                                const char *word);
const RvlGroupEntry *rvl_registry_group_by_word(const RvlRegistry *registry, const char *word);

/** rvl_registry_suite_at: enumerates: by transform type, then word; NULL past the last. */
const RvlSuiteEntry *rvl_registry_suite_at(const RvlRegistry *registry, size_t i);
/** rvl_registry_group_at: enumerates: by number in IKEv2's space, then word. */
const RvlGroupEntry *rvl_registry_group_at(const RvlRegistry *registry, size_t i);

/** rvl_suite_row_number, rvl_group_row_number: the number of a suite's or group's row in @space; false: it has none there. */
bool rvl_suite_row_number(const RvlSuiteRow *row, uint16_t space, uint16_t *number);
bool rvl_group_row_number(const RvlGroupRow *row, uint16_t space, uint16_t *number);

/**
 * RvlWordMatch:
 * @octets: of the word
 * @encr, @prf, @integ, @group: (nullable): what the word means in each kind of transform
 */
typedef struct {
    size_t octets;
    const RvlSuiteEntry *encr;
    const RvlSuiteEntry *prf;
    const RvlSuiteEntry *integ;
    const RvlGroupEntry *group;
} RvlWordMatch;

/**
 * rvl_registry_longest_word:
 * @text: `aes256gcm16-sha384-ecp384`
 * @match: (out): the longest registered word or alias with which @text begins and which ends there
 *   at `-`, `+`, or the end of @text: words may hold `-` themselves
 */
bool rvl_registry_longest_word(const RvlRegistry *registry,
                               const char *text,
                               RvlWordMatch *match) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_registry_word_at: enumerates all words and aliases, sorted, each once: for "did you mean". */
const char *rvl_registry_word_at(const RvlRegistry *registry, size_t i);

/** rvl_registry_transform_word: (transfer none) (nullable): canonical word of an IKEv2 transform. */
const char *rvl_registry_transform_word(const RvlRegistry *registry, const RvlTransform *transform);
