/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Endpoints on loopback: markers, keepalives, who reads, and that answers leave from where asked. */
#include "config.h"

#include "io/endpoints.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include <ravelin/error.h>

#include "fakes/installer.h"
#include "io/udp-socket.h"

typedef struct {
    FakeInstaller *installer;
    RvlEndpoints *endpoints;
    RvlAddress loopback;
    uint16_t port;
    uint16_t encap_port;
    unsigned received;
    RvlPath path;
    GByteArray *octets;
    bool closes; /* at the first datagram */
    bool is_closed;
} Fixture;

static void
run(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        continue;
}

static void
closed(const GError *error, void *user_data)
{
    Fixture *fixture = user_data;

    g_assert_no_error(error);
    fixture->is_closed = true;
}

static void
received(const RvlPath *path, const uint8_t *octets, size_t n, void *user_data)
{
    Fixture *fixture = user_data;

    fixture->received++;
    fixture->path = *path;
    g_byte_array_set_size(fixture->octets, 0);
    g_byte_array_append(fixture->octets, octets, (guint)n);
    if (fixture->closes && !fixture->is_closed)
        rvl_endpoints_close(fixture->endpoints, closed, fixture);
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    RvlEndpointsParts parts = {
        .installer = &fake_installer, .received = received, .user_data = fixture};

    fixture->installer = parts.installer_self = fake_installer_new();
    fixture->installer->reads = data != NULL;
    fixture->installer->n_descriptors = data != NULL ? *(const size_t *)data : 0;
    fixture->octets = g_byte_array_new();
    g_assert_true(rvl_address_parse("127.0.0.1", &fixture->loopback));
    fixture->endpoints = rvl_endpoints_new(&parts);
    rvl_endpoints_add_address(fixture->endpoints, &fixture->loopback, 0);
    g_assert_true(rvl_endpoints_ports(fixture->endpoints, &fixture->loopback, &fixture->port,
                                      &fixture->encap_port));
    g_assert_cmpuint(fixture->port, !=, 0);
    g_assert_cmpuint(fixture->encap_port, !=, 0);
    run();
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    run();
    rvl_endpoints_free(fixture->endpoints);
    g_byte_array_unref(fixture->octets);
    fake_installer_free(fixture->installer);
}

static int
peer_socket(const Fixture *fixture)
{
    RvlEndpoint local = {.address = fixture->loopback};
    g_autoptr(GError) error = NULL;
    int fd = rvl_udp_socket_open(&local, false, &error);

    g_assert_no_error(error);
    return fd;
}

/* On loopback a datagram has arrived when sendmsg returned. */
static void
send_to(const Fixture *fixture, int fd, uint16_t port, const void *octets, size_t n)
{
    RvlEndpoint to = {.address = fixture->loopback, .port = port};

    g_assert_cmpint(rvl_udp_socket_send(fd, &to, false, octets, n), ==, 0);
    run();
}

static void
plain_port_hands_on_what_came(Fixture *fixture, gconstpointer data)
{
    int fd = peer_socket(fixture);

    (void)data;
    send_to(fixture, fd, fixture->port, "\0\0\0\0abc", 7);
    g_assert_cmpuint(fixture->received, ==, 1);
    g_assert_cmpmem(fixture->octets->data, fixture->octets->len, "\0\0\0\0abc", 7);
    g_assert_cmpint(fixture->path.transport, ==, RVL_TRANSPORT_UDP);
    g_assert_cmpuint(fixture->path.local.port, ==, fixture->port);
    g_assert_cmpuint(fixture->path.remote.port, ==, rvl_socket_port(fd));
    close(fd);
}

static void
marker_is_taken_off_on_the_encapsulation_port(Fixture *fixture, gconstpointer data)
{
    int fd = peer_socket(fixture);

    (void)data;
    send_to(fixture, fd, fixture->encap_port, "\0\0\0\0abc", 7);
    g_assert_cmpuint(fixture->received, ==, 1);
    g_assert_cmpmem(fixture->octets->data, fixture->octets->len, "abc", 3);
    g_assert_cmpint(fixture->path.transport, ==, RVL_TRANSPORT_UDP_ENCAP);
    close(fd);
}

static void
keepalives_esp_and_short_datagrams_are_not_ike(Fixture *fixture, gconstpointer data)
{
    int fd = peer_socket(fixture);

    (void)data;
    send_to(fixture, fd, fixture->encap_port, "\xff", 1);
    send_to(fixture, fd, fixture->encap_port, "\0\0\0", 3);
    send_to(fixture, fd, fixture->encap_port,
            "\x12\x34\x56\x78"
            "esp",
            7);
    send_to(fixture, fd, fixture->encap_port, "", 0);
    g_assert_cmpuint(fixture->received, ==, 0);
    close(fd);
}

static void
answer_leaves_from_the_endpoint_with_marker(Fixture *fixture, gconstpointer data)
{
    int fd = peer_socket(fixture);
    g_autoptr(GError) error = NULL;
    uint8_t buffer[16];
    struct sockaddr_in from;
    socklen_t length = sizeof(from);
    RvlPath path = {.local = {.address = fixture->loopback, .port = fixture->encap_port},
                    .remote = {.address = fixture->loopback, .port = rvl_socket_port(fd)},
                    .transport = RVL_TRANSPORT_UDP_ENCAP};

    (void)data;
    g_assert_true(rvl_endpoints_send(fixture->endpoints, &path, (const uint8_t *)"abc", 3, &error));
    g_assert_cmpint(recvfrom(fd, buffer, sizeof(buffer), 0, (struct sockaddr *)&from, &length), ==,
                    7);
    g_assert_cmpmem(buffer, 7, "\0\0\0\0abc", 7);
    g_assert_cmpuint(g_ntohs(from.sin_port), ==, fixture->encap_port);
    close(fd);
}

static void
sending_from_an_address_without_endpoint_is_refused(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    RvlPath path = {.transport = RVL_TRANSPORT_UDP};

    (void)data;
    g_assert_true(rvl_address_parse("192.0.2.1", &path.local.address));
    path.remote.address = fixture->loopback;
    g_assert_false(
        rvl_endpoints_send(fixture->endpoints, &path, (const uint8_t *)"abc", 3, &error));
    g_assert_cmpint(rvl_error_cause(error), ==, RVL_CAUSE_LOCAL_ADDRESS_MISSING);
}

static void
installer_that_reads_gets_a_group_and_the_core_reads_nothing(Fixture *fixture, gconstpointer data)
{
    int fd = peer_socket(fixture);

    (void)data;
    g_assert_cmpuint(fake_installer_holds(fixture->installer), ==, 1);
    g_assert_cmpuint(fixture->installer->last_descriptors, ==, 3);
    send_to(fixture, fd, fixture->encap_port, "\0\0\0\0abc", 7);
    g_assert_cmpuint(fixture->received, ==, 0);
    close(fd);
}

static void
closing_takes_back_what_was_offered(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_assert_cmpuint(rvl_endpoints_count(fixture->endpoints), ==, 2);
    rvl_endpoints_close(fixture->endpoints, closed, fixture);
    run();
    g_assert_true(fixture->is_closed);
    g_assert_cmpuint(fake_installer_holds(fixture->installer), ==, 0);
    g_assert_cmpuint(rvl_endpoints_count(fixture->endpoints), ==, 0);
}

/* The last peer's answer ends the daemon's endpoints, and a stranger's datagram stands behind it. */
static void
closing_at_a_datagram_spares_the_rest_of_its_batch(Fixture *fixture, gconstpointer data)
{
    RvlEndpoint to = {.address = fixture->loopback, .port = fixture->port};
    int fd = peer_socket(fixture);

    (void)data;
    fixture->closes = true;
    g_assert_cmpint(rvl_udp_socket_send(fd, &to, false, "one", 3), ==, 0);
    send_to(fixture, fd, fixture->port, "two", 3);
    g_assert_true(fixture->is_closed);
    g_assert_cmpuint(fixture->received, ==, 2);
    g_assert_cmpmem(fixture->octets->data, fixture->octets->len, "two", 3);
    g_assert_cmpuint(fixture->path.local.port, ==, fixture->port);
    close(fd);
}

static void
address_that_goes_takes_its_endpoints_along(Fixture *fixture, gconstpointer data)
{
    (void)data;
    rvl_endpoints_remove_address(fixture->endpoints, &fixture->loopback, 0);
    run();
    g_assert_cmpuint(rvl_endpoints_count(fixture->endpoints), ==, 0);
}

/* How many descriptors an installer wants that reads them. */
static const size_t reader = 3;

#define ADD(path, data, function) g_test_add(path, Fixture, data, set_up, function, tear_down)

typedef struct {
    RvlEvents events;
    unsigned opened;
    unsigned failed;
    RvlCause cause; /* of the last failure */
} Heard;

static void
hear(void *context, const RvlEvent *event)
{
    Heard *heard = context;

    heard->opened += event->id == RVL_EVENT_SOCKET_OPENED;
    if (event->id == RVL_EVENT_SOCKET_FAILED) {
        heard->failed++;
        heard->cause = event->cause;
    }
}

/* All of 127.0.0.0/8 is this machine's, and 192.0.2.1 nobody's; only 127.0.0.1 stands at an interface. */
static void
listened_address_is_opened_or_reported(Fixture *fixture, gconstpointer data)
{
    Heard heard = {.events = {.size = sizeof(RvlEvents), .context = &heard, .emit = hear}};
    RvlAddress listen[3];
    RvlEndpointsParts parts = {.installer = &fake_installer,
                               .installer_self = fixture->installer,
                               .events = &heard.events,
                               .listen = listen,
                               .n_listen = G_N_ELEMENTS(listen)};
    g_autoptr(RvlEndpoints) endpoints = NULL;
    uint16_t port, encap_port;

    (void)data;
    g_assert_true(rvl_address_parse("127.0.0.1", &listen[0]));
    g_assert_true(rvl_address_parse("127.0.0.2", &listen[1]));
    g_assert_true(rvl_address_parse("192.0.2.1", &listen[2]));
    endpoints = rvl_endpoints_new(&parts);
    rvl_endpoints_add_address(endpoints, &listen[0], 0);
    g_assert_cmpuint(rvl_endpoints_count(endpoints), ==, 2);
    rvl_endpoints_add_listened(endpoints);
    g_assert_cmpuint(rvl_endpoints_count(endpoints), ==, 4);
    g_assert_cmpuint(heard.opened, ==, 4);
    g_assert_true(rvl_endpoints_ports(endpoints, &listen[1], &port, &encap_port));
    g_assert_cmpuint(heard.failed, ==, 2); /* both ports */
    g_assert_cmpuint(heard.cause, ==, RVL_CAUSE_LOCAL_ADDRESS_MISSING);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/io/endpoints/plain-port-hands-on-what-came", NULL, plain_port_hands_on_what_came);
    ADD("/io/endpoints/marker-is-taken-off-on-the-encapsulation-port", NULL,
        marker_is_taken_off_on_the_encapsulation_port);
    ADD("/io/endpoints/keepalives-esp-and-short-datagrams-are-not-ike", NULL,
        keepalives_esp_and_short_datagrams_are_not_ike);
    ADD("/io/endpoints/answer-leaves-from-the-endpoint-with-marker", NULL,
        answer_leaves_from_the_endpoint_with_marker);
    ADD("/io/endpoints/sending-from-an-address-without-endpoint-is-refused", NULL,
        sending_from_an_address_without_endpoint_is_refused);
    ADD("/io/endpoints/installer-that-reads-gets-a-group-and-the-core-reads-nothing", &reader,
        installer_that_reads_gets_a_group_and_the_core_reads_nothing);
    ADD("/io/endpoints/closing-takes-back-what-was-offered", &reader,
        closing_takes_back_what_was_offered);
    ADD("/io/endpoints/closing-at-a-datagram-spares-the-rest-of-its-batch", NULL,
        closing_at_a_datagram_spares_the_rest_of_its_batch);
    ADD("/io/endpoints/listened-address-is-opened-or-reported", NULL,
        listened_address_is_opened_or_reported);
    ADD("/io/endpoints/address-that-goes-takes-its-endpoints-along", NULL,
        address_that_goes_takes_its_endpoints_along);
    return g_test_run();
}
