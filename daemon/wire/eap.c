/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* EAP payloads (RFC 7296 3.16, RFC 3748 4). */
#include "config.h"

#include <ravelin/error.h>
#include "wire/payload-codec.h"

#define EAP_HEADER_OCTETS ((size_t)4)

static bool
check_length(uint8_t code, size_t length, size_t size, size_t offset, GError **error)
{
    bool has_type = code == RVL_EAP_REQUEST || code == RVL_EAP_RESPONSE;
    bool is_result = code == RVL_EAP_SUCCESS || code == RVL_EAP_FAILURE;

    if (length != size) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset + 2,
                                "EAP length is %zu, the payload holds %zu", length, size);
        return false;
    }
    if (!has_type && !is_result) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset,
                                "EAP code %u is unknown", code);
        return false;
    }
    if (has_type ? length <= EAP_HEADER_OCTETS : length != EAP_HEADER_OCTETS) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset + 2,
                                "EAP length is %zu in a message of code %u", length, code);
        return false;
    }
    return true;
}

bool
rvl_eap_payload_parse(RvlReader *body, RvlPayload *payload, GError **error)
{
    size_t offset = rvl_reader_offset(body);
    size_t size = rvl_reader_left(body);

    payload->eap.code = rvl_reader_u8(body, "EAP code");
    payload->eap.identifier = rvl_reader_u8(body, "EAP identifier");
    size_t length = rvl_reader_u16(body, "EAP length");

    if (!rvl_reader_check(body, error) ||
        !check_length(payload->eap.code, length, size, offset, error))
        return false;
    payload->eap.type = rvl_reader_is_at_end(body) ? 0 : rvl_reader_u8(body, "EAP type");
    return true;
}
