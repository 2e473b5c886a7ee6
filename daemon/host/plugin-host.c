/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of plugins: loaded in the order of needs, contained where they fail, unloaded in reverse. */
#include "config.h"

#include "host/plugin-host.h"

#include <string.h>

#include <ravelin/descriptor.h>
#include <ravelin/error.h>

#include "host/hosted-plugin.h"

static void
hosted_plugin_free(void *data)
{
    HostedPlugin *plugin = data;

    g_clear_error(&plugin->error);
    g_free(plugin->name);
    g_free(plugin->file);
    g_free(plugin);
}

RvlPluginHost *
rvl_plugin_host_new(RvlRegistry *registry, const RvlHostServices *services)
{
    RvlPluginHost *host = g_new0(RvlPluginHost, 1);

    host->registry = registry;
    host->services = services;
    host->plugins = g_ptr_array_new_with_free_func(hosted_plugin_free);
    host->loaded = g_ptr_array_new();
    (void)lt_dlinit(); /* counted; where it fails, opening a module says why */
    return host;
}

static void
unload(RvlPluginHost *host, HostedPlugin *plugin)
{
    if (plugin->descriptor.unload != NULL)
        plugin->descriptor.unload(plugin->self);
    rvl_registry_remove(host->registry, plugin->name);
    hosted_services_end(g_steal_pointer(&plugin->services));
}

void
rvl_plugin_host_free(RvlPluginHost *host)
{
    if (host == NULL)
        return;
    for (guint i = host->loaded->len; i > 0; i--)
        unload(host, host->loaded->pdata[i - 1]);
    g_ptr_array_unref(host->loaded);
    g_ptr_array_unref(host->plugins);
    g_free(host);
}

void
hosted_plugin_fail(RvlPluginHost *host, HostedPlugin *plugin, GError *error)
{
    const RvlEventScope scope = {.size = sizeof(scope), .plugin = plugin->name};

    plugin->state = RVL_PLUGIN_FAILED;
    plugin->error = error;
    rvl_event_emit_error(host->services->events, &scope, RVL_EVENT_PLUGIN_FAILED,
                         RVL_CAUSE_PLUGIN_FAILED, error);
}

/* The plugin of that name; of several the one that didn't fail, else the first. */
static HostedPlugin *
find_plugin(const RvlPluginHost *host, const char *name)
{
    HostedPlugin *failed = NULL;

    for (guint i = 0; i < host->plugins->len; i++) {
        HostedPlugin *plugin = host->plugins->pdata[i];

        if (strcmp(plugin->name, name) != 0)
            continue;
        if (plugin->state != RVL_PLUGIN_FAILED)
            return plugin;
        failed = failed != NULL ? failed : plugin;
    }
    return failed;
}

void
rvl_plugin_host_refuse(RvlPluginHost *host, const char *name, GError *error)
{
    HostedPlugin *plugin = find_plugin(host, name);

    if (plugin != NULL && plugin->state == RVL_PLUGIN_FOUND)
        hosted_plugin_fail(host, plugin, error);
    else
        g_error_free(error);
}

/* Gives load() its settings and services. What it leaves undone on failure is taken back. */
static bool
call_load(RvlPluginHost *host, HostedPlugin *plugin, const RvlSettings *settings, GError **error)
{
    g_autofree char *group = g_strdup_printf("plugin %s", plugin->name);
    g_autoptr(RvlSettings) none = settings == NULL ? rvl_settings_new(group, NULL, 0) : NULL;
    g_autoptr(GError) reason = NULL;

    plugin->services = hosted_services_new(host, plugin);
    if (plugin->descriptor.load == NULL ||
        plugin->descriptor.load(hosted_services_table(plugin->services),
                                settings != NULL ? settings : none, &plugin->self, &reason))
        return true;

    plugin->self = NULL;
    hosted_services_end(g_steal_pointer(&plugin->services));
    if (reason != NULL)
        g_propagate_error(error, g_steal_pointer(&reason));
    else
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "it did not load and gave no reason");
    return false;
}

static void
load_plugin(RvlPluginHost *host, HostedPlugin *plugin, const RvlSettings *settings)
{
    const RvlEventScope scope = {.size = sizeof(scope), .plugin = plugin->name};
    g_autoptr(GError) error = NULL;

    if (!rvl_registry_add(host->registry, &plugin->descriptor, &error)) {
        hosted_plugin_fail(host, plugin, g_steal_pointer(&error));
        return;
    }
    if (!call_load(host, plugin, settings, &error)) {
        rvl_registry_remove(host->registry, plugin->name);
        hosted_plugin_fail(host, plugin, g_steal_pointer(&error));
        return;
    }
    rvl_registry_set_instance(host->registry, plugin->name, plugin->self);
    plugin->state = RVL_PLUGIN_LOADED;
    g_ptr_array_add(host->loaded, plugin);
    rvl_event_emit(host->services->events, &scope, RVL_EVENT_PLUGIN_LOADED,
                   RVL_TEXT("version", plugin->descriptor.version),
                   RVL_TEXT("file", plugin->file != NULL ? plugin->file : "the program"));
}

/* Leaves out what isn't wanted, and notes what is wanted and isn't there. */
static void
choose(RvlPluginHost *host, const char *const *wanted)
{
    for (guint i = 0; i < host->plugins->len; i++) {
        HostedPlugin *plugin = host->plugins->pdata[i];

        if (plugin->state == RVL_PLUGIN_FOUND && !g_strv_contains(wanted, plugin->name))
            plugin->state = RVL_PLUGIN_OFF;
    }
    for (size_t i = 0; wanted[i] != NULL; i++) {
        HostedPlugin *missing;
        GError *error = NULL;

        if (find_plugin(host, wanted[i]) != NULL)
            continue;
        missing = g_new0(HostedPlugin, 1);
        missing->name = g_strdup(wanted[i]);
        g_ptr_array_add(host->plugins, missing);
        rvl_error_set(&error, RVL_CAUSE_PLUGIN_MISSING, "no module of this name was found");
        hosted_plugin_fail(host, missing, error);
    }
}

static bool
all_loaded(const RvlPluginHost *host, const char *const *wanted, GError **error)
{
    for (size_t i = 0; wanted != NULL && wanted[i] != NULL; i++) {
        const HostedPlugin *plugin = find_plugin(host, wanted[i]);

        if (plugin->state == RVL_PLUGIN_LOADED)
            continue;
        if (error != NULL) {
            *error = g_error_copy(plugin->error);
            rvl_error_prefix_where(error, "plugin %s", plugin->name);
        }
        return false;
    }
    return true;
}

bool
rvl_plugin_host_load(RvlPluginHost *host,
                     const char *const *wanted,
                     RvlPluginSettings settings,
                     void *user_data,
                     GError **error)
{
    HostedPlugin *plugin;

    if (wanted != NULL)
        choose(host, wanted);
    while ((plugin = hosted_plugins_next(host)) != NULL)
        load_plugin(host, plugin, settings != NULL ? settings(plugin->name, user_data) : NULL);
    return all_loaded(host, wanted, error);
}

bool
rvl_plugin_host_option(const RvlPluginHost *host, size_t i, RvlKey *key, const char **plugin)
{
    for (guint p = 0; p < host->plugins->len; p++) {
        const HostedPlugin *at = host->plugins->pdata[p];

        if (at->state == RVL_PLUGIN_FAILED)
            continue;
        if (i < at->descriptor.n_options) {
            rvl_plugin_option(&at->descriptor, i, key);
            *plugin = at->name;
            return true;
        }
        i -= at->descriptor.n_options;
    }
    return false;
}

bool
rvl_plugin_host_report(const RvlPluginHost *host, size_t i, RvlPluginReport *report)
{
    const HostedPlugin *plugin;

    if (i >= host->plugins->len)
        return false;
    plugin = host->plugins->pdata[i];
    *report = (RvlPluginReport){
        .name = plugin->name,
        .file = plugin->file,
        .state = plugin->state,
        .descriptor = plugin->has_descriptor ? &plugin->descriptor : NULL,
        .error = plugin->error,
    };
    return true;
}
