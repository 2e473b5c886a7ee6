/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sendmmsg() with UDP_SEGMENT, and what is done when the kernel refuses. */
#include "config.h"

#include "transmit.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>

#include "error-queue.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

enum {
    AT_ONCE = 64,
    /* A full socket buffer is waited for this long, then the rest is dropped: TUN's queue fills meanwhile. */
    PATIENCE_MS = 5,
    CONTROL_OCTETS = CMSG_SPACE(sizeof(uint16_t)) + CMSG_SPACE(sizeof(int)),
};

typedef union {
    struct cmsghdr head; /* alignment */
    uint8_t octets[CONTROL_OCTETS];
} Control;

/* One call's messages. */
typedef struct {
    struct mmsghdr headers[AT_ONCE];
    struct iovec iov[AT_ONCE];
    Control control[AT_ONCE];
    OutMessage *messages[AT_ONCE];
    unsigned n;
    int fd;
} Volley;

static struct cmsghdr *
put_control(struct msghdr *header,
            struct cmsghdr *at,
            int level,
            int type,
            const void *data,
            size_t n)
{
    at->cmsg_level = level;
    at->cmsg_type = type;
    at->cmsg_len = CMSG_LEN(n);
    memcpy(CMSG_DATA(at), data, n);
    header->msg_controllen += CMSG_SPACE(n);
    return (struct cmsghdr *)(void *)((uint8_t *)at + CMSG_SPACE(n));
}

static void
describe(Volley *volley,
         unsigned i,
         const EspOut *out,
         const OutMessage *message,
         uint32_t offset,
         uint32_t octets)
{
    SaRoute *route = message->route;
    bool is_ipv6 = route->path.remote.address.family == RVL_FAMILY_IPV6;
    struct msghdr *header = &volley->headers[i].msg_hdr;
    struct cmsghdr *at = &volley->control[i].head;
    int traffic_class = message->traffic_class;

    volley->iov[i] = (struct iovec){out->arena + offset, octets};
    *header = (struct msghdr){
        .msg_name = &route->remote,
        .msg_namelen = route->remote_octets,
        .msg_iov = &volley->iov[i],
        .msg_iovlen = 1,
        .msg_control = at,
    };
    at = put_control(header, at, is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP,
                     is_ipv6 ? IPV6_TCLASS : IP_TOS, &traffic_class, sizeof traffic_class);
    if (octets > message->segment) {
        uint16_t segment = (uint16_t)message->segment;

        put_control(header, at, SOL_UDP, UDP_SEGMENT, &segment, sizeof segment);
    }
}

/* Sends one datagram, with a little patience. Returns 0 or an errno. */
static int
send_patiently(Worker *worker, int fd, struct msghdr *header)
{
    bool has_waited = false, has_drained = false;

    for (;;) {
        if (sendmsg(fd, header, 0) >= 0)
            return 0;
        if ((errno == EAGAIN || errno == ENOBUFS) && !has_waited) {
            struct pollfd writable = {.fd = fd, .events = POLLOUT};

            has_waited = true;
            poll(&writable, 1, PATIENCE_MS);
        } else if ((errno == ECONNREFUSED || errno == EHOSTUNREACH || errno == ENETUNREACH) &&
                   !has_drained) {
            /* News of an earlier packet, told at the first occasion: not about this one. */
            has_drained = true;
            error_queue_read(worker, fd);
        } else if (errno != EINTR) {
            return errno;
        }
    }
}

static RvlDropCause
drop_cause(int number)
{
    switch (number) {
    case EAGAIN:
    case ENOBUFS:
        return RVL_DROP_QUEUE_FULL;
    case EMSGSIZE:
        return RVL_DROP_TOO_BIG;
    }
    return RVL_DROP_SEND_FAILED;
}

/* Datagram by datagram: where the kernel refused them as one message, or has no UDP_SEGMENT. */
static int
send_singly(Worker *worker, int fd, const EspOut *out, OutMessage *message)
{
    g_autofree Volley *volley = g_new0(Volley, 1);
    int refusal = 0;

    for (uint32_t at = 0, i = 0; at < message->octets; i++) {
        uint32_t octets = MIN(message->segment, message->octets - at);
        OutMessage single = *message;

        single.segment = octets;
        describe(volley, 0, out, &single, message->offset + at, octets);
        refusal = send_patiently(worker, fd, &volley->headers[0].msg_hdr);
        if (refusal != 0)
            worker_drop(worker, message->sa, drop_cause(refusal), 1);
        else
            count(&worker->packets_sent, 1);
        count(&worker->sends, 1);
        at += octets;
    }
    return refusal;
}

/*
 * The first message of what is left was refused: once more, with patience; then in single
 * datagrams. EIO means that the way out lacks checksum offload or has a policy of the kernel's
 * own, EINVAL an old kernel: both will not change.
 */
static void
send_refused(Worker *worker, const Volley *volley, unsigned i, const EspOut *out)
{
    OutMessage *message = volley->messages[i];
    struct msghdr header = volley->headers[i].msg_hdr;
    int refusal = send_patiently(worker, volley->fd, &header);

    if (refusal == 0) {
        count(&worker->packets_sent, message->count);
        return;
    }
    if (message->count > 1 && (refusal == EIO || refusal == EINVAL || refusal == EMSGSIZE)) {
        int single_refusal = send_singly(worker, volley->fd, out, message);

        if (single_refusal == 0 && refusal != EMSGSIZE) {
            Endpoint *endpoint = message->route->endpoint;

            atomic_store(&endpoint->segmentation_reason, g_strerror(refusal));
            atomic_store(&endpoint->has_segmentation, false);
        }
        refusal = single_refusal;
    } else {
        worker_drop(worker, message->sa, drop_cause(refusal), message->count);
    }
    if (refusal == EMSGSIZE)
        error_queue_read(worker, volley->fd);
}

static void
fire(Worker *worker, Volley *volley, const EspOut *out)
{
    for (unsigned sent = 0; sent < volley->n;) {
        int n = sendmmsg(volley->fd, volley->headers + sent, volley->n - sent, 0);

        count(&worker->sends, 1);
        for (int i = 0; i < n; i++)
            count(&worker->packets_sent, volley->messages[sent + (unsigned)i]->count);
        sent += n > 0 ? (unsigned)n : 0;
        if (n <= 0 && sent < volley->n)
            send_refused(worker, volley, sent++, out);
    }
    volley->n = 0;
}

/*
 * All was made to fit the path, but for IPv6 packets that no sender can make smaller: those go out
 * by the descriptor whose datagrams may be fragmented.
 */
static int
descriptor_for(const Worker *worker, const OutMessage *message)
{
    const Endpoint *endpoint = message->route->endpoint;
    uint32_t octets = message->segment + message->route->outer_octets;

    if (octets > atomic_load_explicit(&message->route->mtu, memory_order_relaxed) &&
        endpoint_is_ike(endpoint, endpoint->n_descriptors - 1))
        return endpoint->descriptors[endpoint->n_workers];
    return endpoint_descriptor(endpoint, worker->index);
}

void
transmit(Worker *worker)
{
    EspOut *out = worker->out;
    Volley volley; /* filled only as far as it is used */

    volley.n = 0;
    volley.fd = -1;
    for (uint32_t i = 0; i < out->n_messages; i++) {
        OutMessage *message = &out->messages[i];
        Endpoint *endpoint = message->route->endpoint;

        if (message->failed || atomic_load_explicit(&endpoint->is_closed, memory_order_relaxed)) {
            worker_drop(worker, message->sa, RVL_DROP_SEND_FAILED, message->count);
            continue;
        }

        int fd = descriptor_for(worker, message);

        if (volley.n == AT_ONCE || (volley.n > 0 && volley.fd != fd))
            fire(worker, &volley, out);
        volley.fd = fd;
        volley.messages[volley.n] = message;
        describe(&volley, volley.n++, out, message, message->offset, message->octets);
    }
    fire(worker, &volley, out);
}
