/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The registry's tables, for the files of this folder. */
#pragma once

#include "registry/algorithms.h"

/*
 * RvlRegistry:
 * @entries: of RvlCapabilityEntry, sorted by capability, preference and name
 * @suites, @groups: of RvlSuiteEntry, RvlGroupEntry, sorted as they are enumerated
 * @numbers: number key -> entry of suites or groups
 * @words: word key -> the same
 * @sorted_words: of the keys' words, each once
 */
struct RvlRegistry {
    GPtrArray *entries;
    GPtrArray *suites;
    GPtrArray *groups;
    GHashTable *numbers;
    GHashTable *words;
    GPtrArray *sorted_words;
};

void rvl_algorithms_init(RvlRegistry *registry);
void rvl_algorithms_clear(RvlRegistry *registry);
bool rvl_algorithms_add_suite(RvlRegistry *registry,
                              const char *plugin,
                              const RvlCryptoSuite *suite,
                              GError **error);
bool rvl_algorithms_add_groups(RvlRegistry *registry,
                               const char *plugin,
                               const RvlKeyExchange *groups,
                               GError **error);
void rvl_algorithms_set_instance(RvlRegistry *registry, const char *plugin, void *self);
void rvl_algorithms_remove(RvlRegistry *registry, const char *plugin);
