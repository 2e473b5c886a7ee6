/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The crypto backends that were built, loaded, and their primitives as a host would resolve them. */
#pragma once

#include <ravelin/plugin.h>

typedef struct {
    const RvlPlugin *plugin;
    const RvlCryptoBackend *backend;
    void *self;
    RvlPrimitives primitives; /* of this backend alone, not self-tested */
} BuiltBackend;

/** built_backends: (transfer none): all of them, loaded once; @n says how many. */
BuiltBackend *built_backends(size_t *n);

/** built_backend_add: loads @plugin, which provides a backend, into @built. */
void built_backend_add(BuiltBackend *built, const RvlPlugin *plugin);
void built_backend_clear(BuiltBackend *built);

/** built_backend_path: (transfer full): `/crypto/known-answers/openssl/aead/aes-128-gcm`. */
char *built_backend_path(const char *root, const BuiltBackend *built, const char *name);
