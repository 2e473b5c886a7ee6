/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The data plane's frame: workers, suites, the tables' owners, and what ends them. */
#include "config.h"

#include "plane.h"

#include <string.h>
#include <unistd.h>
#include <ravelin/error.h>

#include "retired.h"
#include "worker.h"

/* More cores than this don't help one end of a tunnel, and each wakes the others. */
#define DEFAULT_WORKERS_MAX 4

static void
suite_free(void *data)
{
    Suite *suite = data;

    rvl_protection_unref(suite->protection);
    g_free(suite);
}

static void
fill_capabilities(Plane *plane)
{
    plane->capabilities = (RvlInstallerCapabilities){
        .size = sizeof plane->capabilities,
        .protocols = 1u << RVL_PROTOCOL_ESP,
        .modes = 1u << RVL_MODE_TUNNEL,
        .families = 1u << RVL_FAMILY_IPV4 | 1u << RVL_FAMILY_IPV6,
        .has_esn = true,
        .largest_window = REPLAY_WINDOW_MAX,
        .encapsulation =
            plane->raw_reason == NULL ? RVL_ENCAPSULATION_PREFERRED : RVL_ENCAPSULATION_REQUIRED,
        .encapsulation_reason = plane->raw_reason,
        .needs_interface = true,
    };
}

static unsigned
default_workers(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    return (unsigned)CLAMP(cores, 1, DEFAULT_WORKERS_MAX);
}

Plane *
plane_new(const RvlHost *host, const PlaneOptions *options, GError **error)
{
    Plane *plane = g_new0(Plane, 1);

    if (!sa_table_init(&plane->table, error)) {
        g_free(plane);
        return NULL;
    }
    plane->host = host;
    plane->options = *options;
    plane->n_workers = options->workers != 0 ? options->workers : default_workers();
    plane->sas = g_hash_table_new(g_int64_hash, g_int64_equal);
    plane->policies = g_hash_table_new(g_int64_hash, g_int64_equal);
    plane->endpoints = g_ptr_array_new_with_free_func((GDestroyNotify)endpoint_unref);
    plane->tuns = g_ptr_array_new_with_free_func((GDestroyNotify)tun_unref);
    plane->suites = g_ptr_array_new_with_free_func(suite_free);
    atomic_init(&plane->references, 1);
    atomic_init(&plane->spd, spd_new(NULL));
    atomic_init(&plane->generation, 1);
    plane->raw_reason = endpoint_probe_raw();
    fill_capabilities(plane);
    return plane;
}

static void
stop_workers(Plane *plane)
{
    for (unsigned i = 0; i < plane->n_workers && plane->workers[i] != NULL; i++) {
        if (plane->is_running)
            worker_stop(plane->workers[i]);
        worker_free(plane->workers[i]);
        plane->workers[i] = NULL;
    }
    plane->is_running = false;
}

bool
plane_start(Plane *plane, GError **error)
{
    if (plane->is_running)
        return true;
    for (unsigned i = 0; i < plane->n_workers; i++) {
        plane->workers[i] = worker_new(plane, i, error);
        if (plane->workers[i] == NULL) {
            stop_workers(plane);
            return false;
        }
    }
    for (unsigned i = 0; i < plane->n_workers; i++) {
        if (worker_start(plane->workers[i], error))
            continue;
        for (unsigned k = 0; k < i; k++)
            worker_stop(plane->workers[k]);
        stop_workers(plane);
        return false;
    }
    plane->is_running = true;
    return true;
}

static void
free_sas(Plane *plane)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, plane->sas);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Sa *sa = value;

        g_clear_pointer(&sa->tun, tun_unref);
        sa_free(sa);
    }
    g_hash_table_iter_init(&iter, plane->policies);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        policy_free(value);
    g_hash_table_remove_all(plane->sas);
    g_hash_table_remove_all(plane->policies);
}

void
plane_stop(Plane *plane)
{
    stop_workers(plane);
    g_clear_pointer(&plane->gathered, retired_free);
    free_sas(plane);
    g_ptr_array_set_size(plane->endpoints, 0);
    g_ptr_array_set_size(plane->tuns, 0);
    plane_unref(plane);
}

Plane *
plane_ref(Plane *plane)
{
    atomic_fetch_add(&plane->references, 1);
    return plane;
}

void
plane_unref(Plane *plane)
{
    if (atomic_fetch_sub(&plane->references, 1) > 1)
        return;
    spd_free(atomic_load(&plane->spd));
    sa_table_clear(&plane->table);
    g_hash_table_unref(plane->sas);
    g_hash_table_unref(plane->policies);
    g_ptr_array_unref(plane->endpoints);
    g_ptr_array_unref(plane->tuns);
    g_ptr_array_unref(plane->suites);
    g_free(plane);
}

void
plane_message_done(void *data)
{
    Message *message = data;
    Plane *plane = message->plane;

    message->done(message);
    plane_unref(plane);
}

void
plane_post(Plane *plane, Message *message)
{
    message->plane = plane_ref(plane);
    if (!plane->is_running) {
        plane->host->invoke(plane->host->context, plane_message_done, message);
        return;
    }
    atomic_store(&message->waiting, plane->n_workers);
    for (unsigned i = 0; i < plane->n_workers; i++) {
        mailbox_put(&plane->workers[i]->mailbox, message, i);
        worker_wake(plane->workers[i]);
    }
}

const Suite *
plane_suite(Plane *plane, const RvlTransform *encr, const RvlTransform *integ, GError **error)
{
    RvlProtection *protection;
    Suite *suite;

    for (unsigned i = 0; i < plane->suites->len; i++) {
        suite = plane->suites->pdata[i];
        if (rvl_transform_equal(&suite->encr, encr) && rvl_transform_equal(&suite->integ, integ))
            return suite;
    }
    if (plane->suites->len == MAX_SUITES) {
        rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED, "more than %d different suites", MAX_SUITES);
        return NULL;
    }
    protection = plane->host->protection(plane->host->context, encr, integ, RVL_USE_ESP, error);
    if (protection == NULL)
        return NULL;
    suite = g_new0(Suite, 1);
    suite->encr = *encr;
    suite->integ = *integ;
    suite->protection = protection;
    suite->number = plane->suites->len;
    suite->shape = *rvl_protection_shape(protection);
    g_ptr_array_add(plane->suites, suite);
    return suite;
}

Tun *
plane_find_tun(const Plane *plane, uint32_t index)
{
    for (unsigned i = 0; i < plane->tuns->len; i++) {
        Tun *tun = plane->tuns->pdata[i];

        if (index == 0 ? tun->is_shared : tun->index == index)
            return tun;
    }
    return NULL;
}

/* Whether packets of @path travel by @endpoint: raw ones have no port. */
static bool
carries(const Endpoint *endpoint, const RvlPath *path)
{
    RvlEndpoint local = path->local;

    if ((path->transport == RVL_TRANSPORT_UDP_ENCAP) != (endpoint->kind == ENDPOINT_UDP))
        return false;
    if (endpoint->kind != ENDPOINT_UDP)
        local.port = endpoint->local.port;
    return rvl_endpoint_equal(&endpoint->local, &local);
}

Endpoint *
plane_find_endpoint(const Plane *plane, const RvlPath *path, GError **error)
{
    char text[RVL_ADDRESS_TEXT];

    if (path->transport != RVL_TRANSPORT_UDP && path->transport != RVL_TRANSPORT_UDP_ENCAP) {
        rvl_error_set(error, RVL_CAUSE_KERNEL_UNSUPPORTED, "ESP in %s isn't carried",
                      rvl_transport_word(path->transport));
        return NULL;
    }
    for (unsigned i = 0; i < plane->endpoints->len; i++)
        if (carries(plane->endpoints->pdata[i], path))
            return plane->endpoints->pdata[i];
    if (path->transport == RVL_TRANSPORT_UDP && plane->raw_reason != NULL)
        rvl_error_set(error, RVL_CAUSE_PERMISSION_MISSING, "ESP without UDP needs raw sockets: %s",
                      plane->raw_reason);
    else
        rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED, "no endpoint %s for %s was offered",
                      rvl_endpoint_format(&path->local, text),
                      path->transport == RVL_TRANSPORT_UDP ? "raw ESP" : "ESP in UDP");
    return NULL;
}

/* News on their way from a worker to the main loop. */
typedef struct {
    Plane *plane;
    RvlEndpoint remote;
    uint32_t mtu;
} MtuNews;

static void
learn_mtu(void *data)
{
    g_autofree MtuNews *news = data;
    const RvlInstallerHost *core = news->plane->core;
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, news->plane->sas);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Sa *sa = value;
        SaRoute *route = atomic_load(&sa->route);

        if (sa->direction == RVL_DIRECTION_OUT &&
            rvl_address_equal(&route->path.remote.address, &news->remote.address) &&
            (news->remote.port == 0 || news->remote.port == route->path.remote.port) &&
            sa_route_learn_mtu(route, news->mtu, plane_now(news->plane)))
            core->path_mtu(core->context, sa->id, news->mtu);
    }
    plane_unref(news->plane);
}

void
plane_path_mtu(Plane *plane, const RvlEndpoint *remote, uint32_t mtu)
{
    MtuNews *news = g_new0(MtuNews, 1);

    *news = (MtuNews){.plane = plane_ref(plane), .remote = *remote, .mtu = mtu};
    plane->host->invoke(plane->host->context, learn_mtu, news);
}
