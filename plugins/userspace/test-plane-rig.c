/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plane, its loopback endpoint, and a socket pair in place of a TUN device. */
#include "config.h"

#include "test-plane-rig.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <ravelin/error.h>

#include "byte-order.h"
#include "segmentation.h"
#include "test-packet.h"
#include "watch.h"

static bool
is_answered(void *user_data)
{
    const PlaneRig *rig = user_data;

    return rig->is_answered;
}

static void
await_answer(PlaneRig *rig)
{
    g_assert_true(test_host_await(rig->host, is_answered, rig));
    rig->is_answered = false;
}

static void
add_fake_tun(PlaneRig *rig)
{
    Tun *tun = g_new0(Tun, 1);
    int pair[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair), ==, 0);
    g_strlcpy(tun->name, "fake", sizeof tun->name);
    tun->index = RIG_TUN;
    tun->mtu = 1400;
    tun->is_shared = true;
    tun->queues[0] = pair[0];
    tun->n_queues = 1;
    tun->vnet_header = VNET_HEADER;
    tun->owners = g_ptr_array_new_with_free_func(g_free);
    tun->references = 1;
    g_ptr_array_add(rig->plane->tuns, tun);
    watch_tun(rig->plane, tun);
    rig->tun = pair[1];
}

static void
endpoint_added(bool reads, const GError *error, void *user_data)
{
    PlaneRig *rig = user_data;

    g_assert_no_error(error);
    g_assert_true(reads);
    rig->is_answered = true;
}

static void
add_endpoint(PlaneRig *rig)
{
    RvlEndpointOffer offer = {
        .size = sizeof offer,
        .id = 5,
        .ip_protocol = PROTOCOL_UDP,
        .is_encapsulated = true,
        .descriptors = rig->descriptors,
    };
    struct sockaddr_storage address;
    socklen_t octets;
    int on = 1;

    rig->local = test_endpoint("127.0.0.1", 0);
    offer.n_descriptors = userspace_installer.descriptors_wanted(rig->plane, &offer);
    g_assert_cmpuint(offer.n_descriptors, ==, RIG_WORKERS + 1);
    for (size_t i = 0; i < offer.n_descriptors; i++) {
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

        g_assert_cmpint(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on), ==, 0);
        octets = endpoint_to_sockaddr(&rig->local, &address);
        g_assert_cmpint(bind(fd, (const struct sockaddr *)&address, octets), ==, 0);
        octets = sizeof address;
        g_assert_cmpint(getsockname(fd, (struct sockaddr *)&address, &octets), ==, 0);
        endpoint_from_sockaddr(&address, &rig->local);
        rig->descriptors[i] = fd;
    }
    offer.local = rig->local;
    userspace_installer.endpoint_add(rig->plane, &offer, endpoint_added, rig);
    await_answer(rig);
}

PlaneRig *
plane_rig_new(const RvlPrimitives *primitives)
{
    PlaneRig *rig = g_new0(PlaneRig, 1);
    PlaneOptions options = {.workers = RIG_WORKERS, .offloads = true};
    g_autoptr(GError) error = NULL;

    rig->host = test_host_new(primitives);
    rig->plane = plane_new(&rig->host->host, &options, &error);
    g_assert_no_error(error);
    rig->removed = g_array_new(FALSE, FALSE, sizeof(RvlSaCounters));
    rig->spis = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    rig->near = test_selectors("10.81.0.0/16");
    rig->far = test_selectors("10.82.0.0/16");
    userspace_installer.attach(rig->plane, &rig->host->core);
    add_endpoint(rig);
    add_fake_tun(rig);
    return rig;
}

void
plane_rig_free(PlaneRig *rig)
{
    plane_stop(rig->plane);
    test_host_free(rig->host);
    close(rig->tun);
    for (size_t i = 0; i < G_N_ELEMENTS(rig->descriptors); i++)
        close(rig->descriptors[i]);
    g_array_unref(rig->removed);
    g_array_unref(rig->spis);
    rvl_selectors_unref(rig->near);
    rvl_selectors_unref(rig->far);
    g_free(rig);
}

static void
applied(const RvlSaCounters *counters,
        size_t n,
        size_t stride,
        const GError *error,
        void *user_data)
{
    PlaneRig *rig = user_data;

    g_array_set_size(rig->removed, 0);
    for (size_t i = 0; i < n; i++)
        g_array_append_vals(rig->removed, RVL_STRIDE(counters, stride, i), 1);
    rig->cause = error != NULL ? rvl_error_cause(error) : RVL_CAUSE_NONE;
    rig->is_answered = true;
}

RvlCause
plane_rig_apply(PlaneRig *rig, const RvlOperation *operations, size_t n)
{
    RvlSaBatch batch = {sizeof batch, operations, n, sizeof operations[0]};

    userspace_installer.apply(rig->plane, &batch, applied, rig);
    g_assert_false(rig->is_answered); /* never before the call returns */
    await_answer(rig);
    return rig->cause;
}

void
plane_rig_add_policy(PlaneRig *rig, RvlAction action, bool is_trap)
{
    RvlPolicyAdd policy = {
        .size = sizeof policy,
        .id = 1,
        .owner = "test:plane",
        .action = (uint8_t)action,
        .is_trap = is_trap,
        .local = rig->near,
        .remote = rig->far,
    };
    RvlOperation operation = {.kind = RVL_OPERATION_POLICY_ADD, .policy = &policy};

    g_assert_cmpint(plane_rig_apply(rig, &operation, 1), ==, RVL_CAUSE_NONE);
}

RvlCause
plane_rig_add_sa(PlaneRig *rig, RvlSaId id, uint32_t spi, const RvlSaAdd *more)
{
    RvlPath path = {.local = rig->local,
                    .remote = rig->local,
                    .transport = RVL_TRANSPORT_UDP_ENCAP,
                    .mtu = 1500};
    RvlSaAdd out = more != NULL ? *more : (RvlSaAdd){.replay_window = 1024}, in;

    out.size = sizeof out;
    out.id = id;
    out.pair = id + 1;
    out.owner = "test:plane";
    out.policy = 1;
    out.direction = RVL_DIRECTION_OUT;
    out.protocol = out.protocol != 0 ? out.protocol : RVL_PROTOCOL_ESP;
    out.mode = out.mode != 0 ? out.mode : RVL_MODE_TUNNEL;
    out.spi = spi;
    out.path = &path;
    out.encr = test_suite("aes128gcm16")->encr;
    out.integ = test_suite("aes128gcm16")->integ;
    out.encr_key = test_host_secret(rig->host, (uint8_t)spi, 20);
    out.local = rig->near;
    out.remote = rig->far;
    out.interface = RIG_TUN;
    in = out;
    in.id = id + 1;
    in.pair = id;
    in.direction = RVL_DIRECTION_IN;
    in.local = more != NULL && more->local != NULL ? more->local : rig->far;
    in.remote = more != NULL && more->remote != NULL ? more->remote : rig->near;

    RvlOperation operations[] = {
        {.kind = RVL_OPERATION_SA_ADD, .sa_add = &in},
        {.kind = RVL_OPERATION_SA_ADD, .sa_add = &out},
    };

    return plane_rig_apply(rig, operations, 2);
}

void
plane_rig_activate(PlaneRig *rig, RvlSaId id)
{
    RvlOperation operation = {.kind = RVL_OPERATION_SA_ACTIVATE, .id = id};

    g_assert_cmpint(plane_rig_apply(rig, &operation, 1), ==, RVL_CAUSE_NONE);
}

void
plane_rig_remove(PlaneRig *rig, RvlSaId id)
{
    RvlOperation operation = {.kind = RVL_OPERATION_SA_REMOVE, .id = id};

    g_assert_cmpint(plane_rig_apply(rig, &operation, 1), ==, RVL_CAUSE_NONE);
}

static void
reserved(const uint32_t *spis, size_t n, const GError *error, void *user_data)
{
    PlaneRig *rig = user_data;

    g_assert_no_error(error);
    g_array_set_size(rig->spis, 0);
    g_array_append_vals(rig->spis, spis, (guint)n);
    rig->is_answered = true;
}

uint32_t
plane_rig_reserve(PlaneRig *rig)
{
    userspace_installer.reserve_spis(rig->plane, NULL, RVL_PROTOCOL_ESP, 1, reserved, rig);
    await_answer(rig);
    g_assert_cmpuint(rig->spis->len, ==, 1);
    return g_array_index(rig->spis, uint32_t, 0);
}

/* ---- the kernel's side ---- */

enum { NUMBER_AT = IPV4_HEADER + UDP_HEADER };

void
plane_rig_send(const PlaneRig *rig, uint32_t number)
{
    TestPacket packet = {RVL_FAMILY_IPV4, PROTOCOL_UDP, 1000, 2000, .payload = 64};
    uint8_t octets[VNET_HEADER + 200] = {0};
    uint32_t n = test_packet_write(&packet, octets + VNET_HEADER);

    store32(octets + VNET_HEADER + NUMBER_AT, number);
    while (send(rig->tun, octets, VNET_HEADER + n, 0) < 0)
        g_assert_cmpint(errno, ==, EAGAIN);
}

bool
plane_rig_receive(const PlaneRig *rig, int ms, uint32_t *number)
{
    struct pollfd readable = {.fd = rig->tun, .events = POLLIN};
    uint8_t octets[70000];
    ssize_t n;

    if (poll(&readable, 1, ms) <= 0)
        return false;
    n = recv(rig->tun, octets, sizeof octets, 0);
    g_assert_cmpint(n, >=, (ssize_t)VNET_HEADER + NUMBER_AT + 4);
    *number = load32(octets + VNET_HEADER + NUMBER_AT);
    return true;
}

typedef struct {
    PlaneRig *rig;
    RvlDropCause cause;
    uint64_t least;
    uint64_t found;
} DropQuestion;

static bool
has_dropped(void *user_data)
{
    DropQuestion *question = user_data;
    RvlReportRow rows[64];
    size_t n =
        userspace_installer.report(question->rig->plane, rows, sizeof rows[0], G_N_ELEMENTS(rows));

    question->found = 0;
    for (size_t i = 0; i < n && i < G_N_ELEMENTS(rows); i++)
        if (rows[i].drop == question->cause)
            question->found = rows[i].count;
    return question->found >= question->least;
}

uint64_t
plane_rig_drops(PlaneRig *rig, RvlDropCause cause, uint64_t least)
{
    DropQuestion question = {rig, cause, least, 0};

    test_host_await(rig->host, has_dropped, &question);
    return question.found;
}
