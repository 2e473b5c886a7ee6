/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Plugin installer_null: an installer that carries nothing. It accepts all that is asked of it, gives
 * out SPIs and remembers ids, so that key exchange can be tested and measured without a data plane.
 */
#include "config.h"

#include <ravelin/error.h>
#include <ravelin/plugin.h>
#include <ravelin/installer.h>

/* SPIs below are reserved (RFC 4303 2.1). */
#define FIRST_SPI 256

/**
 * NullInstaller:
 * @ids: (element-type NullObject): SAs and policies that stand, by id
 * @spis: those that are reserved or in use
 */
typedef struct {
    const RvlHost *host;
    GHashTable *sas;
    GHashTable *policies;
    GHashTable *spis;
} NullInstaller;

/* An SA or policy; the id is the key in its table. */
typedef struct {
    uint64_t id;
    char *owner;
    uint32_t spi; /* of an inbound SA, else 0 */
} NullObject;

/* An answer that comes after the call returned. */
typedef struct {
    union {
        RvlDone done;
        RvlInterfaceDone interface;
        RvlEndpointDone endpoint;
        RvlSpisDone spis;
        RvlCountersDone counters;
        RvlIdsDone ids;
    } call;
    void *user_data;
    GArray *array;
    GError *error;
} Answer;

static void
null_object_free(void *data)
{
    NullObject *object = data;

    g_free(object->owner);
    g_free(object);
}

static Answer *
answer_new(void *user_data, GArray *array)
{
    Answer *answer = g_new0(Answer, 1);

    answer->user_data = user_data;
    answer->array = array;
    return answer;
}

static void
answer_free(Answer *answer)
{
    g_clear_pointer(&answer->array, g_array_unref);
    g_clear_error(&answer->error);
    g_free(answer);
}

static void
answer_later(const NullInstaller *null, RvlCall give, Answer *answer)
{
    null->host->invoke(null->host->context, give, answer);
}

static void
give_done(void *data)
{
    Answer *answer = data;

    answer->call.done(NULL, answer->user_data);
    answer_free(answer);
}

static void
done_later(const NullInstaller *null, RvlDone done, void *user_data)
{
    Answer *answer = answer_new(user_data, NULL);

    answer->call.done = done;
    answer_later(null, give_done, answer);
}

static void
attach(void *self, const RvlInstallerHost *host)
{
    (void)self;
    (void)host;
}

static const RvlInstallerCapabilities *
capabilities(void *self)
{
    static const RvlInstallerCapabilities all = {
        .size = sizeof all,
        .protocols = 1u << RVL_PROTOCOL_ESP | 1u << RVL_PROTOCOL_AH,
        .modes = 1u << RVL_MODE_TUNNEL | 1u << RVL_MODE_TRANSPORT,
        .families = 1u << RVL_FAMILY_IPV4 | 1u << RVL_FAMILY_IPV6,
        .has_esn = true,
        .largest_window = G_MAXUINT32,
    };

    (void)self;
    return &all;
}

static void
give_interface(void *data)
{
    Answer *answer = data;

    answer->call.interface("none", 0, NULL, answer->user_data);
    answer_free(answer);
}

static void
interface_add(void *self,
              const RvlInterfaceRequest *request,
              RvlInterfaceDone done,
              void *user_data)
{
    Answer *answer = answer_new(user_data, NULL);

    (void)request;
    answer->call.interface = done;
    answer_later(self, give_interface, answer);
}

static void
interface_remove(void *self, const char *owner, RvlDone done, void *user_data)
{
    (void)owner;
    done_later(self, done, user_data);
}

static size_t
descriptors_wanted(void *self, const RvlEndpointOffer *offer)
{
    (void)self;
    (void)offer;
    return 0;
}

static void
give_endpoint(void *data)
{
    Answer *answer = data;

    answer->call.endpoint(false, NULL, answer->user_data);
    answer_free(answer);
}

static void
endpoint_add(void *self, const RvlEndpointOffer *offer, RvlEndpointDone done, void *user_data)
{
    Answer *answer = answer_new(user_data, NULL);

    (void)offer;
    answer->call.endpoint = done;
    answer_later(self, give_endpoint, answer);
}

static void
endpoint_remove(void *self, RvlEndpointId id, RvlDone done, void *user_data)
{
    (void)id;
    done_later(self, done, user_data);
}

static uint32_t
free_spi(const NullInstaller *null)
{
    const RvlPrimitives *primitives = null->host->primitives;
    uint32_t spi = 0;

    while (spi < FIRST_SPI || g_hash_table_contains(null->spis, GUINT_TO_POINTER(spi)))
        if (!primitives->random(primitives->context, (uint8_t *)&spi, sizeof spi))
            return 0;
    return spi;
}

static void
give_spis(void *data)
{
    Answer *answer = data;
    g_autoptr(GError) error = NULL;

    if (answer->array->len == 0)
        rvl_error_set(&error, RVL_CAUSE_INSTALL_FAILED, "no random SPI could be made");
    answer->call.spis((const uint32_t *)(void *)answer->array->data, answer->array->len, error,
                      answer->user_data);
    answer_free(answer);
}

static void
reserve_spis(void *self,
             const RvlPath *path,
             uint8_t protocol,
             size_t n,
             RvlSpisDone done,
             void *user_data)
{
    NullInstaller *null = self;
    GArray *spis = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    Answer *answer = answer_new(user_data, spis);
    uint32_t spi = 1;

    (void)path;
    (void)protocol;
    while (spis->len < n && (spi = free_spi(null)) != 0) {
        g_array_append_val(spis, spi);
        g_hash_table_add(null->spis, GUINT_TO_POINTER(spi));
    }
    answer->call.spis = done;
    answer_later(null, give_spis, answer);
}

static void
release_spis(void *self, const uint32_t *spis, size_t n)
{
    NullInstaller *null = self;

    for (size_t i = 0; i < n; i++)
        g_hash_table_remove(null->spis, GUINT_TO_POINTER(spis[i]));
}

static void
give_counters(void *data)
{
    Answer *answer = data;

    answer->call.counters((const RvlSaCounters *)(void *)answer->array->data, answer->array->len,
                          sizeof(RvlSaCounters), answer->error, answer->user_data);
    answer_free(answer);
}

static void
add_object(GHashTable *objects, uint64_t id, const char *owner, uint32_t spi)
{
    NullObject *object = g_new0(NullObject, 1);

    object->id = id;
    object->owner = g_strdup(owner);
    object->spi = spi;
    g_hash_table_replace(objects, &object->id, object);
}

static void
add_sa(NullInstaller *null, const RvlSaAdd *add)
{
    bool is_inbound = add->direction == RVL_DIRECTION_IN;

    add_object(null->sas, add->id, add->owner, is_inbound ? add->spi : 0);
    if (is_inbound)
        g_hash_table_add(null->spis, GUINT_TO_POINTER(add->spi));
}

static void
remove_sa(NullInstaller *null, uint64_t id, GArray *removed)
{
    const NullObject *object = g_hash_table_lookup(null->sas, &id);
    RvlSaCounters counters = {.id = id, .last_inbound = RVL_TIME_NEVER};

    if (object == NULL)
        return;
    g_hash_table_remove(null->spis, GUINT_TO_POINTER(object->spi));
    g_hash_table_remove(null->sas, &id);
    g_array_append_val(removed, counters);
}

static void
carry_out(NullInstaller *null, const RvlOperation *operation, GArray *removed)
{
    switch ((RvlOperationKind)operation->kind) {
    case RVL_OPERATION_SA_ADD:
        add_sa(null, operation->sa_add);
        break;
    case RVL_OPERATION_SA_REMOVE:
        remove_sa(null, operation->id, removed);
        break;
    case RVL_OPERATION_POLICY_ADD:
    case RVL_OPERATION_POLICY_UPDATE:
        add_object(null->policies, operation->policy->id, operation->policy->owner, 0);
        break;
    case RVL_OPERATION_POLICY_REMOVE:
        g_hash_table_remove(null->policies, &operation->id);
        break;
    case RVL_OPERATION_SA_ACTIVATE:
    case RVL_OPERATION_SA_MIGRATE:
        break;
    }
}

/* Optional fields that this release knows: what is younger may mean something that must hold. */
static bool
needs_are_known(const RvlSaBatch *batch, GError **error)
{
    const uint32_t of_sas = RVL_SA_NEEDS_MARK | RVL_SA_NEEDS_LIFETIME_OCTETS |
                            RVL_SA_NEEDS_LIFETIME_PACKETS | RVL_SA_NEEDS_MTU |
                            RVL_SA_NEEDS_SEQUENCE;
    const uint32_t of_policies = RVL_POLICY_NEEDS_PRIORITY | RVL_POLICY_NEEDS_MARK;

    for (size_t i = 0; i < batch->n_operations; i++) {
        const RvlOperation *operation = RVL_STRIDE(batch->operations, batch->stride, i);
        uint32_t unknown =
            (operation->sa_add != NULL ? operation->sa_add->needs & ~of_sas : 0) |
            (operation->policy != NULL ? operation->policy->needs & ~of_policies : 0);

        if (unknown == 0)
            continue;
        rvl_error_set(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE,
                      "an operation needs a field that is not known here (bits %08x)", unknown);
        return false;
    }
    return true;
}

static void
apply(void *self, const RvlSaBatch *batch, RvlCountersDone removed, void *user_data)
{
    GArray *counters = g_array_new(FALSE, TRUE, sizeof(RvlSaCounters));
    Answer *answer = answer_new(user_data, counters);

    if (needs_are_known(batch, &answer->error)) {
        for (size_t i = 0; i < batch->n_operations; i++)
            carry_out(self, RVL_STRIDE(batch->operations, batch->stride, i), counters);
    }
    answer->call.counters = removed;
    answer_later(self, give_counters, answer);
}

/* What stands, so that a test may ask by number. */
static size_t
report(void *self, RvlReportRow *rows, size_t stride, size_t max)
{
    const NullInstaller *null = self;
    const RvlReportRow all[] = {
        {.name = "sas", .is_on = true, .count = g_hash_table_size(null->sas)},
        {.name = "policies", .is_on = true, .count = g_hash_table_size(null->policies)},
        {.name = "spis", .is_on = true, .count = g_hash_table_size(null->spis)},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(all) && i < max; i++)
        *RVL_STRIDE(rows, stride, i) = all[i];
    return G_N_ELEMENTS(all);
}

static void
append_ids(GArray *ids, GHashTable *objects, const char *owner)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, objects);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const NullObject *object = value;

        if (owner == NULL || g_strcmp0(object->owner, owner) == 0)
            g_array_append_val(ids, object->id);
    }
}

static void
give_ids(void *data)
{
    Answer *answer = data;

    answer->call.ids((const uint64_t *)(void *)answer->array->data, answer->array->len, NULL,
                     answer->user_data);
    answer_free(answer);
}

static void
list(void *self, const char *owner, RvlIdsDone done, void *user_data)
{
    const NullInstaller *null = self;
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    Answer *answer = answer_new(user_data, ids);

    append_ids(ids, null->sas, owner);
    append_ids(ids, null->policies, owner);
    answer->call.ids = done;
    answer_later(null, give_ids, answer);
}

static void
acquire_done(void *self, uint64_t acquire_id, bool succeeded)
{
    (void)self;
    (void)acquire_id;
    (void)succeeded;
}

static const RvlInstaller installer = {
    .size = sizeof(RvlInstaller),
    .name = "null",
    .attach = attach,
    .capabilities = capabilities,
    .interface_add = interface_add,
    .interface_remove = interface_remove,
    .descriptors_wanted = descriptors_wanted,
    .endpoint_add = endpoint_add,
    .endpoint_remove = endpoint_remove,
    .reserve_spis = reserve_spis,
    .release_spis = release_spis,
    .apply = apply,
    .report = report,
    .list = list,
    .acquire_done = acquire_done,
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_INSTALLER, "null", &installer},
};

static bool
load(const RvlHost *host, const RvlSettings *settings, void **self, GError **error)
{
    NullInstaller *null = g_new0(NullInstaller, 1);

    (void)settings;
    (void)error;
    null->host = host;
    null->sas = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, null_object_free);
    null->policies = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, null_object_free);
    null->spis = g_hash_table_new(NULL, NULL);
    *self = null;
    return true;
}

static void
unload(void *self)
{
    NullInstaller *null = self;

    g_hash_table_unref(null->sas);
    g_hash_table_unref(null->policies);
    g_hash_table_unref(null->spis);
    g_free(null);
}

RVL_PLUGIN(installer_null) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "installer_null",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "accepts SAs and carries nothing, for tests",
    RVL_PROVIDES(provides),
    .load = load,
    .unload = unload,
};
