/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SK and SKF payloads: where their parts lie (RFC 7296 3.14, RFC 7383 2.5). */
#include "config.h"

#include "wire/encrypted.h"

#include <string.h>

#include <ravelin/error.h>
#include "wire/chain.h"
#include "wire/message.h"
#include "wire/payload-codec.h"

#define FRAGMENT_HEADER_OCTETS ((size_t)4) /* fragment number and total, behind SKF's header */
#define PAD_LENGTH_OCTETS ((size_t)1)

/* RFC 7383 2.6: numbers begin at 1 and don't pass the total. */
bool
rvl_skf_payload_parse(RvlReader *body, RvlPayload *payload, GError **error)
{
    size_t offset = rvl_reader_offset(body);
    RvlEncryptedPayload *skf = &payload->encrypted;

    skf->fragment = rvl_reader_u16(body, "fragment number");
    skf->n_fragments = rvl_reader_u16(body, "total fragments");
    if (!rvl_reader_check(body, error))
        return false;
    if (skf->fragment == 0 || skf->fragment > skf->n_fragments) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset, "fragment %u of %u",
                                skf->fragment, skf->n_fragments);
        return false;
    }
    return true;
}

static bool
parse_encrypted(uint8_t type, RvlChainLink *link, RvlPayload *payload, GError **error)
{
    *payload = (RvlPayload){
        .type = type,
        .offset = link->offset,
        .is_critical = (link->flags & RVL_CHAIN_FLAG_CRITICAL) != 0,
        .encrypted.first = link->next,
    };
    return rvl_payload_v2_parse(&link->body, payload, error);
}

bool
rvl_encrypted_find(const uint8_t *octets, size_t size, RvlPayload *payload, GError **error)
{
    RvlIsakmpHeader header;
    RvlReader reader;

    *payload = (RvlPayload){0};
    if (!rvl_isakmp_header_parse(octets, size, &header, error))
        return false;
    rvl_reader_init(&reader, octets, size);
    rvl_reader_skip(&reader, RVL_ISAKMP_HEADER_OCTETS, "header");
    uint8_t type = header.next_payload;

    for (size_t n = 0; type != RVL_PAYLOAD_NONE && n < RVL_MESSAGE_MAX_PAYLOADS; n++) {
        RvlChainLink link;

        if (!rvl_chain_next(&reader, &link, error))
            return false;
        if (rvl_payload_type_is_encrypted(type)) {
            return rvl_reader_check_end(&reader, error) &&
                   parse_encrypted(type, &link, payload, error);
        }
        type = link.next;
    }
    rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, rvl_reader_offset(&reader),
                            "no encrypted payload among the first %d", RVL_MESSAGE_MAX_PAYLOADS);
    return false;
}

static size_t
before_iv(uint8_t type)
{
    return RVL_PAYLOAD_HEADER_OCTETS + (type == RVL_PAYLOAD_SKF ? FRAGMENT_HEADER_OCTETS : 0);
}

/* Fills in the offsets of a payload at @payload whose message ends at @end. */
static void
lay_out(RvlEncryptedLayout *layout, const RvlEncryptedShape *shape, size_t payload, size_t end)
{
    layout->payload = payload;
    layout->aad = payload + before_iv(layout->type);
    layout->iv = layout->aad;
    layout->ciphertext = layout->iv + shape->iv_octets;
    layout->icv = end - shape->icv_octets;
    layout->ciphertext_octets = layout->icv - layout->ciphertext;
}

bool
rvl_encrypted_layout(const RvlPayload *payload,
                     const RvlEncryptedShape *shape,
                     RvlEncryptedLayout *layout,
                     GError **error)
{
    size_t least =
        before_iv(payload->type) + shape->iv_octets + shape->alignment + shape->icv_octets;
    size_t size = RVL_PAYLOAD_HEADER_OCTETS + payload->body.size;

    if (size < least) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, payload->offset + 2,
                                "the encrypted payload has %zu octets, the suite needs %zu", size,
                                least);
        return false;
    }
    *layout = (RvlEncryptedLayout){
        .type = payload->type,
        .first = payload->encrypted.first,
        .fragment = payload->encrypted.fragment,
        .n_fragments = payload->encrypted.n_fragments,
    };
    lay_out(layout, shape, payload->offset, payload->offset + size);
    if (layout->ciphertext_octets % shape->alignment != 0) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, layout->ciphertext,
                                "%zu octets of ciphertext, no multiple of %u",
                                layout->ciphertext_octets, shape->alignment);
        return false;
    }
    return true;
}

bool
rvl_encrypted_strip(const uint8_t *plaintext, size_t octets, size_t *content_octets, GError **error)
{
    RvlReader reader;

    *content_octets = 0;
    rvl_reader_init(&reader, plaintext, octets);
    rvl_reader_skip(&reader, octets - (octets != 0), "content");
    size_t padding = PAD_LENGTH_OCTETS + rvl_reader_u8(&reader, "pad length");

    if (!rvl_reader_check(&reader, error))
        return false;
    if (padding > octets) {
        rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED,
                      "the encrypted payload claims %zu octets of padding, holds %zu",
                      padding - PAD_LENGTH_OCTETS, octets - PAD_LENGTH_OCTETS);
        return false;
    }
    *content_octets = octets - padding;
    return true;
}

/* Octets of padding between @content octets and the pad length. */
static uint8_t
padding_of(size_t content, const RvlEncryptedShape *shape)
{
    size_t beyond = (content + PAD_LENGTH_OCTETS) % shape->alignment;

    return (uint8_t)(beyond == 0 ? 0 : shape->alignment - beyond);
}

static void
write_frame(RvlWriter *writer,
            const RvlIsakmpHeader *header,
            const RvlEncryptedShape *shape,
            const RvlEncryptedLayout *layout,
            RvlOctets content)
{
    uint8_t padding = padding_of(content.size, shape);

    rvl_isakmp_header_write(writer, header);
    rvl_writer_u8(writer, layout->first);
    rvl_writer_u8(writer, 0);
    size_t mark = rvl_writer_begin_u16(writer);

    if (layout->type == RVL_PAYLOAD_SKF) {
        rvl_writer_u16(writer, layout->fragment);
        rvl_writer_u16(writer, layout->n_fragments);
    }
    rvl_writer_zeros(writer, shape->iv_octets);
    rvl_writer_octets(writer, content.data, content.size);
    rvl_writer_zeros(writer, padding);
    rvl_writer_u8(writer, padding);
    rvl_writer_zeros(writer, shape->icv_octets);
    rvl_writer_end_u16(writer, mark, RVL_PAYLOAD_HEADER_OCTETS);
}

bool
rvl_encrypted_frame_init(RvlEncryptedFrame *frame,
                         const RvlIsakmpHeader *header,
                         const RvlEncryptedShape *shape,
                         uint8_t first,
                         uint16_t fragment,
                         uint16_t n_fragments,
                         RvlOctets content,
                         GError **error)
{
    g_autoptr(RvlWriter) writer = rvl_writer_new(RVL_IKE_MESSAGE_MAX_OCTETS);
    RvlEncryptedLayout layout = {
        .type = n_fragments != 0 ? RVL_PAYLOAD_SKF : RVL_PAYLOAD_SK,
        .first = fragment > 1 ? RVL_PAYLOAD_NONE : first,
        .fragment = fragment,
        .n_fragments = n_fragments,
    };
    size_t size = RVL_ISAKMP_HEADER_OCTETS + before_iv(layout.type) + shape->iv_octets +
                  content.size + padding_of(content.size, shape) + PAD_LENGTH_OCTETS +
                  shape->icv_octets;
    RvlIsakmpHeader filled = *header;

    *frame = (RvlEncryptedFrame){0};
    filled.next_payload = layout.type;
    filled.length = (uint32_t)MIN(size, RVL_IKE_MESSAGE_MAX_OCTETS);
    write_frame(writer, &filled, shape, &layout, content);
    g_autoptr(GBytes) octets = rvl_writer_finish(writer, error);

    if (octets == NULL)
        return false;
    lay_out(&layout, shape, RVL_ISAKMP_HEADER_OCTETS, size);
    frame->octets = g_bytes_unref_to_data(g_steal_pointer(&octets), &frame->size);
    frame->layout = layout;
    return true;
}

void
rvl_encrypted_frame_clear(RvlEncryptedFrame *frame)
{
    g_clear_pointer(&frame->octets, g_free);
    *frame = (RvlEncryptedFrame){0};
}

GBytes *
rvl_encrypted_frame_steal(RvlEncryptedFrame *frame)
{
    GBytes *octets = g_bytes_new_take(g_steal_pointer(&frame->octets), frame->size);

    *frame = (RvlEncryptedFrame){0};
    return octets;
}

size_t
rvl_encrypted_room(RvlPayloadType type, const RvlEncryptedShape *shape, size_t max_message)
{
    size_t fixed =
        RVL_ISAKMP_HEADER_OCTETS + before_iv((uint8_t)type) + shape->iv_octets + shape->icv_octets;
    size_t most = MIN(max_message, RVL_IKE_MESSAGE_MAX_OCTETS);

    if (most < fixed + shape->alignment)
        return 0;
    size_t ciphertext = most - fixed;

    return ciphertext - ciphertext % shape->alignment - PAD_LENGTH_OCTETS;
}
