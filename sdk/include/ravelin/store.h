/* SPDX-License-Identifier: MIT */
/* Stores: small values that outlive the daemon, or that several daemons share. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <ravelin/macros.h>
#include <ravelin/octets.h>

G_BEGIN_DECLS

typedef void (*RvlStoreDone)(const RvlOctets *value,
                             bool found,
                             const GError *error,
                             void *user_data);

/**
 * RvlStore:
 * @get, @put, @remove: by key; a put with @generation other than the stored one fails
 *
 * No secret is ever stored in clear. Thread: main loop; done there, after return.
 */
typedef struct {
    uint32_t size;
    const char *name;
    void (*get)(void *self, const char *key, RvlStoreDone done, void *user_data);
    void (*put)(void *self,
                const char *key,
                const RvlOctets *value,
                uint64_t generation,
                RvlStoreDone done,
                void *user_data);
    void (*remove)(void *self, const char *key, RvlStoreDone done, void *user_data);
} RvlStore;

G_END_DECLS
