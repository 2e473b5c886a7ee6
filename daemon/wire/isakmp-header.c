/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header that every IKE message begins with. */
#include "config.h"

#include "wire/isakmp-header.h"

#include <string.h>

#include <ravelin/error.h>
#include <ravelin/reader.h>

#define VERSION_OFFSET 17
#define LENGTH_OFFSET 24

/* INVALID_MAJOR_VERSION answers only what is newer than we are (RFC 7296 2.5). */
static bool
check_version(const RvlIsakmpHeader *header, GError **error)
{
    uint8_t major = rvl_isakmp_header_major(header);

    if (major == 0) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, VERSION_OFFSET,
                                "major version is 0");
        return false;
    }
    if (major > 2) {
        rvl_error_set_at_offset(error, RVL_CAUSE_VERSION_MISMATCH, VERSION_OFFSET,
                                "major version is %u, the highest known is 2", major);
        return false;
    }
    return true;
}

bool
rvl_isakmp_header_parse(const uint8_t *octets, size_t size, RvlIsakmpHeader *header, GError **error)
{
    RvlReader reader;

    memset(header, 0, sizeof *header);
    rvl_reader_init(&reader, octets, size);
    RvlIsakmpHeader parsed = {
        .initiator_spi = rvl_reader_u64(&reader, "initiator SPI"),
        .responder_spi = rvl_reader_u64(&reader, "responder SPI"),
        .next_payload = rvl_reader_u8(&reader, "next payload"),
        .version = rvl_reader_u8(&reader, "version"),
        .exchange = rvl_reader_u8(&reader, "exchange type"),
        .flags = rvl_reader_u8(&reader, "flags"),
        .message_id = rvl_reader_u32(&reader, "message ID"),
        .length = rvl_reader_u32(&reader, "length"),
    };
    if (!rvl_reader_check(&reader, error))
        return false;
    if (parsed.length != size) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, LENGTH_OFFSET,
                                "header says %u octets, the datagram holds %zu", parsed.length,
                                size);
        return false;
    }
    if (!check_version(&parsed, error)) {
        if (rvl_isakmp_header_major(&parsed) != 0)
            *header = parsed;
        return false;
    }
    *header = parsed;
    return true;
}

void
rvl_isakmp_header_write(RvlWriter *writer, const RvlIsakmpHeader *header)
{
    rvl_writer_u64(writer, header->initiator_spi);
    rvl_writer_u64(writer, header->responder_spi);
    rvl_writer_u8(writer, header->next_payload);
    rvl_writer_u8(writer, header->version);
    rvl_writer_u8(writer, header->exchange);
    rvl_writer_u8(writer, header->flags);
    rvl_writer_u32(writer, header->message_id);
    rvl_writer_u32(writer, header->length);
}

static const struct {
    uint8_t exchange;
    const char *name;
} exchange_names[] = {
    {RVL_EXCHANGE_V1_MAIN, "Main Mode"},
    {RVL_EXCHANGE_V1_AGGRESSIVE, "Aggressive Mode"},
    {RVL_EXCHANGE_V1_INFORMATIONAL, "Informational"},
    {RVL_EXCHANGE_V1_TRANSACTION, "Transaction"},
    {RVL_EXCHANGE_V1_QUICK, "Quick Mode"},
    {RVL_EXCHANGE_IKE_SA_INIT, "IKE_SA_INIT"},
    {RVL_EXCHANGE_IKE_AUTH, "IKE_AUTH"},
    {RVL_EXCHANGE_CREATE_CHILD_SA, "CREATE_CHILD_SA"},
    {RVL_EXCHANGE_INFORMATIONAL, "INFORMATIONAL"},
    {RVL_EXCHANGE_IKE_SESSION_RESUME, "IKE_SESSION_RESUME"},
    {RVL_EXCHANGE_IKE_INTERMEDIATE, "IKE_INTERMEDIATE"},
    {RVL_EXCHANGE_IKE_FOLLOWUP_KE, "IKE_FOLLOWUP_KE"},
};

const char *
rvl_exchange_name(uint8_t exchange)
{
    for (size_t i = 0; i < G_N_ELEMENTS(exchange_names); i++)
        if (exchange_names[i].exchange == exchange)
            return exchange_names[i].name;
    return NULL;
}
