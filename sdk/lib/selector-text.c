/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Traffic selectors as text: `10.1.0.0/16[tcp/443]`. */
#include "config.h"

#include <ravelin/selector.h>

#include <string.h>

#include <ravelin/error.h>

enum { PROTOCOL_ICMP = 1, PROTOCOL_ICMPV6 = 58 };

/* IANA's protocol numbers that people write as words. */
static const struct {
    uint8_t number;
    const char *word;
} protocols[] = {
    {0, "any"},
    {PROTOCOL_ICMP, "icmp"},
    {6, "tcp"},
    {17, "udp"},
    {47, "gre"},
    {50, "esp"},
    {PROTOCOL_ICMPV6, "icmpv6"},
    {89, "ospf"},
    {103, "pim"},
    {112, "vrrp"},
    {115, "l2tp"},
    {132, "sctp"},
    {136, "udplite"},
};

static bool
is_icmp(uint8_t protocol)
{
    return protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMPV6;
}

static bool
parse_number(const char *text, unsigned max, unsigned *number)
{
    guint64 parsed;

    if (!g_ascii_string_to_unsigned(text, 10, 0, max, &parsed, NULL))
        return false;
    *number = (unsigned)parsed;
    return true;
}

static bool
parse_protocol_word(const char *text, uint8_t *protocol)
{
    unsigned number;

    for (size_t i = 0; i < G_N_ELEMENTS(protocols); i++) {
        if (strcmp(text, protocols[i].word) == 0) {
            *protocol = protocols[i].number;
            return true;
        }
    }
    if (!parse_number(text, 255, &number))
        return false;
    *protocol = (uint8_t)number;
    return true;
}

/* An ICMP `type` or `type:code`; a type alone begins at code 0 and ends at code 255. */
static bool
parse_icmp(const char *text, uint16_t *first, uint16_t *last)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 2);
    unsigned type, code = 0;

    if (parts[0] == NULL || !parse_number(parts[0], 255, &type))
        return false;
    if (parts[1] != NULL && !parse_number(parts[1], 255, &code))
        return false;
    *first = (uint16_t)(type << 8 | code);
    *last = (uint16_t)(parts[1] != NULL ? *first : (type << 8 | 255));
    return true;
}

static bool
parse_port(const char *text, bool icmp, uint16_t *first, uint16_t *last)
{
    unsigned port;

    if (icmp)
        return parse_icmp(text, first, last);
    if (!parse_number(text, 65535, &port))
        return false;
    *first = *last = (uint16_t)port;
    return true;
}

static bool
parse_ports(const char *text, RvlSelector *selector)
{
    g_auto(GStrv) ends = g_strsplit(text, "-", 2);
    bool icmp = is_icmp(selector->protocol);
    uint16_t unused;

    if (strcmp(text, "opaque") == 0) {
        selector->first_port = 65535;
        selector->last_port = 0;
        return true;
    }
    if (ends[0] == NULL || !parse_port(ends[0], icmp, &selector->first_port, &selector->last_port))
        return false;
    return ends[1] == NULL || (parse_port(ends[1], icmp, &unused, &selector->last_port) &&
                               selector->first_port <= selector->last_port);
}

bool
rvl_selector_parse_protocol(const char *text, RvlSelector *selector, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", 2);
    RvlSelector parsed = *selector;

    parsed.first_port = 0;
    parsed.last_port = 65535;
    if (parts[0] == NULL || !parse_protocol_word(parts[0], &parsed.protocol)) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "'%s' names no protocol", text);
        return false;
    }
    if (parts[1] != NULL && (parsed.protocol == 0 || !parse_ports(parts[1], &parsed))) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "'%s' names no ports of a protocol", text);
        return false;
    }
    *selector = parsed;
    return true;
}

static bool
parse_range(const char *text, RvlRange *range, GError **error)
{
    const char *dash = strchr(text, '-');
    g_autofree char *first = NULL;
    RvlPrefix prefix;

    if (dash == NULL) {
        if (!rvl_prefix_parse(text, &prefix, error))
            return false;
        rvl_range_from_prefix(&prefix, range);
        return true;
    }
    first = g_strndup(text, (size_t)(dash - text));
    if (!rvl_address_parse(first, &range->first) || !rvl_address_parse(dash + 1, &range->last) ||
        range->first.family != range->last.family ||
        rvl_address_compare(&range->first, &range->last) > 0) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "'%s' is no range of addresses", text);
        return false;
    }
    return true;
}

bool
rvl_selector_parse(const char *text, RvlSelector *selector, GError **error)
{
    const char *bracket = strchr(text, '[');
    g_autofree char *addresses = bracket != NULL ? g_strndup(text, (size_t)(bracket - text)) : NULL;
    g_autofree char *protocol = NULL;
    RvlSelector parsed;
    RvlRange range;

    if (bracket != NULL && (bracket[1] == '\0' || bracket[strlen(bracket) - 1] != ']')) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "'%s' lacks the closing ']'", text);
        return false;
    }
    if (!parse_range(addresses != NULL ? addresses : text, &range, error))
        return false;
    rvl_selector_from_range(&range, &parsed);
    if (bracket != NULL) {
        protocol = g_strndup(bracket + 1, strlen(bracket) - 2);
        if (!rvl_selector_parse_protocol(protocol, &parsed, error))
            return false;
    }
    *selector = parsed;
    return true;
}

static void
append_protocol(GString *text, uint8_t protocol)
{
    for (size_t i = 0; i < G_N_ELEMENTS(protocols); i++) {
        if (protocols[i].number == protocol) {
            g_string_append(text, protocols[i].word);
            return;
        }
    }
    g_string_append_printf(text, "%u", protocol);
}

static void
append_icmp(GString *text, uint16_t first, uint16_t last)
{
    if ((first & 0xff) == 0 && (last & 0xff) == 0xff)
        g_string_append_printf(text, "/%u", first >> 8);
    else
        g_string_append_printf(text, "/%u:%u", first >> 8, first & 0xff);
    if ((first & 0xff) == 0 && (last & 0xff) == 0xff) {
        if (first >> 8 != last >> 8)
            g_string_append_printf(text, "-%u", last >> 8);
    } else if (first != last) {
        g_string_append_printf(text, "-%u:%u", last >> 8, last & 0xff);
    }
}

static void
append_ports(GString *text, const RvlSelector *selector)
{
    if (rvl_selector_is_opaque(selector))
        g_string_append(text, "/opaque");
    else if (is_icmp(selector->protocol))
        append_icmp(text, selector->first_port, selector->last_port);
    else if (selector->first_port == selector->last_port)
        g_string_append_printf(text, "/%u", selector->first_port);
    else
        g_string_append_printf(text, "/%u-%u", selector->first_port, selector->last_port);
}

const char *
rvl_selector_format(const RvlSelector *selector, char text[RVL_SELECTOR_TEXT])
{
    g_autoptr(GString) made = g_string_sized_new(RVL_SELECTOR_TEXT);
    bool any_port = selector->first_port == 0 && selector->last_port == 65535;
    char range[RVL_ADDRESS_TEXT];

    g_string_append(made, rvl_range_format(&selector->range, range));
    if (selector->protocol != 0 || !any_port) {
        g_string_append_c(made, '[');
        append_protocol(made, selector->protocol);
        if (!any_port)
            append_ports(made, selector);
        g_string_append_c(made, ']');
    }
    g_strlcpy(text, made->str, RVL_SELECTOR_TEXT);
    return text;
}
