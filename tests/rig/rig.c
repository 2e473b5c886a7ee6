/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A rig that holds one plugin: a host's services in small, for the tests beside plugins. */
#include "config.h"

#include "rig.h"

#include <dlfcn.h>
#include <string.h>

#include <ravelin/error.h>

#include "hmac.h"

typedef struct {
    const RvlPlugin *plugin;
    void *self;
} Loaded;

struct Rig {
    RvlHost host;
    RvlPrimitives primitives;
    RvlEvents events;
    RvlSecretStore *secrets;
    GArray *loaded;      /* Loaded */
    GHashTable *folders; /* kind -> path */
    GArray *seen;        /* RvlEventId */
    char *sentence;
    RvlWallTime wall;
    RvlMac prf; /* a PRF that fails, in front of rig_hmac()'s */
    const RvlMac *hmac;
    RigFailure failure;
    unsigned uses_left;
};

static const RvlCryptoBackend *
backend_of(const RvlPlugin *plugin)
{
    const RvlProvision *provision = plugin->provides;

    return provision->capability == RVL_CAPABILITY_CRYPTO_BACKEND ? provision->interface : NULL;
}

static const Loaded *
backend(const Rig *rig)
{
    for (guint i = 0; i < rig->loaded->len; i++) {
        const Loaded *loaded = &g_array_index(rig->loaded, Loaded, i);

        if (backend_of(loaded->plugin) != NULL)
            return loaded;
    }
    return NULL;
}

/* A shape's look-up: the backend's, or the error that a host gives. */
#define DEFINE_LOOK_UP(shape, Type)                                                                \
    static const Type *shape(void *context, const char *name, GError **error)                      \
    {                                                                                              \
        const Loaded *loaded = backend(context);                                                   \
        const Type *found = NULL;                                                                  \
                                                                                                   \
        if (loaded != NULL)                                                                        \
            found = backend_of(loaded->plugin)->shape(loaded->self, name);                         \
        if (found == NULL)                                                                         \
            rvl_error_set(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, "no %s here", name);             \
        return found;                                                                              \
    }

DEFINE_LOOK_UP(hash, RvlHash)
DEFINE_LOOK_UP(mac, RvlMac)
DEFINE_LOOK_UP(signature, RvlSignature)

static RvlMacKey *
failing_key_new(void *self, const uint8_t *key, size_t key_octets)
{
    const Rig *rig = self;

    if (rig->failure == RIG_FAILS_KEYING)
        return NULL;
    return rig->hmac->key_new(rig->hmac->self, key, key_octets);
}

static void
failing_key_free(void *self, RvlMacKey *key)
{
    const Rig *rig = self;

    rig->hmac->key_free(rig->hmac->self, key);
}

static bool
failing_compute(void *self,
                RvlMacKey *key,
                const RvlOctets *parts,
                size_t n_parts,
                uint8_t *out,
                size_t out_octets)
{
    Rig *rig = self;

    if (rig->failure != RIG_FAILS_NOT || rig->uses_left-- == 0)
        return false;
    return rig->hmac->compute(rig->hmac->self, key, parts, n_parts, out, out_octets);
}

static const RvlMac *
prf(void *context, uint16_t number, GError **error)
{
    Rig *rig = context;

    rig->hmac = rig_hmac(number);
    if (rig->hmac == NULL) {
        rvl_error_set(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, "no PRF %u here", number);
        return NULL;
    }
    rig->prf = *rig->hmac;
    rig->prf.self = rig;
    rig->prf.key_new = failing_key_new;
    rig->prf.key_free = failing_key_free;
    rig->prf.compute = failing_compute;
    if (rig->failure == RIG_FAILS_BY_SIZE)
        rig->prf.output_octets = RVL_AUTH_MAX_PRF_OCTETS + 1;
    return &rig->prf;
}

void
rig_fail_prf(Rig *rig, RigFailure failure)
{
    rig->failure = failure;
}

void
rig_fail_prf_after(Rig *rig, unsigned uses)
{
    rig->failure = RIG_FAILS_NOT;
    rig->uses_left = uses;
}

static const void *
find_provision(Rig *rig,
               uint32_t capability,
               const char *wanted,
               size_t skip,
               const char **name,
               void **self)
{
    for (guint i = 0; i < rig->loaded->len; i++) {
        const Loaded *loaded = &g_array_index(rig->loaded, Loaded, i);

        for (size_t j = 0; j < loaded->plugin->n_provides; j++) {
            const RvlProvision *provision = &loaded->plugin->provides[j];

            if (provision->capability != capability ||
                (wanted != NULL && strcmp(wanted, provision->name) != 0) || skip-- > 0)
                continue;
            if (name != NULL)
                *name = provision->name;
            if (self != NULL)
                *self = loaded->self;
            return provision->interface;
        }
    }
    return NULL;
}

static const void *
lookup(void *context, uint32_t capability, const char *name, void **self)
{
    return find_provision(context, capability, name, 0, NULL, self);
}

static const void *
provider(void *context, uint32_t capability, size_t i, const char **name, void **self)
{
    return find_provision(context, capability, NULL, i, name, self);
}

static void
wall(void *context, RvlWallTime *now)
{
    *now = ((Rig *)context)->wall;
}

static const char *
directory(void *context, const char *kind)
{
    return g_hash_table_lookup(((Rig *)context)->folders, kind);
}

static void
emit(void *context, const RvlEvent *event)
{
    Rig *rig = context;
    RvlEventId id = (RvlEventId)event->id;

    g_array_append_val(rig->seen, id);
    g_free(rig->sentence);
    rig->sentence = rvl_event_sentence(event);
}

Rig *
rig_new(void)
{
    Rig *rig = g_new0(Rig, 1);

    rig->secrets = rvl_secret_store_new();
    rig->loaded = g_array_new(FALSE, FALSE, sizeof(Loaded));
    rig->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    rig->seen = g_array_new(FALSE, FALSE, sizeof(RvlEventId));
    rig->uses_left = G_MAXUINT;
    rig->wall.unix_s = g_get_real_time() / G_USEC_PER_SEC;
    rig->events = (RvlEvents){sizeof(rig->events), rig, emit};
    rig->primitives = (RvlPrimitives){
        .size = sizeof(rig->primitives),
        .context = rig,
        .hash = hash,
        .mac = mac,
        .signature = signature,
    };
    rig->host = (RvlHost){
        .size = sizeof(rig->host),
        .context = rig,
        .primitives = &rig->primitives,
        .secrets = rvl_secret_store_services(rig->secrets),
        .events = &rig->events,
        .prf = prf,
        .lookup = lookup,
        .provider = provider,
        .wall = wall,
        .directory = directory,
        .owner = "rig",
    };
    return rig;
}

void
rig_free(Rig *rig)
{
    for (guint i = rig->loaded->len; i > 0; i--) {
        const Loaded *loaded = &g_array_index(rig->loaded, Loaded, i - 1);

        if (loaded->plugin->unload != NULL)
            loaded->plugin->unload(loaded->self);
    }
    g_array_unref(rig->loaded);
    g_hash_table_unref(rig->folders);
    g_array_unref(rig->seen);
    rvl_secret_store_free(rig->secrets);
    g_free(rig->sentence);
    g_free(rig);
}

const RvlHost *
rig_host(Rig *rig)
{
    return &rig->host;
}

bool
rig_use_backend(Rig *rig, const char *name)
{
    g_autofree char *file = g_strconcat(name, ".so", NULL);
    g_autofree char *path = g_test_build_filename(G_TEST_BUILT, "modules", file, NULL);
    g_autofree char *symbol = g_strconcat(name, "_LTX_rvl_plugin", NULL);
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    const RvlPlugin *plugin = module != NULL ? dlsym(module, symbol) : NULL;

    if (plugin != NULL)
        (void)rig_load_plugin(rig, plugin);
    return plugin != NULL;
}

void
rig_set_directory(Rig *rig, const char *kind, const char *path)
{
    g_hash_table_insert(rig->folders, g_strdup(kind), g_strdup(path));
}

bool
rig_load(Rig *rig, const RvlPlugin *plugin, const RvlSettings *settings, GError **error)
{
    g_autoptr(RvlSettings) none = rvl_settings_new("plugin", NULL, 0);
    Loaded loaded = {plugin, NULL};

    if (plugin->load != NULL &&
        !plugin->load(&rig->host, settings != NULL ? settings : none, &loaded.self, error))
        return false;
    g_array_append_val(rig->loaded, loaded);
    return true;
}

void *
rig_load_plugin(Rig *rig, const RvlPlugin *plugin)
{
    g_autoptr(GError) error = NULL;
    bool loaded = rig_load(rig, plugin, NULL, &error);

    g_assert_no_error(error);
    g_assert_true(loaded);
    return g_array_index(rig->loaded, Loaded, rig->loaded->len - 1).self;
}

const void *
rig_lookup(Rig *rig, uint32_t capability, void **self)
{
    return find_provision(rig, capability, NULL, 0, NULL, self);
}

unsigned
rig_count_events(Rig *rig, RvlEventId id)
{
    unsigned n = 0;

    for (guint i = 0; i < rig->seen->len; i++)
        n += g_array_index(rig->seen, RvlEventId, i) == id;
    return n;
}

const char *
rig_last_event(Rig *rig)
{
    return rig->sentence;
}

RvlSecretId
rig_put_secret(Rig *rig, const void *octets, size_t n)
{
    const RvlSecretServices *secrets = rig->host.secrets;
    g_autoptr(RvlSecret) secret = rvl_secret_new_copy(octets, n);

    return secrets->put(secrets->context, secret);
}

static void
take_answer(const RvlAuthAnswer *answer, const GError *error, void *user_data)
{
    RigVerdict *verdict = user_data;

    verdict->calls++;
    if (error != NULL)
        verdict->error = g_error_copy(error);
    if (answer == NULL)
        return;
    verdict->proved = answer->verdict == RVL_AUTH_PROVED && error == NULL;
    verdict->method = answer->method;
    verdict->proof = g_bytes_new(answer->proof.data, answer->proof.size);
    verdict->description = g_strdup(answer->description);
    verdict->not_after = answer->not_after;
    verdict->certificates = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    for (size_t i = 0; i < answer->n_certificates; i++) {
        const RvlAuthCertificate *certificate =
            RVL_STRIDE(answer->certificates, answer->certificates_stride, i);

        g_assert_cmpuint(certificate->encoding, ==, 4);
        g_ptr_array_add(verdict->certificates,
                        g_bytes_new(certificate->data.data, certificate->data.size));
    }
}

void
rig_verdict_clear(RigVerdict *verdict)
{
    g_clear_pointer(&verdict->proof, g_bytes_unref);
    g_clear_pointer(&verdict->certificates, g_ptr_array_unref);
    g_clear_pointer(&verdict->description, g_free);
    g_clear_error(&verdict->error);
    *verdict = (RigVerdict){0};
}

void
rig_prove(Rig *rig, const RvlAuthRequest *request, RigVerdict *verdict)
{
    void *self;
    const RvlAuthenticator *authenticator = rig_lookup(rig, RVL_CAPABILITY_AUTHENTICATOR, &self);

    rig_verdict_clear(verdict);
    authenticator->prove(self, request, take_answer, verdict);
    g_assert_cmpuint(verdict->calls, ==, 1);
}

void
rig_check(Rig *rig, const RvlAuthRequest *request, RigVerdict *verdict)
{
    void *self;
    const RvlAuthenticator *authenticator = rig_lookup(rig, RVL_CAPABILITY_AUTHENTICATOR, &self);

    rig_verdict_clear(verdict);
    authenticator->check(self, request, take_answer, verdict);
    g_assert_cmpuint(verdict->calls, ==, 1);
    if (!verdict->proved)
        g_assert_nonnull(verdict->error);
}
