/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses, prefixes, ranges and endpoints of both families. */
#include "config.h"

#include <ravelin/address.h>

#include <arpa/inet.h>
#include <string.h>

#include <ravelin/error.h>

size_t
rvl_family_octets(RvlFamily family)
{
    switch (family) {
    case RVL_FAMILY_IPV4:
        return 4;
    case RVL_FAMILY_IPV6:
        return 16;
    case RVL_FAMILY_NONE:
        break;
    }
    return 0;
}

static size_t
octets_of(const RvlAddress *address)
{
    return rvl_family_octets((RvlFamily)address->family);
}

bool
rvl_address_parse(const char *text, RvlAddress *address)
{
    RvlAddress parsed = {0};

    if (inet_pton(AF_INET, text, parsed.octets) == 1)
        parsed.family = RVL_FAMILY_IPV4;
    else if (inet_pton(AF_INET6, text, parsed.octets) == 1)
        parsed.family = RVL_FAMILY_IPV6;
    else
        return false;
    *address = parsed;
    return true;
}

bool
rvl_address_from_octets(const uint8_t *octets, size_t n, RvlAddress *address)
{
    if (n != 4 && n != 16)
        return false;
    *address = (RvlAddress){.family = n == 4 ? RVL_FAMILY_IPV4 : RVL_FAMILY_IPV6};
    memcpy(address->octets, octets, n);
    return true;
}

const char *
rvl_address_format(const RvlAddress *address, char text[RVL_ADDRESS_TEXT])
{
    int family = address->family == RVL_FAMILY_IPV4 ? AF_INET : AF_INET6;

    if (octets_of(address) == 0 ||
        inet_ntop(family, address->octets, text, RVL_ADDRESS_TEXT) == NULL)
        g_strlcpy(text, "any", RVL_ADDRESS_TEXT);
    return text;
}

bool
rvl_address_equal(const RvlAddress *a, const RvlAddress *b)
{
    return rvl_address_compare(a, b) == 0;
}

int
rvl_address_compare(const RvlAddress *a, const RvlAddress *b)
{
    if (a->family != b->family)
        return a->family < b->family ? -1 : 1;
    return memcmp(a->octets, b->octets, octets_of(a));
}

/* Adds (@up) or takes one away, as on one long number; false where it would wrap. */
static bool
step(RvlAddress *address, bool up)
{
    RvlAddress stepped = *address;

    for (size_t i = octets_of(address); i > 0; i--) {
        uint8_t *octet = &stepped.octets[i - 1];

        *octet = (uint8_t)(up ? *octet + 1 : *octet - 1);
        if (*octet != (up ? 0x00 : 0xff)) {
            *address = stepped;
            return true;
        }
    }
    return false;
}

bool
rvl_address_next(RvlAddress *address)
{
    return step(address, true);
}

bool
rvl_address_is_unspecified(const RvlAddress *address)
{
    static const uint8_t zeros[16];

    return memcmp(address->octets, zeros, sizeof(zeros)) == 0;
}

bool
rvl_address_is_link_local(const RvlAddress *address)
{
    if (address->family == RVL_FAMILY_IPV4) /* RFC 3927 2.1 */
        return address->octets[0] == 169 && address->octets[1] == 254;
    return address->family == RVL_FAMILY_IPV6 && /* RFC 4291 2.5.6 */
           address->octets[0] == 0xfe && (address->octets[1] & 0xc0) == 0x80;
}

/* Sets all bits of @address after the first @length to @value. */
static void
set_host_bits(RvlAddress *address, unsigned length, bool value)
{
    size_t n = octets_of(address);

    for (size_t i = 0; i < n; i++) {
        unsigned kept = length > i * 8 ? MIN(length - (unsigned)i * 8, 8) : 0;
        uint8_t host = (uint8_t)(0xffu >> kept);

        address->octets[i] =
            (uint8_t)(value ? address->octets[i] | host : address->octets[i] & ~host);
    }
}

static bool
parse_prefix_length(const char *text, unsigned max, uint8_t *length)
{
    guint64 number;

    if (!g_ascii_string_to_unsigned(text, 10, 0, max, &number, NULL))
        return false;
    *length = (uint8_t)number;
    return true;
}

bool
rvl_prefix_parse(const char *text, RvlPrefix *prefix, GError **error)
{
    const char *slash = strchr(text, '/');
    g_autofree char *head = slash != NULL ? g_strndup(text, (size_t)(slash - text)) : NULL;
    RvlPrefix parsed = {0};
    RvlAddress network;

    if (!rvl_address_parse(head != NULL ? head : text, &parsed.address)) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "'%s' is no prefix", text);
        return false;
    }
    parsed.length = (uint8_t)(octets_of(&parsed.address) * 8);
    if (slash != NULL && !parse_prefix_length(slash + 1, parsed.length, &parsed.length)) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "'%s' is no prefix", text);
        return false;
    }
    network = parsed.address;
    set_host_bits(&network, parsed.length, false);
    if (!rvl_address_equal(&network, &parsed.address)) {
        char right[RVL_ADDRESS_TEXT];
        g_autofree char *remedy = NULL;

        parsed.address = network;
        remedy = g_strdup_printf("did you mean '%s'?", rvl_prefix_format(&parsed, right));
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "'%s' has host bits set", text);
        rvl_error_set_remedy(error, remedy);
        return false;
    }
    *prefix = parsed;
    return true;
}

const char *
rvl_prefix_format(const RvlPrefix *prefix, char text[RVL_ADDRESS_TEXT])
{
    size_t length;

    rvl_address_format(&prefix->address, text);
    length = strlen(text);
    g_snprintf(text + length, RVL_ADDRESS_TEXT - length, "/%u", prefix->length);
    return text;
}

bool
rvl_prefix_contains(const RvlPrefix *prefix, const RvlAddress *address)
{
    RvlRange range;

    rvl_range_from_prefix(prefix, &range);

    return rvl_range_contains(&range, address);
}

void
rvl_range_from_prefix(const RvlPrefix *prefix, RvlRange *range)
{
    *range = (RvlRange){.first = prefix->address, .last = prefix->address};
    set_host_bits(&range->first, prefix->length, false);
    set_host_bits(&range->last, prefix->length, true);
}

/* The shortest prefix that begins at @first and does not reach beyond @last. */
static RvlPrefix
widest_prefix(const RvlAddress *first, const RvlAddress *last)
{
    unsigned bits = (unsigned)octets_of(first) * 8;
    RvlPrefix prefix = {.address = *first, .length = (uint8_t)bits};

    for (unsigned length = bits; length > 0; length--) {
        RvlPrefix wider = {.address = *first, .length = (uint8_t)(length - 1)};
        RvlRange range;

        rvl_range_from_prefix(&wider, &range);

        if (!rvl_address_equal(&range.first, first) || rvl_address_compare(&range.last, last) > 0)
            break;
        prefix = wider;
    }
    return prefix;
}

bool
rvl_range_to_prefix(const RvlRange *range, RvlPrefix *prefix)
{
    RvlPrefix widest;
    RvlRange covered;

    if (octets_of(&range->first) == 0)
        return false;
    widest = widest_prefix(&range->first, &range->last);
    rvl_range_from_prefix(&widest, &covered);
    if (!rvl_address_equal(&range->last, &covered.last))
        return false;
    *prefix = widest;
    return true;
}

size_t
rvl_range_to_prefixes(const RvlRange *range, RvlPrefix *prefixes, size_t max)
{
    RvlAddress at = range->first;
    size_t n = 0;

    if (octets_of(&at) == 0 || at.family != range->last.family)
        return 0;
    while (rvl_address_compare(&at, &range->last) <= 0) {
        RvlPrefix prefix = widest_prefix(&at, &range->last);
        RvlRange covered;

        if (n < max)
            prefixes[n] = prefix;
        n++;
        rvl_range_from_prefix(&prefix, &covered);
        at = covered.last;
        if (!rvl_address_next(&at))
            break;
    }
    return n;
}

bool
rvl_range_contains(const RvlRange *range, const RvlAddress *address)
{
    return address->family == range->first.family &&
           rvl_address_compare(&range->first, address) <= 0 &&
           rvl_address_compare(address, &range->last) <= 0;
}

bool
rvl_range_includes(const RvlRange *outer, const RvlRange *inner)
{
    return rvl_range_contains(outer, &inner->first) && rvl_range_contains(outer, &inner->last);
}

bool
rvl_range_intersect(const RvlRange *a, const RvlRange *b, RvlRange *both)
{
    RvlRange shared;

    if (a->first.family != b->first.family)
        return false;
    shared.first = rvl_address_compare(&a->first, &b->first) > 0 ? a->first : b->first;
    shared.last = rvl_address_compare(&a->last, &b->last) < 0 ? a->last : b->last;
    if (rvl_address_compare(&shared.first, &shared.last) > 0)
        return false;
    *both = shared;
    return true;
}

const char *
rvl_range_format(const RvlRange *range, char text[RVL_ADDRESS_TEXT])
{
    RvlPrefix prefix;
    size_t length;

    if (rvl_address_equal(&range->first, &range->last))
        return rvl_address_format(&range->first, text);
    if (rvl_range_to_prefix(range, &prefix))
        return rvl_prefix_format(&prefix, text);
    rvl_address_format(&range->first, text);
    length = strlen(text);
    if (length + 1 < RVL_ADDRESS_TEXT) {
        char last[RVL_ADDRESS_TEXT];

        g_snprintf(text + length, RVL_ADDRESS_TEXT - length, "-%s",
                   rvl_address_format(&range->last, last));
    }
    return text;
}

const char *
rvl_endpoint_format(const RvlEndpoint *endpoint, char text[RVL_ADDRESS_TEXT])
{
    char address[RVL_ADDRESS_TEXT];

    rvl_address_format(&endpoint->address, address);
    if (endpoint->address.family != RVL_FAMILY_IPV6)
        g_snprintf(text, RVL_ADDRESS_TEXT, "%s:%u", address, endpoint->port);
    else if (endpoint->scope != 0)
        g_snprintf(text, RVL_ADDRESS_TEXT, "[%s%%%u]:%u", address, endpoint->scope, endpoint->port);
    else
        g_snprintf(text, RVL_ADDRESS_TEXT, "[%s]:%u", address, endpoint->port);
    return text;
}

bool
rvl_endpoint_equal(const RvlEndpoint *a, const RvlEndpoint *b)
{
    return a->port == b->port && a->scope == b->scope &&
           rvl_address_equal(&a->address, &b->address);
}
