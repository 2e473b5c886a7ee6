/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes SAs by hand, and carries single packets through seal and open. */
#include "config.h"

#include "test-esp.h"

#include <string.h>

static RvlSecretId
secret_of(TestHost *host, GBytes *octets, uint8_t seed, size_t n)
{
    const RvlSecretServices *services = host->host.secrets;
    g_autoptr(RvlSecret) secret = NULL;

    if (octets == NULL)
        return test_host_secret(host, seed, n);
    secret = rvl_secret_new_copy(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets));
    return services->put(services->context, secret);
}

static Sa *
make_sa(EspRig *rig, GBytes *encr, GBytes *integ, uint32_t spi, bool has_esn, uint32_t window)
{
    const RvlHost *host = &rig->host->host;
    const RvlProtectionShape *shape = &rig->suite.shape;
    g_autoptr(GError) error = NULL;
    Sa *sa = sa_new();

    sa->id = spi;
    sa->spi = spi;
    sa->has_esn = has_esn;
    sa->suite = &rig->suite;
    sa->key = host->protection_key(host->context, rig->suite.protection,
                                   secret_of(rig->host, encr, 1, shape->encr_octets),
                                   secret_of(rig->host, integ, 2, shape->integ_octets), &error);
    g_assert_no_error(error);
    sa->key_id = rvl_protection_key_id(sa->key);
    sa->local = test_selectors("0.0.0.0/0, ::/0");
    sa->remote = rvl_selectors_ref(sa->local);
    replay_window_init(&sa->window, window);
    return sa;
}

EspRig *
esp_rig_new(const RvlPrimitives *primitives,
            const TestSuite *suite,
            GBytes *encr,
            GBytes *integ,
            uint32_t spi,
            bool has_esn,
            uint32_t window)
{
    EspRig *rig = g_new0(EspRig, 1);
    g_autoptr(GError) error = NULL;
    RvlPath path = {
        .local = test_endpoint("192.0.2.1", 4500),
        .remote = test_endpoint("192.0.2.2", 4500),
        .transport = RVL_TRANSPORT_UDP_ENCAP,
        .mtu = 1500,
    };

    rig->host = test_host_new(primitives);
    rig->suite.protection =
        rig->host->host.protection(rig->host, &suite->encr, &suite->integ, RVL_USE_ESP, &error);
    g_assert_no_error(error);
    rig->suite.shape = *rvl_protection_shape(rig->suite.protection);
    rig->endpoint = (Endpoint){.kind = ENDPOINT_UDP, .references = 1};
    atomic_init(&rig->endpoint.has_segmentation, true);
    rig->out_sa = make_sa(rig, encr, integ, spi, has_esn, 0);
    rig->in_sa = make_sa(rig, encr, integ, spi, has_esn, window);
    rig->route = sa_route_new(&path, &rig->endpoint, RVL_DIRECTION_OUT);
    g_assert_true(sa_table_init(&rig->table, NULL));
    sa_table_add(&rig->table, rig->in_sa);
    rig->out = esp_out_new();
    rig->in = esp_in_new();
    rig->remote = path.remote;
    return rig;
}

void
esp_rig_free(EspRig *rig)
{
    g_clear_pointer(&rig->scratches[0], rvl_protection_scratch_free);
    sa_free(rig->out_sa);
    sa_free(rig->in_sa);
    sa_route_free(rig->route);
    sa_table_clear(&rig->table);
    esp_out_free(rig->out);
    esp_in_free(rig->in);
    rvl_protection_unref(rig->suite.protection);
    test_host_free(rig->host);
    g_free(rig);
}

uint32_t
esp_rig_seal(EspRig *rig, uint64_t sequence, const uint8_t *inner, uint32_t n, uint8_t *esp)
{
    uint8_t next_header = inner[0] >> 4 == 6 ? PROTOCOL_IPV6 : PROTOCOL_IPV4;
    uint32_t octets;

    memcpy(esp_out_add(rig->out, rig->out_sa, rig->route, sequence, n, next_header, 0), inner, n);
    g_assert_cmpuint(esp_out_seal(rig->out, rig->scratches), ==, 0);
    octets = rig->out->used;
    memcpy(esp, rig->out->arena, octets);
    esp_out_clear(rig->out);
    return octets;
}

RvlDropCause
esp_rig_open(EspRig *rig, uint8_t *esp, uint32_t n, uint8_t outer_class)
{
    RvlDropCause drop;

    esp_in_clear(rig->in);
    drop = esp_in_add(rig->in, &rig->table, esp, n, &rig->remote, outer_class);
    if (drop != RVL_DROP_NONE)
        return drop;
    esp_in_open(rig->in, rig->scratches);
    return rig->in->in[0].drop;
}
