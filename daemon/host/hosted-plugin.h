/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One plugin as the host keeps it, for the files of this folder. */
#pragma once

#include "host/plugin-host.h"

typedef struct HostedServices HostedServices;

/*
 * HostedPlugin:
 * @descriptor: of the length that this contract knows; zero where it can't be read
 * @services: the table that load() was given, with what it took of it
 * @self: the instance
 */
typedef struct {
    char *name;
    char *file;
    RvlPluginState state;
    bool has_descriptor;
    RvlPlugin descriptor;
    GError *error;
    HostedServices *services;
    void *self;
} HostedPlugin;

/*
 * RvlPluginHost:
 * @plugins: of HostedPlugin, in the order of finding
 * @loaded: of them, in the order of loading
 */
struct RvlPluginHost {
    RvlRegistry *registry;
    const RvlHostServices *services;
    GPtrArray *plugins;
    GPtrArray *loaded;
};

/* hosted_plugin_fail: keeps the reason and says so; @error: (transfer full). */
void hosted_plugin_fail(RvlPluginHost *host, HostedPlugin *plugin, GError *error);

/* services.c */

/* hosted_services_new: the services as one plugin sees them. */
HostedServices *hosted_services_new(RvlPluginHost *host, const HostedPlugin *plugin);
/* hosted_services_end: no call comes to the plugin any more, its timers are removed. */
void hosted_services_end(HostedServices *services);
const RvlHost *hosted_services_table(const HostedServices *services);

/* needs.c */

/*
 * hosted_plugins_next: (transfer none) (nullable): the plugin to load next among those that are
 * FOUND; fails those that can't be. NULL: none is left.
 */
HostedPlugin *hosted_plugins_next(RvlPluginHost *host);

/* module.c */

/* What RVL_PLUGIN() puts behind a plugin's name. */
#define RVL_PLUGIN_SYMBOL_END "_LTX_rvl_plugin"

/* rvl_module_name: (transfer full): the plugin that a file declares: of `x509-openssl.so`
 * `x509_openssl`. */
char *rvl_module_name(const char *file);
/* rvl_module_open: the descriptor of plugin @name in the module @file, which stays mapped. */
const RvlPlugin *rvl_module_open(const char *file, const char *name, GError **error);
/* rvl_module_check_owner: whether nobody but root and this user may change @path. */
bool rvl_module_check_owner(const char *path, GError **error);
