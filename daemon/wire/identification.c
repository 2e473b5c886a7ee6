/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ID payloads (RFC 7296 3.5). */
#include "config.h"

#include "wire/identification.h"

#include <ravelin/error.h>
#include "wire/payload-codec.h"

#define ID_HEADER_OCTETS 4

/* Types whose data has a fixed length. */
static const struct {
    uint8_t type;
    size_t octets;
} fixed[] = {
    {RVL_IDENTITY_IPV4_ADDR, 4},
    {RVL_IDENTITY_IPV6_ADDR, 16},
};

static bool
check_length(const RvlIdPayload *id, size_t offset, GError **error)
{
    if (id->data.size > RVL_IDENTITY_MAX_OCTETS) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset,
                                "an identity of %zu octets; at most %d are allowed", id->data.size,
                                RVL_IDENTITY_MAX_OCTETS);
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++) {
        if (id->type == fixed[i].type && id->data.size != fixed[i].octets) {
            rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset,
                                    "an identity of type %u with %zu octets; it has %zu", id->type,
                                    id->data.size, fixed[i].octets);
            return false;
        }
    }
    return true;
}

bool
rvl_id_payload_parse(RvlReader *body, RvlPayload *payload, GError **error)
{
    payload->id.type = rvl_reader_u8(body, "ID type");
    rvl_reader_skip(body, 3, "reserved");
    size_t offset = rvl_reader_offset(body);

    payload->id.data = rvl_payload_view(body, "identification data");
    return rvl_reader_check(body, error) && check_length(&payload->id, offset, error);
}

void
rvl_id_payload_write(RvlWriter *writer, const RvlIdentity *identity)
{
    size_t size;
    const uint8_t *octets = rvl_identity_octets(identity, &size);

    rvl_writer_u8(writer, rvl_identity_type(identity));
    rvl_writer_zeros(writer, 3);
    rvl_writer_octets(writer, octets, size);
}

GBytes *
rvl_identification_body(const RvlIdentity *identity)
{
    size_t size;
    const uint8_t *octets = rvl_identity_octets(identity, &size);
    GByteArray *body = g_byte_array_sized_new(ID_HEADER_OCTETS + (guint)size);
    const uint8_t header[ID_HEADER_OCTETS] = {rvl_identity_type(identity)};

    g_byte_array_append(body, header, sizeof header);
    if (size != 0)
        g_byte_array_append(body, octets, (guint)size);
    return g_byte_array_free_to_bytes(body);
}

RvlIdentity *
rvl_identification_identity(const RvlIdPayload *payload)
{
    return rvl_identity_new(payload->type, payload->data.data, payload->data.size);
}
