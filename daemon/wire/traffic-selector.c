/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TSi and TSr payloads (RFC 7296 3.13). */
#include "config.h"

#include <ravelin/error.h>
#include "wire/payload-codec.h"

#define SELECTOR_HEADER_OCTETS ((size_t)8)
#define TS_IPV4_ADDR_RANGE 7
#define TS_IPV6_ADDR_RANGE 8

static RvlFamily
family_of(uint8_t type)
{
    switch (type) {
    case TS_IPV4_ADDR_RANGE:
        return RVL_FAMILY_IPV4;
    case TS_IPV6_ADDR_RANGE:
        return RVL_FAMILY_IPV6;
    default:
        return RVL_FAMILY_NONE;
    }
}

static bool
read_address(RvlReader *reader, RvlFamily family, RvlAddress *address)
{
    size_t size = rvl_family_octets(family);
    const uint8_t *octets = rvl_reader_octets(reader, size, "address");

    return octets != NULL && rvl_address_from_octets(octets, size, address);
}

static bool
check_bounds(const RvlSelector *selector, size_t offset, GError **error)
{
    if (rvl_address_compare(&selector->range.first, &selector->range.last) > 0) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset,
                                "a selector ends before its first address");
        return false;
    }
    if (selector->first_port > selector->last_port && !rvl_selector_is_opaque(selector)) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset,
                                "a selector's ports %u to %u are no range", selector->first_port,
                                selector->last_port);
        return false;
    }
    return true;
}

/* One selector, into @selector and @is_known: other types are skipped by their length (3.13.1). */
static bool
parse_selector(RvlReader *reader, RvlSelector *selector, bool *is_known, GError **error)
{
    size_t offset = rvl_reader_offset(reader);
    RvlFamily family = family_of(rvl_reader_u8(reader, "TS type"));

    selector->protocol = rvl_reader_u8(reader, "IP protocol ID");
    size_t length = rvl_reader_u16(reader, "selector length");
    size_t wanted = SELECTOR_HEADER_OCTETS + 2 * rvl_family_octets(family);

    *is_known = family != RVL_FAMILY_NONE;
    if (!rvl_reader_check(reader, error))
        return false;
    if (*is_known ? length != wanted : length < 4) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset + 2,
                                "a selector of %zu octets; %s%zu are right", length,
                                *is_known ? "" : "at least ", *is_known ? wanted : 4);
        return false;
    }
    RvlReader body;

    rvl_reader_child(reader, length - 4, "selector", &body);

    if (!*is_known)
        return rvl_reader_check(reader, error);
    selector->first_port = rvl_reader_u16(&body, "start port");
    selector->last_port = rvl_reader_u16(&body, "end port");
    if (!read_address(&body, family, &selector->range.first) ||
        !read_address(&body, family, &selector->range.last))
        return rvl_reader_check(&body, error);
    return check_bounds(selector, offset, error);
}

static bool
check_count(unsigned announced, size_t held, size_t offset, GError **error)
{
    if (announced == held && held != 0)
        return true;
    rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset,
                            "announces %u selectors, holds %zu", announced, held);
    return false;
}

bool
rvl_ts_payload_parse(RvlReader *body, RvlPayload *payload, GError **error)
{
    size_t offset = rvl_reader_offset(body);
    unsigned announced = rvl_reader_u8(body, "number of TSs");

    rvl_reader_skip(body, 3, "reserved");
    if (!rvl_reader_check(body, error))
        return false;
    g_autofree RvlSelector *selectors = g_new0(RvlSelector, announced + 1);
    size_t n = 0, n_unknown = 0;

    while (n + n_unknown < announced && !rvl_reader_is_at_end(body)) {
        bool is_known;

        if (!parse_selector(body, &selectors[n], &is_known, error))
            return false;
        *(is_known ? &n : &n_unknown) += 1;
    }
    if (!check_count(announced, n + n_unknown, offset, error) || !rvl_reader_check_end(body, error))
        return false;
    payload->ts.n = n;
    payload->ts.n_unknown = n_unknown;
    payload->ts.selectors = g_steal_pointer(&selectors);
    return true;
}

static void
write_selector(RvlWriter *writer, const RvlSelector *selector)
{
    size_t size = rvl_family_octets(selector->range.first.family);
    bool is_ipv4 = selector->range.first.family == RVL_FAMILY_IPV4;

    rvl_writer_u8(writer, is_ipv4 ? TS_IPV4_ADDR_RANGE : TS_IPV6_ADDR_RANGE);
    rvl_writer_u8(writer, selector->protocol);
    rvl_writer_u16(writer, (uint16_t)(SELECTOR_HEADER_OCTETS + 2 * size));
    rvl_writer_u16(writer, selector->first_port);
    rvl_writer_u16(writer, selector->last_port);
    rvl_writer_octets(writer, selector->range.first.octets, size);
    rvl_writer_octets(writer, selector->range.last.octets, size);
}

void
rvl_ts_payload_write(RvlWriter *writer, const RvlSelectors *selectors)
{
    size_t n = rvl_selectors_count(selectors);

    rvl_writer_u8(writer, (uint8_t)n);
    rvl_writer_zeros(writer, 3);
    for (size_t i = 0; i < n; i++)
        write_selector(writer, rvl_selectors_get(selectors, i));
}
