/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads IP_RECVERR's queue. The kernel has checked that a report quotes a packet of this socket. */
#include "config.h"

#include "error-queue.h"

#include <errno.h>
#include <time.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <string.h>

enum {
    MOST_REPORTS = 64, /* of one visit */
    MTU_RATE = 100,    /* reports a second that are passed on */
};

static const struct sock_extended_err *
find_error(struct msghdr *header)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c))
        if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
            (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
            return (const struct sock_extended_err *)(const void *)CMSG_DATA(c);
    return NULL;
}

void
error_queue_read(Worker *worker, int fd)
{
    for (unsigned i = 0; i < MOST_REPORTS; i++) {
        union {
            struct cmsghdr head; /* alignment */
            uint8_t octets[512];
        } control;
        struct sockaddr_storage remote = {0};
        uint8_t quoted[64];
        struct iovec iov = {quoted, sizeof quoted};
        struct msghdr header = {
            .msg_name = &remote,
            .msg_namelen = sizeof remote,
            .msg_iov = &iov,
            .msg_iovlen = 1,
            .msg_control = &control,
            .msg_controllen = sizeof control,
        };
        RvlEndpoint endpoint;

        if (recvmsg(fd, &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
            return;

        const struct sock_extended_err *report = find_error(&header);

        if (report == NULL || report->ee_errno != EMSGSIZE || report->ee_info == 0)
            continue;
        endpoint_from_sockaddr(&remote, &endpoint);
        if (tokens_take(&worker->mtu_tokens, worker->now, MTU_RATE))
            plane_path_mtu(worker->plane, &endpoint, report->ee_info);
    }
}
