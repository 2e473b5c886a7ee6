/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an owner has in the system, as the guard's table remembers it, also past the daemon's end. */
#pragma once

#include <ravelin/address.h>

G_BEGIN_DECLS

/** RecordKind: ROUTE: a destination, its route and the unreachable one beneath; ADDRESS: of an interface. */
typedef enum { RECORD_ROUTE = 1, RECORD_ADDRESS = 2 } RecordKind;

/**
 * Record:
 * @prefix: destination, or address with its prefix length
 * @table: ROUTE: routing table
 * @interface: ADDRESS: name
 */
typedef struct {
    RecordKind kind;
    RvlPrefix prefix;
    uint32_t table;
    char interface[16];
} Record;

/* Octets of the longest packed record. */
#define RECORD_OCTETS 40

/** record_pack: returns the octets written. */
size_t record_pack(const Record *record, uint8_t octets[RECORD_OCTETS]);
/** record_unpack: false where the octets are none of ours. */
bool record_unpack(const uint8_t *octets, size_t n, Record *record) G_GNUC_WARN_UNUSED_RESULT;
bool record_equal(const Record *a, const Record *b);

G_END_DECLS
