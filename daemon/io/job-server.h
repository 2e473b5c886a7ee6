/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What serves jobs: one file a kind, all of the same shape. */
#pragma once

#include <ravelin/installer.h>
#include <ravelin/routes.h>
#include "ike/core/engine.h"
#include "io/endpoints.h"
#include "io/worker-pool.h"

/**
 * RvlJobServices:
 *
 * What the servers of jobs stand on; borrowed for their life.
 */
typedef struct {
    RvlWorkerPool *workers;
    RvlJobCosts *costs;
    RvlCrypto *crypto;
    const RvlRegistry *registry;
    const RvlSecretServices *secrets;
    const RvlEvents *events;
    RvlEndpoints *endpoints;
    const RvlInstaller *installer;
    void *installer_self;
    const RvlInstallerCapabilities *capabilities;
    const RvlRoutes *routes; /* (nullable): then deployments make no routes, and say so */
    void *routes_self;
    uint16_t ports[2]; /* that speak IKE, and IKE with ESP; 0: any free one, not known before */
} RvlJobServices;

/**
 * RvlJobServed:
 * @result: (transfer full): the job's one answer
 *
 * Thread: any; possibly before the server returned.
 */
typedef void (*RvlJobServed)(RvlJobResult *result, void *user_data);

/**
 * RvlJobServer:
 * @job: borrowed until @served is called
 *
 * Starts to serve one job. Main loop; doesn't block.
 */
typedef void (*RvlJobServer)(const RvlJobServices *services,
                             const RvlJob *job,
                             RvlJobServed served,
                             void *user_data);

void rvl_serve_resolve(const RvlJobServices *services,
                       const RvlJob *job,
                       RvlJobServed served,
                       void *user_data);
void rvl_serve_key_exchange(const RvlJobServices *services,
                            const RvlJob *job,
                            RvlJobServed served,
                            void *user_data);
void rvl_serve_proof(const RvlJobServices *services,
                     const RvlJob *job,
                     RvlJobServed served,
                     void *user_data);
void rvl_serve_reserve_spis(const RvlJobServices *services,
                            const RvlJob *job,
                            RvlJobServed served,
                            void *user_data);
void rvl_serve_release_spis(const RvlJobServices *services,
                            const RvlJob *job,
                            RvlJobServed served,
                            void *user_data);
/** rvl_serve_steps: @steps: of RvlApplyStep, as one batch for the installer, which answers to @done. */
void rvl_serve_steps(const RvlJobServices *services,
                     const GArray *steps,
                     RvlCountersDone done,
                     void *user_data);
void rvl_serve_apply(const RvlJobServices *services,
                     const RvlJob *job,
                     RvlJobServed served,
                     void *user_data);
void rvl_serve_query(const RvlJobServices *services,
                     const RvlJob *job,
                     RvlJobServed served,
                     void *user_data);
void rvl_serve_take_stock(const RvlJobServices *services,
                          const RvlJob *job,
                          RvlJobServed served,
                          void *user_data);
void rvl_serve_deploy(const RvlJobServices *services,
                      const RvlJob *job,
                      RvlJobServed served,
                      void *user_data);
void rvl_serve_withdraw(const RvlJobServices *services,
                        const RvlJob *job,
                        RvlJobServed served,
                        void *user_data);
void rvl_serve_rules(const RvlJobServices *services,
                     const RvlJob *job,
                     RvlJobServed served,
                     void *user_data);
