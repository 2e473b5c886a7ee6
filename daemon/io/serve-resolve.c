/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Serves RVL_JOB_RESOLVE: a peer's name, asked anew at each attempt, and our address towards it. */
#include "config.h"

#include "io/job-server.h"

#include <gio/gio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ravelin/error.h>
#include "io/socket-address.h"

/* Any port makes the kernel choose the route; nothing is sent. */
#define PROBE_PORT 500

typedef struct {
    const RvlJobServices *services;
    const RvlJob *job;
    RvlJobServed served;
    void *user_data;
} Lookup;

/* Our address on the way to @remote: what the kernel gives a connected UDP socket. */
static bool
source_towards(const RvlAddress *remote, RvlEndpoint *local)
{
    RvlEndpoint probe = {.address = *remote, .port = PROBE_PORT};
    struct sockaddr_storage storage;
    socklen_t length = rvl_socket_address(&probe, &storage);
    int fd = socket(storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool found = fd >= 0 && connect(fd, (struct sockaddr *)&storage, length) == 0;

    length = sizeof(storage);
    found = found && getsockname(fd, (struct sockaddr *)&storage, &length) == 0 &&
            rvl_socket_endpoint(&storage, local);
    if (fd >= 0)
        close(fd);
    return found;
}

static bool
reach(const Lookup *lookup, const RvlAddress *remote, RvlReach *out)
{
    const RvlAddress *wanted = &lookup->job->request.resolve.local;
    RvlEndpoint local = {.address = *wanted};

    if (wanted->family != RVL_FAMILY_NONE && wanted->family != remote->family)
        return false;
    if (wanted->family == RVL_FAMILY_NONE && !source_towards(remote, &local))
        return false;
    *out = (RvlReach){.remote = {.address = *remote, .scope = local.scope}, .local = local};
    return rvl_endpoints_ports(lookup->services->endpoints, &local.address, &out->local.port,
                               &out->local_encap_port);
}

static void
finish(Lookup *lookup, GList *found, GError *error)
{
    const RvlResolveRequest *request = &lookup->job->request.resolve;
    RvlJobResult *result;
    GArray *reaches = g_array_new(FALSE, FALSE, sizeof(RvlReach));

    for (const GList *link = found; link != NULL; link = link->next) {
        RvlAddress remote;
        RvlReach one;

        if (rvl_address_from_octets(g_inet_address_to_bytes(link->data),
                                    g_inet_address_get_native_size(link->data), &remote) &&
            (request->family == RVL_FAMILY_NONE || request->family == remote.family) &&
            reach(lookup, &remote, &one))
            g_array_append_val(reaches, one);
    }
    if (reaches->len == 0 && error == NULL)
        rvl_error_set(&error, RVL_CAUSE_PEER_UNREACHABLE,
                      "%s: no address of it can be reached from an address that is listened on",
                      request->name);
    if (error != NULL) {
        g_array_unref(reaches);
        result = rvl_job_result_new_failed(lookup->job, error);
    } else {
        result = rvl_job_result_new(lookup->job, RVL_JOB_DONE);
        result->answer.resolve.reaches = reaches;
    }
    lookup->served(result, lookup->user_data);
    g_free(lookup);
}

static void
name_resolved(GObject *source, GAsyncResult *async, gpointer user_data)
{
    Lookup *lookup = user_data;
    g_autoptr(GError) failure = NULL;
    GError *error = NULL;
    GList *found = g_resolver_lookup_by_name_finish(G_RESOLVER(source), async, &failure);

    if (failure != NULL)
        rvl_error_set_found(&error, RVL_CAUSE_PEER_UNRESOLVED, lookup->job->request.resolve.name,
                            NULL, "%s", failure->message);
    finish(lookup, found, error);
    g_resolver_free_addresses(found);
}

void
rvl_serve_resolve(const RvlJobServices *services,
                  const RvlJob *job,
                  RvlJobServed served,
                  void *user_data)
{
    Lookup *lookup = g_new0(Lookup, 1);
    g_autoptr(GInetAddress) numeric = g_inet_address_new_from_string(job->request.resolve.name);
    g_autoptr(GResolver) resolver = NULL;

    *lookup = (Lookup){services, job, served, user_data};
    if (numeric != NULL) {
        GList found = {.data = numeric};

        finish(lookup, &found, NULL);
        return;
    }
    resolver = g_resolver_get_default();
    g_resolver_lookup_by_name_async(resolver, job->request.resolve.name, NULL, name_resolved,
                                    lookup);
}
