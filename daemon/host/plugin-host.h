/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugin host: finds, checks and loads plugins, fills the registry, contains failures. */
#pragma once

#include <ltdl.h>
#include <ravelin/plugin.h>

#include "registry/registry.h"

/**
 * RvlHostServices:
 * @context: handed to each call
 *
 * What plugins get of their host, as RvlHost describes it; the caller wires it, so that daemon,
 * simulator and tests each bring their own clock, timers, primitives and secrets. Borrowed for the
 * life of the host. What RvlHost has beyond this comes from the registry.
 */
typedef struct {
    void *context;
    const RvlPrimitives *primitives;
    const RvlSecretServices *secrets;
    const RvlEvents *events;
    RvlProtection *(*protection)(void *context,
                                 const RvlTransform *encr,
                                 const RvlTransform *integ,
                                 uint32_t use,
                                 GError **error);
    RvlProtectionKey *(*protection_key)(void *context,
                                        const RvlProtection *protection,
                                        RvlSecretId encr,
                                        RvlSecretId integ,
                                        GError **error);
    const RvlMac *(*prf)(void *context, uint16_t prf, GError **error);
    RvlTime (*now)(void *context);
    void (*wall)(void *context, RvlWallTime *wall);
    RvlTimerId (*timer_add)(void *context, RvlTime delay, RvlCall call, void *user_data);
    void (*timer_remove)(void *context, RvlTimerId timer);
    void (*invoke)(void *context, RvlCall call, void *user_data);
    const char *(*directory)(void *context, const char *kind);
    const char *owner;
} RvlHostServices;

typedef enum {
    RVL_PLUGIN_FOUND = 1, /* its descriptor holds; not loaded yet */
    RVL_PLUGIN_LOADED = 2,
    RVL_PLUGIN_FAILED = 3, /* for the reason in error */
    RVL_PLUGIN_OFF = 4,    /* the configuration leaves it out */
} RvlPluginState;

/**
 * RvlPluginReport:
 * @name: the plugin's, or its file's where the descriptor can't be read
 * @file: (nullable): NULL for one that is linked into the program
 * @descriptor: (nullable): NULL where it can't be read
 * @error: (nullable): why it failed
 *
 * One plugin that was found or asked for: a row of `ravelinctl plugins`.
 */
typedef struct {
    const char *name;
    const char *file;
    RvlPluginState state;
    const RvlPlugin *descriptor;
    const GError *error;
} RvlPluginReport;

/**
 * RvlPluginHost:
 *
 * Main thread only, since libltdl is. Modules stay mapped until the process ends.
 */
typedef struct RvlPluginHost RvlPluginHost;

/** rvl_plugin_host_new: @registry, @services: borrowed for the host's life. */
RvlPluginHost *rvl_plugin_host_new(RvlRegistry *registry, const RvlHostServices *services);
/** rvl_plugin_host_free: unloads in reverse order; calls that plugins left with invoke() may still come. */
void rvl_plugin_host_free(RvlPluginHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlPluginHost, rvl_plugin_host_free)

/**
 * rvl_plugin_host_find:
 * @directory: must belong to root or the daemon's user and be writable by nobody else, and so must
 *   each module in it
 * @may_be_missing: a directory that doesn't exist is no failure
 *
 * Opens each `*.so` of @directory, in the order of their names, and reads its descriptor. What
 * can't be used is kept with its reason.
 */
void rvl_plugin_host_find(RvlPluginHost *host, const char *directory, bool may_be_missing);

/**
 * rvl_plugin_host_find_all:
 * @installed: where the build installs plugins
 * @configured: (nullable): further directories, NULL-terminated
 *
 * Searches @installed, then @configured, then those that RAVELIN_PLUGIN_PATH names (not in a
 * program with raised privileges). A plugin that was found first keeps its name.
 */
void rvl_plugin_host_find_all(RvlPluginHost *host,
                              const char *installed,
                              const char *const *configured);

/** rvl_plugin_host_find_preloaded: the plugins among the modules linked into the program. */
void rvl_plugin_host_find_preloaded(RvlPluginHost *host, const lt_dlsymlist *symbols);

/** rvl_plugin_host_add: one descriptor that the program holds itself. */
void rvl_plugin_host_add(RvlPluginHost *host, const RvlPlugin *descriptor);

/**
 * rvl_plugin_host_option:
 * @key: (out)
 * @plugin: (out) (transfer none): whose it is
 *
 * Enumerates the keys that plugins which were found bring to the configuration: false past the
 * last. A plugin whose key another one claims has failed and brings none.
 */
bool rvl_plugin_host_option(const RvlPluginHost *host, size_t i, RvlKey *key, const char **plugin);

/**
 * rvl_plugin_host_refuse:
 * @error: (transfer full): why
 *
 * Keeps a plugin that was found from being loaded.
 */
void rvl_plugin_host_refuse(RvlPluginHost *host, const char *plugin, GError *error);

/** RvlPluginSettings: (transfer none) (nullable): checked values of `[plugin NAME]`. */
typedef const RvlSettings *(*RvlPluginSettings)(const char *plugin, void *user_data);

/**
 * rvl_plugin_host_load:
 * @wanted: (nullable): NULL-terminated: names of those to load, each of which is required; NULL:
 *   all that were found, none of which is
 * @settings: (nullable): NULL: no plugin has any
 *
 * Loads what was found in the order of needs. Whoever fails is contained, and what needs it fails
 * with it; the others load.
 *
 * Errors: one that was required failed; the first one's reason.
 */
bool rvl_plugin_host_load(RvlPluginHost *host,
                          const char *const *wanted,
                          RvlPluginSettings settings,
                          void *user_data,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_plugin_host_report: enumerates in the order of finding; false past the last. Borrowed. */
bool rvl_plugin_host_report(const RvlPluginHost *host, size_t i, RvlPluginReport *report);
