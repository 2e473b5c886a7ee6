/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which backend serves a primitive. */
#include "config.h"

#include "crypto/crypto.h"

#include <string.h>

#include <ravelin/error.h>
#include <ravelin/known-answer.h>

#include "crypto/tables.h"

/* A kind of primitive: how a backend is asked for one, and what it must pass. */
typedef struct {
    const char *prefix;
    const void *(*ask)(const RvlBackend *backend, const char *name);
    bool (*test)(const void *primitive, const RvlKnownAnswers *more, GError **error);
    const char *(*backend)(const RvlPrimitives *primitives, const char *name, GError **error);
} Kind;

#define KIND_CALLS(kind, Type)                                                                     \
    static const void *ask_##kind(const RvlBackend *backend, const char *name)                     \
    {                                                                                              \
        return backend->interface->kind != NULL ? backend->interface->kind(backend->self, name)    \
                                                : NULL;                                            \
    }                                                                                              \
    static bool test_##kind(const void *primitive, const RvlKnownAnswers *more, GError **error)    \
    {                                                                                              \
        return rvl_self_test_##kind((const Type *)primitive, more, error);                         \
    }                                                                                              \
    static const char *backend_##kind(const RvlPrimitives *primitives, const char *name,           \
                                      GError **error)                                              \
    {                                                                                              \
        const Type *primitive = primitives->kind(primitives->context, name, error);                \
                                                                                                   \
        return primitive != NULL ? primitive->backend : NULL;                                      \
    }
KIND_CALLS(hash, RvlHash)
KIND_CALLS(mac, RvlMac)
KIND_CALLS(cipher, RvlCipher)
KIND_CALLS(aead, RvlAead)
KIND_CALLS(kem, RvlKem)
KIND_CALLS(signature, RvlSignature)

static const Kind hash_kind = {"hash/", ask_hash, test_hash, backend_hash};
static const Kind mac_kind = {"mac/", ask_mac, test_mac, backend_mac};
static const Kind cipher_kind = {"cipher/", ask_cipher, test_cipher, backend_cipher};
static const Kind aead_kind = {"aead/", ask_aead, test_aead, backend_aead};
static const Kind kem_kind = {"kem/", ask_kem, test_kem, backend_kem};
static const Kind signature_kind = {"signature/", ask_signature, test_signature, backend_signature};

static const Kind *const kinds[] = {&hash_kind, &mac_kind, &cipher_kind,
                                    &aead_kind, &kem_kind, &signature_kind};

static RvlResolution *
find_resolution(RvlCrypto *crypto, const char *name)
{
    for (RvlResolution *r = g_atomic_pointer_get(&crypto->resolutions); r != NULL; r = r->next)
        if (strcmp(r->name, name) == 0)
            return r;
    return NULL;
}

static void
resolution_free(RvlResolution *resolution)
{
    g_clear_error(&resolution->error);
    g_free(resolution->name);
    g_free(resolution);
}

static const char *
override_of(const RvlCrypto *crypto, const char *name)
{
    for (size_t i = 0; i < crypto->n_overrides; i++)
        if (strcmp(crypto->overrides[i].primitive, name) == 0)
            return crypto->overrides[i].backend;
    return NULL;
}

/* Why a backend's primitive isn't used, to be told once it is sure who tells. */
typedef struct {
    const char *backend;
    GError *error;
} Failure;

static void
failure_clear(void *data)
{
    g_clear_error(&((Failure *)data)->error);
}

/* Asks one backend; true where its primitive passed. */
static bool
try_backend(const RvlBackend *backend,
            const Kind *kind,
            RvlResolution *resolution,
            GArray *failures)
{
    const void *primitive = kind->ask(backend, resolution->name);
    Failure failure = {.backend = backend->interface->name};

    if (primitive == NULL)
        return false;
    if (!kind->test(primitive, backend->interface->known_answers, &failure.error)) {
        g_array_append_val(failures, failure);
        return false;
    }
    resolution->primitive = primitive;
    resolution->backend = backend->interface->name;
    return true;
}

static void
set_error(const RvlCrypto *crypto, RvlResolution *resolution, const GArray *failures)
{
    const char *override = override_of(crypto, resolution->name);

    if (failures->len != 0)
        resolution->error = g_error_copy(g_array_index(failures, Failure, 0).error);
    else if (override != NULL)
        rvl_error_set_found(&resolution->error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, resolution->name,
                            NULL, "backend '%s', which is configured for it, lacks '%s'", override,
                            resolution->name);
    else
        rvl_error_set_found(&resolution->error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, resolution->name,
                            NULL, "no crypto backend has '%s'", resolution->name);
}

static RvlResolution *
resolve_anew(const RvlCrypto *crypto, const Kind *kind, const char *name, GArray *failures)
{
    RvlResolution *resolution = g_new0(RvlResolution, 1);
    const char *override = override_of(crypto, name);

    resolution->name = g_strdup(name);
    for (size_t i = 0; i < crypto->n_backends && resolution->primitive == NULL; i++) {
        const RvlBackend *backend = &crypto->backends[i];

        if (override == NULL || strcmp(override, backend->interface->name) == 0)
            try_backend(backend, kind, resolution, failures);
    }
    if (resolution->primitive == NULL)
        set_error(crypto, resolution, failures);
    return resolution;
}

static void
report(const RvlCrypto *crypto, const char *name, const GArray *failures)
{
    for (guint i = 0; i < failures->len; i++) {
        const Failure *failure = &g_array_index(failures, Failure, i);

        rvl_event_emit_error(crypto->events, NULL, RVL_EVENT_PRIMITIVE_REFUSED,
                             rvl_error_cause(failure->error), failure->error,
                             RVL_TEXT("primitive", name), RVL_TEXT("backend", failure->backend));
    }
}

/* Adds @resolution unless another thread was first; then that one's holds. */
static RvlResolution *
settle(RvlCrypto *crypto, RvlResolution *resolution, const GArray *failures)
{
    do {
        RvlResolution *first = find_resolution(crypto, resolution->name);

        if (first != NULL) {
            resolution_free(resolution);
            return first;
        }
        resolution->next = g_atomic_pointer_get(&crypto->resolutions);
    } while (
        !g_atomic_pointer_compare_and_exchange(&crypto->resolutions, resolution->next, resolution));
    report(crypto, resolution->name, failures);
    return resolution;
}

static const RvlResolution *
resolve(RvlCrypto *crypto, const Kind *kind, const char *name)
{
    RvlResolution *resolution = find_resolution(crypto, name);

    if (resolution != NULL)
        return resolution;
    g_autoptr(GArray) failures = g_array_new(FALSE, FALSE, sizeof(Failure));

    g_array_set_clear_func(failures, failure_clear);
    return settle(crypto, resolve_anew(crypto, kind, name, failures), failures);
}

static const void *
look_up(RvlCrypto *crypto, const Kind *kind, const char *name, GError **error)
{
    if (name == NULL || !g_str_has_prefix(name, kind->prefix)) {
        rvl_error_set_found(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, name, kind->prefix,
                            "'%s' is no name of a primitive of this kind",
                            name != NULL ? name : "");
        return NULL;
    }
    const RvlResolution *resolution = resolve(crypto, kind, name);

    if (resolution->primitive == NULL && error != NULL)
        *error = g_error_copy(resolution->error);
    return resolution->primitive;
}

#define LOOK_UP(kind, Type)                                                                        \
    static const Type *look_up_##kind(void *context, const char *name, GError **error)             \
    {                                                                                              \
        return look_up(context, &kind##_kind, name, error);                                        \
    }
LOOK_UP(hash, RvlHash)
LOOK_UP(mac, RvlMac)
LOOK_UP(cipher, RvlCipher)
LOOK_UP(aead, RvlAead)
LOOK_UP(kem, RvlKem)
LOOK_UP(signature, RvlSignature)

static bool
draw_random(void *context, uint8_t *out, size_t octets)
{
    const RvlCrypto *crypto = context;
    const RvlBackend *backend = &crypto->backends[0];

    return backend->interface->random != NULL &&
           backend->interface->random(backend->self, out, octets);
}

static bool
take_backends(RvlCrypto *crypto, GError **error)
{
    const RvlCapabilityEntry *entry;
    size_t n = 0;

    while (rvl_registry_get(crypto->registry, RVL_CAPABILITY_CRYPTO_BACKEND, n) != NULL)
        n++;
    if (n == 0) {
        rvl_error_set_found(error, RVL_CAUSE_PLUGIN_MISSING, NULL, NULL,
                            "no crypto backend is loaded");
        return false;
    }
    crypto->backends = g_new0(RvlBackend, n);
    for (crypto->n_backends = 0; crypto->n_backends < n; crypto->n_backends++) {
        entry =
            rvl_registry_get(crypto->registry, RVL_CAPABILITY_CRYPTO_BACKEND, crypto->n_backends);
        crypto->backends[crypto->n_backends] = (RvlBackend){entry->interface, entry->self};
    }
    return true;
}

static bool
has_backend(const RvlCrypto *crypto, const char *name)
{
    for (size_t i = 0; i < crypto->n_backends; i++)
        if (strcmp(crypto->backends[i].interface->name, name) == 0)
            return true;
    return false;
}

static bool
take_overrides(RvlCrypto *crypto, const RvlBackendOverride *overrides, size_t n, GError **error)
{
    crypto->overrides = g_new0(RvlBackendOverride, n);
    for (size_t i = 0; i < n; i++) {
        if (!has_backend(crypto, overrides[i].backend)) {
            rvl_error_set_found(error, RVL_CAUSE_PLUGIN_MISSING, overrides[i].backend,
                                overrides[i].primitive,
                                "there is no crypto backend '%s' to serve '%s'",
                                overrides[i].backend, overrides[i].primitive);
            return false;
        }
        crypto->overrides[i].primitive = g_strdup(overrides[i].primitive);
        crypto->overrides[i].backend = g_strdup(overrides[i].backend);
        crypto->n_overrides++;
    }
    return true;
}

RvlCrypto *
rvl_crypto_new(const RvlRegistry *registry,
               const RvlBackendOverride *overrides,
               size_t n,
               const RvlEvents *events,
               GError **error)
{
    g_autoptr(RvlCrypto) crypto = g_new0(RvlCrypto, 1);

    crypto->registry = registry;
    crypto->events = events;
    crypto->primitives = (RvlPrimitives){
        .size = sizeof(RvlPrimitives),
        .context = crypto,
        .hash = look_up_hash,
        .mac = look_up_mac,
        .cipher = look_up_cipher,
        .aead = look_up_aead,
        .kem = look_up_kem,
        .signature = look_up_signature,
        .random = draw_random,
    };
    if (!take_backends(crypto, error) || !take_overrides(crypto, overrides, n, error))
        return NULL;
    return g_steal_pointer(&crypto);
}

RvlCrypto *
rvl_crypto_new_over(const RvlRegistry *registry, const RvlPrimitives *primitives)
{
    RvlCrypto *crypto = g_new0(RvlCrypto, 1);

    crypto->registry = registry;
    crypto->primitives = *primitives;
    return crypto;
}

static void
free_lists(RvlCrypto *crypto)
{
    while (crypto->resolutions != NULL) {
        RvlResolution *next = crypto->resolutions->next;

        resolution_free(crypto->resolutions);
        crypto->resolutions = next;
    }
    while (crypto->protections != NULL) {
        RvlSharedProtection *next = crypto->protections->next;

        rvl_protection_unref(crypto->protections->protection);
        g_free(crypto->protections);
        crypto->protections = next;
    }
}

void
rvl_crypto_free(RvlCrypto *crypto)
{
    if (crypto == NULL)
        return;
    free_lists(crypto);
    for (size_t i = 0; i < crypto->n_overrides; i++) {
        g_free((char *)crypto->overrides[i].primitive);
        g_free((char *)crypto->overrides[i].backend);
    }
    g_free(crypto->overrides);
    g_free(crypto->backends);
    g_free(crypto);
}

const RvlPrimitives *
rvl_crypto_primitives(const RvlCrypto *crypto)
{
    return &crypto->primitives;
}

const RvlRegistry *
rvl_crypto_registry(const RvlCrypto *crypto)
{
    return crypto->registry;
}

const char *
rvl_crypto_backend_of(const RvlCrypto *crypto, const char *primitive, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_has_prefix(primitive, kinds[i]->prefix))
            return kinds[i]->backend(&crypto->primitives, primitive, error);
    rvl_error_set_found(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, primitive, NULL,
                        "'%s' is no name of a primitive", primitive);
    return NULL;
}

uint64_t
rvl_crypto_next_key_id(RvlCrypto *crypto)
{
    return (uint64_t)__atomic_add_fetch(&crypto->last_key_id, 1, __ATOMIC_RELAXED);
}
