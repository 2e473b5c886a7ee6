/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TUN: queues, virtio-net headers, offloads, and the interface's flags and MTU. */
#include "config.h"

#include "tun.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <ravelin/error.h>

#include "segmentation.h"

/* Linux 6.2. */
#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

#define TUN_DEVICE "/dev/net/tun"
/* The kernel fills in the number. */
#define OWN_NAME "ravelin%d"

static RvlCause
cause_of(int number)
{
    switch (number) {
    case EPERM:
    case EACCES:
        return RVL_CAUSE_PERMISSION_MISSING;
    case EBUSY:
    case EEXIST:
    case EINVAL: /* the name is that of another kind of interface */
        return RVL_CAUSE_INTERFACE_CONFLICT;
    }
    return RVL_CAUSE_KERNEL_UNSUPPORTED;
}

static void
set_error(GError **error, const Tun *tun, const char *call)
{
    rvl_error_set(error, cause_of(errno), "%s%s%s: %s", tun->name, tun->name[0] != 0 ? ": " : "",
                  call, g_strerror(errno));
    if (rvl_error_cause(*error) == RVL_CAUSE_PERMISSION_MISSING)
        rvl_error_set_remedy(error, "give the daemon CAP_NET_ADMIN and " TUN_DEVICE);
}

/* Attaches one more queue. The first makes the interface, and fails where one has the name. */
static bool
open_queue(Tun *tun, short flags, GError **error)
{
    struct ifreq request = {.ifr_flags = flags};
    int fd = open(TUN_DEVICE, O_RDWR | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0) {
        set_error(error, tun, "open(" TUN_DEVICE ")");
        return false;
    }
    g_strlcpy(request.ifr_name, tun->name, sizeof request.ifr_name);
    if (ioctl(fd, TUNSETIFF, &request) != 0) {
        set_error(error, tun, "ioctl(TUNSETIFF)");
        close(fd);
        return false;
    }
    g_strlcpy(tun->name, request.ifr_name, sizeof tun->name);
    tun->queues[tun->n_queues++] = fd;
    return true;
}

static bool
open_queues(Tun *tun, unsigned n, GError **error)
{
    short flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;

    if (n > 1)
        flags |= IFF_MULTI_QUEUE;
    else
        tun->steering_reason = "several queues would spread one SA over workers and reorder it";
    tun->vnet_header = VNET_HEADER;
    if (!open_queue(tun, (short)(flags | IFF_TUN_EXCL), error))
        return false;
    while (tun->n_queues < n)
        if (!open_queue(tun, flags, error))
            return false;
    return true;
}

/* What is wanted of the kernel, the most first. */
static void
set_offloads(Tun *tun, bool wanted)
{
    const unsigned tcp = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
    int fd = tun->queues[0];

    if (!wanted) {
        tun->offload_reason = g_strdup("switched off by offloads = no");
        tun->uso_reason = g_strdup("switched off by offloads = no");
        ioctl(fd, TUNSETOFFLOAD, 0UL);
        return;
    }
    if (ioctl(fd, TUNSETOFFLOAD, (unsigned long)(tcp | TUN_F_USO4 | TUN_F_USO6)) == 0) {
        tun->has_tso = tun->has_uso = true;
        return;
    }
    tun->uso_reason = g_strdup_printf("ioctl(TUNSETOFFLOAD): %s", g_strerror(errno));
    if (ioctl(fd, TUNSETOFFLOAD, (unsigned long)tcp) == 0)
        tun->has_tso = true;
    else
        tun->offload_reason = g_strdup_printf("ioctl(TUNSETOFFLOAD): %s", g_strerror(errno));
}

/* By a socket, since the interface's descriptor knows these calls not. */
static bool
interface_call(Tun *tun,
               unsigned long call,
               struct ifreq *request,
               const char *name,
               GError **error)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int result;

    if (fd < 0)
        fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    g_strlcpy(request->ifr_name, tun->name, sizeof request->ifr_name);
    result = fd < 0 ? -1 : ioctl(fd, call, request);
    if (result != 0)
        set_error(error, tun, name);
    if (fd >= 0)
        close(fd);
    return result == 0;
}

bool
tun_set_mtu(Tun *tun, uint32_t mtu, GError **error)
{
    struct ifreq request = {.ifr_mtu = (int)mtu};

    if (!interface_call(tun, SIOCSIFMTU, &request, "ioctl(SIOCSIFMTU)", error))
        return false;
    tun->mtu = mtu;
    return true;
}

/* Without it the kernel would give the interface a link-local address and announce it in the tunnel. */
static void
forget_link_local(const Tun *tun)
{
    g_autofree char *path = g_strdup_printf("/proc/sys/net/ipv6/conf/%s/addr_gen_mode", tun->name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    if (write(fd, "1", 1) != 1) { /* nothing is lost: its packets are dropped and counted */
    }
    close(fd);
}

static bool
set_up(Tun *tun, uint32_t mtu, GError **error)
{
    struct ifreq request = {0};

    tun->index = if_nametoindex(tun->name);
    forget_link_local(tun);
    if (!tun_set_mtu(tun, mtu, error) ||
        !interface_call(tun, SIOCGIFFLAGS, &request, "ioctl(SIOCGIFFLAGS)", error))
        return false;
    request.ifr_flags |= IFF_UP;
    return interface_call(tun, SIOCSIFFLAGS, &request, "ioctl(SIOCSIFFLAGS)", error);
}

Tun *
tun_new(const char *name, uint32_t mtu, unsigned n_queues, bool offloads, GError **error)
{
    Tun *tun = g_new0(Tun, 1);

    tun->references = 1;
    tun->owners = g_ptr_array_new_with_free_func(g_free);
    tun->is_shared = name == NULL;
    g_strlcpy(tun->name, name != NULL ? name : OWN_NAME, sizeof tun->name);
    if (!open_queues(tun, n_queues, error)) {
        tun_unref(tun);
        return NULL;
    }
    set_offloads(tun, offloads);
    if (!set_up(tun, mtu, error)) {
        tun_unref(tun);
        return NULL;
    }
    return tun;
}

Tun *
tun_ref(Tun *tun)
{
    tun->references++;
    return tun;
}

void
tun_close(Tun *tun)
{
    atomic_store(&tun->is_closed, true);
    for (unsigned i = 0; i < tun->n_queues; i++)
        close(tun->queues[i]);
    tun->n_queues = 0;
}

void
tun_unref(Tun *tun)
{
    if (--tun->references > 0)
        return;
    tun_close(tun);
    g_ptr_array_unref(tun->owners);
    g_free(tun->offload_reason);
    g_free(tun->uso_reason);
    g_free(tun);
}
