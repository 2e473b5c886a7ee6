/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host for the plugin that is checked. */
#include "config.h"

#include "check-host.h"

#include <dlfcn.h>
#include <string.h>

#include <ravelin/descriptor.h>
#include <ravelin/error.h>

/* What a loaded plugin provides. */
typedef struct {
    RvlProvision provision;
    void *interface;
    void *self;
    guint plugin; /* number of the plugin, from 1 */
} Provided;

struct CheckHost {
    RvlHost table;
    RvlPrimitives primitives;
    RvlEvents events;
    RvlSecretStore *secrets;
    GArray *provided;
    guint plugins;
    RvlPlugin last;
    void *last_self;
    uint64_t last_key;
    GHashTable *timers;
};

static bool
lacks(const char *name, GError **error)
{
    rvl_error_set(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE,
                  "no backend has %s: name one by --with=MODULE", name);
    return false;
}

/* Primitives: the first backend that has the name. */
#define PRIMITIVE(type, kind)                                                                      \
    static const type *find_##kind(void *context, const char *name, GError **error)                \
    {                                                                                              \
        const CheckHost *host = context;                                                           \
                                                                                                   \
        for (guint i = 0; i < host->provided->len; i++) {                                          \
            const Provided *provided = &g_array_index(host->provided, Provided, i);                \
            const RvlCryptoBackend *backend = provided->interface;                                 \
            const type *found = provided->provision.capability == RVL_CAPABILITY_CRYPTO_BACKEND    \
                                    ? backend->kind(provided->self, name)                          \
                                    : NULL;                                                        \
                                                                                                   \
            if (found != NULL)                                                                     \
                return found;                                                                      \
        }                                                                                          \
        (void)lacks(name, error);                                                                  \
        return NULL;                                                                               \
    }

PRIMITIVE(RvlHash, hash)
PRIMITIVE(RvlMac, mac)
PRIMITIVE(RvlCipher, cipher)
PRIMITIVE(RvlAead, aead)
PRIMITIVE(RvlKem, kem)
PRIMITIVE(RvlSignature, signature)

static const void *
find(const CheckHost *host, uint32_t capability, const char *name, void **self)
{
    for (guint i = 0; i < host->provided->len; i++) {
        const Provided *provided = &g_array_index(host->provided, Provided, i);

        if (provided->provision.capability != capability ||
            (name != NULL && strcmp(provided->provision.name, name) != 0))
            continue;
        if (self != NULL)
            *self = provided->self;
        return provided->interface;
    }
    return NULL;
}

static bool
fill_random(void *context, uint8_t *out, size_t octets)
{
    void *self = NULL;
    const RvlCryptoBackend *backend = find(context, RVL_CAPABILITY_CRYPTO_BACKEND, NULL, &self);

    return backend != NULL && backend->random(self, out, octets);
}

/* The row of a transform among all suites that were loaded. */
static bool
find_row(const CheckHost *host, const RvlTransform *transform, const RvlSuiteRow **row, void **self)
{
    for (guint i = 0; i < host->provided->len; i++) {
        const Provided *provided = &g_array_index(host->provided, Provided, i);
        const RvlCryptoSuite *suite = provided->interface;

        if (provided->provision.capability != RVL_CAPABILITY_CRYPTO_SUITE)
            continue;
        for (size_t r = 0; r < suite->n_rows; r++) {
            const RvlSuiteRow *at = RVL_STRIDE(suite->rows, suite->stride, r);

            for (size_t n = 0; n < at->n_numbers; n++) {
                if (at->type != transform->type || at->key_bits != transform->key_bits ||
                    at->numbers[n].space != transform->type || /* spaces 1 to 3 are the types */
                    at->numbers[n].number != transform->id)
                    continue;
                *row = at;
                *self = provided->self;
                return true;
            }
        }
    }
    return false;
}

static const RvlSuiteRow *
suite(void *context, const RvlTransform *transform)
{
    const RvlSuiteRow *row = NULL;
    void *self;

    return find_row(context, transform, &row, &self) ? row : NULL;
}

static const RvlMac *
prf(void *context, uint16_t id, GError **error)
{
    const RvlTransform transform = {RVL_TRANSFORM_PRF, id, 0};
    const RvlSuiteRow *row = suite(context, &transform);

    if (row != NULL && row->primitive != NULL)
        return find_mac(context, row->primitive, error);
    /* the one that the suites' made-up IKE SA has, also where no suite was loaded */
    return find_mac(context, "mac/hmac-sha2-256", error);
}

static RvlProtection *
protection(void *context,
           const RvlTransform *encr,
           const RvlTransform *integ,
           uint32_t use,
           GError **error)
{
    CheckHost *host = context;
    const RvlSuiteRow *encr_row = NULL;
    const RvlSuiteRow *integ_row = NULL;
    void *encr_self = NULL;
    void *integ_self = NULL;

    if (!find_row(host, encr, &encr_row, &encr_self)) {
        rvl_error_set(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, "no suite has encryption %u",
                      encr->id);
        return NULL;
    }
    if (integ != NULL && integ->id != RVL_TRANSFORM_ID_NONE)
        (void)find_row(host, integ, &integ_row, &integ_self);
    return rvl_protection_new(encr_row, encr_self, integ_row, integ_self, &host->primitives, error);
}

static RvlProtectionKey *
protection_key(void *context,
               const RvlProtection *object,
               RvlSecretId encr,
               RvlSecretId integ,
               GError **error)
{
    CheckHost *host = context;
    const RvlSecretServices *secrets = host->table.secrets;
    g_autoptr(RvlSecret) encr_key = secrets->get(secrets->context, encr);
    g_autoptr(RvlSecret) integ_key = secrets->get(secrets->context, integ);

    if (encr_key == NULL) {
        rvl_error_set(error, RVL_CAUSE_KEY_MISSING, "there is no such secret");
        return NULL;
    }
    return rvl_protection_key_new(object, ++host->last_key, encr_key, integ_key, error);
}

static const void *
lookup(void *context, uint32_t capability, const char *name, void **self)
{
    return find(context, capability, name, self);
}

static const void *
provider(void *context, uint32_t capability, size_t i, const char **name, void **self)
{
    const CheckHost *host = context;

    for (guint at = 0; at < host->provided->len; at++) {
        const Provided *provided = &g_array_index(host->provided, Provided, at);

        if (provided->provision.capability != capability || i-- > 0)
            continue;
        if (name != NULL)
            *name = provided->provision.name;
        if (self != NULL)
            *self = provided->self;
        return provided->interface;
    }
    return NULL;
}

/* Time and the main loop. */

static RvlTime
now(void *context)
{
    return g_get_monotonic_time();
}

static void
wall(void *context, RvlWallTime *time)
{
    time->unix_s = g_get_real_time() / G_USEC_PER_SEC;
}

typedef struct {
    RvlCall call;
    void *user_data;
} Waiting;

static gboolean
run_call(gpointer data)
{
    const Waiting *waiting = data;

    waiting->call(waiting->user_data);
    return G_SOURCE_REMOVE;
}

static GSource *
attach(GSource *source, RvlCall call, void *user_data)
{
    Waiting *waiting = g_new0(Waiting, 1);

    *waiting = (Waiting){call, user_data};
    g_source_set_callback(source, run_call, waiting, g_free);
    g_source_attach(source, NULL);
    return source;
}

static RvlTimerId
timer_add(void *context, RvlTime delay, RvlCall call, void *user_data)
{
    const CheckHost *host = context;
    GSource *source = attach(g_timeout_source_new((guint)MIN(delay / RVL_MILLISECOND, G_MAXINT)),
                             call, user_data);
    RvlTimerId id = g_source_get_id(source);

    g_hash_table_insert(host->timers, g_memdup2(&id, sizeof(id)), source);
    return id;
}

static void
timer_remove(void *context, RvlTimerId timer)
{
    GSource *source = g_hash_table_lookup(((const CheckHost *)context)->timers, &timer);

    if (source != NULL)
        g_source_destroy(source);
}

static void
invoke(void *context, RvlCall call, void *user_data)
{
    g_source_unref(attach(g_idle_source_new(), call, user_data));
}

static const char *
directory(void *context, const char *kind)
{
    return "/nonexistent";
}

static void
emit(void *context, const RvlEvent *event)
{
    g_autofree char *sentence = rvl_event_sentence(event);

    g_print("# event: %s\n", sentence);
}

CheckHost *
check_host_new(void)
{
    CheckHost *host = g_new0(CheckHost, 1);

    host->secrets = rvl_secret_store_new();
    host->provided = g_array_new(FALSE, FALSE, sizeof(Provided));
    host->timers =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_source_unref);
    host->events = (RvlEvents){sizeof(host->events), host, emit};
    host->primitives = (RvlPrimitives){
        sizeof(host->primitives), host,       find_hash, find_mac, find_cipher, find_aead, find_kem,
        find_signature,           fill_random};
    host->table = (RvlHost){
        .size = sizeof(host->table),
        .context = host,
        .primitives = &host->primitives,
        .secrets = rvl_secret_store_services(host->secrets),
        .events = &host->events,
        .protection = protection,
        .protection_key = protection_key,
        .prf = prf,
        .suite = suite,
        .lookup = lookup,
        .provider = provider,
        .now = now,
        .wall = wall,
        .timer_add = timer_add,
        .timer_remove = timer_remove,
        .invoke = invoke,
        .directory = directory,
        .owner = "ravelin-plugin-check",
    };
    return host;
}

/* `x509-openssl.so` declares x509_openssl_LTX_rvl_plugin. */
static const RvlPlugin *
open_module(const char *file, GError **error)
{
    g_autofree char *base = g_path_get_basename(file);
    g_autofree char *symbol = NULL;
    g_autofree char *path = g_canonicalize_filename(file, NULL);
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const RvlPlugin *found;

    if (module == NULL) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "%s", dlerror());
        return NULL;
    }
    base[strcspn(base, ".")] = '\0';
    g_strcanon(base, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS, '_');
    symbol = g_strconcat(base, "_LTX_rvl_plugin", NULL);
    found = dlsym(module, symbol);
    if (found == NULL)
        rvl_error_set(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE, "%s has no symbol %s", file, symbol);
    return found;
}

static bool
read_provisions(CheckHost *host, GError **error)
{
    for (size_t i = 0; i < host->last.n_provides; i++) {
        Provided provided = {.self = host->last_self, .plugin = host->plugins};

        rvl_plugin_provision(&host->last, i, &provided.provision);
        provided.interface =
            rvl_interface_read(provided.provision.capability, provided.provision.name,
                               provided.provision.interface, error);
        if (provided.interface == NULL)
            return false;
        g_array_append_val(host->provided, provided);
    }
    return true;
}

bool
check_host_load(CheckHost *host,
                const char *file,
                bool loads,
                const RvlPlugin **descriptor,
                GError **error)
{
    g_autoptr(RvlSettings) settings = NULL;
    g_autofree char *group = NULL;

    *descriptor = open_module(file, error);
    if (*descriptor == NULL || !rvl_plugin_read(*descriptor, &host->last, error))
        return false;
    if (!loads)
        return true;
    group = g_strdup_printf("plugin %s", host->last.name);
    settings = rvl_settings_new(group, NULL, 0);
    host->plugins++;
    host->last_self = NULL;
    if (host->last.load != NULL &&
        !host->last.load(&host->table, settings, &host->last_self, error)) {
        if (error != NULL && *error == NULL)
            rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "it did not load and gave no reason");
        return false;
    }
    return read_provisions(host, error);
}

void
check_host_unload(CheckHost *host)
{
    if (host->last.unload != NULL)
        host->last.unload(host->last_self);
}

const RvlHost *
check_host_table(const CheckHost *host)
{
    return &host->table;
}

bool
check_host_provision(const CheckHost *host,
                     size_t i,
                     RvlProvision *provision,
                     const void **interface,
                     void **self)
{
    for (guint at = 0; at < host->provided->len; at++) {
        const Provided *provided = &g_array_index(host->provided, Provided, at);

        if (provided->plugin != host->plugins || i-- > 0)
            continue;
        *provision = provided->provision;
        *interface = provided->interface;
        *self = provided->self;
        return true;
    }
    return false;
}
