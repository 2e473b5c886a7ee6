/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where ESP comes and goes: UDP endpoints and raw ones, as the core offered them. */
#pragma once

#include <stdatomic.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <ravelin/installer.h>

G_BEGIN_DECLS

/* Most workers; sizes the tables that have a row for each. */
#define MAX_WORKERS 16

/** EndpointKind: what a datagram of it looks like. */
typedef enum {
    ENDPOINT_UDP = 1,  /* RFC 3948: ESP, or IKE behind a non-ESP marker */
    ENDPOINT_IPV4 = 2, /* raw ESP: with the IPv4 header before it */
    ENDPOINT_IPV6 = 3, /* raw ESP: without a header */
} EndpointKind;

/**
 * Endpoint:
 * @descriptors: one a worker, and for UDP one more, on which IKE comes
 * @has_segmentation: UDP_SEGMENT works; cleared when a send shows that it doesn't
 * @has_aggregation: UDP_GRO is on
 * @segmentation_reason, @aggregation_reason, @steering_reason: (nullable): static: why each is off
 * @is_closed: nothing may be sent any more
 * @references: of the main loop: the table of endpoints and the routes of SAs
 */
typedef struct {
    RvlEndpointId id;
    RvlEndpoint local;
    EndpointKind kind;
    int descriptors[MAX_WORKERS + 1];
    unsigned n_descriptors;
    unsigned n_workers;
    atomic_bool has_segmentation;
    bool has_aggregation;
    const char *_Atomic segmentation_reason;
    const char *aggregation_reason;
    const char *steering_reason;
    atomic_bool is_closed;
    unsigned references;
} Endpoint;

/** endpoint_wanted: how many sockets of what @offer describes; 0 where no ESP travels by it. */
size_t endpoint_wanted(const RvlEndpointOffer *offer, unsigned n_workers);

/**
 * endpoint_new:
 * @offer: its descriptors are duplicated
 * @offloads: whether UDP_SEGMENT and UDP_GRO may be used
 */
Endpoint *endpoint_new(const RvlEndpointOffer *offer,
                       unsigned n_workers,
                       bool offloads,
                       GError **error);

/** endpoint_probe_raw: (nullable): why the process may not open raw sockets for ESP; NULL: it may. */
const char *endpoint_probe_raw(void);

Endpoint *endpoint_ref(Endpoint *endpoint);
void endpoint_unref(Endpoint *endpoint);
/** endpoint_close: closes the descriptors; no worker reads them any more. */
void endpoint_close(Endpoint *endpoint);

/** endpoint_descriptor: by which @worker sends. */
static inline int
endpoint_descriptor(const Endpoint *endpoint, unsigned worker)
{
    return endpoint->descriptors[worker < endpoint->n_descriptors ? worker : 0];
}

/** endpoint_reader: which worker reads the @i-th descriptor. */
static inline unsigned
endpoint_reader(const Endpoint *endpoint, unsigned i)
{
    return i < endpoint->n_workers ? i : endpoint->n_workers - 1;
}

/** endpoint_is_ike: whether the @i-th descriptor is the one that IKE is steered to. */
static inline bool
endpoint_is_ike(const Endpoint *endpoint, unsigned i)
{
    return endpoint->kind == ENDPOINT_UDP && i == endpoint->n_workers;
}

/* Addresses as the kernel has them. */
socklen_t endpoint_to_sockaddr(const RvlEndpoint *endpoint, struct sockaddr_storage *out);
void endpoint_from_sockaddr(const struct sockaddr_storage *in, RvlEndpoint *out);

G_END_DECLS
