/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NAT detection. */
#include "config.h"

#include "ike/core/nat.h"

#include <string.h>

#include "ike/core/engine-state.h"
#include "ike/core/fixed.h"
#include "ike/core/report.h"
#include "wire/notify.h"

/* RFC 3948 4: where IKE with non-ESP marker, and ESP in UDP, are expected. */
#define NAT_PORT 4500

bool
rvl_nat_hash(const RvlCrypto *crypto,
             uint64_t initiator_spi,
             uint64_t responder_spi,
             const RvlEndpoint *endpoint,
             uint8_t hash[RVL_NAT_HASH_OCTETS],
             GError **error)
{
    const RvlPrimitives *primitives = rvl_crypto_primitives(crypto);
    const RvlHash *primitive =
        primitives->hash(primitives->context, rvl_fixed_primitive(RVL_FIXED_NAT_DETECTION), error);
    uint64_t spis[2] = {GUINT64_TO_BE(initiator_spi), GUINT64_TO_BE(responder_spi)};
    uint16_t port = GUINT16_TO_BE(endpoint->port);
    const RvlOctets parts[] = {
        RVL_OCTETS(spis, sizeof spis),
        RVL_OCTETS(endpoint->address.octets,
                   rvl_family_octets((RvlFamily)endpoint->address.family)),
        RVL_OCTETS(&port, sizeof port),
    };

    if (primitive == NULL)
        return false;
    if (primitive->output_octets != RVL_NAT_HASH_OCTETS ||
        !primitive->digest(primitive->self, parts, G_N_ELEMENTS(parts), hash)) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "%s of %s failed", primitive->name,
                      primitive->backend);
        return false;
    }
    return true;
}

bool
rvl_nat_add_notifies(RvlDraft *draft,
                     RvlEngine *engine,
                     uint64_t initiator_spi,
                     uint64_t responder_spi,
                     const RvlPath *path,
                     bool pretends,
                     GError **error)
{
    uint8_t source[RVL_NAT_HASH_OCTETS];
    uint8_t destination[RVL_NAT_HASH_OCTETS];

    if (!rvl_nat_hash(engine->services.crypto, initiator_spi, responder_spi, &path->local, source,
                      error) ||
        !rvl_nat_hash(engine->services.crypto, initiator_spi, responder_spi, &path->remote,
                      destination, error))
        return false;
    if (pretends)
        source[0] ^= 0xff;
    rvl_draft_add_notify(draft, RVL_NOTIFY_NAT_DETECTION_SOURCE_IP,
                         RVL_OCTETS(source, sizeof source));
    rvl_draft_add_notify(draft, RVL_NOTIFY_NAT_DETECTION_DESTINATION_IP,
                         RVL_OCTETS(destination, sizeof destination));
    return true;
}

/* Whether some notify of @type bears @hash; several SOURCE_IP are allowed. @found: there was one. */
static bool
bears(const RvlMessage *message,
      uint16_t type,
      const uint8_t hash[RVL_NAT_HASH_OCTETS],
      bool *found)
{
    const RvlPayload *payload = NULL;

    *found = false;
    while ((payload = rvl_message_next(message, RVL_PAYLOAD_NOTIFY, payload)) != NULL) {
        if (payload->notify.type != type || payload->notify.data.size != RVL_NAT_HASH_OCTETS)
            continue;
        *found = true;
        if (rvl_secret_equal(payload->notify.data.data, hash, RVL_NAT_HASH_OCTETS))
            return true;
    }
    return false;
}

bool
rvl_nat_detect(RvlIkeSa *ike, const RvlMessage *message, const RvlPath *path, GError **error)
{
    const RvlIsakmpHeader *header = &message->header;
    uint8_t here[RVL_NAT_HASH_OCTETS];
    uint8_t there[RVL_NAT_HASH_OCTETS];
    bool found_here, found_there, is_here_known, is_there_known;

    if (!rvl_nat_hash(ike->engine->services.crypto, header->initiator_spi, header->responder_spi,
                      &path->local, here, error) ||
        !rvl_nat_hash(ike->engine->services.crypto, header->initiator_spi, header->responder_spi,
                      &path->remote, there, error))
        return false;
    is_here_known = bears(message, RVL_NOTIFY_NAT_DETECTION_DESTINATION_IP, here, &found_here);
    is_there_known = bears(message, RVL_NOTIFY_NAT_DETECTION_SOURCE_IP, there, &found_there);
    ike->path.has_nat_here = found_here && !is_here_known;
    ike->path.has_nat_there = found_there && !is_there_known;
    return true;
}

bool
rvl_nat_wants_encapsulation(const RvlEngine *engine, const RvlConnection *connection)
{
    const RvlInstallerCapabilities *installer = engine->services.installer;

    if (installer != NULL && installer->encapsulation == RVL_ENCAPSULATION_REQUIRED)
        return true;
    switch (connection->encapsulation) {
    case RVL_ENCAPSULATE_ALWAYS:
        return true;
    case RVL_ENCAPSULATE_NEVER:
        return false;
    case RVL_ENCAPSULATE_AUTO:
        return installer != NULL && installer->encapsulation == RVL_ENCAPSULATION_PREFERRED;
    }
    return false;
}

void
rvl_nat_float(RvlIkeSa *ike, uint16_t encap_port)
{
    RvlPath *path = &ike->path.current;

    if (path->transport != RVL_TRANSPORT_UDP ||
        !(ike->path.has_nat_here || ike->path.has_nat_there ||
          rvl_nat_wants_encapsulation(ike->engine, ike->peer.connection)))
        return;
    path->transport = RVL_TRANSPORT_UDP_ENCAP;
    path->local.port = encap_port;
    /* A peer with a port of its own listens there for both (connection's remote-port). */
    path->remote.port =
        ike->peer.connection->remote_port != 0 ? ike->peer.connection->remote_port : NAT_PORT;
}

void
rvl_nat_settle(RvlIkeSa *ike)
{
    ike->path.encapsulates = ike->path.current.transport == RVL_TRANSPORT_UDP_ENCAP &&
                             (ike->path.has_nat_here || ike->path.has_nat_there ||
                              rvl_nat_wants_encapsulation(ike->engine, ike->peer.connection));
    if (ike->path.has_nat_here || ike->path.has_nat_there)
        rvl_report_nat(ike);
}
