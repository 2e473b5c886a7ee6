/* SPDX-License-Identifier: MIT */
/* Reading descriptors and interfaces as another compiler run knew them: what host and checker share. */
#pragma once

#include <ravelin/key-exchange.h>
#include <ravelin/plugin.h>

G_BEGIN_DECLS

/** RVL_DESCRIPTOR_ROWS: the most rows that an array of a descriptor may have; more is damage. */
#define RVL_DESCRIPTOR_ROWS 4096

/**
 * rvl_plugin_read:
 * @found: what a module holds under `<name>_LTX_rvl_plugin`
 * @plugin: (out): a copy whose absent fields are zero
 *
 * Reads @found as far as its head says that it goes, and refuses what this contract can't serve.
 * The contract's version is judged before any other field is read; no function is called.
 *
 * Thread: any. Errors: RVL_CAUSE_PLUGIN_INCOMPATIBLE.
 */
bool rvl_plugin_read(const RvlPlugin *found,
                     RvlPlugin *plugin,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Element @i of a descriptor's array, as this contract knows it; absent fields are zero. */
void rvl_plugin_provision(const RvlPlugin *plugin, size_t i, RvlProvision *provision);
void rvl_plugin_need(const RvlPlugin *plugin, size_t i, RvlNeed *need);
void rvl_plugin_option(const RvlPlugin *plugin, size_t i, RvlKey *option);

/**
 * rvl_interface_read:
 * @capability: RvlCapability
 * @name: the provision's name; an interface that holds a name of its own must agree
 * @found: the interface as its plugin was compiled
 *
 * Returns: (transfer full) (nullable): a copy, by g_free(), of the length that this contract knows,
 * absent fields zero; NULL where an obligatory field or function is missing.
 *
 * Thread: any. Errors: RVL_CAUSE_PLUGIN_INCOMPATIBLE, naming the field.
 */
void *rvl_interface_read(uint32_t capability, const char *name, const void *found, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_suite_row_read:
 * @row: (out): row @i of @suite; absent fields are zero
 *
 * Errors: RVL_CAUSE_PLUGIN_INCOMPATIBLE where a row lacks its word, its numbers or what computes it.
 */
bool rvl_suite_row_read(const RvlCryptoSuite *suite, size_t i, RvlSuiteRow *row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/** rvl_group_row_read: the same of a group. */
bool rvl_group_row_read(const RvlKeyExchange *groups, size_t i, RvlGroupRow *row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
