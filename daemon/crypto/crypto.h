/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which backend serves a primitive: by preference, self-tested at first use, remembered. */
#pragma once

#include <ravelin/crypto-backend.h>
#include <ravelin/event.h>

#include "registry/registry.h"

/**
 * RvlCrypto:
 *
 * The primitives that the daemon computes with. What it was made of is constant; what it has
 * resolved is only ever added to.
 *
 * Thread: any.
 */
typedef struct RvlCrypto RvlCrypto;

/** RvlBackendOverride: @primitive (`kem/x25519`) is served by @backend (`gcrypt`) or by none. */
typedef struct {
    const char *primitive;
    const char *backend;
} RvlBackendOverride;

/**
 * rvl_crypto_new:
 * @registry: its backends as they are now, in its order of preference; also its suites and groups.
 *   Borrowed, and frozen from now on
 * @overrides: (array length=n): copied
 * @events: (nullable): where a primitive that failed its self-test is reported, once
 *
 * Errors: RVL_CAUSE_PLUGIN_MISSING where there is no backend, or an override names one that isn't
 * there.
 */
RvlCrypto *rvl_crypto_new(const RvlRegistry *registry,
                          const RvlBackendOverride *overrides,
                          size_t n,
                          const RvlEvents *events,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_crypto_new_over:
 * @primitives: resolved by whoever made them, and not self-tested here; copied
 *
 * For simulations and tests, which compute with a backend that passes no known answer.
 */
RvlCrypto *rvl_crypto_new_over(const RvlRegistry *registry, const RvlPrimitives *primitives);
void rvl_crypto_free(RvlCrypto *crypto);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlCrypto, rvl_crypto_free)

/**
 * rvl_crypto_primitives:
 *
 * Returns: (transfer none): look-up of primitives. The first asking for a name tries the backends
 * in their order: one that lacks the primitive is passed over, one whose primitive fails its
 * self-test is too, with an event. Every later asking gives the same answer. random() is the most
 * preferred backend's.
 *
 * Errors (of each look-up): RVL_CAUSE_ALGORITHM_UNAVAILABLE, RVL_CAUSE_SELF_TEST_FAILED.
 */
const RvlPrimitives *rvl_crypto_primitives(const RvlCrypto *crypto);

const RvlRegistry *rvl_crypto_registry(const RvlCrypto *crypto);

/**
 * rvl_crypto_backend_of:
 * @primitive: `aead/aes-256-gcm`
 *
 * Returns: (transfer none) (nullable): name of the backend that serves @primitive; NULL with @error
 * where none does. Resolves it.
 */
const char *rvl_crypto_backend_of(const RvlCrypto *crypto, const char *primitive, GError **error);

/** rvl_crypto_next_key_id: an id that no other key of this process has or had. */
uint64_t rvl_crypto_next_key_id(RvlCrypto *crypto);
