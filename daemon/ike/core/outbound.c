/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The road out. */
#include "config.h"

#include "ike/core/outbound.h"

#include "ike/core/engine-state.h"
#include "ike/core/report.h"
#include "wire/encrypted.h"

/* IP and UDP headers, non-ESP marker: what a datagram needs beside the IKE message. */
#define OVERHEAD_IPV4 ((size_t)(20 + 8 + 4))
#define OVERHEAD_IPV6 ((size_t)(40 + 8 + 4))
/* Fragments never get smaller than this (RFC 7383 2.5.1: 576 and 1280 octets always pass). */
#define FRAGMENT_LEAST_IPV4 ((size_t)576)
#define FRAGMENT_LEAST_IPV6 ((size_t)1280)

static RvlIsakmpHeader
header_of(const RvlIkeSa *ike, const RvlExchange *x, bool is_response)
{
    return (RvlIsakmpHeader){
        .initiator_spi = rvl_ike_sa_initiator_spi(ike),
        .responder_spi = rvl_ike_sa_responder_spi(ike),
        .version = RVL_IKE_VERSION_2,
        .exchange = x->kind->type,
        .flags = (uint8_t)((ike->is_initiator ? RVL_IKE_FLAG_INITIATOR : 0) |
                           (is_response ? RVL_IKE_FLAG_RESPONSE : 0)),
        .message_id = x->message_id,
    };
}

/* Octets of an IKE message that goes out whole; beyond it fragments of that size are made. */
static size_t
largest_message(const RvlIkeSa *ike, const RvlPath *path)
{
    const RvlConnection *connection = ike->peer.connection != NULL
                                          ? ike->peer.connection
                                          : rvl_candidates_best(ike->peer.candidates);
    bool is_ipv6 = path->remote.address.family == RVL_FAMILY_IPV6;
    size_t overhead = is_ipv6 ? OVERHEAD_IPV6 : OVERHEAD_IPV4;
    size_t packet;

    if (!ike->path.fragments || path->is_reliable || connection == NULL ||
        connection->fragment_octets == 0)
        return RVL_IKE_MESSAGE_MAX_OCTETS - overhead;
    packet = connection->fragment_octets;
    if (path->mtu != 0)
        packet = MIN(packet, path->mtu);
    return MAX(packet, is_ipv6 ? FRAGMENT_LEAST_IPV6 : FRAGMENT_LEAST_IPV4) - overhead;
}

static GPtrArray *
datagrams_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
}

static bool
seal_one(RvlIkeSa *ike,
         const RvlIsakmpHeader *header,
         uint8_t first,
         uint16_t fragment,
         uint16_t n_fragments,
         RvlOctets content,
         GPtrArray *datagrams,
         GError **error)
{
    RvlMessageKeys *keys = rvl_sa_keys_for(&ike->keys, header->message_id);
    g_auto(RvlEncryptedFrame) frame = {0};
    RvlEncryptedShape shape;

    rvl_message_keys_shape(keys, &shape);
    if (!rvl_encrypted_frame_init(&frame, header, &shape, first, fragment, n_fragments, content,
                                  error) ||
        !rvl_message_seal(ike->engine->protector, keys, &frame, error))
        return false;
    g_ptr_array_add(datagrams, rvl_encrypted_frame_steal(&frame));
    return true;
}

/* RFC 7383 2.5: the chain is cut anywhere; each part is a message of its own. */
static bool
seal_in_parts(RvlIkeSa *ike,
              const RvlIsakmpHeader *header,
              uint8_t first,
              RvlOctets chain,
              size_t room,
              GPtrArray *datagrams,
              GError **error)
{
    size_t n = (chain.size + room - 1) / room;

    if (n > RVL_FRAGMENTS_MAX) {
        rvl_error_set(error, RVL_CAUSE_FRAGMENT_LIMIT,
                      "a message of %zu octets needs %zu fragments", chain.size, n);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        RvlOctets part = RVL_OCTETS(chain.data + i * room, MIN(room, chain.size - i * room));

        if (!seal_one(ike, header, first, (uint16_t)(i + 1), (uint16_t)n, part, datagrams, error))
            return false;
    }
    return true;
}

static GPtrArray *
seal(RvlIkeSa *ike,
     const RvlExchange *x,
     const RvlIsakmpHeader *header,
     RvlDraft *draft,
     GError **error)
{
    g_autoptr(GPtrArray) datagrams = datagrams_new();
    const RvlPath *path = rvl_isakmp_header_is_response(header) ? &x->path : &ike->path.current;
    RvlEncryptedShape shape;
    size_t largest = largest_message(ike, path);
    uint8_t first = 0;
    g_autoptr(GBytes) chain = rvl_draft_finish_chain(draft, &first, error);
    RvlOctets octets = rvl_octets_from_bytes(chain);
    bool sealed;

    if (chain == NULL)
        return NULL;
    rvl_message_keys_shape(rvl_sa_keys_for(&ike->keys, header->message_id), &shape);
    if (octets.size <= rvl_encrypted_room(RVL_PAYLOAD_SK, &shape, largest))
        sealed = seal_one(ike, header, first, 0, 0, octets, datagrams, error);
    else
        sealed =
            seal_in_parts(ike, header, first, octets,
                          rvl_encrypted_room(RVL_PAYLOAD_SKF, &shape, largest), datagrams, error);
    return sealed ? g_steal_pointer(&datagrams) : NULL;
}

GPtrArray *
rvl_outbound_finish(RvlIkeSa *ike,
                    const RvlExchange *x,
                    RvlDraft *draft,
                    bool is_response,
                    GError **error)
{
    RvlIsakmpHeader header = header_of(ike, x, is_response);
    GPtrArray *datagrams;
    GBytes *clear;

    if (!x->kind->is_clear)
        return seal(ike, x, &header, draft, error);
    clear = rvl_draft_finish_clear(draft, &header, error);
    if (clear == NULL)
        return NULL;
    datagrams = datagrams_new();
    g_ptr_array_add(datagrams, clear);
    return datagrams;
}

void
rvl_outbound_send(RvlIkeSa *ike, const RvlPath *path, const GPtrArray *datagrams)
{
    for (guint i = 0; i < datagrams->len; i++)
        rvl_engine_send(ike->engine, path, g_ptr_array_index(datagrams, i));
}

void
rvl_outbound_answer(RvlIkeSa *ike, RvlExchange *x, GPtrArray *datagrams)
{
    rvl_report_sent(ike, x, true, datagrams);
    rvl_outbound_send(ike, &x->path, datagrams);
    rvl_window_answer(&ike->window, g_ptr_array_ref(datagrams));
}
