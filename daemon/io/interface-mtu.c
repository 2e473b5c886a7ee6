/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MTU of a connection's interface: what the largest of its suites leaves of an outer packet. */
#include "config.h"

#include "io/interface-mtu.h"

#include <ravelin/esp.h>

#include "crypto/suite.h"

enum {
    LINK_OCTETS = 1500, /* of the largest packet on Ethernet (RFC 894); the path isn't known yet */
    IPV4_HEADER = 20,   /* RFC 791 3.1: we send no options */
    IPV6_HEADER = 40,   /* RFC 8200 3 */
    UDP_HEADER = 8,     /* RFC 768; ESP follows at once (RFC 3948 2.1) */
};

static uint32_t
ip_octets(const RvlDeployRequest *request)
{
    return request->has_ipv6 ? IPV6_HEADER : IPV4_HEADER;
}

/* What is left for ESP. */
static uint32_t
esp_room(const RvlInstallerCapabilities *capabilities, const RvlDeployRequest *request)
{
    bool has_udp =
        request->may_encapsulate || capabilities->encapsulation == RVL_ENCAPSULATION_REQUIRED;
    uint32_t room = LINK_OCTETS - ip_octets(request) - (has_udp ? UDP_HEADER : 0);

    return room - MIN(room, capabilities->mtu_overhead);
}

/* The largest inner packet of @suite; 0 where no backend serves it. */
static uint32_t
largest_of(RvlCrypto *crypto,
           const RvlDeploySuite *suite,
           const RvlDeployRequest *request,
           uint32_t room)
{
    g_autoptr(RvlProtection) protection =
        rvl_crypto_protection(crypto, &suite->encr, &suite->integ, RVL_USE_ESP, NULL);
    uint32_t inner;

    if (protection == NULL)
        return 0;
    inner = rvl_esp_largest_inner(rvl_protection_shape(protection), room);
    /* In transport mode ESP holds no IP header: the outer one is the packet's own (RFC 4303 3.1.1). */
    return suite->mode == RVL_MODE_TRANSPORT ? inner + ip_octets(request) : inner;
}

uint32_t
rvl_interface_mtu(RvlCrypto *crypto,
                  const RvlInstallerCapabilities *capabilities,
                  const RvlDeployRequest *request)
{
    uint32_t room = esp_room(capabilities, request);
    uint32_t mtu = 0;

    for (guint i = 0; i < request->suites->len; i++) {
        const RvlDeploySuite *suite = &g_array_index(request->suites, RvlDeploySuite, i);
        uint32_t largest = largest_of(crypto, suite, request, room);

        if (largest != 0 && (mtu == 0 || largest < mtu))
            mtu = largest;
    }
    return MAX(mtu, RVL_INTERFACE_MTU_LEAST);
}
