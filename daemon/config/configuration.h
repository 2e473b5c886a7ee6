/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration, checked against the schema: groups of typed settings. It knows no meaning. */
#pragma once

#include "config/schema.h"
#include "config/secret-value.h"
#include "config/tree.h"

/**
 * RvlConfigGroup:
 * @head, @kind, @name: `connection berlin`, `connection`, `berlin` (nullable)
 * @settings: what is written, over the schema's defaults
 * @file, @line: of its head; NULL and 0 where it isn't written
 *
 * Immutable, reference counted. Its secrets stand in the store as long as it does. Thread: any.
 */
typedef struct {
    gatomicrefcount references;
    char *head;
    char *kind;
    const char *name;
    RvlSettings *settings;
    char *file;
    uint32_t line;
    const RvlSecretServices *secrets;
} RvlConfigGroup;

RvlConfigGroup *rvl_config_group_ref(const RvlConfigGroup *group);
void rvl_config_group_unref(RvlConfigGroup *group);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlConfigGroup, rvl_config_group_unref)

/** rvl_config_group_place: the line of @key, or the head's where it is not set. */
RvlPlace rvl_config_group_place(const RvlConfigGroup *group, const char *key);

/**
 * RvlChecking: what checking needs.
 * @store: keeps the secrets' octets, and outlives all groups
 */
typedef struct {
    const RvlTree *tree;
    RvlSchema *schema;
    const RvlSecretServices *store;
    RvlSecretPlaces places;
    RvlProblems *problems;
} RvlChecking;

/**
 * rvl_configuration_group:
 * @name: (nullable)
 *
 * The first pass: `daemon`, then each `plugin NAME` once its options are in the schema.
 *
 * Returns: (transfer full): one group; defaults alone where it isn't written.
 */
RvlConfigGroup *rvl_configuration_group(const RvlChecking *checking,
                                        const char *kind,
                                        const char *name);

/** RvlConfiguration: the groups of the second pass. */
typedef struct RvlConfiguration RvlConfiguration;

/**
 * rvl_configuration_new:
 *
 * The second pass: all groups but `daemon` and plugins' own; plugins' names are checked.
 */
RvlConfiguration *rvl_configuration_new(const RvlChecking *checking);
void rvl_configuration_free(RvlConfiguration *configuration);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlConfiguration, rvl_configuration_free)

/** rvl_configuration_at: (transfer none) (nullable): the @i-th group of @kind, by name. */
const RvlConfigGroup *rvl_configuration_at(const RvlConfiguration *configuration,
                                           const char *kind,
                                           size_t i);
/** rvl_configuration_find: (transfer none) (nullable). */
const RvlConfigGroup *rvl_configuration_find(const RvlConfiguration *configuration,
                                             const char *kind,
                                             const char *name);
