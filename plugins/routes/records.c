/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records as octets: kind, family, prefix, then table or interface. */
#include "config.h"

#include "records.h"

#include <string.h>
#include <ravelin/reader.h>

size_t
record_pack(const Record *record, uint8_t octets[RECORD_OCTETS])
{
    size_t address = rvl_family_octets(record->prefix.address.family);
    uint8_t *at = octets;

    *at++ = (uint8_t)record->kind;
    *at++ = record->prefix.address.family;
    *at++ = record->prefix.length;
    memcpy(at, record->prefix.address.octets, address);
    at += address;
    for (int shift = 24; shift >= 0; shift -= 8)
        *at++ = (uint8_t)(record->table >> shift);
    memcpy(at, record->interface, sizeof record->interface);
    at += sizeof record->interface;
    return (size_t)(at - octets);
}

bool
record_unpack(const uint8_t *octets, size_t n, Record *record)
{
    RvlReader reader;
    uint8_t kind, family;

    rvl_reader_init(&reader, octets, n);
    *record = (Record){0};
    kind = rvl_reader_u8(&reader, "kind");
    family = rvl_reader_u8(&reader, "family");
    record->kind = kind;
    record->prefix.address.family = family;
    record->prefix.length = rvl_reader_u8(&reader, "prefix length");
    if (rvl_family_octets(family) == 0 || (kind != RECORD_ROUTE && kind != RECORD_ADDRESS))
        return false;
    rvl_reader_copy(&reader, record->prefix.address.octets, rvl_family_octets(family), "prefix");
    record->table = rvl_reader_u32(&reader, "table");
    rvl_reader_copy(&reader, record->interface, sizeof record->interface, "interface");
    record->interface[sizeof record->interface - 1] = 0;
    return !rvl_reader_failed(&reader) && record->prefix.length <= 8 * rvl_family_octets(family);
}

bool
record_equal(const Record *a, const Record *b)
{
    return a->kind == b->kind && a->prefix.length == b->prefix.length && a->table == b->table &&
           rvl_address_equal(&a->prefix.address, &b->prefix.address) &&
           strcmp(a->interface, b->interface) == 0;
}
