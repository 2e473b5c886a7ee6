/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What plugins get of a running daemon: primitives, clocks, timers, its main loop and folders. */
#pragma once

#include "crypto/crypto.h"
#include "host/plugin-host.h"

/**
 * RvlPluginServicesParts:
 * @secrets: the daemon's secret store
 * @events: where plugins' events go
 * @owner: tag of this daemon instance
 * @directories: (array length=n_directories): pairs of kind and path: `config`, `/etc/ravelin`, …
 *
 * Borrowed for the services' life.
 */
typedef struct {
    const RvlSecretServices *secrets;
    const RvlEvents *events;
    const char *owner;
    const char *const (*directories)[2];
    size_t n_directories;
} RvlPluginServicesParts;

typedef struct RvlPluginServices RvlPluginServices;

RvlPluginServices *rvl_plugin_services_new(const RvlPluginServicesParts *parts);
/** rvl_plugin_services_free: timers that still wait are dropped. */
void rvl_plugin_services_free(RvlPluginServices *services);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlPluginServices, rvl_plugin_services_free)

/**
 * rvl_plugin_services_set_crypto:
 * @crypto: (nullable): borrowed; NULL before it goes
 *
 * Which primitives there are is known once all plugins are loaded: until then, and without it, each
 * asking is answered RVL_CAUSE_ALGORITHM_UNAVAILABLE.
 */
void rvl_plugin_services_set_crypto(RvlPluginServices *services, RvlCrypto *crypto);

/** rvl_plugin_services_host: (transfer none): the table for rvl_plugin_host_new(). */
const RvlHostServices *rvl_plugin_services_host(const RvlPluginServices *services);
