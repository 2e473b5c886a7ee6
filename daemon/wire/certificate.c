/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CERT and CERTREQ payloads (RFC 7296 3.6, 3.7). */
#include "config.h"

#include "wire/payload-codec.h"

bool
rvl_cert_payload_parse(RvlReader *body, RvlPayload *payload, GError **error)
{
    payload->cert.encoding = rvl_reader_u8(body, "certificate encoding");
    payload->cert.data = rvl_payload_view(body, "certificate data");
    return rvl_reader_check(body, error);
}

void
rvl_cert_payload_write(RvlWriter *writer, uint8_t encoding, RvlOctets data)
{
    rvl_writer_u8(writer, encoding);
    rvl_writer_octets(writer, data.data, data.size);
}
