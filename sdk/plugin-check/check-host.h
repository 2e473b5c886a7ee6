/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host for the plugin that is checked: services by a main loop, primitives by the backends beside it. */
#pragma once

#include <ravelin/plugin.h>

typedef struct CheckHost CheckHost;

CheckHost *check_host_new(void);

/**
 * check_host_load:
 * @file: a module
 * @descriptor: (out) (transfer none): as it lies in the module
 *
 * Opens @file and, where @loads, loads its plugin with no settings; what it provides serves those that
 * come after it.
 */
bool check_host_load(CheckHost *host,
                     const char *file,
                     bool loads,
                     const RvlPlugin **descriptor,
                     GError **error);

/** check_host_unload: ends the plugin that was loaded last. */
void check_host_unload(CheckHost *host);

const RvlHost *check_host_table(const CheckHost *host);

/** check_host_provision: the @i-th of the plugin that was loaded last; false past its last. */
bool check_host_provision(const CheckHost *host,
                          size_t i,
                          RvlProvision *provision,
                          const void **interface,
                          void **self);
