/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots out of text, over a registry of toy rows: for tests that need a policy and no files. */
#pragma once

#include "config/configuration.h"
#include "policy/compile.h"
#include "registry/registry.h"

/**
 * RvlFakePolicy:
 * @registry: suites, groups and authenticators of the usual words; `weak` ones are 3des, sha1,
 *   modp1024. Authenticators `psk` (claims [secret] psk, ready once it is there) and `pubkey`
 *   (ready once there is a certificate; its default identity is the certificate's text)
 * @schema, @store: what checking needs
 * @report: (nullable): problems of the last compilation, in compilers' form
 */
typedef struct {
    RvlRegistry *registry;
    RvlSchema *schema;
    RvlSecretStore *store;
    char *report;
} RvlFakePolicy;

/** rvl_fake_policy_new: @registry: (nullable) (transfer full): another than the toy one. */
RvlFakePolicy *rvl_fake_policy_new(RvlRegistry *registry);
void rvl_fake_policy_free(RvlFakePolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlFakePolicy, rvl_fake_policy_free)

/**
 * rvl_fake_policy_compile:
 * @conf: a file `test.conf`; a profile `default` stands beneath it
 * @secrets: (nullable): a file `secret.conf` of secrets.d
 * @previous: (nullable)
 *
 * Returns: (transfer full) (nullable): NULL with policy->report set.
 */
RvlSnapshot *rvl_fake_policy_compile(RvlFakePolicy *policy,
                                     const char *conf,
                                     const char *secrets,
                                     const RvlSnapshot *previous);
