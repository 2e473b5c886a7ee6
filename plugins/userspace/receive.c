/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recvmmsg() with UDP_GRO. */
#include "config.h"

#include "receive.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>

#ifndef UDP_GRO
#define UDP_GRO 104
#endif

enum { CONTROL_OCTETS = 128 };

G_STATIC_ASSERT(RAW_MESSAGES *RAW_MESSAGE_OCTETS <= UDP_MESSAGES * UDP_MESSAGE_OCTETS);

typedef union {
    struct cmsghdr head; /* alignment */
    uint8_t octets[CONTROL_OCTETS];
} Control;

/* What one call receives. */
typedef struct {
    struct mmsghdr headers[RAW_MESSAGES];
    struct iovec iov[RAW_MESSAGES];
    struct sockaddr_storage remotes[RAW_MESSAGES];
    Control control[RAW_MESSAGES];
} Catch;

static void
prepare(Catch *c, uint8_t *buffer, unsigned n, size_t octets)
{
    for (unsigned i = 0; i < n; i++) {
        c->iov[i] = (struct iovec){buffer + i * octets, octets};
        c->headers[i].msg_hdr = (struct msghdr){
            .msg_name = &c->remotes[i],
            .msg_namelen = sizeof c->remotes[i],
            .msg_iov = &c->iov[i],
            .msg_iovlen = 1,
            .msg_control = &c->control[i],
            .msg_controllen = sizeof c->control[i],
        };
    }
}

/* Traffic class, and the length of the datagrams that the message is made of (0: a single one). */
static void
read_control(struct msghdr *header, uint8_t *traffic_class, uint32_t *segment)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
        int number = 0;

        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS) {
            *traffic_class = *CMSG_DATA(c);
        } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS) {
            memcpy(&number, CMSG_DATA(c), sizeof number);
            *traffic_class = (uint8_t)number;
        } else if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
            memcpy(&number, CMSG_DATA(c), sizeof number);
            *segment = number > 0 ? (uint32_t)number : 0;
        }
    }
}

static void
take_udp(Worker *worker,
         const Source *source,
         struct mmsghdr *message,
         Datagram *datagram,
         ReceiveCall call)
{
    uint8_t *octets = datagram->octets;
    uint32_t left = message->msg_len, segment = 0;

    read_control(&message->msg_hdr, &datagram->traffic_class, &segment);
    if (segment == 0)
        segment = MAX(left, 1);
    while (left > 0) {
        datagram->octets = octets;
        datagram->n = MIN(segment, left);
        call(worker, source->endpoint, datagram);
        octets += datagram->n;
        left -= datagram->n;
    }
}

/* Raw IPv4 sockets see the IP header (raw(7)), raw IPv6 ones don't. */
static void
take_raw(Worker *worker,
         const Source *source,
         struct mmsghdr *message,
         Datagram *datagram,
         ReceiveCall call)
{
    uint32_t header = 0, segment = 0;

    if (source->endpoint->kind == ENDPOINT_IPV4) {
        if (message->msg_len < IPV4_HEADER)
            return;
        header = (uint32_t)(datagram->octets[0] & 0x0f) * 4;
        datagram->traffic_class = datagram->octets[1];
    } else {
        read_control(&message->msg_hdr, &datagram->traffic_class, &segment);
    }
    if (message->msg_len <= header) {
        worker_drop(worker, NULL, RVL_DROP_SHORT, 1);
        return;
    }
    datagram->octets += header;
    datagram->n = message->msg_len - header;
    call(worker, source->endpoint, datagram);
}

bool
receive(Worker *worker, const Source *source, ReceiveCall call)
{
    bool is_udp = source->endpoint->kind == ENDPOINT_UDP;
    unsigned most = is_udp ? UDP_MESSAGES : RAW_MESSAGES;
    Catch c; /* filled only as far as it is used */

    prepare(&c, worker->receive_buffer, most, is_udp ? UDP_MESSAGE_OCTETS : RAW_MESSAGE_OCTETS);

    int n = recvmmsg(source->fd, c.headers, most, MSG_DONTWAIT, NULL);

    if (n <= 0)
        return false;
    count(&worker->receives, 1);
    for (unsigned i = 0; i < (unsigned)n; i++) {
        Datagram datagram = {.octets = c.iov[i].iov_base, .remote = &worker->remotes[i]};

        endpoint_from_sockaddr(&c.remotes[i], &worker->remotes[i]);
        if ((c.headers[i].msg_hdr.msg_flags & MSG_TRUNC) != 0)
            worker_drop(worker, NULL, RVL_DROP_TOO_BIG, 1);
        else if (is_udp)
            take_udp(worker, source, &c.headers[i], &datagram, call);
        else
            take_raw(worker, source, &c.headers[i], &datagram, call);
    }
    return (unsigned)n == most;
}
