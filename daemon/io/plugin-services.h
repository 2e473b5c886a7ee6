/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What plugins get of a running daemon: its clocks, timers, main loop and folders. */
#pragma once

#include "host/plugin-host.h"

/**
 * RvlPluginServicesParts:
 * @directories: (array length=n_directories): pairs of kind and path: `config`, `/etc/ravelin`, …
 *
 * Borrowed for the services' life.
 */
typedef struct {
    const char *const (*directories)[2];
    size_t n_directories;
} RvlPluginServicesParts;

typedef struct RvlPluginServices RvlPluginServices;

RvlPluginServices *rvl_plugin_services_new(const RvlPluginServicesParts *parts);
/** rvl_plugin_services_free: timers that still wait are dropped. */
void rvl_plugin_services_free(RvlPluginServices *services);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlPluginServices, rvl_plugin_services_free)

/**
 * rvl_plugin_services_fill:
 *
 * Fills in @out's context and what runs on this machine: now, wall, timer_add, timer_remove,
 * invoke, directory. The rest stays the caller's.
 */
void rvl_plugin_services_fill(RvlPluginServices *services, RvlHostServices *out);
