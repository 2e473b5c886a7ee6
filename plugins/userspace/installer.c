/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The installer's calls: interfaces, endpoints, SPIs, and what is asked of the SAs. */
#include "config.h"

#include "installer.h"

#include <errno.h>
#include <string.h>
#include <ravelin/error.h>
#include <ravelin/needs.h>

#include "batch.h"
#include "later.h"
#include "outbound.h"
#include "report.h"
#include "watch.h"
#include "worker.h"

static void
attach(void *self, const RvlInstallerHost *host)
{
    Plane *plane = self;

    plane->core = host;
}

static const RvlInstallerCapabilities *
capabilities(void *self)
{
    const Plane *plane = self;

    return &plane->capabilities;
}

/* ---- interfaces ---- */

static Tun *
find_tun_of(const Plane *plane, const char *owner)
{
    for (unsigned i = 0; i < plane->tuns->len; i++) {
        Tun *tun = plane->tuns->pdata[i];

        if (g_ptr_array_find_with_equal_func(tun->owners, owner, g_str_equal, NULL))
            return tun;
    }
    return NULL;
}

/* The interface that @request may share: the same name, or ours where it wants none. */
static Tun *
find_tun_for(const Plane *plane, const char *name)
{
    for (unsigned i = 0; i < plane->tuns->len; i++) {
        Tun *tun = plane->tuns->pdata[i];

        if (name != NULL ? g_str_equal(tun->name, name) : tun->is_shared)
            return tun;
    }
    return NULL;
}

static Tun *
make_tun(Plane *plane, const char *name, uint32_t mtu, GError **error)
{
    Tun *tun;

    if (name != NULL && (strlen(name) >= IFNAMSIZ || name[0] == 0 || strpbrk(name, "/%") != NULL)) {
        rvl_error_set(error, RVL_CAUSE_INTERFACE_CONFLICT, "'%s' can't name an interface", name);
        return NULL;
    }
    if (!plane_start(plane, error))
        return NULL;
    tun = tun_new(name, mtu, 1, plane->options.offloads, error);
    if (tun == NULL)
        return NULL;
    g_ptr_array_add(plane->tuns, tun);
    watch_tun(plane, tun);
    report_offloads(plane, tun, NULL);
    return tun;
}

static Tun *
tun_for(Plane *plane, const RvlInterfaceRequest *request, GError **error)
{
    const char *name = (request->needs & RVL_INTERFACE_NEEDS_NAME) != 0 ? request->name : NULL;
    Tun *tun;

    if (!rvl_needs_check("RvlInterfaceRequest", request->needs, RVL_INTERFACE_NEEDS_NAME, error))
        return NULL;
    tun = find_tun_of(plane, request->owner);
    if (tun != NULL)
        return tun;
    tun = find_tun_for(plane, name);
    if (tun == NULL)
        tun = make_tun(plane, name, request->mtu, error);
    else if (request->mtu > tun->mtu && !tun_set_mtu(tun, request->mtu, error))
        return NULL; /* each SA holds its own packets to its own limit */
    if (tun != NULL)
        g_ptr_array_add(tun->owners, g_strdup(request->owner));
    return tun;
}

static void
interface_add(void *self,
              const RvlInterfaceRequest *request,
              RvlInterfaceDone done,
              void *user_data)
{
    GError *error = NULL;
    const Tun *tun = tun_for(self, request, &error);

    later_interface(self, done, user_data, tun, error);
}

static void
interface_remove(void *self, const char *owner, RvlDone done, void *user_data)
{
    Plane *plane = self;
    Tun *tun = find_tun_of(plane, owner);
    unsigned i;

    if (tun != NULL && g_ptr_array_find_with_equal_func(tun->owners, owner, g_str_equal, &i))
        g_ptr_array_remove_index(tun->owners, i);
    if (tun == NULL || tun->owners->len > 0) {
        later_done(plane, done, user_data, NULL);
        return;
    }
    g_ptr_array_find(plane->tuns, tun, &i);
    watch_end(plane, NULL, g_ptr_array_steal_index(plane->tuns, i), done, user_data);
}

/* ---- endpoints ---- */

static size_t
descriptors_wanted(void *self, const RvlEndpointOffer *offer)
{
    const Plane *plane = self;

    return endpoint_wanted(offer, plane->n_workers);
}

static void
endpoint_add(void *self, const RvlEndpointOffer *offer, RvlEndpointDone done, void *user_data)
{
    Plane *plane = self;
    GError *error = NULL;
    Endpoint *endpoint = NULL;

    if (rvl_needs_check("RvlEndpointOffer", offer->needs, 0, &error) &&
        endpoint_wanted(offer, plane->n_workers) > 0 && plane_start(plane, &error))
        endpoint = endpoint_new(offer, plane->n_workers, plane->options.offloads, &error);
    if (endpoint != NULL) {
        g_ptr_array_add(plane->endpoints, endpoint);
        watch_endpoint(plane, endpoint);
        report_offloads(plane, NULL, endpoint);
    }
    later_endpoint(plane, done, user_data, endpoint != NULL, error);
}

static void
endpoint_remove(void *self, RvlEndpointId id, RvlDone done, void *user_data)
{
    Plane *plane = self;

    for (unsigned i = 0; i < plane->endpoints->len; i++) {
        const Endpoint *endpoint = plane->endpoints->pdata[i];

        if (endpoint->id != id)
            continue;
        watch_end(plane, g_ptr_array_steal_index(plane->endpoints, i), NULL, done, user_data);
        return;
    }
    later_done(plane, done, user_data, NULL);
}

/* ---- SPIs ---- */

static bool
random_bits(const Plane *plane, uint32_t *bits)
{
    const RvlPrimitives *primitives = plane->host->primitives;

    return primitives->random(primitives->context, (uint8_t *)bits, sizeof *bits);
}

static void
reserve_spis(void *self,
             const RvlPath *path,
             uint8_t protocol,
             size_t n,
             RvlSpisDone done,
             void *user_data)
{
    Plane *plane = self;
    GArray *spis = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    GError *error = NULL;

    (void)path;
    if (protocol != RVL_PROTOCOL_ESP)
        rvl_error_set(&error, RVL_CAUSE_KERNEL_UNSUPPORTED, "installer userspace has no AH");
    for (size_t i = 0; i < n && error == NULL; i++) {
        uint32_t random, spi = 0;

        if (random_bits(plane, &random))
            spi = sa_table_reserve(&plane->table, random, plane->next_worker++ % plane->n_workers,
                                   plane->n_workers);
        if (spi == 0)
            rvl_error_set(&error, RVL_CAUSE_INSTALL_FAILED, "all %d SPIs are in use", SA_SLOTS);
        else
            g_array_append_val(spis, spi);
    }
    for (guint i = 0; error != NULL && i < spis->len; i++)
        sa_table_release(&plane->table, g_array_index(spis, uint32_t, i));
    later_spis(plane, done, user_data, spis, error);
}

static void
release_spis(void *self, const RvlPath *path, uint8_t protocol, const uint32_t *spis, size_t n)
{
    Plane *plane = self;

    (void)path; /* one table holds them all */
    (void)protocol;
    for (size_t i = 0; i < n; i++)
        sa_table_release(&plane->table, spis[i]);
}

/* ---- SAs ---- */

static void
apply(void *self, const RvlSaBatch *batch, RvlCountersDone removed, void *user_data)
{
    batch_apply(self, batch, removed, user_data);
}

static size_t
report(void *self, RvlReportRow *rows, size_t stride, size_t max)
{
    return report_rows(self, rows, stride, max);
}

static void
append_counters(GArray *array, const Sa *sa)
{
    RvlSaCounters counters;

    sa_read_counters(sa, &counters);
    g_array_append_val(array, counters);
}

static void
query(void *self, const RvlSaId *ids, size_t n, RvlCountersDone done, void *user_data)
{
    Plane *plane = self;
    GArray *counters = g_array_new(FALSE, FALSE, sizeof(RvlSaCounters));
    GHashTableIter iter;
    void *value;

    for (size_t i = 0; i < n; i++) {
        const Sa *sa = g_hash_table_lookup(plane->sas, &ids[i]);

        if (sa != NULL)
            append_counters(counters, sa);
    }
    g_hash_table_iter_init(&iter, plane->sas);
    while (n == 0 && g_hash_table_iter_next(&iter, NULL, &value))
        append_counters(counters, value);
    later_counters(plane, done, user_data, counters, NULL);
}

static void
standing_clear(void *data)
{
    RvlStanding *standing = data;

    g_free((char *)standing->owner);
    rvl_selectors_unref((RvlSelectors *)standing->local);
    rvl_selectors_unref((RvlSelectors *)standing->remote);
}

/* What is in @row is borrowed; the array gets its own, since the answer comes later. */
static void
append_standing(GArray *rows, const char *wanted, const RvlStanding *row)
{
    RvlStanding owned = *row;

    if (wanted != NULL && g_strcmp0(wanted, row->owner) != 0)
        return;
    owned.owner = g_strdup(row->owner);
    owned.local = rvl_selectors_ref(row->local);
    owned.remote = rvl_selectors_ref(row->remote);
    g_array_append_val(rows, owned);
}

static void
append_sa(GArray *rows, const char *wanted, const Sa *sa)
{
    const RvlStanding row = {.kind = RVL_STANDING_SA,
                             .id = sa->id,
                             .owner = sa->owner,
                             .direction = sa->direction,
                             .protocol = RVL_PROTOCOL_ESP,
                             .spi = sa->spi,
                             .policy = sa->policy,
                             .local = sa->local,
                             .remote = sa->remote};

    append_standing(rows, wanted, &row);
}

static void
append_policy(GArray *rows, const char *wanted, const Policy *policy)
{
    const RvlStanding row = {.kind = RVL_STANDING_POLICY,
                             .id = policy->id,
                             .owner = policy->owner,
                             .local = policy->local,
                             .remote = policy->remote};

    append_standing(rows, wanted, &row);
}

static void
list(void *self, const char *owner, RvlStandingDone done, void *user_data)
{
    Plane *plane = self;
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(RvlStanding));
    GHashTableIter iter;
    void *value;

    g_array_set_clear_func(rows, standing_clear);
    g_hash_table_iter_init(&iter, plane->sas);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        append_sa(rows, owner, value);
    g_hash_table_iter_init(&iter, plane->policies);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        append_policy(rows, owner, value);
    later_standing(plane, done, user_data, rows);
}

/* ---- acquires ---- */

typedef struct {
    Message message; /* first: the workers know it as this */
    uint64_t acquire;
    bool succeeded;
} Release;

static void
release_packets(Worker *worker, Message *message)
{
    const Release *release = (const Release *)(const void *)message;

    worker->now = plane_now(worker->plane);
    outbound_release(worker, release->acquire, release->succeeded);
}

static void
released(Message *message)
{
    g_free(message);
}

static void
acquire_done(void *self, uint64_t acquire_id, bool succeeded)
{
    Plane *plane = self;
    Release *release = g_new0(Release, 1);
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, plane->policies);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Policy *policy = value;

        if (atomic_load(&policy->acquire) != acquire_id)
            continue;
        atomic_store(&policy->quiet_until, rvl_time_add(plane_now(plane), ACQUIRE_QUIET));
        atomic_store(&policy->acquire, 0);
    }
    release->message.run = release_packets;
    release->message.done = released;
    release->acquire = acquire_id;
    release->succeeded = succeeded;
    plane_post(plane, &release->message);
}

const RvlInstaller userspace_installer = {
    .size = sizeof(RvlInstaller),
    .name = "userspace",
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
    .list = list, /* adopt: nothing of ours outlives the process */
    .acquire_done = acquire_done,
};
