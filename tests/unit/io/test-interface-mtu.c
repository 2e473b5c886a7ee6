/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MTU of the interface, with this tree's suites: exact, and not an octet less than there is room for. */
#include "config.h"

#include "io/interface-mtu.h"

#include <ravelin/error.h>

#include "crypto/built-backends.h"
#include "crypto/built-rows.h"

typedef struct {
    RvlRegistry *registry;
    RvlCrypto *crypto;
    RvlInstallerCapabilities capabilities;
    RvlJob *job;
} Fixture;

static void
add(RvlRegistry *registry, const RvlPlugin *plugin, void *self)
{
    g_autoptr(GError) error = NULL;

    if (!rvl_registry_add(registry, plugin, &error))
        g_error("%s: %s", plugin->name, error->message);
    rvl_registry_set_instance(registry, plugin->name, self);
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    const RvlPlugin *const *rows = built_rows_plugins();
    size_t n;
    const BuiltBackend *backends = built_backends(&n);

    (void)data;
    fixture->registry = rvl_registry_new();
    for (size_t i = 0; i < n; i++)
        add(fixture->registry, backends[i].plugin, backends[i].self);
    for (size_t i = 0; rows[i] != NULL; i++)
        add(fixture->registry, rows[i], NULL);
    fixture->crypto = rvl_crypto_new(fixture->registry, NULL, 0, NULL, &error);
    g_assert_no_error(error);
    fixture->capabilities.size = sizeof fixture->capabilities;
    fixture->job = rvl_job_new(RVL_JOB_DEPLOY, RVL_JOB_ESTABLISHED, (RvlSaRef){0}, 0);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    rvl_job_free(fixture->job);
    rvl_crypto_free(fixture->crypto);
    rvl_registry_free(fixture->registry);
}

/* What RFCs say of each suite's packets. */
static const struct {
    const char *encr;
    const char *integ;
    uint32_t iv;
    uint32_t block;
    uint32_t icv;
    uint32_t udp4;
    uint32_t udp6;
    uint32_t raw4;
    uint32_t raw6;
} suites[] = {
    /* RFC 4106 3.1, 3.2, 6; RFC 4303 2.4 */
    {"aes128gcm16", NULL, 8, 4, 16, 1438, 1418, 1446, 1426},
    {"aes256gcm16", NULL, 8, 4, 16, 1438, 1418, 1446, 1426},
    /* RFC 7634 2 */
    {"chacha20poly1305", NULL, 8, 4, 16, 1438, 1418, 1446, 1426},
    /* RFC 3602 3, 2.4; RFC 4868 2.6 */
    {"aes128", "sha256", 16, 16, 16, 1422, 1406, 1438, 1406},
    {"aes256", "sha256", 16, 16, 16, 1422, 1406, 1438, 1406},
    {"aes256", "sha384", 16, 16, 24, 1422, 1390, 1422, 1406},
    {"aes256", "sha512", 16, 16, 32, 1406, 1390, 1422, 1390},
};

/* The row's number of IKEv2. */
static RvlTransform
transform_of(uint8_t type, uint16_t space, const char *word)
{
    RvlTransform transform = {type, RVL_TRANSFORM_ID_NONE, 0};
    const RvlSuiteRow *row;

    if (word == NULL)
        return transform;
    row = built_suite(type, word);
    transform.key_bits = row->key_bits;
    for (size_t i = 0; i < row->n_numbers; i++)
        if (row->numbers[i].space == space)
            transform.id = row->numbers[i].number;
    g_assert_cmpuint(transform.id, !=, RVL_TRANSFORM_ID_NONE);
    return transform;
}

static void
propose(Fixture *fixture, const char *encr, const char *integ, RvlMode mode)
{
    RvlDeploySuite suite = {
        .encr = transform_of(RVL_TRANSFORM_ENCR, RVL_SPACE_IKEV2_ENCR, encr),
        .integ = transform_of(RVL_TRANSFORM_INTEG, RVL_SPACE_IKEV2_INTEG, integ),
        .mode = mode,
    };

    g_array_append_val(fixture->job->request.deploy.suites, suite);
}

static uint32_t
mtu(Fixture *fixture, bool has_ipv6, bool may_encapsulate)
{
    RvlDeployRequest *request = &fixture->job->request.deploy;

    request->has_ipv6 = has_ipv6;
    request->may_encapsulate = may_encapsulate;
    return rvl_interface_mtu(fixture->crypto, &fixture->capabilities, request);
}

/* Octets on the wire, counted along RFC 4303's figure 1: SPI, number, IV, data, padding, trailer, ICV. */
static uint32_t
on_the_wire(size_t i, bool has_ipv6, bool has_udp, uint32_t data)
{
    uint32_t plain = data + 1 + 1;

    while (plain % suites[i].block != 0)
        plain++;
    return (has_ipv6 ? 40 : 20) + (has_udp ? 8 : 0) + 4 + 4 + suites[i].iv + plain + suites[i].icv;
}

static void
each_suite_fills_the_packet(Fixture *fixture, gconstpointer data)
{
    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(suites); i++) {
        const uint32_t wanted[] = {suites[i].raw4, suites[i].raw6, suites[i].udp4, suites[i].udp6};

        g_test_message("%s %s", suites[i].encr, suites[i].integ != NULL ? suites[i].integ : "");
        g_array_set_size(fixture->job->request.deploy.suites, 0);
        propose(fixture, suites[i].encr, suites[i].integ, RVL_MODE_TUNNEL);
        for (unsigned outer = 0; outer < G_N_ELEMENTS(wanted); outer++) {
            bool has_ipv6 = (outer & 1) != 0, has_udp = (outer & 2) != 0;

            g_assert_cmpuint(mtu(fixture, has_ipv6, has_udp), ==, wanted[outer]);
            g_assert_cmpuint(on_the_wire(i, has_ipv6, has_udp, wanted[outer]), <=, 1500);
            g_assert_cmpuint(on_the_wire(i, has_ipv6, has_udp, wanted[outer] + 1), >, 1500);
        }
    }
}

/* The packet's own IP header stays in front of ESP (RFC 4303 3.1.1). */
static void
transport_mode_has_one_header_less(Fixture *fixture, gconstpointer data)
{
    (void)data;
    propose(fixture, "aes256gcm16", NULL, RVL_MODE_TRANSPORT);
    g_assert_cmpuint(mtu(fixture, false, true), ==, 1458);
    g_assert_cmpuint(mtu(fixture, true, true), ==, 1458);
    g_assert_cmpuint(mtu(fixture, false, false), ==, 1466);
}

static void
smallest_of_all_suites_counts(Fixture *fixture, gconstpointer data)
{
    (void)data;
    propose(fixture, "aes256gcm16", NULL, RVL_MODE_TUNNEL);
    propose(fixture, "aes256", "sha512", RVL_MODE_TUNNEL);
    propose(fixture, "aes256", "sha256", RVL_MODE_TUNNEL);
    g_assert_cmpuint(mtu(fixture, false, true), ==, 1406);
}

/* A pair that nobody computes is never negotiated. */
static void
suite_without_backend_does_not_count(Fixture *fixture, gconstpointer data)
{
    RvlDeploySuite unknown = {.encr = {RVL_TRANSFORM_ENCR, 4711, 0}, .mode = RVL_MODE_TUNNEL};

    (void)data;
    g_array_append_val(fixture->job->request.deploy.suites, unknown);
    g_assert_cmpuint(mtu(fixture, false, true), ==, 1280);
    propose(fixture, "aes256gcm16", NULL, RVL_MODE_TUNNEL);
    g_assert_cmpuint(mtu(fixture, false, true), ==, 1438);
}

static void
what_the_installer_adds_is_left_free(Fixture *fixture, gconstpointer data)
{
    (void)data;
    propose(fixture, "aes256gcm16", NULL, RVL_MODE_TUNNEL);
    fixture->capabilities.mtu_overhead = 12;
    g_assert_cmpuint(mtu(fixture, false, true), ==, 1426);
    fixture->capabilities.mtu_overhead = 0;
    fixture->capabilities.encapsulation = RVL_ENCAPSULATION_REQUIRED; /* whatever is configured */
    g_assert_cmpuint(mtu(fixture, false, false), ==, 1438);
}

/* IPv6 can't go below (RFC 8200 5): the outer packet is fragmented instead. */
static void
ipv6_least_is_always_there(Fixture *fixture, gconstpointer data)
{
    (void)data;
    propose(fixture, "aes256gcm16", NULL, RVL_MODE_TUNNEL);
    fixture->capabilities.mtu_overhead = 156;
    g_assert_cmpuint(mtu(fixture, false, true), ==, 1282);
    fixture->capabilities.mtu_overhead = 160;
    g_assert_cmpuint(mtu(fixture, false, true), ==, 1280);
    fixture->capabilities.mtu_overhead = G_MAXUINT32;
    g_assert_cmpuint(mtu(fixture, false, true), ==, 1280);
}

#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/io/interface-mtu/each-suite-fills-the-packet", each_suite_fills_the_packet);
    ADD("/io/interface-mtu/transport-mode-has-one-header-less", transport_mode_has_one_header_less);
    ADD("/io/interface-mtu/smallest-of-all-suites-counts", smallest_of_all_suites_counts);
    ADD("/io/interface-mtu/suite-without-backend-does-not-count",
        suite_without_backend_does_not_count);
    ADD("/io/interface-mtu/what-the-installer-adds-is-left-free",
        what_the_installer_adds_is_left_free);
    ADD("/io/interface-mtu/ipv6-least-is-always-there", ipv6_least_is_always_there);
    return g_test_run();
}
