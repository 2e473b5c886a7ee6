/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings as one plugin sees them, and whether two are the same. */
#pragma once

#include "config/configuration.h"

/** rvl_settings_append_claimed: those settings of @group that @plugin's schema claims, to @settings. */
void rvl_settings_append_claimed(GArray *settings,
                                 const RvlConfigGroup *group,
                                 const RvlSchema *schema,
                                 const char *plugin);
/** rvl_settings_of_plugin: (transfer full): the same, alone. */
RvlSettings *rvl_settings_of_plugin(const RvlConfigGroup *group,
                                    const RvlSchema *schema,
                                    const char *plugin);

/**
 * rvl_settings_same: whether both hold the same keys with the same values; secrets by their octets;
 * places don't count.
 */
bool rvl_settings_same(const RvlSettings *a, const RvlSettings *b, const RvlSecretServices *store);
