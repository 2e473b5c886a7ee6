/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Datagrams at a rate, and their count at the other end; cheaper than iperf3's own system calls.
 *   datagrams receive ADDRESS PORT            prints "ready", then at the end of stdin how many came
 *   datagrams send FROM TO PORT OCTETS RATE SECONDS [segment]
 * RATE is datagrams a second, 0 as many as go. They go in bursts of 8, one system call a burst;
 * with `segment` 40 at once by UDP_SEGMENT. Prints how many were sent.
 */
#include "config.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <glib.h>

enum { BURST = 8, SEGMENTS = 40, MOST_OCTETS = 1600, RECEIVE_AT_ONCE = 64 };

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

static int
open_socket(const char *address, const char *port, bool connects, int fd)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                             .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    int buffer = 4 * 1024 * 1024;

    if (getaddrinfo(address, port, &hints, &found) != 0)
        return -1;
    if (fd < 0)
        fd = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
    if ((connects ? connect(fd, found->ai_addr, found->ai_addrlen)
                  : bind(fd, found->ai_addr, found->ai_addrlen)) != 0) {
        perror(address);
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

static int
receive(const char *address, const char *port)
{
    static uint8_t octets[RECEIVE_AT_ONCE][MOST_OCTETS];
    struct mmsghdr headers[RECEIVE_AT_ONCE] = {0};
    struct iovec iov[RECEIVE_AT_ONCE];
    struct pollfd ready[2] = {{.fd = open_socket(address, port, false, -1), .events = POLLIN},
                              {.fd = STDIN_FILENO, .events = POLLIN}};
    unsigned long count = 0;

    if (ready[0].fd < 0)
        return 1;
    for (unsigned i = 0; i < RECEIVE_AT_ONCE; i++) {
        iov[i] = (struct iovec){octets[i], MOST_OCTETS};
        headers[i].msg_hdr = (struct msghdr){.msg_iov = &iov[i], .msg_iovlen = 1};
    }
    puts("ready");
    fflush(stdout);
    while (poll(ready, 2, -1) > 0 && ready[1].revents == 0) {
        int n = recvmmsg(ready[0].fd, headers, RECEIVE_AT_ONCE, MSG_DONTWAIT, NULL);

        count += n > 0 ? (unsigned long)n : 0;
    }
    printf("%lu\n", count);
    return 0;
}

static double
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void
wait_until(double when)
{
    double left = when - now();

    if (left > 0)
        usleep((useconds_t)(left * 1e6));
}

/* Sends one burst; returns how many datagrams went. */
static unsigned
send_burst(int fd, unsigned octets, bool segments)
{
    static uint8_t payload[SEGMENTS * MOST_OCTETS];
    struct iovec iov = {payload, octets};
    struct mmsghdr headers[BURST];
    uint16_t size = (uint16_t)octets;
    int n;

    if (segments) {
        setsockopt(fd, SOL_UDP, UDP_SEGMENT, &(int){size}, sizeof(int));
        return send(fd, payload, (size_t)octets * SEGMENTS, 0) > 0 ? SEGMENTS : 0;
    }
    for (unsigned i = 0; i < BURST; i++)
        headers[i].msg_hdr = (struct msghdr){.msg_iov = &iov, .msg_iovlen = 1};
    n = sendmmsg(fd, headers, BURST, 0);
    return n > 0 ? (unsigned)n : 0;
}

static int
send_all(char **words, bool segments)
{
    int fd = open_socket(words[0], "0", false, -1);
    unsigned octets = (unsigned)g_ascii_strtoull(words[3], NULL, 10);
    double rate = g_ascii_strtod(words[4], NULL), seconds = g_ascii_strtod(words[5], NULL);
    double start = now(), end = start + seconds;
    unsigned long sent = 0;

    if (fd < 0 || open_socket(words[1], words[2], true, fd) < 0)
        return 1;
    octets = MIN(octets, MOST_OCTETS);
    while (now() < end) {
        sent += send_burst(fd, octets, segments);
        if (rate > 0)
            wait_until(start + (double)sent / rate);
    }
    printf("%lu\n", sent);
    return 0;
}

int
main(int argc, char **argv)
{
    if (argc == 4 && g_str_equal(argv[1], "receive"))
        return receive(argv[2], argv[3]);
    if (argc >= 8 && g_str_equal(argv[1], "send"))
        return send_all(argv + 2, argc > 8 && g_str_equal(argv[8], "segment"));
    fputs("usage: datagrams receive ADDRESS PORT\n"
          "       datagrams send FROM TO PORT OCTETS RATE SECONDS [segment]\n",
          stderr);
    return 2;
}
