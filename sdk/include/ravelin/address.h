/* SPDX-License-Identifier: MIT */
/* IP addresses, prefixes, ranges and endpoints of both families, as values. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

G_BEGIN_DECLS

/** RvlFamily: the numbers are the IP versions. */
typedef enum {
    RVL_FAMILY_NONE = 0,
    RVL_FAMILY_IPV4 = 4,
    RVL_FAMILY_IPV6 = 6,
} RvlFamily;

/**
 * RvlAddress:
 * @family: RvlFamily; NONE means "any" or "no address", by context
 * @octets: network order; IPv4 uses the first four, the others are zero
 */
typedef struct {
    uint8_t family;
    uint8_t octets[16];
} RvlAddress;

/** RVL_ADDRESS_TEXT: octets of the longest text of an address or endpoint, with its zero. */
#define RVL_ADDRESS_TEXT 96

size_t rvl_family_octets(RvlFamily family); /* 4, 16, or 0 */

/** rvl_address_parse: numeric addresses only: `192.0.2.1`, `2001:db8::1`. No names, no scope. */
bool rvl_address_parse(const char *text, RvlAddress *address) G_GNUC_WARN_UNUSED_RESULT;
/** rvl_address_from_octets: @n is 4 or 16; otherwise false. */
bool rvl_address_from_octets(const uint8_t *octets,
                             size_t n,
                             RvlAddress *address) G_GNUC_WARN_UNUSED_RESULT;
/** rvl_address_format: into @text; `any` for family NONE. Returns @text. */
const char *rvl_address_format(const RvlAddress *address, char text[RVL_ADDRESS_TEXT]);
bool rvl_address_equal(const RvlAddress *a, const RvlAddress *b);
/** rvl_address_compare: by family, then as numbers; <0, 0, >0. */
int rvl_address_compare(const RvlAddress *a, const RvlAddress *b);
/** rvl_address_next: the next higher address; false (and unchanged) after the family's last. */
bool rvl_address_next(RvlAddress *address);
bool rvl_address_is_unspecified(const RvlAddress *address);
bool rvl_address_is_link_local(const RvlAddress *address);

/** RvlPrefix: @length in bits. Host bits are zero in what rvl_prefix_parse() accepts. */
typedef struct {
    RvlAddress address;
    uint8_t length;
} RvlPrefix;

/** rvl_prefix_parse: `10.1.0.0/16`; a plain address is a prefix of full length. */
bool rvl_prefix_parse(const char *text,
                      RvlPrefix *prefix,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
const char *rvl_prefix_format(const RvlPrefix *prefix, char text[RVL_ADDRESS_TEXT]);
bool rvl_prefix_contains(const RvlPrefix *prefix, const RvlAddress *address);

/** RvlRange: both ends included, of one family, first <= last. */
typedef struct {
    RvlAddress first;
    RvlAddress last;
} RvlRange;

/** rvl_range_from_prefix: @range: (out): all addresses of @prefix. */
void rvl_range_from_prefix(const RvlPrefix *prefix, RvlRange *range);
/** rvl_range_to_prefix: false where the range is no single prefix. */
bool rvl_range_to_prefix(const RvlRange *range, RvlPrefix *prefix) G_GNUC_WARN_UNUSED_RESULT;
/**
 * rvl_range_to_prefixes:
 * @prefixes: (array length=max): the fewest prefixes that make up @range, ascending
 *
 * Returns: how many there are (at most 2 x 128); writes at most @max of them.
 */
size_t rvl_range_to_prefixes(const RvlRange *range, RvlPrefix *prefixes, size_t max);
bool rvl_range_contains(const RvlRange *range, const RvlAddress *address);
bool rvl_range_includes(const RvlRange *outer, const RvlRange *inner);
/** rvl_range_intersect: false where they share nothing. */
bool rvl_range_intersect(const RvlRange *a,
                         const RvlRange *b,
                         RvlRange *both) G_GNUC_WARN_UNUSED_RESULT;
const char *rvl_range_format(const RvlRange *range, char text[RVL_ADDRESS_TEXT]);

/**
 * RvlEndpoint:
 * @scope: interface index of a link-local IPv6 address, else 0
 */
typedef struct {
    RvlAddress address;
    uint16_t port;
    uint32_t scope;
} RvlEndpoint;

/** rvl_endpoint_format: `192.0.2.1:4500`, `[2001:db8::1]:500`, `[fe80::1%3]:500`. */
const char *rvl_endpoint_format(const RvlEndpoint *endpoint, char text[RVL_ADDRESS_TEXT]);
bool rvl_endpoint_equal(const RvlEndpoint *a, const RvlEndpoint *b);

G_END_DECLS
