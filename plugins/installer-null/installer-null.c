/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Plugin installer_null: an installer that carries nothing. It accepts all that is asked of it, gives
 * out SPIs and remembers ids, so that key exchange can be tested and measured without a data plane.
 */
#include "config.h"

#include <ravelin/error.h>
#include <ravelin/needs.h>
#include <ravelin/plugin.h>
#include <ravelin/sized.h>
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

/* An SA or policy: what is listed of it, owned; the id is the key in its table. */
typedef struct {
    uint64_t id;
    RvlStanding standing;
} NullObject;

/* An answer that comes after the call returned. */
typedef struct {
    union {
        RvlDone done;
        RvlInterfaceDone interface;
        RvlEndpointDone endpoint;
        RvlSpisDone spis;
        RvlCountersDone counters;
        RvlStandingDone standing;
    } call;
    void *user_data;
    bool is_served;
    GArray *array;
    GError *error;
} Answer;

static void
standing_clear(void *data)
{
    RvlStanding *standing = data;

    g_free((char *)standing->owner);
    rvl_selectors_unref((RvlSelectors *)standing->local);
    rvl_selectors_unref((RvlSelectors *)standing->remote);
}

static RvlStanding
standing_copy(const RvlStanding *row)
{
    RvlStanding copy = *row;

    copy.owner = g_strdup(row->owner);
    copy.local = row->local != NULL ? rvl_selectors_ref(row->local) : NULL;
    copy.remote = row->remote != NULL ? rvl_selectors_ref(row->remote) : NULL;
    return copy;
}

static void
null_object_free(void *data)
{
    NullObject *object = data;

    standing_clear(&object->standing);
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

    answer->call.interface(answer->is_served ? "none" : NULL, 0, answer->error, answer->user_data);
    answer_free(answer);
}

static void
interface_add(void *self,
              const RvlInterfaceRequest *request,
              RvlInterfaceDone done,
              void *user_data)
{
    Answer *answer = answer_new(user_data, NULL);

    answer->is_served = rvl_needs_check("RvlInterfaceRequest", request->needs,
                                        RVL_INTERFACE_NEEDS_NAME, &answer->error);
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

    answer->call.endpoint(false, answer->error, answer->user_data);
    answer_free(answer);
}

static void
endpoint_add(void *self, const RvlEndpointOffer *offer, RvlEndpointDone done, void *user_data)
{
    Answer *answer = answer_new(user_data, NULL);

    answer->is_served = rvl_needs_check("RvlEndpointOffer", offer->needs, 0, &answer->error);
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
release_spis(void *self, const RvlPath *path, uint8_t protocol, const uint32_t *spis, size_t n)
{
    NullInstaller *null = self;

    (void)path;
    (void)protocol;
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
add_object(GHashTable *objects, const RvlStanding *row)
{
    NullObject *object = g_new0(NullObject, 1);

    object->id = row->id;
    object->standing = standing_copy(row);
    g_hash_table_replace(objects, &object->id, object);
}

static void
add_sa(NullInstaller *null, const RvlSaAdd *add)
{
    const RvlStanding row = {.kind = RVL_STANDING_SA,
                             .id = add->id,
                             .owner = add->owner,
                             .direction = add->direction,
                             .protocol = add->protocol,
                             .spi = add->spi,
                             .policy = add->policy,
                             .local = add->local,
                             .remote = add->remote};

    add_object(null->sas, &row);
    if (add->direction == RVL_DIRECTION_IN)
        g_hash_table_add(null->spis, GUINT_TO_POINTER(add->spi));
}

static void
add_policy(NullInstaller *null, const RvlPolicyAdd *add)
{
    const RvlStanding row = {.kind = RVL_STANDING_POLICY,
                             .id = add->id,
                             .owner = add->owner,
                             .local = add->local,
                             .remote = add->remote};

    add_object(null->policies, &row);
}

static void
remove_sa(NullInstaller *null, uint64_t id, GArray *removed)
{
    const NullObject *object = g_hash_table_lookup(null->sas, &id);
    RvlSaCounters counters = {.id = id, .last_inbound = RVL_TIME_NEVER};

    if (object == NULL)
        return;
    if (object->standing.direction == RVL_DIRECTION_IN)
        g_hash_table_remove(null->spis, GUINT_TO_POINTER(object->standing.spi));
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
        add_policy(null, operation->policy);
        break;
    case RVL_OPERATION_POLICY_REMOVE:
        g_hash_table_remove(null->policies, &operation->id);
        break;
    case RVL_OPERATION_SA_ACTIVATE:
    case RVL_OPERATION_SA_MIGRATE:
        break;
    }
}

/* It carries nothing, so that it serves every option of this release. */
static bool
is_known(const RvlOperation *operation, GError **error)
{
    const uint32_t of_sas = RVL_SA_NEEDS_MARK | RVL_SA_NEEDS_LIFETIME_OCTETS |
                            RVL_SA_NEEDS_LIFETIME_PACKETS | RVL_SA_NEEDS_MTU |
                            RVL_SA_NEEDS_SEQUENCE;

    if (operation->kind == RVL_OPERATION_SA_ADD)
        return rvl_needs_check("RvlSaAdd", operation->sa_add->needs, of_sas, error);
    if (operation->kind == RVL_OPERATION_POLICY_ADD ||
        operation->kind == RVL_OPERATION_POLICY_UPDATE)
        return rvl_needs_check("RvlPolicyAdd", operation->policy->needs, RVL_POLICY_NEEDS_MARK,
                               error);
    if (operation->kind <= RVL_OPERATION_POLICY_REMOVE && operation->kind != 0)
        return true;
    rvl_error_set(error, RVL_CAUSE_KERNEL_UNSUPPORTED, "operation %u isn't known here",
                  operation->kind);
    return false;
}

static void
read_operation(const RvlSaBatch *batch, size_t i, RvlOperation *operation)
{
    rvl_sized_copy(operation, sizeof *operation, RVL_STRIDE(batch->operations, batch->stride, i),
                   batch->stride);
}

static bool
is_all_known(const RvlSaBatch *batch, GError **error)
{
    for (size_t i = 0; i < batch->n_operations; i++) {
        RvlOperation operation;

        read_operation(batch, i, &operation);
        if (!is_known(&operation, error))
            return false;
    }
    return true;
}

static void
apply(void *self, const RvlSaBatch *batch, RvlCountersDone removed, void *user_data)
{
    GArray *counters = g_array_new(FALSE, TRUE, sizeof(RvlSaCounters));
    Answer *answer = answer_new(user_data, counters);
    bool is_served = is_all_known(batch, &answer->error);

    for (size_t i = 0; is_served && i < batch->n_operations; i++) {
        RvlOperation operation;

        read_operation(batch, i, &operation);
        carry_out(self, &operation, counters);
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
        rvl_sized_copy(RVL_STRIDE(rows, stride, i), stride, &all[i], sizeof all[i]);
    return G_N_ELEMENTS(all);
}

static void
append_standing(GArray *rows, GHashTable *objects, const char *owner)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, objects);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const RvlStanding *row = &((const NullObject *)value)->standing;
        RvlStanding copy;

        if (owner != NULL && g_strcmp0(row->owner, owner) != 0)
            continue;
        copy = standing_copy(row);
        g_array_append_val(rows, copy);
    }
}

static void
give_standing(void *data)
{
    Answer *answer = data;

    answer->call.standing((const RvlStanding *)(void *)answer->array->data, answer->array->len,
                          sizeof(RvlStanding), NULL, answer->user_data);
    answer_free(answer);
}

static void
list(void *self, const char *owner, RvlStandingDone done, void *user_data)
{
    const NullInstaller *null = self;
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(RvlStanding));
    Answer *answer = answer_new(user_data, rows);

    g_array_set_clear_func(rows, standing_clear);
    append_standing(rows, null->sas, owner);
    append_standing(rows, null->policies, owner);
    answer->call.standing = done;
    answer_later(null, give_standing, answer);
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
