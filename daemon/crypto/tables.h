/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What RvlCrypto remembers, for the files of this folder. */
#pragma once

#include <ravelin/protection.h>

#include "crypto/crypto.h"

/* A backend that is there; borrowed from the registry. */
typedef struct {
    const RvlCryptoBackend *interface;
    void *self;
} RvlBackend;

/*
 * RvlResolution: what asking for a primitive once has given.
 * @primitive: (nullable): NULL: @error says why
 */
typedef struct RvlResolution {
    struct RvlResolution *next;
    char *name;
    const void *primitive;
    const char *backend;
    GError *error;
} RvlResolution;

/* RvlSharedProtection: the packet protection of a pair of transforms. */
typedef struct RvlSharedProtection {
    struct RvlSharedProtection *next;
    RvlTransform encr;
    RvlTransform integ;
    RvlProtection *protection;
} RvlSharedProtection;

/*
 * RvlCrypto:
 * @resolutions, @protections: lists that only grow, at their heads, by compare-and-exchange: many
 *   threads read them without a lock, and two that resolve the same at once agree on one
 */
struct RvlCrypto {
    const RvlRegistry *registry;
    const RvlEvents *events;
    RvlPrimitives primitives;
    RvlBackend *backends; /* by preference */
    size_t n_backends;
    RvlBackendOverride *overrides;
    size_t n_overrides;
    RvlResolution *resolutions;
    RvlSharedProtection *protections;
    gint64 last_key_id; /* atomic */
};
