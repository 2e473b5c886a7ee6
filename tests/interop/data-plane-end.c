/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One end of a tunnel with keys by hand: data plane and routes alone, driven by the command line.
 * Two of them in two namespaces carry traffic once they say "ready".
 *   data-plane-end SIDE LOCAL REMOTE LOCAL-NETS REMOTE-NETS [OPTION=VALUE]...
 * SIDE is a or b. Options: suite, encapsulation (udp, raw), workers, offloads (yes, no), window,
 * esn (yes, no), trap (yes: the SA comes with the first packet), mtu.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <glib-unix.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include "crypto/built-backends.h"
#include "routes/connection-routes.h"
#include "userspace/endpoint.h"
#include "userspace/installer.h"
#include "userspace/plane.h"
#include "userspace/test-host.h"

enum { NAT_PORT = 4500, SPI_A = 0x1001, SPI_B = 0x2002 };

typedef struct {
    TestHost *host;
    Plane *plane;
    bool is_a;
    RvlPath path;
    RvlSelectors *local, *remote;
    const TestSuite *suite;
    bool has_esn;
    uint32_t window;
    uint32_t interface;
    char name[IFNAMSIZ];
    uint32_t mtu;
    bool is_trap;
    bool has_sas;
    int sockets[MAX_WORKERS + 1];
} End;

static volatile sig_atomic_t is_stopping;

static void
on_signal(int number)
{
    (void)number;
    is_stopping = 1;
}

static void
must(const GError *error)
{
    if (error != NULL) {
        fprintf(stderr, "data-plane-end: %s\n", error->message);
        exit(1);
    }
}

static const char *
option(int argc, char **argv, const char *name, const char *fallback)
{
    size_t n = strlen(name);

    for (int i = 6; i < argc; i++)
        if (strncmp(argv[i], name, n) == 0 && argv[i][n] == '=')
            return argv[i] + n + 1;
    return fallback;
}

static void
interface_added(const char *name, uint32_t index, const GError *error, void *user_data)
{
    End *end = user_data;

    must(error);
    end->interface = index;
    g_strlcpy(end->name, name, sizeof end->name);
    printf("interface %s\n", name);
}

static void
endpoint_added(bool reads, const GError *error, void *user_data)
{
    (void)user_data;
    must(error);
    printf("endpoint %s\n", reads ? "read" : "left");
}

static void
applied(const RvlSaCounters *counters,
        size_t n,
        size_t stride,
        const GError *error,
        void *user_data)
{
    (void)counters;
    (void)n;
    (void)stride;
    (void)user_data;
    must(error);
}

/* Sockets as the core opens them. */
static void
open_endpoint(End *end, bool is_raw)
{
    RvlEndpointOffer offer = {
        .size = sizeof offer,
        .id = 1,
        .local = end->path.local,
        .ip_protocol = is_raw ? IPPROTO_ESP : IPPROTO_UDP,
        .is_encapsulated = !is_raw,
        .descriptors = end->sockets,
    };
    size_t n = userspace_installer.descriptors_wanted(end->plane, &offer);
    struct sockaddr_storage address;
    bool is_ipv6 = end->path.local.address.family == RVL_FAMILY_IPV6;
    int on = 1, never = is_ipv6 ? IPV6_PMTUDISC_DONT : IP_PMTUDISC_DONT;

    if (is_raw)
        offer.local.port = 0;
    for (size_t i = 0; i < n; i++) {
        socklen_t octets = endpoint_to_sockaddr(&offer.local, &address);
        int fd = socket(address.ss_family, (is_raw ? SOCK_RAW : SOCK_DGRAM) | SOCK_NONBLOCK,
                        is_raw ? IPPROTO_ESP : IPPROTO_UDP);

        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
        setsockopt(fd, is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP,
                   is_ipv6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, &never, sizeof never);
        if (fd < 0 || bind(fd, (const struct sockaddr *)&address, octets) != 0) {
            perror("data-plane-end: bind");
            exit(1);
        }
        end->sockets[i] = fd;
    }
    offer.n_descriptors = n;
    userspace_installer.endpoint_add(end->plane, &offer, endpoint_added, end);
}

static GArray *
prefixes_of(const RvlSelectors *selectors)
{
    GArray *prefixes = g_array_new(FALSE, FALSE, sizeof(RvlPrefix));

    for (size_t i = 0; i < rvl_selectors_count(selectors); i++) {
        RvlPrefix prefix;

        if (rvl_range_to_prefix(&rvl_selectors_get(selectors, i)->range, &prefix))
            g_array_append_val(prefixes, prefix);
    }
    return prefixes;
}

static void
set_routes(const End *end, const System *system)
{
    g_autoptr(GArray) destinations = prefixes_of(end->remote);
    g_autoptr(GArray) sources = prefixes_of(end->local);
    g_autoptr(GError) error = NULL;
    RvlRouteSet routes = {
        .size = sizeof routes,
        .owner = "test:end",
        .interface = end->name,
        .index = end->interface,
        .destinations = (const RvlPrefix *)(void *)destinations->data,
        .n_destinations = destinations->len,
        .sources = (const RvlPrefix *)(void *)sources->data,
        .n_sources = sources->len,
        .is_guarded = true,
        .mtu = end->mtu,
    };

    connection_routes_set(system, &routes, &error);
    must(error);
}

static RvlSaAdd
sa_of(End *end, bool is_out)
{
    bool is_a_to_b = end->is_a == is_out;
    size_t salt = end->suite->integ.id == 0 ? 4 : 0;
    size_t key = (end->suite->encr.key_bits != 0 ? end->suite->encr.key_bits / 8 : 32) + salt;
    size_t mac = end->suite->integ.id == 12 ? 32 : end->suite->integ.id == 14 ? 64 : 0;

    return (RvlSaAdd){
        .size = sizeof(RvlSaAdd),
        .id = is_out ? 1 : 2,
        .pair = is_out ? 2 : 1,
        .owner = "test:end",
        .policy = 1,
        .direction = is_out ? RVL_DIRECTION_OUT : RVL_DIRECTION_IN,
        .protocol = RVL_PROTOCOL_ESP,
        .mode = RVL_MODE_TUNNEL,
        .spi = is_a_to_b ? SPI_B : SPI_A,
        .path = &end->path,
        .encr = end->suite->encr,
        .integ = end->suite->integ,
        .encr_key = test_host_secret(end->host, is_a_to_b ? 1 : 101, key),
        .integ_key = mac != 0 ? test_host_secret(end->host, is_a_to_b ? 2 : 102, mac) : 0,
        .has_esn = end->has_esn,
        .replay_window = end->window,
        .local = end->local,
        .remote = end->remote,
        .interface = end->interface,
    };
}

static void
add_policy(End *end)
{
    RvlPolicyAdd policy = {
        .size = sizeof policy,
        .id = 1,
        .owner = "test:end",
        .action = RVL_ACTION_PROTECT,
        .is_trap = end->is_trap,
        .local = end->local,
        .remote = end->remote,
        .interface = end->interface,
    };
    RvlOperation operation = {.kind = RVL_OPERATION_POLICY_ADD, .policy = &policy};
    RvlSaBatch batch = {sizeof batch, &operation, 1, sizeof operation};

    userspace_installer.apply(end->plane, &batch, applied, end);
}

static void
add_sas(End *end)
{
    RvlSaAdd in = sa_of(end, false), out = sa_of(end, true);
    RvlOperation operations[] = {
        {.kind = RVL_OPERATION_SA_ADD, .sa_add = &in},
        {.kind = RVL_OPERATION_SA_ADD, .sa_add = &out},
        {.kind = RVL_OPERATION_SA_ACTIVATE, .id = out.id},
    };
    RvlSaBatch batch = {sizeof batch, operations, G_N_ELEMENTS(operations), sizeof operations[0]};

    userspace_installer.apply(end->plane, &batch, applied, end);
    end->has_sas = true;
}

static void
print_counters(const RvlSaCounters *counters,
               size_t n,
               size_t stride,
               const GError *error,
               void *user_data)
{
    (void)error;
    (void)user_data;
    (void)stride;
    for (size_t i = 0; i < n; i++)
        printf("sa %s packets %" G_GUINT64_FORMAT " octets %" G_GUINT64_FORMAT
               " drops %" G_GUINT64_FORMAT "\n",
               counters[i].id == 1 ? "out" : "in", counters[i].packets, counters[i].octets,
               counters[i].drops);
}

static void
print_report(End *end)
{
    RvlReportRow rows[64];
    size_t n = userspace_installer.report(end->plane, rows, sizeof rows[0], G_N_ELEMENTS(rows));

    for (size_t i = 0; i < n; i++)
        if (rows[i].drop != RVL_DROP_NONE)
            printf("dropped %s %" G_GUINT64_FORMAT "\n", rows[i].name, rows[i].count);
        else
            printf("feature %s %s %s %" G_GUINT64_FORMAT "\n", rows[i].name,
                   rows[i].is_on ? "on" : "off", rows[i].reason != NULL ? rows[i].reason : "-",
                   rows[i].count);
    printf("told mtus %u last %u mappings %u acquires %u soft %u hard %u\n", end->host->calls.mtus,
           end->host->calls.last_mtu, end->host->calls.mappings, end->host->calls.acquires,
           end->host->calls.soft, end->host->calls.hard);
}

static bool
is_time_to_stop(void *user_data)
{
    End *end = user_data;

    if (end->is_trap && !end->has_sas && end->host->calls.acquires > 0) {
        add_sas(end);
        userspace_installer.acquire_done(end->plane, end->host->calls.last_acquire, true);
    }
    return is_stopping != 0;
}

int
main(int argc, char **argv)
{
    size_t n_backends;
    BuiltBackend *backends = built_backends(&n_backends);
    g_autoptr(GError) error = NULL;
    PlaneOptions options = {0};
    End end = {0};

    if (argc < 6 || n_backends == 0)
        return 2;
    options.workers = (unsigned)g_ascii_strtoull(option(argc, argv, "workers", "0"), NULL, 10);
    options.offloads = g_str_equal(option(argc, argv, "offloads", "yes"), "yes");
    end.host = test_host_new(&backends[0].primitives);
    end.plane = plane_new(&end.host->host, &options, &error);
    must(error);
    end.is_a = argv[1][0] == 'a';
    end.path.local = test_endpoint(argv[2], NAT_PORT);
    end.path.remote = test_endpoint(argv[3], NAT_PORT);
    end.local = test_selectors(argv[4]);
    end.remote = test_selectors(argv[5]);
    end.suite = test_suite(option(argc, argv, "suite", "aes128gcm16"));
    end.has_esn = g_str_equal(option(argc, argv, "esn", "no"), "yes");
    end.is_trap = g_str_equal(option(argc, argv, "trap", "no"), "yes");
    end.window = (uint32_t)g_ascii_strtoull(option(argc, argv, "window", "4096"), NULL, 10);

    bool is_raw = g_str_equal(option(argc, argv, "encapsulation", "udp"), "raw");
    g_autoptr(Netlink) netlink = netlink_new(NETLINK_ROUTE, 0, &error);
    g_autoptr(Guard) guard = guard_new("test", &error);
    System system = {.netlink = netlink, .guard = guard, .first = placement_first("test")};
    RvlInterfaceRequest request = {.size = sizeof request, .owner = "test:end"};

    end.mtu = (uint32_t)g_ascii_strtoull(option(argc, argv, "mtu", "1400"), NULL, 10);
    request.mtu = end.mtu;

    end.path.transport = is_raw ? RVL_TRANSPORT_UDP : RVL_TRANSPORT_UDP_ENCAP;
    userspace_installer.attach(end.plane, &end.host->core);
    userspace_installer.interface_add(end.plane, &request, interface_added, &end);
    open_endpoint(&end, is_raw);
    test_host_run(end.host);
    add_policy(&end);
    if (!end.is_trap)
        add_sas(&end);
    test_host_run(end.host);
    set_routes(&end, &system);
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    printf("ready\n");
    fflush(stdout);
    while (!is_stopping)
        test_host_await(end.host, is_time_to_stop, &end);
    userspace_installer.query(end.plane, NULL, 0, print_counters, &end);
    test_host_run(end.host);
    print_report(&end);
    connection_routes_remove(&system, "test:end", &error);
    must(error);
    plane_stop(end.plane);
    rvl_selectors_unref(end.local);
    rvl_selectors_unref(end.remote);
    test_host_free(end.host);
    return 0;
}
