/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The crypto backends that were built, loaded, and their primitives as a host would resolve them. */
#include "config.h"

#include "crypto/built-backends.h"

#include <stdlib.h>
#include <ravelin/error.h>

#ifdef HAVE_OPENSSL
extern const RvlPlugin openssl_LTX_rvl_plugin;
#endif
#ifdef HAVE_GCRYPT
extern const RvlPlugin gcrypt_LTX_rvl_plugin;
#endif

static const RvlPlugin *const plugins[] = {
#ifdef HAVE_OPENSSL
    &openssl_LTX_rvl_plugin,
#endif
#ifdef HAVE_GCRYPT
    &gcrypt_LTX_rvl_plugin,
#endif
};

#define N_BACKENDS G_N_ELEMENTS(plugins)

static BuiltBackend backends[N_BACKENDS];

/* A primitive of a backend, or the error that a host would give. */
#define RESOLVE(kind, Type)                                                                        \
    static const Type *resolve_##kind(void *context, const char *name, GError **error)             \
    {                                                                                              \
        const BuiltBackend *built = context;                                                       \
        const Type *primitive = built->backend->kind(built->self, name);                           \
                                                                                                   \
        if (primitive == NULL)                                                                     \
            rvl_error_set_found(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, name, NULL, "%s lacks %s", \
                                built->backend->name, name);                                       \
        return primitive;                                                                          \
    }
RESOLVE(hash, RvlHash)
RESOLVE(mac, RvlMac)
RESOLVE(cipher, RvlCipher)
RESOLVE(aead, RvlAead)
RESOLVE(kem, RvlKem)
RESOLVE(signature, RvlSignature)

static bool
resolve_random(void *context, uint8_t *out, size_t octets)
{
    const BuiltBackend *built = context;

    return built->backend->random(built->self, out, octets);
}

void
built_backend_add(BuiltBackend *built, const RvlPlugin *plugin)
{
    g_autoptr(GError) error = NULL;

    built->plugin = plugin;
    built->backend = plugin->provides[0].interface;
    if (!plugin->load(NULL, NULL, &built->self, &error))
        g_error("%s: %s", plugin->name, error->message);
    built->primitives = (RvlPrimitives){
        .size = sizeof(RvlPrimitives),
        .context = built,
        .hash = resolve_hash,
        .mac = resolve_mac,
        .cipher = resolve_cipher,
        .aead = resolve_aead,
        .kem = resolve_kem,
        .signature = resolve_signature,
        .random = resolve_random,
    };
}

void
built_backend_clear(BuiltBackend *built)
{
    built->plugin->unload(built->self);
}

static void
unload_all(void)
{
    for (size_t i = 0; i < N_BACKENDS; i++)
        built_backend_clear(&backends[i]);
}

BuiltBackend *
built_backends(size_t *n)
{
    if (backends[0].plugin == NULL) {
        for (size_t i = 0; i < N_BACKENDS; i++)
            built_backend_add(&backends[i], plugins[i]);
        atexit(unload_all);
    }
    *n = N_BACKENDS;
    return backends;
}

char *
built_backend_path(const char *root, const BuiltBackend *built, const char *name)
{
    return g_strjoin("/", root, built->backend->name, name, NULL);
}
