/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's command line. */
#include "config.h"

#include "options.h"

#include <stdlib.h>

#include <ravelin/error.h>

/* Octets of an instance's name at most: it becomes part of file names and owner tags. */
#define INSTANCE_OCTETS 32

static gboolean
print_version(const char *option, const char *value, gpointer data, GError **error)
{
    (void)option;
    (void)value;
    (void)data;
    (void)error;
    g_print("ravelind %s\n", PACKAGE_VERSION);
    exit(EXIT_SUCCESS);
}

static bool
is_instance_name(const char *name)
{
    size_t n = 0;

    while (g_ascii_isalnum(name[n]) || (n > 0 && (name[n] == '-' || name[n] == '_')))
        n++;
    return n > 0 && n <= INSTANCE_OCTETS && name[n] == '\0';
}

static char *
or_default(char *given, const char *folder, const char *instance)
{
    if (given != NULL)
        return g_canonicalize_filename(given, NULL);
    if (instance != NULL)
        return g_strconcat(folder, "-", instance, NULL);
    return g_strdup(folder);
}

static void
fill_in(RvlOptions *options)
{
    char *config = options->config, *runtime = options->runtime, *state = options->state;
    char *vendor = options->vendor, *plugins = options->plugins;

    options->config = or_default(config, RVL_CONFIG_DIR, options->instance);
    options->runtime = or_default(runtime, RVL_RUNTIME_DIR, options->instance);
    options->state = or_default(state, RVL_STATE_DIR, options->instance);
    options->vendor = or_default(vendor, RVL_VENDOR_DIR, NULL);
    options->plugins = or_default(plugins, RVL_PLUGIN_DIR, NULL);
    options->pki = g_build_filename(options->config, "pki", NULL);
    options->owner = or_default(NULL, "ravelin", options->instance);
    g_free(config);
    g_free(runtime);
    g_free(state);
    g_free(vendor);
    g_free(plugins);
}

bool
rvl_options_parse(RvlOptions *options, int argc, char **argv, GError **error)
{
    gboolean check = FALSE;
    const GOptionEntry entries[] = {
        {"check", 'c', 0, G_OPTION_ARG_NONE, &check,
         "Read the configuration, say what is wrong with it, and end", NULL},
        {"instance", 'i', 0, G_OPTION_ARG_STRING, &options->instance,
         "One of several daemons: its name becomes part of all folders", "NAME"},
        {"config-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->config,
         "Configuration, in place of " RVL_CONFIG_DIR, "DIR"},
        {"runtime-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->runtime,
         "Control socket and generated configuration, in place of " RVL_RUNTIME_DIR, "DIR"},
        {"state-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->state,
         "What outlives the daemon, in place of " RVL_STATE_DIR, "DIR"},
        {"vendor-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->vendor,
         "Installed profiles and defaults, in place of " RVL_VENDOR_DIR, "DIR"},
        {"plugin-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->plugins,
         "Plugins, in place of " RVL_PLUGIN_DIR, "DIR"},
        {"log-format", 0, 0, G_OPTION_ARG_STRING, &options->log_format,
         "auto, text, journal or json", "FORMAT"},
        {"log-level", 'l', 0, G_OPTION_ARG_STRING, &options->log_level,
         "error, warning, notice, info or debug, in place of the configuration's", "LEVEL"},
        {"version", 'V', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, print_version,
         "Print the version and end", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- the Ravelin IPsec daemon");

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, error))
        return false;
    if (argc > 1) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "'%s' is no option", argv[1]);
        return false;
    }
    if (options->instance != NULL && !is_instance_name(options->instance)) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID,
                      "--instance: '%s' must be letters, digits, - and _, at most %d",
                      options->instance, INSTANCE_OCTETS);
        return false;
    }
    options->check = check;
    fill_in(options);
    return true;
}

void
rvl_options_clear(RvlOptions *options)
{
    g_free(options->instance);
    g_free(options->owner);
    g_free(options->config);
    g_free(options->pki);
    g_free(options->runtime);
    g_free(options->state);
    g_free(options->vendor);
    g_free(options->plugins);
    g_free(options->log_format);
    g_free(options->log_level);
    *options = (RvlOptions){0};
}
