/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interfaces and rows of plugins that were built against shorter structs: what they lack reads as absent. */
#include "config.h"

#include <ravelin/descriptor.h>

#include <ravelin/address-pool.h>
#include <ravelin/authenticator.h>
#include <ravelin/certificate-verifier.h>
#include <ravelin/credential-source.h>
#include <ravelin/eap.h>
#include <ravelin/error.h>
#include <ravelin/event-sink.h>
#include <ravelin/front-end.h>
#include <ravelin/installer.h>
#include <ravelin/policy-source.h>
#include <ravelin/routes.h>
#include <ravelin/sized.h>
#include <ravelin/store.h>

#define NAME "vendor"

/*
 * Each capability's interface as this contract knows it, and as the first one that had all that is
 * obligatory. Binaries with either length exist: the shorter is never raised.
 */
static const struct {
    const char *word;
    uint32_t capability;
    size_t octets;
    size_t shortest;
} rows[] = {
#define ROW(word, kind, type, last)                                                                \
    {                                                                                              \
        word, RVL_CAPABILITY_##kind, sizeof(type), RVL_END_OF(type, last)                          \
    }
    ROW("crypto-backend", CRYPTO_BACKEND, RvlCryptoBackend, random),
    ROW("crypto-suite", CRYPTO_SUITE, RvlCryptoSuite, stride),
    ROW("key-exchange", KEY_EXCHANGE, RvlKeyExchange, stride),
    ROW("authenticator", AUTHENTICATOR, RvlAuthenticator, check),
    ROW("eap-method", EAP_METHOD, RvlEapMethod, step),
    ROW("eap-relay", EAP_RELAY, RvlEapRelay, step),
    ROW("password-verifier", PASSWORD_VERIFIER, RvlPasswordVerifier, verify),
    ROW("certificate-verifier", CERTIFICATE_VERIFIER, RvlCertificateVerifier, identity_matches),
    ROW("credential-source", CREDENTIAL_SOURCE, RvlCredentialSource, sign),
    ROW("installer", INSTALLER, RvlInstaller, apply),
    ROW("routes", ROUTES, RvlRoutes, retain),
    ROW("address-pool", ADDRESS_POOL, RvlAddressPool, release),
    ROW("store", STORE, RvlStore, remove),
    ROW("policy-source", POLICY_SOURCE, RvlPolicySource, read),
    ROW("event-sink", EVENT_SINK, RvlEventSink, event),
    ROW("front-end", FRONT_END, RvlFrontEnd, stop),
#undef ROW
};

/* (transfer full): an interface of exactly @octets, whose every pointer points at its name. */
static void *
interface_of(size_t octets, uint32_t size)
{
    static const char *const name = NAME;
    uint8_t *interface = g_malloc0(octets);

    for (size_t at = 0; at + sizeof(name) <= octets; at += sizeof(name))
        memcpy(interface + at, &name, sizeof(name));
    memcpy(interface, &size, sizeof(size));
    return interface;
}

static void
shorter_interface_has_nothing_behind_it(gconstpointer data)
{
    const typeof(rows[0]) *row = data;
    g_autofree void *found = interface_of(row->shortest, (uint32_t)row->shortest);
    g_autoptr(GError) error = NULL;
    g_autofree uint8_t *read = rvl_interface_read(row->capability, NAME, found, &error);

    g_assert_no_error(error);
    g_assert_cmpmem(read, row->shortest, found, row->shortest);
    for (size_t i = row->shortest; i < row->octets; i++)
        g_assert_cmpuint(read[i], ==, 0);
}

static void
whole_interface_is_read_whole(gconstpointer data)
{
    const typeof(rows[0]) *row = data;
    g_autofree void *found = interface_of(row->octets, (uint32_t)row->octets);
    g_autoptr(GError) error = NULL;
    g_autofree uint8_t *read = rvl_interface_read(row->capability, NAME, found, &error);

    g_assert_no_error(error);
    g_assert_cmpmem(read, row->octets, found, row->octets);
}

/* Without an obligatory field, or with one that nobody here knows, it isn't this contract's. */
static void
impossible_length_is_refused(gconstpointer data)
{
    const typeof(rows[0]) *row = data;
    const size_t sizes[] = {0, sizeof(uint32_t), row->shortest - 1, row->octets + 8};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree void *found = interface_of(MAX(sizes[i], 4), (uint32_t)sizes[i]);
        g_autoptr(GError) error = NULL;

        g_assert_null(rvl_interface_read(row->capability, NAME, found, &error));
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_PLUGIN_INCOMPATIBLE);
    }
}

/* Rows of suites and groups: of a shorter struct, and of one with a field that nobody here knows. */

static const RvlNumber number = {RVL_SPACE_IKEV2_ENCR, 65001};

static const RvlSuiteRow suite_rows[] = {
    {.type = RVL_TRANSFORM_ENCR,
     .word = "first",
     .numbers = &number,
     .n_numbers = 1,
     .key_octets = 16,
     .primitive = "cipher/first"},
    {.type = RVL_TRANSFORM_ENCR,
     .word = "second",
     .numbers = &number,
     .n_numbers = 1,
     .key_octets = 32,
     .primitive = "cipher/second"},
};

static const RvlGroupRow group_rows[] = {
    {"first", NULL, &number, 1, 32, 32, 32, 0, 128, false, "kem/first", NULL, 0},
    {"second", NULL, &number, 1, 64, 64, 64, 0, 256, false, "kem/second", NULL, 0},
};

/* (transfer full): @n rows of @octets, @stride apart, with what must not be read between them. */
static void *
spread(const void *all, size_t n, size_t octets, size_t stride)
{
    uint8_t *copy = g_malloc(n * stride);

    memset(copy, 0xa5, n * stride);
    for (size_t i = 0; i < n; i++)
        memcpy(copy + i * stride, (const uint8_t *)all + i * octets, MIN(octets, stride));
    return copy;
}

static void
suite_rows_are_read_by_their_stride(void)
{
    const size_t strides[] = {RVL_END_OF(RvlSuiteRow, construction), sizeof(RvlSuiteRow) + 32};

    for (size_t i = 0; i < G_N_ELEMENTS(strides); i++) {
        g_autofree RvlSuiteRow *found = spread(suite_rows, 2, sizeof(suite_rows[0]), strides[i]);
        const RvlCryptoSuite suite = {sizeof(suite), found, 2, strides[i]};
        g_autoptr(GError) error = NULL;
        RvlSuiteRow row;

        g_assert_true(rvl_suite_row_read(&suite, 1, &row, &error));
        g_assert_cmpstr(row.word, ==, "second");
        g_assert_cmpuint(row.key_octets, ==, 32);
        g_assert_null(row.names);
        g_assert_cmpuint(row.n_names, ==, 0);
    }
}

static void
group_rows_are_read_by_their_stride(void)
{
    const size_t strides[] = {RVL_END_OF(RvlGroupRow, n_parameters), sizeof(RvlGroupRow) + 32};

    for (size_t i = 0; i < G_N_ELEMENTS(strides); i++) {
        g_autofree RvlGroupRow *found = spread(group_rows, 2, sizeof(group_rows[0]), strides[i]);
        const RvlKeyExchange groups = {sizeof(groups), found, 2, strides[i]};
        g_autoptr(GError) error = NULL;
        RvlGroupRow row;

        g_assert_true(rvl_group_row_read(&groups, 1, &row, &error));
        g_assert_cmpstr(row.word, ==, "second");
        g_assert_cmpuint(row.secret_octets, ==, 64);
    }
}

static void
add(const char *what, size_t i, GTestDataFunc function)
{
    g_autofree char *path = g_strdup_printf("/lib/interface/%s/%s", rows[i].word, what);

    g_test_add_data_func(path, &rows[i], function);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        add("shorter-has-nothing-behind-it", i, shorter_interface_has_nothing_behind_it);
        add("whole-is-read-whole", i, whole_interface_is_read_whole);
        add("impossible-length-is-refused", i, impossible_length_is_refused);
    }
    g_test_add_func("/lib/interface/suite-rows-are-read-by-their-stride",
                    suite_rows_are_read_by_their_stride);
    g_test_add_func("/lib/interface/group-rows-are-read-by-their-stride",
                    group_rows_are_read_by_their_stride);
    return g_test_run();
}
