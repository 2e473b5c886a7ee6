/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's own control model: over its driver, plugin host, registry and configuration. */
#pragma once

#include "control/model.h"
#include "host/plugin-host.h"
#include "io/driver.h"
#include "policy/snapshot.h"

/**
 * RvlReadConfiguration:
 * @in_force: what it will replace: parts that are the same are shared with it
 * @problems: (out) (transfer full): where it is wrong: a line each, in compilers' form
 *
 * Returns: (transfer full) (nullable): the configuration as the files have it now.
 */
typedef RvlSnapshot *(*RvlReadConfiguration)(void *context,
                                             const RvlSnapshot *in_force,
                                             GStrv *problems);

/**
 * RvlDriverModelParts:
 * @read, @read_context: reads the configuration for a reload
 * @schema: what a change of each key costs
 * @primitives: whose backend `list algorithm` names
 *
 * Borrowed for the model's life.
 */
typedef struct {
    RvlDriver *driver;
    const RvlPluginHost *plugins;
    const RvlRegistry *registry;
    const RvlSchema *schema;
    const RvlPrimitives *primitives;
    const RvlEvents *events;
    RvlReadConfiguration read;
    void *read_context;
} RvlDriverModelParts;

typedef struct RvlDriverModel RvlDriverModel;

/** rvl_driver_model_new: puts @snapshot in force: the driver gets it here and at each apply. */
RvlDriverModel *rvl_driver_model_new(const RvlDriverModelParts *parts, RvlSnapshot *snapshot);
void rvl_driver_model_free(RvlDriverModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlDriverModel, rvl_driver_model_free)

/** rvl_driver_model_table: (transfer none): for rvl_control_new(). */
const RvlControlModel *rvl_driver_model_table(const RvlDriverModel *model);
