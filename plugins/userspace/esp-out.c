/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Outbound ESP (RFC 4303 3.3): header, padding and trailer around inner packets; sealing in batches. */
#include "config.h"

#include "esp-out.h"

#include "byte-order.h"

EspOut *
esp_out_new(void)
{
    EspOut *out = g_new0(EspOut, 1);

    out->arena = g_malloc(OUT_ARENA);
    return out;
}

void
esp_out_free(EspOut *out)
{
    if (out == NULL)
        return;
    g_free(out->arena);
    g_free(out);
}

void
esp_out_clear(EspOut *out)
{
    out->n_packets = out->n_messages = out->used = 0;
}

bool
esp_out_has_room(const EspOut *out, const Sa *sa, uint32_t inner)
{
    return out->n_packets < OUT_PACKETS && out->n_messages < OUT_MESSAGES &&
           rvl_esp_octets(&sa->suite->shape, inner) <= OUT_ARENA - out->used;
}

/* Whether the packet may follow those of the last message: only the last one may be shorter. */
static bool
may_follow(const OutMessage *message,
           const SaRoute *route,
           const Sa *sa,
           uint32_t octets,
           uint8_t traffic_class)
{
    return !message->is_full && message->sa == sa && message->route == route &&
           message->traffic_class == traffic_class && octets <= message->segment &&
           message->octets + octets <= OUT_MESSAGE_OCTETS;
}

static OutMessage *
message_for(EspOut *out, Sa *sa, SaRoute *route, uint32_t octets, uint8_t traffic_class)
{
    OutMessage *last = out->n_messages > 0 ? &out->messages[out->n_messages - 1] : NULL;

    if (last != NULL && may_follow(last, route, sa, octets, traffic_class))
        return last;
    last = &out->messages[out->n_messages++];
    *last = (OutMessage){
        .sa = sa,
        .route = route,
        .first = out->n_packets,
        .offset = out->used,
        .segment = octets,
        .traffic_class = traffic_class,
        .is_full = !atomic_load_explicit(&route->endpoint->has_segmentation, memory_order_relaxed),
    };
    return last;
}

/* Padding of 1, 2, 3, … (RFC 4303 2.4), its length, and the next header. Returns the ICV's place. */
static uint8_t *
write_trailer(uint8_t *behind, uint32_t padding, uint8_t next_header)
{
    for (uint32_t i = 1; i <= padding; i++)
        *behind++ = (uint8_t)i;
    *behind++ = (uint8_t)padding;
    *behind++ = next_header;
    return behind;
}

uint8_t *
esp_out_add(EspOut *out,
            Sa *sa,
            SaRoute *route,
            uint64_t sequence,
            uint32_t inner,
            uint8_t next_header,
            uint8_t traffic_class)
{
    const RvlProtectionShape *shape = &sa->suite->shape;
    uint32_t octets = rvl_esp_octets(shape, inner);
    OutMessage *message = message_for(out, sa, route, octets, traffic_class);
    uint8_t *esp = out->arena + out->used;
    uint8_t *plain = esp + RVL_ESP_HEADER + shape->iv_octets;
    uint32_t plain_octets = octets - RVL_ESP_HEADER - shape->iv_octets - shape->icv_octets;
    RvlPacket *packet = &out->packets[out->n_packets];

    store32(esp + ESP_SPI, sa->spi);
    store32(esp + ESP_SEQUENCE, (uint32_t)sequence);

    uint8_t *icv =
        write_trailer(plain + inner, plain_octets - inner - RVL_ESP_TRAILER, next_header);

    *packet = (RvlPacket){
        .key = sa->key,
        .sequence = sequence,
        .iv = esp + RVL_ESP_HEADER,
        .source = plain,
        .destination = plain,
        .octets = plain_octets,
        .icv = icv,
    };
    esp_set_aad(sa, esp, sequence, &out->aads[out->n_packets], packet);

    out->n_packets++;
    out->used += octets;
    message->count++;
    message->octets += octets;
    if (octets < message->segment || message->count == OUT_SEGMENTS)
        message->is_full = true;
    return plain;
}

/* Whether the message's packets, sealed by now, may go. */
static uint32_t
check_sealed(const EspOut *out, OutMessage *message)
{
    uint32_t failed = 0;

    for (uint32_t i = 0; i < message->count; i++)
        failed += out->packets[message->first + i].status != RVL_CRYPT_DONE;
    message->failed = failed > 0;
    return failed;
}

uint32_t
esp_out_seal(EspOut *out, RvlProtectionScratch **scratches)
{
    uint32_t failed = 0;

    for (uint32_t i = 0; i < out->n_messages;) {
        const Suite *suite = out->messages[i].sa->suite;
        uint32_t first = out->messages[i].first, n = 0, end = i;

        for (; end < out->n_messages && out->messages[end].sa->suite == suite; end++)
            n += out->messages[end].count;
        if (scratches[suite->number] == NULL)
            scratches[suite->number] = rvl_protection_scratch_new(suite->protection);
        rvl_protection_seal(scratches[suite->number], &out->packets[first], sizeof(RvlPacket), n);
        for (; i < end; i++)
            failed += check_sealed(out, &out->messages[i]);
    }
    return failed;
}
