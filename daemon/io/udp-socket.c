/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UDP and raw sockets: opening, sending one datagram, receiving a batch. */
#include "config.h"

#include "io/udp-socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <ravelin/error.h>
#include "io/socket-address.h"

/* Largest UDP datagram, whole octets of an IPv6 jumbogram aside. */
#define DATAGRAM_OCTETS 65535

struct RvlUdpBatch {
    struct mmsghdr messages[RVL_UDP_BATCH];
    struct iovec vectors[RVL_UDP_BATCH];
    struct sockaddr_storage senders[RVL_UDP_BATCH];
    uint8_t octets[RVL_UDP_BATCH][DATAGRAM_OCTETS];
};

static RvlCause
cause_of(int error_number)
{
    switch (error_number) {
    case EADDRINUSE:
        return RVL_CAUSE_PORT_IN_USE;
    case EADDRNOTAVAIL:
        return RVL_CAUSE_LOCAL_ADDRESS_MISSING;
    case EACCES:
    case EPERM:
        return RVL_CAUSE_PERMISSION_MISSING;
    default:
        return RVL_CAUSE_INSTALL_FAILED;
    }
}

static int
fail(int fd, const RvlEndpoint *local, const char *call, GError **error)
{
    int error_number = errno;
    char text[RVL_ADDRESS_TEXT];

    rvl_error_set(error, cause_of(error_number), "%s: %s: %s", rvl_endpoint_format(local, text),
                  call, g_strerror(error_number));
    if (cause_of(error_number) == RVL_CAUSE_PERMISSION_MISSING)
        rvl_error_set_remedy(error,
                             "give the daemon CAP_NET_BIND_SERVICE, or configure ports above 1023");
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool
switch_on(int fd, int level, int option)
{
    const int on = 1;

    return setsockopt(fd, level, option, &on, sizeof(on)) == 0;
}

/* IKE's datagrams may be fragmented by IP: certificates before RFC 7383 is agreed need it. */
static bool
allow_fragments(int fd, bool is_ipv6)
{
    const int dont = is_ipv6 ? IPV6_PMTUDISC_DONT : IP_PMTUDISC_DONT;

    if (is_ipv6)
        return setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &dont, sizeof(dont)) == 0;
    return setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &dont, sizeof(dont)) == 0;
}

static int
open_bound(const RvlEndpoint *local, int type, int protocol, bool is_shared, GError **error)
{
    bool is_ipv6 = local->address.family == RVL_FAMILY_IPV6;
    struct sockaddr_storage storage;
    socklen_t length = rvl_socket_address(local, &storage);
    int fd = socket(is_ipv6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);

    if (fd < 0)
        return fail(fd, local, "socket", error);
    if (is_ipv6 && type == SOCK_DGRAM && !switch_on(fd, IPPROTO_IPV6, IPV6_V6ONLY))
        return fail(fd, local, "IPV6_V6ONLY", error);
    if (is_shared && !switch_on(fd, SOL_SOCKET, SO_REUSEPORT))
        return fail(fd, local, "SO_REUSEPORT", error);
    if (type == SOCK_DGRAM && !allow_fragments(fd, is_ipv6))
        return fail(fd, local, "MTU_DISCOVER", error);
    if (bind(fd, (struct sockaddr *)&storage, length) != 0)
        return fail(fd, local, "bind", error);
    return fd;
}

int
rvl_udp_socket_open(const RvlEndpoint *local, bool is_shared, GError **error)
{
    return open_bound(local, SOCK_DGRAM, IPPROTO_UDP, is_shared, error);
}

int
rvl_raw_socket_open(const RvlEndpoint *local, uint8_t protocol, GError **error)
{
    RvlEndpoint without_port = *local;

    without_port.port = 0;
    return open_bound(&without_port, SOCK_RAW, protocol, false, error);
}

uint16_t
rvl_socket_port(int fd)
{
    struct sockaddr_storage storage;
    socklen_t length = sizeof(storage);
    RvlEndpoint endpoint;

    if (getsockname(fd, (struct sockaddr *)&storage, &length) != 0 ||
        !rvl_socket_endpoint(&storage, &endpoint))
        return 0;
    return endpoint.port;
}

int
rvl_udp_socket_send(int fd,
                    const RvlEndpoint *remote,
                    bool has_marker,
                    const void *octets,
                    size_t n)
{
    static const uint8_t marker[RVL_NON_ESP_MARKER_OCTETS];
    struct sockaddr_storage storage;
    struct iovec vectors[2] = {
        {.iov_base = (void *)marker, .iov_len = has_marker ? sizeof(marker) : 0},
        {.iov_base = (void *)octets, .iov_len = n},
    };
    struct msghdr message = {
        .msg_name = &storage,
        .msg_namelen = rvl_socket_address(remote, &storage),
        .msg_iov = vectors,
        .msg_iovlen = G_N_ELEMENTS(vectors),
    };
    ssize_t sent;

    do
        sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? errno : 0;
}

RvlUdpBatch *
rvl_udp_batch_new(void)
{
    RvlUdpBatch *batch = g_new0(RvlUdpBatch, 1);

    for (size_t i = 0; i < RVL_UDP_BATCH; i++) {
        batch->vectors[i] =
            (struct iovec){.iov_base = batch->octets[i], .iov_len = sizeof(batch->octets[i])};
        batch->messages[i].msg_hdr.msg_iov = &batch->vectors[i];
        batch->messages[i].msg_hdr.msg_iovlen = 1;
        batch->messages[i].msg_hdr.msg_name = &batch->senders[i];
    }
    return batch;
}

void
rvl_udp_batch_free(RvlUdpBatch *batch)
{
    g_free(batch);
}

size_t
rvl_udp_batch_receive(RvlUdpBatch *batch, int fd, RvlUdpReceived received, void *user_data)
{
    int n;

    for (size_t i = 0; i < RVL_UDP_BATCH; i++)
        batch->messages[i].msg_hdr.msg_namelen = sizeof(batch->senders[i]);
    n = recvmmsg(fd, batch->messages, RVL_UDP_BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < n; i++) {
        RvlEndpoint remote;

        if (rvl_socket_endpoint(&batch->senders[i], &remote))
            received(&remote, batch->octets[i], batch->messages[i].msg_len, user_data);
    }
    return n > 0 ? (size_t)n : 0;
}
