/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A fake SA installer. */
#include "config.h"

#include "fakes/installer.h"

#include <ravelin/error.h>
#include <ravelin/needs.h>
#include <ravelin/sized.h>

#define FIRST_SPI 0x1001

/* What it says when it is asked for its report. */
static const RvlReportRow report_rows[] = {
    {.name = "carries-packets", .reason = "it is a fake"},
    {.name = "replayed", .drop = RVL_DROP_REPLAYED, .count = 3},
};

static uint64_t *
key_of(uint64_t id)
{
    return g_memdup2(&id, sizeof(id));
}

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
standing_free(void *data)
{
    standing_clear(data);
    g_free(data);
}

/* Answers. */

typedef struct {
    FakeInstaller *fake;
    union {
        RvlDone done;
        RvlInterfaceDone interface;
        RvlEndpointDone endpoint;
        RvlSpisDone spis;
        RvlCountersDone counters;
        RvlStandingDone standing;
    } call;
    void *user_data;
    GError *error;
    GArray *array; /* (nullable) */
    bool reads;
} Answer;

static Answer *
answer_new(FakeInstaller *fake, void *user_data)
{
    Answer *answer = g_new0(Answer, 1);

    answer->fake = fake;
    answer->user_data = user_data;
    return answer;
}

static void
answer_free(Answer *answer)
{
    g_clear_error(&answer->error);
    g_clear_pointer(&answer->array, g_array_unref);
    g_free(answer);
}

/* False, and the answer says so, where the test wants @call to fail. */
static bool
works(Answer *answer, FakeInstallerCall call)
{
    RvlCause cause = answer->fake->fails[call];

    if (cause != RVL_CAUSE_NONE && answer->error == NULL)
        rvl_error_set(&answer->error, cause, "the test wants it to fail");
    return answer->error == NULL;
}

static void
give_done(void *data)
{
    Answer *answer = data;

    answer->call.done(answer->error, answer->user_data);
    answer_free(answer);
}

static void
give_interface(void *data)
{
    Answer *answer = data;
    bool is_made = answer->error == NULL;

    answer->call.interface(is_made ? "fake0" : NULL, is_made ? 7 : 0, answer->error,
                           answer->user_data);
    answer_free(answer);
}

static void
give_endpoint(void *data)
{
    Answer *answer = data;

    answer->call.endpoint(answer->error == NULL && answer->reads, answer->error, answer->user_data);
    answer_free(answer);
}

static void
give_spis(void *data)
{
    Answer *answer = data;

    answer->call.spis((const uint32_t *)(void *)answer->array->data, answer->array->len,
                      answer->error, answer->user_data);
    answer_free(answer);
}

/* (transfer full): the rows with the stride that the test wants. */
static void *
rows_of(const Answer *answer, size_t *stride)
{
    guint octets = g_array_get_element_size(answer->array);

    *stride = answer->fake->row_octets != 0 ? answer->fake->row_octets : octets;
    return fake_rows(answer->array->data, answer->array->len, octets, *stride);
}

static void
give_counters(void *data)
{
    Answer *answer = data;
    size_t stride;
    g_autofree RvlSaCounters *rows = rows_of(answer, &stride);

    answer->call.counters(rows, answer->array->len, stride, answer->error, answer->user_data);
    answer_free(answer);
}

static void
give_standing(void *data)
{
    Answer *answer = data;
    size_t stride;
    g_autofree RvlStanding *rows = rows_of(answer, &stride);

    answer->call.standing(rows, answer->array->len, stride, answer->error, answer->user_data);
    answer_free(answer);
}

static void
give(Answer *answer, RvlCall call)
{
    fake_answers_add(answer->fake->answers, call, answer);
}

/* Calls. */

static void
attach(void *self, const RvlInstallerHost *host)
{
    ((FakeInstaller *)self)->host = host;
}

static const RvlInstallerCapabilities *
capabilities(void *self)
{
    return &((const FakeInstaller *)self)->capabilities;
}

static void
interface_add(void *self,
              const RvlInterfaceRequest *request,
              RvlInterfaceDone done,
              void *user_data)
{
    FakeInstaller *fake = self;
    Answer *answer = answer_new(fake, user_data);

    answer->call.interface = done;
    if (rvl_needs_check("RvlInterfaceRequest", request->needs, RVL_INTERFACE_NEEDS_NAME,
                        &answer->error) &&
        works(answer, FAKE_INSTALLER_INTERFACE_ADD))
        g_hash_table_add(fake->interfaces, g_strdup(request->owner));
    give(answer, give_interface);
}

static void
interface_remove(void *self, const char *owner, RvlDone done, void *user_data)
{
    FakeInstaller *fake = self;
    Answer *answer = answer_new(fake, user_data);

    answer->call.done = done;
    if (works(answer, FAKE_INSTALLER_INTERFACE_REMOVE))
        g_hash_table_remove(fake->interfaces, owner);
    give(answer, give_done);
}

static size_t
descriptors_wanted(void *self, const RvlEndpointOffer *offer)
{
    const FakeInstaller *fake = self;

    g_assert_null(offer->descriptors);
    return offer->is_encapsulated ? fake->n_descriptors : 0;
}

static void
endpoint_add(void *self, const RvlEndpointOffer *offer, RvlEndpointDone done, void *user_data)
{
    FakeInstaller *fake = self;
    Answer *answer = answer_new(fake, user_data);

    answer->call.endpoint = done;
    answer->reads = fake->reads;
    if (rvl_needs_check("RvlEndpointOffer", offer->needs, 0, &answer->error) &&
        works(answer, FAKE_INSTALLER_ENDPOINT_ADD)) {
        g_hash_table_add(fake->endpoints, key_of(offer->id));
        fake->last_descriptors = offer->n_descriptors;
    }
    give(answer, give_endpoint);
}

static void
endpoint_remove(void *self, RvlEndpointId id, RvlDone done, void *user_data)
{
    FakeInstaller *fake = self;
    Answer *answer = answer_new(fake, user_data);

    answer->call.done = done;
    g_assert_true(g_hash_table_remove(fake->endpoints, &id));
    give(answer, give_done);
}

static void
reserve_spis(void *self,
             const RvlPath *path,
             uint8_t protocol,
             size_t n,
             RvlSpisDone done,
             void *user_data)
{
    FakeInstaller *fake = self;
    Answer *answer = answer_new(fake, user_data);

    answer->call.spis = done;
    answer->array = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (size_t i = 0; i < n && works(answer, FAKE_INSTALLER_RESERVE); i++) {
        uint32_t spi = fake->last_spi++;

        g_array_append_val(answer->array, spi);
        g_hash_table_add(fake->spis, GUINT_TO_POINTER(spi));
    }
    give(answer, give_spis);
}

static void
release_spis(void *self, const RvlPath *path, uint8_t protocol, const uint32_t *spis, size_t n)
{
    FakeInstaller *fake = self;

    g_assert_nonnull(path);
    for (size_t i = 0; i < n; i++)
        g_hash_table_remove(fake->spis, GUINT_TO_POINTER(spis[i]));
}

/* Batches. */

static bool
is_served(const RvlOperation *operation, GError **error)
{
    const uint32_t of_sas = RVL_SA_NEEDS_LIFETIME_OCTETS | RVL_SA_NEEDS_LIFETIME_PACKETS |
                            RVL_SA_NEEDS_MTU | RVL_SA_NEEDS_SEQUENCE | RVL_SA_NEEDS_MARK;

    if (operation->sa_add != NULL)
        return rvl_needs_check("RvlSaAdd", operation->sa_add->needs, of_sas, error);
    if (operation->policy != NULL)
        return rvl_needs_check("RvlPolicyAdd", operation->policy->needs, RVL_POLICY_NEEDS_MARK,
                               error);
    return true;
}

static void
add_standing(GHashTable *table, const RvlStanding *row)
{
    RvlStanding copy = standing_copy(row);

    g_hash_table_replace(table, key_of(row->id), g_memdup2(&copy, sizeof(copy)));
}

static void
add_sa(FakeInstaller *fake, const RvlSaAdd *add)
{
    const RvlStanding row = {RVL_STANDING_SA, add->id,       add->owner,
                             add->direction,  add->protocol, add->spi,
                             add->policy,     add->local,    add->remote};

    add_standing(fake->sas, &row);
    if (add->direction == RVL_DIRECTION_IN)
        g_hash_table_add(fake->spis, GUINT_TO_POINTER(add->spi));
}

static RvlSaCounters
counters_of(const FakeInstaller *fake, RvlSaId id)
{
    const RvlSaCounters *told = g_hash_table_lookup(fake->counters, &id);

    return told != NULL ? *told : (RvlSaCounters){.id = id, .last_inbound = RVL_TIME_NEVER};
}

static void
remove_sa(FakeInstaller *fake, RvlSaId id, GArray *removed)
{
    const RvlStanding *row = g_hash_table_lookup(fake->sas, &id);
    RvlSaCounters counters = counters_of(fake, id);

    if (row == NULL)
        return;
    if (row->direction == RVL_DIRECTION_IN)
        g_hash_table_remove(fake->spis, GUINT_TO_POINTER(row->spi));
    g_hash_table_remove(fake->sas, &id);
    g_array_append_val(removed, counters);
}

static void
carry_out(FakeInstaller *fake, const RvlOperation *operation, GArray *removed)
{
    const RvlPolicyAdd *policy = operation->policy;

    switch ((RvlOperationKind)operation->kind) {
    case RVL_OPERATION_SA_ADD:
        add_sa(fake, operation->sa_add);
        return;
    case RVL_OPERATION_SA_REMOVE:
        remove_sa(fake, operation->id, removed);
        return;
    case RVL_OPERATION_POLICY_ADD:
    case RVL_OPERATION_POLICY_UPDATE: {
        const RvlStanding row = {.kind = RVL_STANDING_POLICY,
                                 .id = policy->id,
                                 .owner = policy->owner,
                                 .local = policy->local,
                                 .remote = policy->remote};

        add_standing(fake->policies, &row);
        return;
    }
    case RVL_OPERATION_POLICY_REMOVE:
        g_hash_table_remove(fake->policies, &operation->id);
        return;
    case RVL_OPERATION_SA_ACTIVATE:
    case RVL_OPERATION_SA_MIGRATE:
        return;
    }
}

static void
read_operation(const RvlSaBatch *batch, size_t i, RvlOperation *operation)
{
    rvl_sized_copy(operation, sizeof(*operation), RVL_STRIDE(batch->operations, batch->stride, i),
                   batch->stride);
}

static void
apply(void *self, const RvlSaBatch *batch, RvlCountersDone removed, void *user_data)
{
    FakeInstaller *fake = self;
    Answer *answer = answer_new(fake, user_data);
    bool is_accepted = works(answer, FAKE_INSTALLER_APPLY);
    RvlOperation operation;

    answer->call.counters = removed;
    answer->array = g_array_new(FALSE, FALSE, sizeof(RvlSaCounters));
    for (size_t i = 0; is_accepted && i < batch->n_operations; i++) {
        read_operation(batch, i, &operation);
        is_accepted = is_served(&operation, &answer->error);
    }
    for (size_t i = 0; is_accepted && i < batch->n_operations; i++) {
        read_operation(batch, i, &operation);
        carry_out(fake, &operation, answer->array);
    }
    give(answer, give_counters);
}

/* Questions. */

static size_t
report(void *self, RvlReportRow *rows, size_t stride, size_t max)
{
    for (size_t i = 0; i < G_N_ELEMENTS(report_rows) && i < max; i++)
        rvl_sized_copy(RVL_STRIDE(rows, stride, i), stride, &report_rows[i],
                       sizeof(report_rows[i]));
    return G_N_ELEMENTS(report_rows);
}

static void
query(void *self, const RvlSaId *ids, size_t n, RvlCountersDone done, void *user_data)
{
    FakeInstaller *fake = self;
    Answer *answer = answer_new(fake, user_data);
    GHashTableIter iter;
    gpointer key;

    answer->call.counters = done;
    answer->array = g_array_new(FALSE, FALSE, sizeof(RvlSaCounters));
    (void)works(answer, FAKE_INSTALLER_QUERY);
    g_hash_table_iter_init(&iter, fake->sas);
    while (answer->error == NULL && g_hash_table_iter_next(&iter, &key, NULL)) {
        RvlSaCounters row = counters_of(fake, *(const RvlSaId *)key);
        bool is_asked = n == 0;

        for (size_t i = 0; i < n; i++)
            is_asked = is_asked || ids[i] == row.id;
        if (is_asked)
            g_array_append_val(answer->array, row);
    }
    give(answer, give_counters);
}

static void
append_standing(GArray *rows, GHashTable *table, const char *owner)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const RvlStanding *row = value;
        RvlStanding copy;

        if (owner != NULL && g_strcmp0(row->owner, owner) != 0)
            continue;
        copy = standing_copy(row);
        g_array_append_val(rows, copy);
    }
}

static void
list(void *self, const char *owner, RvlStandingDone done, void *user_data)
{
    FakeInstaller *fake = self;
    Answer *answer = answer_new(fake, user_data);

    answer->call.standing = done;
    answer->array = g_array_new(FALSE, FALSE, sizeof(RvlStanding));
    g_array_set_clear_func(answer->array, standing_clear);
    if (works(answer, FAKE_INSTALLER_LIST)) {
        append_standing(answer->array, fake->sas, owner);
        append_standing(answer->array, fake->policies, owner);
    }
    give(answer, give_standing);
}

static void
acquire_done(void *self, uint64_t acquire_id, bool succeeded)
{
}

const RvlInstaller fake_installer = {
    .size = sizeof(fake_installer),
    .name = "fake",
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
    .query = query,
    .list = list,
    .acquire_done = acquire_done,
};

FakeInstaller *
fake_installer_new(void)
{
    FakeInstaller *fake = g_new0(FakeInstaller, 1);

    fake->capabilities = (RvlInstallerCapabilities){
        .size = sizeof(fake->capabilities),
        .protocols = 1u << RVL_PROTOCOL_ESP | 1u << RVL_PROTOCOL_AH,
        .modes = 1u << RVL_MODE_TUNNEL | 1u << RVL_MODE_TRANSPORT,
        .families = 1u << RVL_FAMILY_IPV4 | 1u << RVL_FAMILY_IPV6,
        .has_esn = true,
        .largest_window = G_MAXUINT32,
    };
    fake->answers = fake_answers_new();
    fake->interfaces = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    fake->endpoints = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    fake->spis = g_hash_table_new(NULL, NULL);
    fake->sas = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, standing_free);
    fake->policies = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, standing_free);
    fake->counters = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    fake->last_spi = FIRST_SPI;
    return fake;
}

void
fake_installer_free(FakeInstaller *fake)
{
    if (fake == NULL)
        return;
    fake_answers_free(fake->answers);
    g_hash_table_unref(fake->interfaces);
    g_hash_table_unref(fake->endpoints);
    g_hash_table_unref(fake->spis);
    g_hash_table_unref(fake->sas);
    g_hash_table_unref(fake->policies);
    g_hash_table_unref(fake->counters);
    g_free(fake);
}

size_t
fake_installer_holds(const FakeInstaller *fake)
{
    return g_hash_table_size(fake->interfaces) + g_hash_table_size(fake->endpoints) +
           g_hash_table_size(fake->spis) + g_hash_table_size(fake->sas) +
           g_hash_table_size(fake->policies);
}

void
fake_installer_count(FakeInstaller *fake, const RvlSaCounters *counters)
{
    RvlSaCounters *row = g_memdup2(counters, sizeof(*counters));

    g_hash_table_replace(fake->counters, &row->id, row);
}
