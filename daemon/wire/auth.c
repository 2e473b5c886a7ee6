/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AUTH payloads (RFC 7296 3.8), with the layout of digital signatures (RFC 7427 3). */
#include "config.h"

#include "wire/payload-codec.h"

static bool
parse_signature(RvlReader *reader, RvlAuthPayload *auth, GError **error)
{
    size_t size = rvl_reader_u8(reader, "ASN.1 length");

    auth->algorithm = RVL_OCTETS(rvl_reader_octets(reader, size, "AlgorithmIdentifier"), size);
    auth->signature = rvl_payload_view(reader, "signature value");
    return rvl_reader_check(reader, error);
}

bool
rvl_auth_payload_parse(RvlReader *body, RvlPayload *payload, GError **error)
{
    payload->auth.method = rvl_reader_u8(body, "auth method");
    rvl_reader_skip(body, 3, "reserved");
    RvlReader data;

    rvl_reader_rest(body, "authentication data", &data);
    RvlReader layout = data;

    payload->auth.data = rvl_payload_view(&data, "authentication data");
    if (!rvl_reader_check(body, error))
        return false;
    return payload->auth.method != RVL_AUTH_DIGITAL_SIGNATURE ||
           parse_signature(&layout, &payload->auth, error);
}

void
rvl_auth_payload_write(RvlWriter *writer, uint8_t method, RvlOctets data)
{
    rvl_writer_u8(writer, method);
    rvl_writer_zeros(writer, 3);
    rvl_writer_octets(writer, data.data, data.size);
}

void
rvl_auth_payload_write_signature(RvlWriter *writer, RvlOctets algorithm, RvlOctets signature)
{
    rvl_auth_payload_write(writer, RVL_AUTH_DIGITAL_SIGNATURE, RVL_OCTETS_NONE);
    rvl_writer_u8(writer, (uint8_t)algorithm.size);
    rvl_writer_octets(writer, algorithm.data, algorithm.size);
    rvl_writer_octets(writer, signature.data, signature.size);
}
