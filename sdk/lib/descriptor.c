/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a plugin's descriptor, of whatever length its maker knew. */
#include "config.h"

#include <ravelin/descriptor.h>

#include <string.h>

#include <ravelin/error.h>
#include <ravelin/sized.h>

/* What the descriptor had when contract 1.0 was born; each array may end in fields added since. */
#define PLUGIN_SHORTEST RVL_END_OF(RvlPlugin, provides_stride)
#define PROVISION_SHORTEST RVL_END_OF(RvlProvision, interface)
#define NEED_SHORTEST RVL_END_OF(RvlNeed, is_optional)
#define OPTION_SHORTEST RVL_END_OF(RvlKey, help)

static bool
contract_is_served(const RvlPluginHead *head, GError **error)
{
    g_autofree char *found = g_strdup_printf("%u.%u", head->contract_major, head->contract_minor);
    g_autofree char *wanted = NULL;

    if (head->contract_major == RVL_CONTRACT_MAJOR && head->contract_minor <= RVL_CONTRACT_MINOR)
        return true;
    wanted = g_strdup_printf("%u.0 to %u.%u", RVL_CONTRACT_MAJOR, RVL_CONTRACT_MAJOR,
                             RVL_CONTRACT_MINOR);
    rvl_error_set_found(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE, found, wanted,
                        "it was built against another contract");
    return false;
}

static bool
size_is_possible(const RvlPluginHead *head, GError **error)
{
    g_autofree char *found = g_strdup_printf("%u", head->size);
    g_autofree char *wanted = NULL;

    if (head->size >= PLUGIN_SHORTEST && head->size <= sizeof(RvlPlugin))
        return true;
    wanted = g_strdup_printf("%zu to %zu", PLUGIN_SHORTEST, sizeof(RvlPlugin));
    rvl_error_set_found(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE, found, wanted,
                        "its descriptor has an impossible size");
    return false;
}

static bool
is_identifier(const char *name)
{
    if (name == NULL || !(g_ascii_isalpha(*name) || *name == '_'))
        return false;
    for (; *name != '\0'; name++) {
        if (!g_ascii_isalnum(*name) && *name != '_')
            return false;
    }
    return true;
}

static bool
array_is_possible(const char *what,
                  const void *base,
                  size_t n,
                  size_t stride,
                  size_t shortest,
                  size_t longest,
                  GError **error)
{
    if (n == 0)
        return true;
    if (base != NULL && n <= RVL_DESCRIPTOR_ROWS && stride >= shortest && stride <= longest)
        return true;
    rvl_error_set(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE,
                  "its array '%s' is damaged: %zu elements of %zu octets", what, n, stride);
    return false;
}

static bool
arrays_are_possible(const RvlPlugin *plugin, GError **error)
{
    return array_is_possible("provides", plugin->provides, plugin->n_provides,
                             plugin->provides_stride, PROVISION_SHORTEST, sizeof(RvlProvision),
                             error) &&
           array_is_possible("needs", plugin->needs, plugin->n_needs, plugin->needs_stride,
                             NEED_SHORTEST, sizeof(RvlNeed), error) &&
           array_is_possible("options", plugin->options, plugin->n_options, plugin->options_stride,
                             OPTION_SHORTEST, sizeof(RvlKey), error);
}

static bool
provisions_are_whole(const RvlPlugin *plugin, GError **error)
{
    for (size_t i = 0; i < plugin->n_provides; i++) {
        RvlProvision provision;

        rvl_plugin_provision(plugin, i, &provision);
        if (provision.name != NULL && *provision.name != '\0' && provision.interface != NULL)
            continue;
        rvl_error_set(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE,
                      "it provides a capability '%s' without name or interface",
                      rvl_capability_word(provision.capability));
        return false;
    }
    return true;
}

static bool
options_are_whole(const RvlPlugin *plugin, GError **error)
{
    for (size_t i = 0; i < plugin->n_options; i++) {
        RvlKey key;

        rvl_plugin_option(plugin, i, &key);
        if (key.name != NULL && *key.name != '\0' && key.type >= RVL_KEY_TEXT &&
            key.type <= RVL_KEY_LIFETIME && key.help != NULL)
            continue;
        rvl_error_set(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE,
                      "its option '%s' lacks a name, a type that is known, or help",
                      key.name != NULL ? key.name : "");
        return false;
    }
    return true;
}

bool
rvl_plugin_read(const RvlPlugin *found, RvlPlugin *plugin, GError **error)
{
    memset(plugin, 0, sizeof(*plugin));
    if (!contract_is_served(&found->head, error) || !size_is_possible(&found->head, error))
        return false;
    memcpy(plugin, found, found->head.size);
    if (!is_identifier(plugin->name)) {
        rvl_error_set_found(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE,
                            plugin->name != NULL ? plugin->name : "none", "a C identifier",
                            "its name is no name");
        return false;
    }
    return arrays_are_possible(plugin, error) && provisions_are_whole(plugin, error) &&
           options_are_whole(plugin, error);
}

void
rvl_plugin_provision(const RvlPlugin *plugin, size_t i, RvlProvision *provision)
{
    rvl_sized_copy(provision, sizeof(*provision),
                   RVL_STRIDE(plugin->provides, plugin->provides_stride, i),
                   plugin->provides_stride);
}

void
rvl_plugin_need(const RvlPlugin *plugin, size_t i, RvlNeed *need)
{
    rvl_sized_copy(need, sizeof(*need), RVL_STRIDE(plugin->needs, plugin->needs_stride, i),
                   plugin->needs_stride);
}

void
rvl_plugin_option(const RvlPlugin *plugin, size_t i, RvlKey *option)
{
    rvl_sized_copy(option, sizeof(*option), RVL_STRIDE(plugin->options, plugin->options_stride, i),
                   plugin->options_stride);
}
