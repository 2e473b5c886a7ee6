/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notify payloads and their types (RFC 7296 3.10). */
#include "config.h"

#include "wire/notify.h"

#include <stdlib.h>

#include <ravelin/error.h>
#include "wire/payload-codec.h"

#define CHILD_SPI_OCTETS 4

static const RvlNotifyInfo infos[] = {
#define RVL_NOTIFY_ROW(symbol, number, min, max, unit, source)                                     \
    {number, min, max, unit, #symbol, source},
#include "wire/notify-types.def"
#undef RVL_NOTIFY_ROW
};

static int
compare_type(const void *key, const void *row)
{
    return (int)*(const uint16_t *)key - (int)((const RvlNotifyInfo *)row)->type;
}

const RvlNotifyInfo *
rvl_notify_info(uint16_t type)
{
    return bsearch(&type, infos, G_N_ELEMENTS(infos), sizeof infos[0], compare_type);
}

const char *
rvl_notify_name(uint16_t type)
{
    const RvlNotifyInfo *info = rvl_notify_info(type);

    return info != NULL ? info->name : NULL;
}

static bool
check_data(const RvlNotifyPayload *notify, size_t offset, GError **error)
{
    const RvlNotifyInfo *info = rvl_notify_info(notify->type);
    size_t size = notify->data.size;

    if (info == NULL ||
        (size >= info->min_octets && size <= info->max_octets && size % info->unit_octets == 0))
        return true;
    rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset,
                            "%s with %zu octets of data; %u to %u in steps of %u are allowed (%s)",
                            info->name, size, info->min_octets, info->max_octets, info->unit_octets,
                            info->source);
    return false;
}

bool
rvl_notify_payload_parse(RvlReader *body, RvlPayload *payload, GError **error)
{
    RvlNotifyPayload *notify = &payload->notify;

    notify->protocol = rvl_reader_u8(body, "protocol ID");
    size_t spi_octets = rvl_reader_u8(body, "SPI size");

    notify->type = rvl_reader_u16(body, "notify message type");
    notify->spi = RVL_OCTETS(rvl_reader_octets(body, spi_octets, "SPI"), spi_octets);
    size_t offset = rvl_reader_offset(body);

    notify->data = rvl_payload_view(body, "notification data");
    return rvl_reader_check(body, error) && check_data(notify, offset, error);
}

uint32_t
rvl_notify_payload_spi(const RvlNotifyPayload *payload)
{
    RvlReader reader;

    rvl_reader_init(&reader, payload->spi.data, payload->spi.size);
    return payload->spi.size == CHILD_SPI_OCTETS ? rvl_reader_u32(&reader, "SPI") : 0;
}

void
rvl_notify_payload_write(RvlWriter *writer, const RvlNotifyPayload *notify)
{
    rvl_writer_u8(writer, notify->protocol);
    rvl_writer_u8(writer, (uint8_t)notify->spi.size);
    rvl_writer_u16(writer, notify->type);
    rvl_writer_octets(writer, notify->spi.data, notify->spi.size);
    rvl_writer_octets(writer, notify->data.data, notify->data.size);
}
