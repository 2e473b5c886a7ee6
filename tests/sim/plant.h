/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all simulated hosts share: the real plugins, loaded once, and the crypto backend of a run. */
#pragma once

#include "config/schema.h"
#include "crypto/crypto.h"
#include "fakes/loop.h"
#include "host/plugin-host.h"
#include "policy/snapshot.h"

/**
 * SimPlant:
 *
 * Loads the modules of the build (suites, groups, authenticators) through the real plugin host. Time
 * is that of the loop of the run under way.
 */
typedef struct SimPlant SimPlant;

/**
 * sim_plant_new:
 * @modules: the build's folder of modules
 * @backend: `toy`, `openssl` or `gcrypt`
 *
 * Returns: NULL with @error where a module that it needs, or @backend, isn't there.
 */
SimPlant *sim_plant_new(const char *modules, const char *backend, GError **error);
void sim_plant_free(SimPlant *plant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimPlant, sim_plant_free)

/**
 * sim_plant_begin: a run begins: the toy backend starts anew from @seed, and plugins' clock is
 * @loop's.
 */
bool sim_plant_begin(SimPlant *plant, uint64_t seed, FakeLoop *loop, GError **error);
/** sim_plant_end: nothing of the run uses the plant any more. */
void sim_plant_end(SimPlant *plant);

RvlRegistry *sim_plant_registry(const SimPlant *plant);
RvlCrypto *sim_plant_crypto(const SimPlant *plant);
const RvlSecretServices *sim_plant_secrets(const SimPlant *plant);
RvlSchema *sim_plant_schema(const SimPlant *plant);

/**
 * sim_plant_compile:
 * @previous: (nullable)
 *
 * Returns: (transfer full) (nullable): NULL with what is wrong in @report (transfer full).
 */
RvlSnapshot *sim_plant_compile(SimPlant *plant,
                               const char *conf,
                               const char *secrets,
                               const RvlSnapshot *previous,
                               char **report);
