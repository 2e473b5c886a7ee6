/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In which order plugins load: after what they need; and why some can't. */
#include "config.h"

#include <string.h>

#include <ravelin/descriptor.h>
#include <ravelin/error.h>

#include "host/hosted-plugin.h"

static bool
provides(const HostedPlugin *plugin, const RvlNeed *need)
{
    for (size_t i = 0; i < plugin->descriptor.n_provides; i++) {
        RvlProvision provision;

        rvl_plugin_provision(&plugin->descriptor, i, &provision);
        if (provision.capability == need->capability &&
            (need->name == NULL || strcmp(need->name, provision.name) == 0))
            return true;
    }
    return false;
}

/* The first other plugin in @state that provides what @plugin needs. */
static HostedPlugin *
provider_of(const RvlPluginHost *host,
            const HostedPlugin *plugin,
            const RvlNeed *need,
            RvlPluginState state)
{
    for (guint i = 0; i < host->plugins->len; i++) {
        HostedPlugin *other = host->plugins->pdata[i];

        if (other != plugin && other->state == state && provides(other, need))
            return other;
    }
    return NULL;
}

static bool
is_met(const RvlPluginHost *host, const HostedPlugin *plugin, const RvlNeed *need)
{
    return provider_of(host, plugin, need, RVL_PLUGIN_LOADED) != NULL;
}

static bool
needs_are_met(const RvlPluginHost *host, const HostedPlugin *plugin)
{
    for (size_t i = 0; i < plugin->descriptor.n_needs; i++) {
        RvlNeed need;

        rvl_plugin_need(&plugin->descriptor, i, &need);
        if (!need.is_optional && !is_met(host, plugin, &need))
            return false;
    }
    return true;
}

/* Whether something that @plugin would like to find may still come. */
static bool
should_wait(const RvlPluginHost *host, const HostedPlugin *plugin)
{
    for (size_t i = 0; i < plugin->descriptor.n_needs; i++) {
        RvlNeed need;

        rvl_plugin_need(&plugin->descriptor, i, &need);
        if (provider_of(host, plugin, &need, RVL_PLUGIN_FOUND) != NULL)
            return true;
    }
    return false;
}

static HostedPlugin *
first_ready(const RvlPluginHost *host, bool waits)
{
    for (guint i = 0; i < host->plugins->len; i++) {
        HostedPlugin *plugin = host->plugins->pdata[i];

        if (plugin->state == RVL_PLUGIN_FOUND && needs_are_met(host, plugin) &&
            !(waits && should_wait(host, plugin)))
            return plugin;
    }
    return NULL;
}

static char *
name_of_need(const RvlNeed *need)
{
    if (need->name == NULL)
        return g_strdup_printf("a %s", rvl_capability_word(need->capability));
    return g_strdup_printf("the %s '%s'", rvl_capability_word(need->capability), need->name);
}

/* The first need of @plugin that no loaded plugin meets; there is one where nothing is ready. */
static bool
first_unmet(const RvlPluginHost *host, const HostedPlugin *plugin, RvlNeed *need)
{
    for (size_t i = 0; i < plugin->descriptor.n_needs; i++) {
        rvl_plugin_need(&plugin->descriptor, i, need);
        if (!need->is_optional && !is_met(host, plugin, need))
            return true;
    }
    return false;
}

static GError *
unmet_reason(const RvlPluginHost *host, const HostedPlugin *plugin, const RvlNeed *need)
{
    const HostedPlugin *failed = provider_of(host, plugin, need, RVL_PLUGIN_FAILED);
    const HostedPlugin *off = provider_of(host, plugin, need, RVL_PLUGIN_OFF);
    g_autofree char *wanted = name_of_need(need);
    GError *error = NULL;

    if (failed != NULL)
        rvl_error_set(&error, RVL_CAUSE_PLUGIN_FAILED,
                      "it needs %s, and plugin %s, which has it, failed", wanted, failed->name);
    else if (off != NULL)
        rvl_error_set(&error, RVL_CAUSE_PLUGIN_MISSING,
                      "it needs %s, and plugin %s, which has it, is left out by 'plugins'", wanted,
                      off->name);
    else
        rvl_error_set(&error, RVL_CAUSE_PLUGIN_MISSING, "it needs %s, which no plugin provides",
                      wanted);
    return error;
}

/* Fails a plugin whose need nobody is left to meet; false: there is none. */
static bool
fail_one_unmet(RvlPluginHost *host)
{
    for (guint i = 0; i < host->plugins->len; i++) {
        HostedPlugin *plugin = host->plugins->pdata[i];
        RvlNeed need;

        if (plugin->state != RVL_PLUGIN_FOUND || !first_unmet(host, plugin, &need) ||
            provider_of(host, plugin, &need, RVL_PLUGIN_FOUND) != NULL)
            continue;
        hosted_plugin_fail(host, plugin, unmet_reason(host, plugin, &need));
        return true;
    }
    return false;
}

/* Follows needs from the first plugin that waits until one comes twice: from there it's a circle. */
static void
fail_circle(RvlPluginHost *host)
{
    g_autoptr(GPtrArray) way = g_ptr_array_new();
    g_autoptr(GString) circle = g_string_new(NULL);
    HostedPlugin *at = NULL;
    guint from = 0;
    RvlNeed need;

    for (guint i = 0; i < host->plugins->len && at == NULL; i++) {
        HostedPlugin *plugin = host->plugins->pdata[i];

        at = plugin->state == RVL_PLUGIN_FOUND ? plugin : NULL;
    }
    while (at != NULL && !g_ptr_array_find(way, at, &from)) {
        g_ptr_array_add(way, at);
        at = first_unmet(host, at, &need) ? provider_of(host, at, &need, RVL_PLUGIN_FOUND) : NULL;
    }
    if (at == NULL)
        return;
    for (guint i = from; i < way->len; i++)
        g_string_append_printf(circle, "%s needs ", ((HostedPlugin *)way->pdata[i])->name);
    g_string_append(circle, at->name);
    for (guint i = from; i < way->len; i++) {
        GError *error = NULL;

        rvl_error_set(&error, RVL_CAUSE_PLUGIN_FAILED, "it needs itself in a circle: %s",
                      circle->str);
        hosted_plugin_fail(host, way->pdata[i], error);
    }
}

static bool
some_wait(const RvlPluginHost *host)
{
    for (guint i = 0; i < host->plugins->len; i++) {
        if (((const HostedPlugin *)host->plugins->pdata[i])->state == RVL_PLUGIN_FOUND)
            return true;
    }
    return false;
}

HostedPlugin *
hosted_plugins_next(RvlPluginHost *host)
{
    while (some_wait(host)) {
        HostedPlugin *next = first_ready(host, true);

        if (next == NULL) /* what it would like to find waits for it in turn */
            next = first_ready(host, false);
        if (next != NULL)
            return next;
        if (!fail_one_unmet(host))
            fail_circle(host);
    }
    return NULL;
}
