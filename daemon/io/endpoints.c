/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Endpoints: the sockets of every local address, who reads them, and sending along a path. */
#include "config.h"

#include "io/endpoints.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include <glib-unix.h>
#include <ravelin/error.h>
#include "io/udp-socket.h"

/* Sockets of one endpoint at most: workers of an installer, and one for IKE. */
#define MAX_DESCRIPTORS 64

/* A lone octet that keeps a NAT's mapping (RFC 3948 2.3). */
#define NAT_KEEPALIVE_OCTET 0xff

typedef struct {
    RvlEndpoints *owner;
    RvlEndpointId id;
    RvlEndpoint local;
    uint8_t ip_protocol;
    bool is_encapsulated;
    bool is_offered; /* the installer knows it */
    bool is_leaving; /* the installer was asked to let go */
    int descriptors[MAX_DESCRIPTORS];
    size_t n_descriptors;
    GSource *source; /* (nullable): where this side reads */
} Endpoint;

struct RvlEndpoints {
    RvlEndpointsParts parts;
    RvlAddress *listen;
    GPtrArray *endpoints; /* of Endpoint */
    RvlUdpBatch *batch;
    RvlEndpointId last_id;
    RvlDone closed; /* (nullable) */
    void *closed_data;
};

/* What kinds of endpoint each local address gets. */
static const struct {
    uint8_t ip_protocol;
    bool is_encapsulated;
    const char *word;
} kinds[] = {
    {IPPROTO_UDP, false, "udp"},
    {IPPROTO_UDP, true, "udp-encap"},
    {IPPROTO_ESP, false, "esp"},
};

static const char *
kind_word(const Endpoint *endpoint)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kinds[i].ip_protocol == endpoint->ip_protocol &&
            kinds[i].is_encapsulated == endpoint->is_encapsulated)
            return kinds[i].word;
    return "unknown";
}

static void
endpoint_free(Endpoint *endpoint)
{
    if (endpoint->source != NULL) {
        g_source_destroy(endpoint->source);
        g_source_unref(endpoint->source);
    }
    for (size_t i = 0; i < endpoint->n_descriptors; i++)
        close(endpoint->descriptors[i]);
    g_rc_box_release(endpoint);
}

RvlEndpoints *
rvl_endpoints_new(const RvlEndpointsParts *parts)
{
    RvlEndpoints *endpoints = g_new0(RvlEndpoints, 1);

    endpoints->parts = *parts;
    endpoints->listen = g_memdup2(parts->listen, parts->n_listen * sizeof(*parts->listen));
    endpoints->endpoints = g_ptr_array_new_with_free_func((GDestroyNotify)endpoint_free);
    endpoints->batch = rvl_udp_batch_new();
    return endpoints;
}

void
rvl_endpoints_free(RvlEndpoints *endpoints)
{
    if (endpoints == NULL)
        return;
    g_ptr_array_unref(endpoints->endpoints);
    rvl_udp_batch_free(endpoints->batch);
    g_free(endpoints->listen);
    g_free(endpoints);
}

/* Reading. */

static bool
is_keepalive(const uint8_t *octets, size_t n)
{
    return n == 1 && octets[0] == NAT_KEEPALIVE_OCTET;
}

static void
datagram_received(const RvlEndpoint *remote, const uint8_t *octets, size_t n, void *user_data)
{
    static const uint8_t marker[RVL_NON_ESP_MARKER_OCTETS];
    Endpoint *endpoint = user_data;
    RvlEndpointsParts *parts = &endpoint->owner->parts;
    RvlPath path = {
        .local = endpoint->local,
        .remote = *remote,
        .transport = endpoint->is_encapsulated ? RVL_TRANSPORT_UDP_ENCAP : RVL_TRANSPORT_UDP,
    };

    if (endpoint->is_encapsulated) {
        if (is_keepalive(octets, n))
            return;
        if (n < sizeof(marker) || memcmp(octets, marker, sizeof(marker)) != 0)
            return; /* ESP for which nobody reads here */
        octets += sizeof(marker);
        n -= sizeof(marker);
    }
    parts->received(&path, octets, n, parts->user_data);
}

static gboolean
endpoint_ready(gint fd, GIOCondition condition, gpointer user_data)
{
    Endpoint *endpoint = user_data;

    (void)condition;
    (void)rvl_udp_batch_receive(endpoint->owner->batch, fd, datagram_received, endpoint);
    return G_SOURCE_CONTINUE;
}

static void
endpoint_read_here(Endpoint *endpoint)
{
    if (endpoint->ip_protocol != IPPROTO_UDP || endpoint->source != NULL)
        return;
    endpoint->source =
        g_unix_fd_source_new(endpoint->descriptors[endpoint->n_descriptors - 1], G_IO_IN);
    /* never called within itself: blocking it meanwhile would cost a wake-up of the loop each time */
    g_source_set_can_recurse(endpoint->source, TRUE);
    /* what a datagram brings about may end the endpoint while others of its batch wait */
    g_source_set_callback(endpoint->source, G_SOURCE_FUNC(endpoint_ready),
                          g_rc_box_acquire(endpoint), g_rc_box_release);
    g_source_attach(endpoint->source, NULL);
}

/* Offering. */

static RvlEndpointOffer
offer_of(const Endpoint *endpoint)
{
    return (RvlEndpointOffer){
        .size = sizeof(RvlEndpointOffer),
        .id = endpoint->id,
        .local = endpoint->local,
        .ip_protocol = endpoint->ip_protocol,
        .is_encapsulated = endpoint->is_encapsulated,
        .descriptors = endpoint->descriptors,
        .n_descriptors = endpoint->n_descriptors,
    };
}

static Endpoint *
find_by_id(const RvlEndpoints *endpoints, RvlEndpointId id)
{
    for (guint i = 0; i < endpoints->endpoints->len; i++) {
        Endpoint *endpoint = g_ptr_array_index(endpoints->endpoints, i);

        if (endpoint->id == id)
            return endpoint;
    }
    return NULL;
}

/* An offer or its withdrawal under way: by id, since the endpoint may go first. */
typedef struct {
    RvlEndpoints *owner;
    RvlEndpointId id;
} Pending;

static Pending *
pending_new(const Endpoint *endpoint)
{
    Pending *pending = g_new0(Pending, 1);

    pending->owner = endpoint->owner;
    pending->id = endpoint->id;
    return pending;
}

static void
report_failure(const Endpoint *endpoint, const GError *error)
{
    char text[RVL_ADDRESS_TEXT];

    rvl_event_emit_error(endpoint->owner->parts.events, NULL, RVL_EVENT_SOCKET_FAILED,
                         rvl_error_cause(error), error,
                         RVL_TEXT("address", rvl_endpoint_format(&endpoint->local, text)),
                         RVL_TEXT("transport", kind_word(endpoint)));
}

static void
offer_answered(bool reads, const GError *error, void *user_data)
{
    g_autofree Pending *pending = user_data;
    Endpoint *endpoint = find_by_id(pending->owner, pending->id);

    if (endpoint == NULL)
        return;
    if (error != NULL)
        report_failure(endpoint, error);
    if (!reads && !endpoint->is_leaving)
        endpoint_read_here(endpoint);
}

static bool
open_descriptors(Endpoint *endpoint, size_t n, GError **error)
{
    bool is_shared = n > 1;

    for (size_t i = 0; i < MAX(n, 1); i++) {
        int fd = endpoint->ip_protocol == IPPROTO_UDP
                     ? rvl_udp_socket_open(&endpoint->local, is_shared, error)
                     : rvl_raw_socket_open(&endpoint->local, endpoint->ip_protocol, error);

        if (fd < 0)
            return false;
        endpoint->descriptors[endpoint->n_descriptors++] = fd;
        if (endpoint->ip_protocol == IPPROTO_UDP)
            endpoint->local.port = rvl_socket_port(fd); /* the others of a group share it */
    }
    return true;
}

static void
endpoint_open(RvlEndpoints *endpoints, const RvlEndpoint *local, size_t kind)
{
    const RvlInstaller *installer = endpoints->parts.installer;
    void *self = endpoints->parts.installer_self;
    g_autoptr(GError) error = NULL;
    Endpoint *endpoint = g_rc_box_new0(Endpoint);
    RvlEndpointOffer offer;
    char text[RVL_ADDRESS_TEXT];
    size_t n;

    endpoint->owner = endpoints;
    endpoint->id = ++endpoints->last_id;
    endpoint->local = *local;
    endpoint->ip_protocol = kinds[kind].ip_protocol;
    endpoint->is_encapsulated = kinds[kind].is_encapsulated;
    offer = offer_of(endpoint);
    offer.descriptors = NULL;
    n = MIN(installer->descriptors_wanted(self, &offer), MAX_DESCRIPTORS);
    if (endpoint->ip_protocol != IPPROTO_UDP && n == 0) {
        endpoint_free(endpoint);
        return;
    }
    if (!open_descriptors(endpoint, n, &error)) {
        report_failure(endpoint, error);
        endpoint_free(endpoint);
        return;
    }
    g_ptr_array_add(endpoints->endpoints, endpoint);
    rvl_event_emit(endpoints->parts.events, NULL, RVL_EVENT_SOCKET_OPENED,
                   RVL_TEXT("address", rvl_endpoint_format(&endpoint->local, text)),
                   RVL_TEXT("transport", kinds[kind].word));
    if (n == 0) {
        endpoint_read_here(endpoint);
        return;
    }
    endpoint->is_offered = true;
    offer = offer_of(endpoint);
    installer->endpoint_add(self, &offer, offer_answered, pending_new(endpoint));
}

static bool
is_open(const RvlEndpoints *endpoints, const RvlEndpoint *local, size_t kind)
{
    for (guint i = 0; i < endpoints->endpoints->len; i++) {
        const Endpoint *endpoint = g_ptr_array_index(endpoints->endpoints, i);

        if (!endpoint->is_leaving && endpoint->ip_protocol == kinds[kind].ip_protocol &&
            endpoint->is_encapsulated == kinds[kind].is_encapsulated &&
            endpoint->local.scope == local->scope &&
            rvl_address_equal(&endpoint->local.address, &local->address))
            return true;
    }
    return false;
}

static bool
is_listened_on(const RvlEndpoints *endpoints, const RvlAddress *address)
{
    for (size_t i = 0; i < endpoints->parts.n_listen; i++)
        if (rvl_address_equal(&endpoints->listen[i], address))
            return true;
    return endpoints->parts.n_listen == 0;
}

void
rvl_endpoints_add_address(RvlEndpoints *endpoints, const RvlAddress *address, uint32_t scope)
{
    const uint16_t ports[G_N_ELEMENTS(kinds)] = {endpoints->parts.port, endpoints->parts.encap_port,
                                                 0};

    if (!is_listened_on(endpoints, address))
        return;
    for (size_t kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
        RvlEndpoint local = {.address = *address, .port = ports[kind], .scope = scope};

        if (!is_open(endpoints, &local, kind) &&
            (kinds[kind].ip_protocol == IPPROTO_UDP || endpoints->parts.opens_raw))
            endpoint_open(endpoints, &local, kind);
    }
}

void
rvl_endpoints_add_listened(RvlEndpoints *endpoints)
{
    for (size_t i = 0; i < endpoints->parts.n_listen; i++) {
        const RvlAddress *address = &endpoints->listen[i];

        if (!rvl_address_is_link_local(address)) /* which has a scope, known when it comes */
            rvl_endpoints_add_address(endpoints, address, 0);
    }
}

/* Taking back. */

static void
closed_one(RvlEndpoints *endpoints)
{
    RvlDone closed = endpoints->closed;

    if (closed == NULL || endpoints->endpoints->len > 0)
        return;
    endpoints->closed = NULL;
    closed(NULL, endpoints->closed_data);
}

static void
let_go(const GError *error, void *user_data)
{
    g_autofree Pending *pending = user_data;
    Endpoint *endpoint = find_by_id(pending->owner, pending->id);

    (void)error; /* it has no thread on the descriptors any more, whatever else failed */
    if (endpoint != NULL)
        g_ptr_array_remove(pending->owner->endpoints, endpoint);
    closed_one(pending->owner);
}

static void
endpoint_leave(Endpoint *endpoint)
{
    RvlEndpointsParts *parts = &endpoint->owner->parts;

    if (endpoint->is_leaving)
        return;
    if (!endpoint->is_offered) {
        g_ptr_array_remove(endpoint->owner->endpoints, endpoint);
        return;
    }
    endpoint->is_leaving = true;
    parts->installer->endpoint_remove(parts->installer_self, endpoint->id, let_go,
                                      pending_new(endpoint));
}

void
rvl_endpoints_remove_address(RvlEndpoints *endpoints, const RvlAddress *address, uint32_t scope)
{
    for (guint i = endpoints->endpoints->len; i > 0; i--) { /* leaving may remove it */
        Endpoint *endpoint = g_ptr_array_index(endpoints->endpoints, i - 1);

        if (rvl_address_equal(&endpoint->local.address, address) && endpoint->local.scope == scope)
            endpoint_leave(endpoint);
    }
}

void
rvl_endpoints_close(RvlEndpoints *endpoints, RvlDone done, void *user_data)
{
    endpoints->closed = done;
    endpoints->closed_data = user_data;
    for (guint i = endpoints->endpoints->len; i > 0; i--)
        endpoint_leave(g_ptr_array_index(endpoints->endpoints, i - 1));
    closed_one(endpoints);
}

/* Looking up and sending. */

size_t
rvl_endpoints_count(const RvlEndpoints *endpoints)
{
    return endpoints->endpoints->len;
}

const RvlEndpoint *
rvl_endpoints_find(const RvlEndpoints *endpoints, RvlEndpointId id)
{
    const Endpoint *endpoint = find_by_id(endpoints, id);

    return endpoint != NULL ? &endpoint->local : NULL;
}

static const Endpoint *
find_udp(const RvlEndpoints *endpoints, const RvlAddress *local, bool is_encapsulated)
{
    for (guint i = 0; i < endpoints->endpoints->len; i++) {
        const Endpoint *endpoint = g_ptr_array_index(endpoints->endpoints, i);

        if (endpoint->ip_protocol == IPPROTO_UDP && !endpoint->is_leaving &&
            endpoint->is_encapsulated == is_encapsulated &&
            rvl_address_equal(&endpoint->local.address, local))
            return endpoint;
    }
    return NULL;
}

bool
rvl_endpoints_ports(const RvlEndpoints *endpoints,
                    const RvlAddress *local,
                    uint16_t *port,
                    uint16_t *encap_port)
{
    const Endpoint *plain = find_udp(endpoints, local, false);
    const Endpoint *encapsulated = find_udp(endpoints, local, true);

    *port = plain != NULL ? plain->local.port : 0;
    *encap_port = encapsulated != NULL ? encapsulated->local.port : 0;
    return plain != NULL || encapsulated != NULL;
}

bool
rvl_endpoints_send(RvlEndpoints *endpoints,
                   const RvlPath *path,
                   const uint8_t *octets,
                   size_t n,
                   GError **error)
{
    bool is_encapsulated = path->transport == RVL_TRANSPORT_UDP_ENCAP;
    const Endpoint *endpoint = find_udp(endpoints, &path->local.address, is_encapsulated);
    char text[RVL_PATH_TEXT];
    int failed;

    if (endpoint == NULL) {
        rvl_error_set(error, RVL_CAUSE_LOCAL_ADDRESS_MISSING, "%s: nothing listens there",
                      rvl_path_format(path, text));
        return false;
    }
    failed = rvl_udp_socket_send(endpoint->descriptors[endpoint->n_descriptors - 1], &path->remote,
                                 is_encapsulated && !is_keepalive(octets, n), octets, n);
    if (failed == 0 || failed == EAGAIN)
        return true;
    rvl_error_set(error, RVL_CAUSE_PEER_UNREACHABLE, "%s: %s", rvl_path_format(path, text),
                  g_strerror(failed));
    return false;
}
