/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The data plane as a whole: what the main loop keeps, and what it publishes to the workers. */
#pragma once

#include <ravelin/plugin.h>

#include "mailbox.h"
#include "sa-table.h"
#include "spd.h"
#include "tun.h"

G_BEGIN_DECLS

/* Pairs of transforms in use at once, over the daemon's life; each takes a scratch a worker. */
#define MAX_SUITES 64

/** PlaneOptions: of `[plugin userspace]`. */
typedef struct {
    unsigned workers; /* 0: by the number of cores */
    bool pins;
    bool polls_busily;
    bool offloads;
} PlaneOptions;

/**
 * Plane:
 * @host: the plugin's
 * @core: (nullable): the installer's, once attached
 * @table, @spd: published to the workers
 * @generation: grows with each change of policies; workers' flow caches hold for one
 * @next_acquire: ids of acquires
 *
 * The rest is the main loop's alone.
 * @sas, @policies: by id
 * @raw_reason: (nullable): why ESP needs UDP here
 * @gathered: (nullable): taken out of the tables, not yet posted to the workers
 * @references: of the plugin, and one for each message under way
 */
typedef struct {
    const RvlHost *host;
    const RvlInstallerHost *core;
    SaTable table;
    Spd *_Atomic spd;
    atomic_uint generation;
    atomic_uint_fast64_t next_acquire;

    PlaneOptions options;
    unsigned n_workers;
    Worker *workers[MAX_WORKERS];
    bool is_running;
    GHashTable *sas;
    GHashTable *policies;
    uint64_t policies_made;
    GPtrArray *endpoints;
    GPtrArray *tuns;
    GPtrArray *suites;
    const char *raw_reason;
    RvlInstallerCapabilities capabilities;
    unsigned next_worker;
    struct Retired *gathered;
    atomic_uint references;
} Plane;

Plane *plane_new(const RvlHost *host, const PlaneOptions *options, GError **error);
/** plane_stop: ends the workers and gives everything back; frees the plane once nothing is under way. */
void plane_stop(Plane *plane);

/** plane_start: starts the workers, if they don't run yet. */
bool plane_start(Plane *plane, GError **error);

/** plane_post: to all workers; done comes on the main loop, after return, also where none runs. */
void plane_post(Plane *plane, Message *message);

/** plane_message_done: what the main loop calls once all workers have run @message. */
void plane_message_done(void *message);

Plane *plane_ref(Plane *plane);
void plane_unref(Plane *plane);

/** plane_suite: (nullable): the pair's, made at first use. */
const Suite *plane_suite(Plane *plane,
                         const RvlTransform *encr,
                         const RvlTransform *integ,
                         GError **error);

/** plane_find_tun: (nullable): by interface index; 0: the one that owners without a name share. */
Tun *plane_find_tun(const Plane *plane, uint32_t index);

/** plane_find_endpoint: (nullable): that ESP of @path goes out by: UDP, or raw sockets. */
Endpoint *plane_find_endpoint(const Plane *plane, const RvlPath *path, GError **error);

/** plane_path_mtu: the kernel learnt that @mtu octets pass to @remote; port 0 for raw ESP. */
void plane_path_mtu(Plane *plane, const RvlEndpoint *remote, uint32_t mtu);

static inline RvlTime
plane_now(const Plane *plane)
{
    return plane->host->now(plane->host->context);
}

G_END_DECLS
