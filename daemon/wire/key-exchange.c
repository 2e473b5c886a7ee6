/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* KE and nonce payloads (RFC 7296 3.4, 3.9). */
#include "config.h"

#include <ravelin/error.h>
#include "wire/payload-codec.h"

bool
rvl_ke_payload_parse(RvlReader *body, RvlPayload *payload, GError **error)
{
    payload->ke.method = rvl_reader_u16(body, "key exchange method");
    rvl_reader_skip(body, 2, "reserved");
    if (!rvl_reader_check(body, error))
        return false;
    if (rvl_reader_is_at_end(body)) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, rvl_reader_offset(body),
                                "no key exchange data");
        return false;
    }
    payload->ke.value = rvl_payload_view(body, "key exchange data");
    return true;
}

void
rvl_ke_payload_write(RvlWriter *writer, uint16_t method, RvlOctets value)
{
    rvl_writer_u16(writer, method);
    rvl_writer_u16(writer, 0);
    rvl_writer_octets(writer, value.data, value.size);
}

bool
rvl_nonce_payload_parse(RvlReader *body, RvlPayload *payload, GError **error)
{
    size_t size = rvl_reader_left(body);

    if (size < RVL_NONCE_MIN_OCTETS || size > RVL_NONCE_MAX_OCTETS) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, rvl_reader_offset(body),
                                "a nonce of %zu octets; %zu to %zu are allowed", size,
                                RVL_NONCE_MIN_OCTETS, RVL_NONCE_MAX_OCTETS);
        return false;
    }
    return true;
}
