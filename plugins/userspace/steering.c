/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Classic BPF: a few instructions for each of the two kinds of sockets. */
#include "config.h"

#include "steering.h"

#include <errno.h>
#include <linux/filter.h>
#include <sys/socket.h>
#include <glib.h>

#include "endpoint.h"

int
steering_attach_udp(int fd, unsigned n_workers)
{
    /* A load beyond the payload ends the program with 0: keep-alives go to the first worker. */
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 0),
        BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, n_workers),
        BPF_STMT(BPF_RET | BPF_A, 0),
        BPF_STMT(BPF_RET | BPF_K, n_workers),
    };
    struct sock_fprog program = {.len = G_N_ELEMENTS(code), .filter = code};

    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program) == 0
               ? 0
               : errno;
}

int
steering_attach_raw(int fd, bool shows_ipv4_header, unsigned worker, unsigned n_workers)
{
    struct sock_filter code[] = {
        shows_ipv4_header ? (struct sock_filter)BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0)
                          : (struct sock_filter)BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, 0),
        BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0),
        BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, n_workers),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, worker, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {.len = G_N_ELEMENTS(code), .filter = code};

    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0 ? 0 : errno;
}
