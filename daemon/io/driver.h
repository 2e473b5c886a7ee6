/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver: carries events to the engine and the engine's actions out, on the main loop. */
#pragma once

#include <ravelin/plugin.h>
#include <ravelin/routes.h>
#include "ike/core/engine.h"

/**
 * RvlDriverParts:
 * @services: what the engine gets; its installer field is filled in here
 * @installer, @routes: with their instances; @routes may be NULL
 * @listen: (array length=n_listen): local addresses to listen on; none: all
 * @port, @encap_port: 0: any free one
 * @workers: threads for jobs, 0: as many as processors
 *
 * Borrowed for the driver's life.
 */
typedef struct {
    RvlEngineServices services;
    const RvlInstaller *installer;
    void *installer_self;
    const RvlRoutes *routes;
    void *routes_self;
    const RvlAddress *listen;
    size_t n_listen;
    uint16_t port;
    uint16_t encap_port;
    unsigned workers;
} RvlDriverParts;

/** RvlDriver: one engine and all that it stands on. Thread: main loop. */
typedef struct RvlDriver RvlDriver;

RvlDriver *rvl_driver_new(const RvlDriverParts *parts, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_driver_stop:
 *
 * Drops engine, jobs and sockets; rvl_driver_shut_down() comes before, for an orderly end. An
 * installer's threads may still report: unload the plugins after this and before
 * rvl_driver_free(), which drops what they report to.
 */
void rvl_driver_stop(RvlDriver *driver);
void rvl_driver_free(RvlDriver *driver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlDriver, rvl_driver_free)

/** rvl_driver_start: opens the sockets. */
bool rvl_driver_start(RvlDriver *driver, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_driver_set_snapshot: @snapshot: (transfer none): the configuration in force from now on. */
void rvl_driver_set_snapshot(RvlDriver *driver, RvlSnapshot *snapshot);

/** RvlCommandProgress: @step: `IKE_SA_INIT`; @elapsed: since the command was given. */
typedef void (*RvlCommandProgress)(const char *step, RvlTime elapsed, void *user_data);
/** RvlCommandReply: @error: (nullable): NULL: done. Comes once, possibly within the call. */
typedef void (*RvlCommandReply)(const GError *error, void *user_data);

/**
 * rvl_driver_command:
 * @command: its id is filled in here
 * @progress: (nullable)
 */
void rvl_driver_command(RvlDriver *driver,
                        const RvlCommand *command,
                        RvlCommandProgress progress,
                        RvlCommandReply reply,
                        void *user_data);

/** rvl_driver_engine: (transfer none): for visits. */
const RvlEngine *rvl_driver_engine(const RvlDriver *driver);

/** rvl_driver_counters: counters of every SA, as the installer has them. */
void rvl_driver_counters(RvlDriver *driver, RvlCountersDone done, void *user_data);

/** rvl_driver_report: (nullable) rows of the installer's report; returns how many were written. */
size_t rvl_driver_report(RvlDriver *driver, RvlReportRow *rows, size_t max);

/** RvlDriverCounts: what the driver holds besides the engine. */
typedef struct {
    unsigned jobs;
    size_t endpoints;
    uint64_t sends_failed;
} RvlDriverCounts;

RvlDriverCounts rvl_driver_counts(const RvlDriver *driver);

/**
 * rvl_driver_shut_down:
 * @done: called once, when every SA is deleted, every deployment withdrawn, every job ended and
 *   every endpoint closed, or @patience is over
 */
void rvl_driver_shut_down(RvlDriver *driver, RvlTime patience, RvlCall done, void *user_data);
