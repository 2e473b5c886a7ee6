/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Delete payloads (RFC 7296 3.11). */
#include "config.h"

#include <ravelin/error.h>
#include "wire/payload-codec.h"

#define CHILD_SPI_OCTETS 4

static bool
check_spi_size(const RvlDeletePayload *payload, size_t offset, GError **error)
{
    bool is_child = payload->protocol == RVL_PROTOCOL_AH || payload->protocol == RVL_PROTOCOL_ESP;
    uint8_t wanted = is_child ? CHILD_SPI_OCTETS : 0;
    bool is_known = is_child || payload->protocol == RVL_PROTOCOL_IKE;

    /* An empty list may come with either size. */
    if (!is_known || payload->spi_octets == wanted || (payload->n == 0 && is_child))
        return true;
    rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset,
                            "deletes SAs of protocol %u by SPIs of %u octets; %u is right",
                            payload->protocol, payload->spi_octets, wanted);
    return false;
}

bool
rvl_delete_payload_parse(RvlReader *body, RvlPayload *payload, GError **error)
{
    RvlDeletePayload *del = &payload->del;
    size_t offset = rvl_reader_offset(body);

    del->protocol = rvl_reader_u8(body, "protocol ID");
    del->spi_octets = rvl_reader_u8(body, "SPI size");
    del->n = rvl_reader_u16(body, "number of SPIs");
    del->spis = rvl_payload_view(body, "SPIs");
    if (!rvl_reader_check(body, error) || !check_spi_size(del, offset + 1, error))
        return false;
    if (del->spis.size != (size_t)del->n * del->spi_octets ||
        (del->spi_octets == 0 && del->n != 0)) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset + 2,
                                "announces %u SPIs of %u octets, holds %zu octets", del->n,
                                del->spi_octets, del->spis.size);
        return false;
    }
    return true;
}

uint32_t
rvl_delete_payload_spi(const RvlDeletePayload *payload, size_t i)
{
    RvlReader reader;

    if (payload->spi_octets != CHILD_SPI_OCTETS || i >= payload->n)
        return 0;
    rvl_reader_init(&reader, payload->spis.data, payload->spis.size);
    rvl_reader_skip(&reader, i * CHILD_SPI_OCTETS, "SPIs");
    return rvl_reader_u32(&reader, "SPI");
}

void
rvl_delete_payload_write(RvlWriter *writer, RvlProtocol protocol, const uint32_t *spis, size_t n)
{
    rvl_writer_u8(writer, (uint8_t)protocol);
    rvl_writer_u8(writer, protocol == RVL_PROTOCOL_IKE ? 0 : CHILD_SPI_OCTETS);
    rvl_writer_u16(writer, (uint16_t)n);
    for (size_t i = 0; i < n; i++)
        rvl_writer_u32(writer, spis[i]);
}
