/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration payloads (RFC 7296 3.15). */
#include "config.h"

#include <ravelin/error.h>
#include "wire/payload-codec.h"

#define ATTRIBUTE_HEADER_OCTETS ((size_t)4)
#define ATTRIBUTE_TYPE_MASK 0x7fff /* the highest bit is reserved, and ignored */

/* Lengths that an attribute's value may have, beside none (3.15.1); 0 ends them. */
static const struct {
    uint16_t type;
    uint8_t octets[2];
} lengths[] = {
    {RVL_CFG_INTERNAL_IP4_ADDRESS, {4}}, {RVL_CFG_INTERNAL_IP4_NETMASK, {4}},
    {RVL_CFG_INTERNAL_IP4_DNS, {4}},     {RVL_CFG_INTERNAL_IP4_NBNS, {4}},
    {RVL_CFG_INTERNAL_IP4_DHCP, {4}},    {RVL_CFG_INTERNAL_IP6_ADDRESS, {17, 16}},
    {RVL_CFG_INTERNAL_IP6_DNS, {16}},    {RVL_CFG_INTERNAL_IP6_DHCP, {16}},
    {RVL_CFG_INTERNAL_IP4_SUBNET, {8}},  {RVL_CFG_INTERNAL_IP6_SUBNET, {17}},
};

static bool
check_length(const RvlConfigurationAttribute *attribute, size_t offset, GError **error)
{
    size_t size = attribute->value.size;

    if (size == 0)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        if (lengths[i].type == attribute->type && size != lengths[i].octets[0] &&
            size != lengths[i].octets[1]) {
            rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset,
                                    "attribute %u has %zu octets; 0 or %u are right",
                                    attribute->type, size, lengths[i].octets[0]);
            return false;
        }
    }
    return true;
}

static bool
parse_attribute(RvlReader *reader, RvlConfigurationAttribute *attribute, GError **error)
{
    attribute->type = rvl_reader_u16(reader, "attribute type") & ATTRIBUTE_TYPE_MASK;
    size_t offset = rvl_reader_offset(reader);
    size_t size = rvl_reader_u16(reader, "attribute length");

    attribute->value = RVL_OCTETS(rvl_reader_octets(reader, size, "attribute value"), size);
    return rvl_reader_check(reader, error) && check_length(attribute, offset, error);
}

bool
rvl_cp_payload_parse(RvlReader *body, RvlPayload *payload, GError **error)
{
    payload->cp.type = rvl_reader_u8(body, "CFG type");
    rvl_reader_skip(body, 3, "reserved");
    if (!rvl_reader_check(body, error))
        return false;
    size_t most = rvl_reader_left(body) / ATTRIBUTE_HEADER_OCTETS + 1;
    g_autofree RvlConfigurationAttribute *attributes = g_new0(RvlConfigurationAttribute, most);
    size_t n = 0;

    while (!rvl_reader_is_at_end(body)) {
        if (!parse_attribute(body, &attributes[n], error))
            return false;
        n++;
    }
    payload->cp.n = n;
    payload->cp.attributes = g_steal_pointer(&attributes);
    return true;
}

void
rvl_cp_payload_write(RvlWriter *writer,
                     uint8_t type,
                     const RvlConfigurationAttribute *attributes,
                     size_t n)
{
    rvl_writer_u8(writer, type);
    rvl_writer_zeros(writer, 3);
    for (size_t i = 0; i < n; i++) {
        rvl_writer_u16(writer, attributes[i].type & ATTRIBUTE_TYPE_MASK);
        rvl_writer_u16(writer, (uint16_t)attributes[i].value.size);
        rvl_writer_octets(writer, attributes[i].value.data, attributes[i].value.size);
    }
}
