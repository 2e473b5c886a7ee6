/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's command line. */
#pragma once

#include <stdbool.h>
#include <glib.h>

/**
 * RvlOptions:
 * @instance: (nullable): name of one of several daemons on this machine: all folders get it
 * @owner: `ravelin`, or `ravelin-NAME`: the beginning of every tag that the daemon leaves in the system
 * @config, @pki, @runtime, @state, @vendor: folders
 * @plugins: where the build installs plugins, or what --plugin-dir named in its place
 * @log_format: `auto`, `text`, `journal` or `json`
 * @log_level: (nullable): in place of the configuration's
 * @check: only read the configuration and say what is wrong with it
 */
typedef struct {
    char *instance;
    char *owner;
    char *config;
    char *pki;
    char *runtime;
    char *state;
    char *vendor;
    char *plugins;
    char *log_format;
    char *log_level;
    bool check;
} RvlOptions;

/**
 * rvl_options_parse:
 * @argv: as main() got it
 *
 * Prints help or version itself; the program ends then.
 *
 * Returns: false with @error where the command line is wrong.
 */
bool rvl_options_parse(RvlOptions *options, int argc, char **argv, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void rvl_options_clear(RvlOptions *options);
