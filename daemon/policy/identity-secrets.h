/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets by the identity that they are shared with: `[secret N]` with `id`. */
#pragma once

#include "config/configuration.h"

#include <ravelin/identity.h>

/** RvlIdentitySecrets: immutable once compiled, reference counted. */
typedef struct RvlIdentitySecrets RvlIdentitySecrets;

/**
 * rvl_identity_secrets_new: of all groups of @configuration. Two for one identity are a problem.
 *
 * Returns: (nullable): NULL where there are none.
 */
RvlIdentitySecrets *rvl_identity_secrets_new(const RvlConfiguration *configuration,
                                             const RvlSchema *schema,
                                             RvlProblems *problems);
RvlIdentitySecrets *rvl_identity_secrets_ref(const RvlIdentitySecrets *secrets);
void rvl_identity_secrets_unref(RvlIdentitySecrets *secrets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlIdentitySecrets, rvl_identity_secrets_unref)

/** rvl_identity_secrets_find: (transfer none) (nullable): the keys that @plugin claims. */
const RvlSettings *rvl_identity_secrets_find(const RvlIdentitySecrets *secrets,
                                             const char *plugin,
                                             const RvlIdentity *identity);

bool rvl_identity_secrets_equal(const RvlIdentitySecrets *a, const RvlIdentitySecrets *b);

/** rvl_identity_hash, rvl_identity_equal_keys: for tables keyed by what is configured. */
guint rvl_identity_hash(gconstpointer identity);
gboolean rvl_identity_equal_keys(gconstpointer a, gconstpointer b);
