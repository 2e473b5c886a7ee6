/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where plugins are looked for. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <ravelin/descriptor.h>
#include <ravelin/error.h>

#include "host/hosted-plugin.h"
#include "host/plugin-host.h"

static HostedPlugin *
add(RvlPluginHost *host, const char *name, const char *file)
{
    HostedPlugin *plugin = g_new0(HostedPlugin, 1);

    plugin->name = g_strdup(name);
    plugin->file = g_strdup(file);
    plugin->state = RVL_PLUGIN_FOUND;
    g_ptr_array_add(host->plugins, plugin);
    return plugin;
}

static const HostedPlugin *
other_of_name(const RvlPluginHost *host, const HostedPlugin *plugin)
{
    for (guint i = 0; i < host->plugins->len; i++) {
        const HostedPlugin *other = host->plugins->pdata[i];

        if (other != plugin && other->has_descriptor && strcmp(other->name, plugin->name) == 0)
            return other;
    }
    return NULL;
}

static bool
is_other_of_key(const HostedPlugin *other, const HostedPlugin *plugin, const RvlKey *key)
{
    if (other == plugin || other->state != RVL_PLUGIN_FOUND)
        return false;
    for (size_t i = 0; i < other->descriptor.n_options; i++) {
        RvlKey claimed;

        rvl_plugin_option(&other->descriptor, i, &claimed);
        if (g_strcmp0(claimed.group, key->group) == 0 && strcmp(claimed.name, key->name) == 0)
            return true;
    }
    return false;
}

/* Keys of the plugin's own group can't meet another's; those that extend a group can. */
static bool
keys_are_free(const RvlPluginHost *host, const HostedPlugin *plugin, GError **error)
{
    for (size_t k = 0; k < plugin->descriptor.n_options; k++) {
        RvlKey key;

        rvl_plugin_option(&plugin->descriptor, k, &key);
        for (guint i = 0; key.group != NULL && i < host->plugins->len; i++) {
            const HostedPlugin *other = host->plugins->pdata[i];

            if (!is_other_of_key(other, plugin, &key))
                continue;
            rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED,
                          "it claims the key '%s' of [%s], which plugin %s has already", key.name,
                          key.group, other->name);
            return false;
        }
    }
    return true;
}

/* RVL_PLUGIN(id) made the symbol, .name says it again: reports and settings go by one name. */
static bool
name_is_declared(const RvlPlugin *descriptor, const char *declared, GError **error)
{
    if (declared == NULL || strcmp(descriptor->name, declared) == 0)
        return true;
    rvl_error_set_found(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE, descriptor->name, declared,
                        "its name isn't the one that it was declared by");
    return false;
}

static bool
take_descriptor(RvlPluginHost *host,
                HostedPlugin *plugin,
                const RvlPlugin *descriptor,
                const char *declared,
                GError **error)
{
    const HostedPlugin *other;

    if (!rvl_plugin_read(descriptor, &plugin->descriptor, error) ||
        !name_is_declared(&plugin->descriptor, declared, error))
        return false;
    g_free(plugin->name);
    plugin->name = g_strdup(plugin->descriptor.name);
    other = other_of_name(host, plugin);
    if (other != NULL) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "a plugin of this name was found before: %s",
                      other->file != NULL ? other->file : "in the program itself");
        return false;
    }
    if (!keys_are_free(host, plugin, error))
        return false;
    plugin->has_descriptor = true;
    return true;
}

static void
add_held(RvlPluginHost *host, const RvlPlugin *descriptor, const char *declared)
{
    HostedPlugin *plugin = add(host, declared != NULL ? declared : "unnamed", NULL);
    g_autoptr(GError) error = NULL;

    if (!take_descriptor(host, plugin, descriptor, declared, &error))
        hosted_plugin_fail(host, plugin, g_steal_pointer(&error));
}

void
rvl_plugin_host_add(RvlPluginHost *host, const RvlPlugin *descriptor)
{
    add_held(host, descriptor, NULL);
}

void
rvl_plugin_host_find_preloaded(RvlPluginHost *host, const lt_dlsymlist *symbols)
{
    for (; symbols != NULL && symbols->name != NULL; symbols++) {
        g_autofree char *name = NULL;

        if (symbols->address == NULL || !g_str_has_suffix(symbols->name, RVL_PLUGIN_SYMBOL_END))
            continue;
        name = g_strndup(symbols->name, strlen(symbols->name) - strlen(RVL_PLUGIN_SYMBOL_END));
        add_held(host, symbols->address, name);
    }
}

static bool
is_known_file(const RvlPluginHost *host, const char *file)
{
    for (guint i = 0; i < host->plugins->len; i++) {
        if (g_strcmp0(((const HostedPlugin *)host->plugins->pdata[i])->file, file) == 0)
            return true;
    }
    return false;
}

/* A link is followed, and both the file and the folder that it really lies in are judged. */
static bool
open_file(RvlPluginHost *host, HostedPlugin *plugin, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(plugin->file);
    g_autofree char *declared = rvl_module_name(plugin->file);
    const RvlPlugin *descriptor;

    if (!rvl_module_check_owner(folder, error)) {
        rvl_error_prefix_where(error, "%s", folder);
        return false;
    }
    if (!rvl_module_check_owner(plugin->file, error))
        return false;
    descriptor = rvl_module_open(plugin->file, declared, error);
    return descriptor != NULL && take_descriptor(host, plugin, descriptor, declared, error);
}

static void
find_file(RvlPluginHost *host, const char *directory, const char *base)
{
    g_autofree char *path = g_build_filename(directory, base, NULL);
    g_autofree char *real = realpath(path, NULL);
    const char *file = real != NULL ? real : path;
    g_autofree char *name = rvl_module_name(base);
    g_autoptr(GError) error = NULL;
    HostedPlugin *plugin;

    if (is_known_file(host, file))
        return;
    plugin = add(host, name, file);
    if (open_file(host, plugin, &error))
        return;
    rvl_error_prefix_where(&error, "%s", file);
    hosted_plugin_fail(host, plugin, g_steal_pointer(&error));
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
modules_in(const char *directory, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) reason = NULL;
    g_autoptr(GDir) dir = g_dir_open(directory, 0, &reason);
    const char *name;

    if (dir == NULL) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_MISSING, "%s", reason->message);
        return NULL;
    }
    while ((name = g_dir_read_name(dir)) != NULL) {
        if (g_str_has_suffix(name, ".so"))
            g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, compare_names);
    return g_steal_pointer(&names);
}

void
rvl_plugin_host_find(RvlPluginHost *host, const char *directory, bool may_be_missing)
{
    g_autoptr(GPtrArray) names = NULL;
    g_autoptr(GError) error = NULL;

    if (may_be_missing && !g_file_test(directory, G_FILE_TEST_EXISTS))
        return;
    if (rvl_module_check_owner(directory, &error))
        names = modules_in(directory, &error);
    if (names == NULL) {
        rvl_error_prefix_where(&error, "%s", directory);
        hosted_plugin_fail(host, add(host, directory, directory), g_steal_pointer(&error));
        return;
    }
    for (guint i = 0; i < names->len; i++)
        find_file(host, directory, names->pdata[i]);
}

void
rvl_plugin_host_find_all(RvlPluginHost *host, const char *installed, const char *const *configured)
{
    const char *named = secure_getenv("RAVELIN_PLUGIN_PATH");
    g_auto(GStrv) further = g_strsplit(named != NULL ? named : "", ":", -1);

    rvl_plugin_host_find(host, installed, true);
    for (size_t i = 0; configured != NULL && configured[i] != NULL; i++)
        rvl_plugin_host_find(host, configured[i], false);
    for (size_t i = 0; further[i] != NULL; i++) {
        if (*further[i] != '\0')
            rvl_plugin_host_find(host, further[i], false);
    }
}
