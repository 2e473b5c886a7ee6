/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Endpoints: descriptors, their options, and what the kernel grants of them. */
#include "config.h"

#include "endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/udp.h>
#include <string.h>
#include <unistd.h>
#include <ravelin/error.h>

#include "flow.h"
#include "steering.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

/* So that a burst of some ten super-packets waits in the kernel rather than is lost. */
#define SOCKET_BUFFER (4 * 1024 * 1024)

socklen_t
endpoint_to_sockaddr(const RvlEndpoint *endpoint, struct sockaddr_storage *out)
{
    memset(out, 0, sizeof *out);
    if (endpoint->address.family == RVL_FAMILY_IPV6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;

        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(endpoint->port);
        in6->sin6_scope_id = endpoint->scope;
        memcpy(&in6->sin6_addr, endpoint->address.octets, 16);
        return sizeof *in6;
    }

    struct sockaddr_in *in = (struct sockaddr_in *)out;

    in->sin_family = AF_INET;
    in->sin_port = htons(endpoint->port);
    memcpy(&in->sin_addr, endpoint->address.octets, 4);
    return sizeof *in;
}

void
endpoint_from_sockaddr(const struct sockaddr_storage *in, RvlEndpoint *out)
{
    memset(out, 0, sizeof *out);
    if (in->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)in;

        out->address.family = RVL_FAMILY_IPV6;
        memcpy(out->address.octets, &in6->sin6_addr, 16);
        out->port = ntohs(in6->sin6_port);
        if (rvl_address_is_link_local(&out->address))
            out->scope = in6->sin6_scope_id;
    } else if (in->ss_family == AF_INET) {
        const struct sockaddr_in *in4 = (const struct sockaddr_in *)in;

        out->address.family = RVL_FAMILY_IPV4;
        memcpy(out->address.octets, &in4->sin_addr, 4);
        out->port = ntohs(in4->sin_port);
    }
}

static bool
set_number(int fd, int level, int option, int value)
{
    return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

static void
enlarge_buffers(int fd)
{
    if (!set_number(fd, SOL_SOCKET, SO_RCVBUFFORCE, SOCKET_BUFFER))
        set_number(fd, SOL_SOCKET, SO_RCVBUF, SOCKET_BUFFER);
    if (!set_number(fd, SOL_SOCKET, SO_SNDBUFFORCE, SOCKET_BUFFER))
        set_number(fd, SOL_SOCKET, SO_SNDBUF, SOCKET_BUFFER);
}

/*
 * What every descriptor that carries ESP needs: the outer ECN field with each packet, DF on all
 * that goes out (inner packets are made to fit), and news of the path's MTU.
 */
static void
prepare(int fd, uint8_t family)
{
    enlarge_buffers(fd);
    if (family == RVL_FAMILY_IPV6) {
        set_number(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
        set_number(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO);
        set_number(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
    } else {
        set_number(fd, IPPROTO_IP, IP_RECVTOS, 1);
        set_number(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
        set_number(fd, IPPROTO_IP, IP_RECVERR, 1);
    }
}

static void
probe_offloads(Endpoint *endpoint, bool wanted)
{
    const char *refusal = wanted ? NULL : "switched off by offloads = no";
    bool segments = wanted, aggregates = wanted;

    for (unsigned i = 0; i < endpoint->n_workers && i < endpoint->n_descriptors; i++) {
        /* Size 0 changes nothing: it only asks whether the kernel knows the option. */
        segments = segments && set_number(endpoint->descriptors[i], SOL_UDP, UDP_SEGMENT, 0);
        aggregates = aggregates && set_number(endpoint->descriptors[i], SOL_UDP, UDP_GRO, 1);
    }
    atomic_store(&endpoint->has_segmentation, segments);
    endpoint->has_aggregation = aggregates;
    if (!segments)
        endpoint->segmentation_reason = refusal != NULL ? refusal : g_strerror(errno);
    if (!aggregates)
        endpoint->aggregation_reason = refusal != NULL ? refusal : g_strerror(errno);
}

const char *
endpoint_probe_raw(void)
{
    int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, PROTOCOL_ESP);

    if (fd < 0)
        return g_strerror(errno);
    close(fd);
    return NULL;
}

size_t
endpoint_wanted(const RvlEndpointOffer *offer, unsigned n_workers)
{
    if (offer->ip_protocol == PROTOCOL_ESP)
        return n_workers;
    return offer->ip_protocol == PROTOCOL_UDP && offer->is_encapsulated ? n_workers + 1 : 0;
}

static bool
take_descriptors(Endpoint *endpoint, const RvlEndpointOffer *offer, size_t n, GError **error)
{
    for (size_t i = 0; i < n; i++) {
        int fd = fcntl(offer->descriptors[i], F_DUPFD_CLOEXEC, 3);

        if (fd < 0) {
            rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED, "fcntl(F_DUPFD): %s", g_strerror(errno));
            return false;
        }
        endpoint->descriptors[endpoint->n_descriptors++] = fd;
        /* The last of UDP carries IKE, whose large messages may be fragmented. */
        if (i < endpoint->n_workers)
            prepare(fd, offer->local.address.family);
    }
    return true;
}

static void
steer_udp(Endpoint *endpoint)
{
    int refusal;

    if (endpoint->n_descriptors <= endpoint->n_workers) {
        endpoint->steering_reason = "fewer sockets came than were asked for";
        return;
    }
    refusal = steering_attach_udp(endpoint->descriptors[0], endpoint->n_workers);
    if (refusal != 0)
        endpoint->steering_reason = g_strerror(refusal);
}

static bool
steer_raw(const Endpoint *endpoint, GError **error)
{
    for (unsigned i = 0; i < endpoint->n_descriptors; i++) {
        int refusal = steering_attach_raw(endpoint->descriptors[i], endpoint->kind == ENDPOINT_IPV4,
                                          i, endpoint->n_workers);

        if (refusal == 0)
            continue;
        rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED, "setsockopt(SO_ATTACH_FILTER): %s",
                      g_strerror(refusal));
        return false;
    }
    return true;
}

static EndpointKind
kind_of(const RvlEndpointOffer *offer)
{
    if (offer->ip_protocol == PROTOCOL_UDP)
        return ENDPOINT_UDP;
    return offer->local.address.family == RVL_FAMILY_IPV6 ? ENDPOINT_IPV6 : ENDPOINT_IPV4;
}

Endpoint *
endpoint_new(const RvlEndpointOffer *offer, unsigned n_workers, bool offloads, GError **error)
{
    Endpoint *endpoint = g_new0(Endpoint, 1);
    size_t wanted = endpoint_wanted(offer, n_workers);
    size_t least = offer->ip_protocol == PROTOCOL_ESP ? n_workers : 1;

    endpoint->kind = kind_of(offer);
    endpoint->n_workers = n_workers;
    endpoint->references = 1;
    endpoint->id = offer->id;
    endpoint->local = offer->local;
    if (offer->n_descriptors < least) {
        rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED, "%zu sockets came, %zu are needed",
                      offer->n_descriptors, least);
        endpoint_unref(endpoint);
        return NULL;
    }
    if (!take_descriptors(endpoint, offer, MIN(offer->n_descriptors, wanted), error) ||
        (endpoint->kind != ENDPOINT_UDP && !steer_raw(endpoint, error))) {
        endpoint_unref(endpoint);
        return NULL;
    }
    if (endpoint->kind == ENDPOINT_UDP) {
        probe_offloads(endpoint, offloads);
        steer_udp(endpoint);
    } else {
        endpoint->segmentation_reason = endpoint->aggregation_reason = "raw sockets have none";
    }
    return endpoint;
}

Endpoint *
endpoint_ref(Endpoint *endpoint)
{
    endpoint->references++;
    return endpoint;
}

void
endpoint_close(Endpoint *endpoint)
{
    atomic_store(&endpoint->is_closed, true);
    for (unsigned i = 0; i < endpoint->n_descriptors; i++)
        close(endpoint->descriptors[i]);
    endpoint->n_descriptors = 0;
}

void
endpoint_unref(Endpoint *endpoint)
{
    if (--endpoint->references > 0)
        return;
    endpoint_close(endpoint);
    g_free(endpoint);
}
