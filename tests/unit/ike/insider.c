/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A peer that holds the keys. */
#include "config.h"

#include "insider.h"

#include "ike/core/engine-state.h"
#include "wire/encrypted.h"

RvlMessage *
insider_open(const RvlIkeSa *to, GBytes *datagram)
{
    gsize n;
    const uint8_t *octets = g_bytes_get_data(datagram, &n);
    g_autofree uint8_t *copy = g_memdup2(octets, n);
    RvlEncryptedShape shape;
    RvlEncryptedLayout layout;
    RvlIsakmpHeader header;
    RvlPayload payload;
    size_t content;

    if (!rvl_sa_keys_are_ready(&to->keys) || !rvl_isakmp_header_parse(octets, n, &header, NULL) ||
        !rvl_encrypted_find(octets, n, &payload, NULL) || payload.type != RVL_PAYLOAD_SK)
        return NULL;
    rvl_message_keys_shape(&to->keys.messages, &shape);
    if (!rvl_encrypted_layout(&payload, &shape, &layout, NULL) ||
        !rvl_message_open(to->engine->protector, &to->keys.messages, copy, &layout, NULL) ||
        !rvl_encrypted_strip(copy + layout.ciphertext, layout.ciphertext_octets, &content, NULL))
        return NULL;
    return rvl_message_parse_inner(&header, layout.first, copy + layout.ciphertext, content, 0,
                                   NULL);
}

/* The frame's own numbers are ones that our encoder would write. */
static void
write_numbers(RvlEncryptedFrame *frame, uint16_t fragment, uint16_t total)
{
    uint8_t *numbers = frame->octets + frame->layout.payload + RVL_PAYLOAD_HEADER_OCTETS;

    numbers[0] = (uint8_t)(fragment >> 8);
    numbers[1] = (uint8_t)fragment;
    numbers[2] = (uint8_t)(total >> 8);
    numbers[3] = (uint8_t)total;
}

GBytes *
insider_seal(Insider *insider,
             const RvlIkeSa *to,
             const RvlIsakmpHeader *header,
             uint8_t first,
             RvlOctets chain,
             uint16_t fragment,
             uint16_t total)
{
    uint16_t is_fragment = fragment != 0 || total != 0;
    RvlMessageKeys keys = {
        .protection = to->keys.messages.protection,
        .outbound = to->keys.messages.inbound,
        .sequence = insider->sequence++,
    };
    g_auto(RvlEncryptedFrame) frame = {0};
    RvlEncryptedShape shape;

    if (!rvl_sa_keys_are_ready(&to->keys))
        return NULL;
    rvl_message_keys_shape(&keys, &shape);
    if (!rvl_encrypted_frame_init(&frame, header, &shape, first, is_fragment, is_fragment, chain,
                                  NULL))
        return NULL;
    if (is_fragment)
        write_numbers(&frame, fragment, total);
    if (!rvl_message_seal(to->engine->protector, &keys, &frame, NULL))
        return NULL;
    return rvl_encrypted_frame_steal(&frame);
}

RvlIsakmpHeader
insider_header(const RvlIkeSa *to, uint8_t exchange, bool is_response)
{
    const RvlExchange *asking = to->exchanges.asking;

    return (RvlIsakmpHeader){
        .initiator_spi = rvl_ike_sa_initiator_spi(to),
        .responder_spi = rvl_ike_sa_responder_spi(to),
        .version = RVL_IKE_VERSION_2,
        .exchange = exchange,
        .flags = (uint8_t)((to->is_initiator ? 0 : RVL_IKE_FLAG_INITIATOR) |
                           (is_response ? RVL_IKE_FLAG_RESPONSE : 0)),
        .message_id = !is_response     ? to->window.expected
                      : asking != NULL ? asking->message_id
                                       : to->window.next_request,
    };
}
