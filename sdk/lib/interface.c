/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading capabilities' interfaces and rows, and what each of them must hold. */
#include "config.h"

#include <ravelin/descriptor.h>

#include <string.h>

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

/* The most obligatory fields that one interface has. */
#define OBLIGATORY 16

/*
 * Name, size, the shortest size (up to the last obligatory field of contract 1.0), where the
 * interface keeps a name of its own, and the pointers that may not be NULL.
 */
typedef struct {
    size_t octets;
    size_t shortest;
    size_t name_offset; /* 0: it has none */
    struct {
        const char *name;
        size_t offset;
    } obligatory[OBLIGATORY];
} Shape;

#define MUST(type, field)                                                                          \
    {                                                                                              \
#field, offsetof(type, field)                                                              \
    }

static const Shape shapes[] = {
    [RVL_CAPABILITY_CRYPTO_BACKEND] =
        {
            sizeof(RvlCryptoBackend),
            RVL_END_OF(RvlCryptoBackend, random),
            offsetof(RvlCryptoBackend, name),
            {
                MUST(RvlCryptoBackend, hash),
                MUST(RvlCryptoBackend, mac),
                MUST(RvlCryptoBackend, cipher),
                MUST(RvlCryptoBackend, aead),
                MUST(RvlCryptoBackend, kem),
                MUST(RvlCryptoBackend, signature),
                MUST(RvlCryptoBackend, names),
                MUST(RvlCryptoBackend, random),
            },
        },
    [RVL_CAPABILITY_CRYPTO_SUITE] =
        {
            sizeof(RvlCryptoSuite),
            RVL_END_OF(RvlCryptoSuite, stride),
            0,
            {MUST(RvlCryptoSuite, rows)},
        },
    [RVL_CAPABILITY_KEY_EXCHANGE] =
        {
            sizeof(RvlKeyExchange),
            RVL_END_OF(RvlKeyExchange, stride),
            0,
            {MUST(RvlKeyExchange, rows)},
        },
    [RVL_CAPABILITY_AUTHENTICATOR] =
        {
            sizeof(RvlAuthenticator),
            RVL_END_OF(RvlAuthenticator, check),
            offsetof(RvlAuthenticator, word),
            {MUST(RvlAuthenticator, prove), MUST(RvlAuthenticator, check)},
        },
    [RVL_CAPABILITY_EAP_METHOD] =
        {
            sizeof(RvlEapMethod),
            RVL_END_OF(RvlEapMethod, step),
            offsetof(RvlEapMethod, word),
            {MUST(RvlEapMethod, step)},
        },
    [RVL_CAPABILITY_EAP_RELAY] =
        {
            sizeof(RvlEapRelay),
            RVL_END_OF(RvlEapRelay, step),
            offsetof(RvlEapRelay, word),
            {MUST(RvlEapRelay, step)},
        },
    [RVL_CAPABILITY_PASSWORD_VERIFIER] =
        {
            sizeof(RvlPasswordVerifier),
            RVL_END_OF(RvlPasswordVerifier, verify),
            offsetof(RvlPasswordVerifier, word),
            {MUST(RvlPasswordVerifier, verify)},
        },
    [RVL_CAPABILITY_CERTIFICATE_VERIFIER] =
        {
            sizeof(RvlCertificateVerifier),
            RVL_END_OF(RvlCertificateVerifier, identity_matches),
            offsetof(RvlCertificateVerifier, name),
            {
                MUST(RvlCertificateVerifier, verify),
                MUST(RvlCertificateVerifier, facts),
                MUST(RvlCertificateVerifier, identity_matches),
            },
        },
    [RVL_CAPABILITY_CREDENTIAL_SOURCE] =
        {
            sizeof(RvlCredentialSource),
            RVL_END_OF(RvlCredentialSource, sign),
            offsetof(RvlCredentialSource, name),
            {
                MUST(RvlCredentialSource, certificates),
                MUST(RvlCredentialSource, has_key),
                MUST(RvlCredentialSource, sign),
            },
        },
    [RVL_CAPABILITY_INSTALLER] =
        {
            sizeof(RvlInstaller),
            RVL_END_OF(RvlInstaller, apply),
            offsetof(RvlInstaller, name),
            {
                MUST(RvlInstaller, attach),
                MUST(RvlInstaller, capabilities),
                MUST(RvlInstaller, interface_add),
                MUST(RvlInstaller, interface_remove),
                MUST(RvlInstaller, descriptors_wanted),
                MUST(RvlInstaller, endpoint_add),
                MUST(RvlInstaller, endpoint_remove),
                MUST(RvlInstaller, reserve_spis),
                MUST(RvlInstaller, release_spis),
                MUST(RvlInstaller, apply),
            },
        },
    [RVL_CAPABILITY_ROUTES] =
        {
            sizeof(RvlRoutes),
            RVL_END_OF(RvlRoutes, retain),
            offsetof(RvlRoutes, name),
            {MUST(RvlRoutes, set), MUST(RvlRoutes, remove), MUST(RvlRoutes, retain)},
        },
    [RVL_CAPABILITY_ADDRESS_POOL] =
        {
            sizeof(RvlAddressPool),
            RVL_END_OF(RvlAddressPool, release),
            offsetof(RvlAddressPool, name),
            {MUST(RvlAddressPool, lease), MUST(RvlAddressPool, release)},
        },
    [RVL_CAPABILITY_STORE] =
        {
            sizeof(RvlStore),
            RVL_END_OF(RvlStore, remove),
            offsetof(RvlStore, name),
            {MUST(RvlStore, get), MUST(RvlStore, put), MUST(RvlStore, remove)},
        },
    [RVL_CAPABILITY_POLICY_SOURCE] =
        {
            sizeof(RvlPolicySource),
            RVL_END_OF(RvlPolicySource, read),
            offsetof(RvlPolicySource, name),
            {MUST(RvlPolicySource, read)},
        },
    [RVL_CAPABILITY_EVENT_SINK] =
        {
            sizeof(RvlEventSink),
            RVL_END_OF(RvlEventSink, event),
            offsetof(RvlEventSink, name),
            {MUST(RvlEventSink, event)},
        },
    [RVL_CAPABILITY_FRONT_END] =
        {
            sizeof(RvlFrontEnd),
            RVL_END_OF(RvlFrontEnd, stop),
            offsetof(RvlFrontEnd, name),
            {MUST(RvlFrontEnd, start), MUST(RvlFrontEnd, stop)},
        },
};

static const void *
pointer_at(const void *base, size_t offset)
{
    const void *pointer;

    memcpy(&pointer, (const char *)base + offset, sizeof(pointer));
    return pointer;
}

static const Shape *
shape_of(uint32_t capability, GError **error)
{
    if (capability < G_N_ELEMENTS(shapes) && shapes[capability].octets != 0)
        return &shapes[capability];
    rvl_error_set(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE, "capability %u is unknown here",
                  capability);
    return NULL;
}

static bool
size_is_possible(const Shape *shape, uint32_t octets, GError **error)
{
    g_autofree char *found = g_strdup_printf("%u", octets);
    g_autofree char *wanted = NULL;

    if (octets >= shape->shortest && octets <= shape->octets)
        return true;
    wanted = g_strdup_printf("%zu to %zu", shape->shortest, shape->octets);
    rvl_error_set_found(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE, found, wanted,
                        "its interface has an impossible size");
    return false;
}

static bool
is_whole(const Shape *shape, const char *name, const void *interface, GError **error)
{
    const char *own = shape->name_offset != 0 ? pointer_at(interface, shape->name_offset) : name;

    for (size_t i = 0; i < OBLIGATORY && shape->obligatory[i].name != NULL; i++) {
        if (pointer_at(interface, shape->obligatory[i].offset) != NULL)
            continue;
        rvl_error_set(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE, "its interface lacks '%s'",
                      shape->obligatory[i].name);
        return false;
    }
    if (g_strcmp0(own, name) == 0)
        return true;
    rvl_error_set_found(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE, own != NULL ? own : "none", name,
                        "its interface has another name than the descriptor says");
    return false;
}

void *
rvl_interface_read(uint32_t capability, const char *name, const void *found, GError **error)
{
    const Shape *shape = shape_of(capability, error);
    g_autofree char *interface = NULL;
    uint32_t octets = 0;

    if (shape != NULL) {
        memcpy(&octets, found, sizeof(octets)); /* each interface begins with its size */
        if (size_is_possible(shape, octets, error)) {
            interface = g_malloc0(shape->octets);
            memcpy(interface, found, octets);
            if (is_whole(shape, name, interface, error))
                return g_steal_pointer(&interface);
        }
    }
    rvl_error_prefix_where(error, "%s '%s'", rvl_capability_word(capability), name);
    return NULL;
}

static bool
rows_are_possible(const void *rows, size_t n, size_t stride, size_t shortest, GError **error)
{
    if (rows != NULL && n <= RVL_DESCRIPTOR_ROWS && stride >= shortest)
        return true;
    rvl_error_set(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE,
                  "its rows are damaged: %zu of %zu octets each", n, stride);
    return false;
}

static bool
row_is_whole(const char *word, const void *numbers, size_t n, bool computes, GError **error)
{
    if (word != NULL && *word != '\0' && numbers != NULL && n > 0 && computes)
        return true;
    rvl_error_set(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE,
                  "row '%s' lacks its word, its numbers, or what computes it",
                  word != NULL ? word : "");
    return false;
}

bool
rvl_suite_row_read(const RvlCryptoSuite *suite, size_t i, RvlSuiteRow *row, GError **error)
{
    if (!rows_are_possible(suite->rows, suite->n_rows, suite->stride,
                           RVL_END_OF(RvlSuiteRow, construction), error))
        return false;
    rvl_sized_copy(row, sizeof(*row), RVL_STRIDE(suite->rows, suite->stride, i), suite->stride);
    if (row->type < RVL_TRANSFORM_ENCR || row->type > RVL_TRANSFORM_INTEG) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE, "row '%s' has transform type %u",
                      row->word != NULL ? row->word : "", row->type);
        return false;
    }
    return row_is_whole(row->word, row->numbers, row->n_numbers,
                        row->primitive != NULL || row->construction != NULL ||
                            (row->type == RVL_TRANSFORM_ENCR && row->key_octets == 0),
                        error); /* NULL encryption computes nothing (RFC 2410) */
}

bool
rvl_group_row_read(const RvlKeyExchange *groups, size_t i, RvlGroupRow *row, GError **error)
{
    if (!rows_are_possible(groups->rows, groups->n_rows, groups->stride,
                           RVL_END_OF(RvlGroupRow, n_parameters), error))
        return false;
    rvl_sized_copy(row, sizeof(*row), RVL_STRIDE(groups->rows, groups->stride, i), groups->stride);
    if (!row_is_whole(row->word, row->numbers, row->n_numbers, row->primitive != NULL, error))
        return false;
    if (row->offer_octets != 0 && row->answer_octets != 0 && row->secret_octets != 0)
        return true;
    rvl_error_set(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE, "group '%s' lacks its sizes", row->word);
    return false;
}
