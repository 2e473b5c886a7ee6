/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The descriptor: what a host reads before it calls anything. */
#include "config.h"

#include <string.h>

#include <ravelin/descriptor.h>
#include <ravelin/error.h>

#include "conformance-parts.h"

static void
check_interfaces(const RvlConformance *to, const RvlPlugin *plugin)
{
    for (size_t i = 0; i < plugin->n_provides; i++) {
        g_autoptr(GError) error = NULL;
        RvlProvision provision;
        g_autofree void *interface = NULL;

        rvl_plugin_provision(plugin, i, &provision);
        interface =
            rvl_interface_read(provision.capability, provision.name, provision.interface, &error);
        conformance_check_error(to, interface != NULL, g_steal_pointer(&error),
                                "%s: %s '%s' is whole", plugin->name,
                                rvl_capability_word(provision.capability), provision.name);
    }
}

static bool
is_key_word(const char *name)
{
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

static void
check_options(const RvlConformance *to, const RvlPlugin *plugin)
{
    for (size_t i = 0; i < plugin->n_options; i++) {
        RvlKey key;
        size_t end;

        rvl_plugin_option(plugin, i, &key);
        end = strlen(key.help);
        conformance_check(to, is_key_word(key.name), "%s: key '%s' is lower case with hyphens",
                          plugin->name, key.name);
        conformance_check(to, end > 0 && key.help[end - 1] != '.',
                          "%s: key '%s' has help without full stop", plugin->name, key.name);
        conformance_check(to, key.minimum <= key.maximum,
                          "%s: key '%s' has a range that holds something", plugin->name, key.name);
        conformance_check(to, key.type != RVL_KEY_WORD || key.words != NULL,
                          "%s: key '%s' lists its words", plugin->name, key.name);
    }
}

void
rvl_conformance_descriptor(const RvlConformance *to, const RvlPlugin *found)
{
    g_autoptr(GError) error = NULL;
    RvlPlugin plugin;
    bool is_read = rvl_plugin_read(found, &plugin, &error);

    conformance_check_error(to, is_read, g_steal_pointer(&error), "the descriptor can be read");
    if (!is_read)
        return;
    conformance_check(to, plugin.version != NULL, "%s: says its version", plugin.name);
    conformance_check(to, plugin.licence != NULL, "%s: says its licence", plugin.name);
    conformance_check(to, plugin.summary != NULL && strchr(plugin.summary, '\n') == NULL,
                      "%s: has a summary of one line", plugin.name);
    conformance_check(to, plugin.n_provides > 0, "%s: provides something", plugin.name);
    check_interfaces(to, &plugin);
    check_options(to, &plugin);
}
