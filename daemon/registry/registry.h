/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The registry: which capabilities are there. Pure look-up over what plugins registered. */
#pragma once

#include <ravelin/plugin.h>

typedef struct RvlRegistry RvlRegistry;

/**
 * RvlCapabilityEntry:
 * @capability: RvlCapability
 * @name: the word in configuration
 * @plugin: who provides it
 * @interface: of the length that this contract knows; absent fields are zero
 * @self: (nullable): the plugin's instance
 *
 * One capability that is there. Borrowed; stands until the plugin is removed.
 */
typedef struct {
    uint32_t capability;
    const char *name;
    const char *plugin;
    const void *interface;
    void *self;
} RvlCapabilityEntry;

RvlRegistry *rvl_registry_new(void);
void rvl_registry_free(RvlRegistry *registry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlRegistry, rvl_registry_free)

/**
 * rvl_registry_add:
 * @plugin: as rvl_plugin_read() made it
 *
 * Registers all that @plugin provides, or nothing: a name, word or number that another plugin has
 * already is refused, with both plugins named. Its instance is NULL until
 * rvl_registry_set_instance().
 *
 * Errors: RVL_CAUSE_PLUGIN_INCOMPATIBLE, RVL_CAUSE_PLUGIN_FAILED (duplicates).
 */
bool rvl_registry_add(RvlRegistry *registry,
                      const RvlPlugin *plugin,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void rvl_registry_set_instance(RvlRegistry *registry, const char *plugin, void *self);
void rvl_registry_remove(RvlRegistry *registry, const char *plugin);

/**
 * rvl_registry_prefer:
 * @names: (nullable): NULL-terminated, the most preferred first; those that are not there are ignored
 *
 * Settles the order of @capability's entries: @names, then the others by name. Without it all go
 * by name: the order in which plugins were loaded decides nothing.
 */
void rvl_registry_prefer(RvlRegistry *registry, uint32_t capability, const char *const *names);

/** rvl_registry_find: (transfer none) (nullable): @name NULL: the preferred one. */
const RvlCapabilityEntry *rvl_registry_find(const RvlRegistry *registry,
                                            uint32_t capability,
                                            const char *name);
/** rvl_registry_get: (transfer none) (nullable): the @i-th of @capability; NULL past the last. */
const RvlCapabilityEntry *rvl_registry_get(const RvlRegistry *registry,
                                           uint32_t capability,
                                           size_t i);
