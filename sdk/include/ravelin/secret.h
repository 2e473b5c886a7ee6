/* SPDX-License-Identifier: MIT */
/* Secrets: octets in locked, undumpable memory that are wiped when freed; and handles to them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

G_BEGIN_DECLS

/** RVL_SECRET_MAX_OCTETS: the longest secret: MODP-8192's shared secret fits eight times. */
#define RVL_SECRET_MAX_OCTETS ((size_t)8192)

/**
 * RvlSecret:
 *
 * Immutable once filled, reference counted (atomically), in slab memory that is locked where the
 * limit allows (a lack is reported once by rvl_secret_memory_is_locked()), excluded from core
 * dumps (MADV_DONTDUMP), wiped in a forked child (MADV_WIPEONFORK) and wiped when the last
 * reference goes. Never copied into a string, GBytes, GVariant or log.
 *
 * Thread: any; a secret is filled by one thread before others see it.
 */
typedef struct RvlSecret RvlSecret;

/**
 * rvl_secret_new:
 * @octets: length, 0 to RVL_SECRET_MAX_OCTETS
 *
 * Returns: (transfer full): a secret of zeros, to be filled by rvl_secret_fill(); aborts, as
 * g_malloc() does, only when memory is gone. The caller has bounded @octets.
 */
RvlSecret *rvl_secret_new(size_t octets);

/** rvl_secret_new_copy: a secret with a copy of @data; the caller wipes its own copy. */
RvlSecret *rvl_secret_new_copy(const void *data, size_t octets);

/** rvl_secret_new_slice: a secret with @octets of @from, from @offset; must lie within @from. */
RvlSecret *rvl_secret_new_slice(const RvlSecret *from, size_t offset, size_t octets);

/** rvl_secret_new_concat: @a, then @b. */
RvlSecret *rvl_secret_new_concat(const RvlSecret *a, const RvlSecret *b);

RvlSecret *rvl_secret_ref(const RvlSecret *secret);
void rvl_secret_unref(RvlSecret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlSecret, rvl_secret_unref)

/** rvl_secret_fill: (transfer none): the octets for writing; only before the secret is shared. */
uint8_t *rvl_secret_fill(RvlSecret *secret);

/** rvl_secret_octets: (transfer none): the octets, valid while a reference is held. */
const uint8_t *rvl_secret_octets(const RvlSecret *secret);
size_t rvl_secret_size(const RvlSecret *secret);

/**
 * rvl_secret_equal:
 * @a, @b: @octets octets each, of anything that is or authenticates a secret
 *
 * Compares in a time that depends on @octets alone. The one way to compare MACs, ICVs, AUTH
 * and cookies.
 */
bool rvl_secret_equal(const void *a, const void *b, size_t octets) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_secret_wipe: overwrites @octets at @data; not optimised away. For stack buffers. */
void rvl_secret_wipe(void *data, size_t octets);

/** rvl_secret_memory_is_locked: whether all secret memory so far could be locked. */
bool rvl_secret_memory_is_locked(void);

/**
 * RvlSecretId:
 *
 * A handle to a secret that a host's secret store keeps (see RvlSecretServices): what jobs and
 * installers are given in place of octets. Never used again once released. 0 is no secret.
 */
typedef uint64_t RvlSecretId;

#define RVL_SECRET_ID_NONE ((RvlSecretId)0)

/**
 * RvlSecretServices:
 * @size: sizeof(RvlSecretServices) of its maker
 * @context: handed to each call
 * @put: keeps a reference to @secret; returns its handle
 * @get: (transfer full) (nullable): a reference to the secret, NULL where the handle is unknown
 * @release: ends the handle; unknown handles are ignored
 * @count: how many handles stand; tests assert that nothing is left
 *
 * A secret store. Thread: any.
 */
typedef struct {
    uint32_t size;
    void *context;
    RvlSecretId (*put)(void *context, const RvlSecret *secret);
    RvlSecret *(*get)(void *context, RvlSecretId id);
    void (*release)(void *context, RvlSecretId id);
    size_t (*count)(void *context);
} RvlSecretServices;

/**
 * RvlSecretStore:
 *
 * A secret store in this process's memory; what the daemon and tests offer as the host's services.
 * Freeing it releases what still stands.
 */
typedef struct RvlSecretStore RvlSecretStore;

RvlSecretStore *rvl_secret_store_new(void);
void rvl_secret_store_free(RvlSecretStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlSecretStore, rvl_secret_store_free)
/** rvl_secret_store_services: (transfer none): its calls, valid as long as @store. */
const RvlSecretServices *rvl_secret_store_services(const RvlSecretStore *store);

G_END_DECLS
