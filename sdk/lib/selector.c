/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Traffic selectors: what one includes, shares with another, and matches. */
#include "config.h"

#include <ravelin/selector.h>

/* OPAQUE stands for ports that a packet does not show (RFC 4301 4.4.1.1; RFC 7296 3.13.1). */
enum { OPAQUE_FIRST = 65535, OPAQUE_LAST = 0, ANY_FIRST = 0, ANY_LAST = 65535 };

static bool
has_any_port(const RvlSelector *selector)
{
    return selector->first_port == ANY_FIRST && selector->last_port == ANY_LAST;
}

void
rvl_selector_from_range(const RvlRange *range, RvlSelector *selector)
{
    *selector = (RvlSelector){.first_port = ANY_FIRST, .last_port = ANY_LAST, .range = *range};
}

void
rvl_selector_any(RvlFamily family, RvlSelector *selector)
{
    const RvlPrefix all = {.address.family = (uint8_t)family, .length = 0};
    RvlRange range;

    rvl_range_from_prefix(&all, &range);
    rvl_selector_from_range(&range, selector);
}

bool
rvl_selector_is_opaque(const RvlSelector *selector)
{
    return selector->first_port == OPAQUE_FIRST && selector->last_port == OPAQUE_LAST;
}

bool
rvl_selector_equal(const RvlSelector *a, const RvlSelector *b)
{
    return a->protocol == b->protocol && a->first_port == b->first_port &&
           a->last_port == b->last_port && rvl_address_equal(&a->range.first, &b->range.first) &&
           rvl_address_equal(&a->range.last, &b->range.last);
}

static bool
ports_include(const RvlSelector *outer, const RvlSelector *inner)
{
    if (has_any_port(outer))
        return true;
    if (rvl_selector_is_opaque(outer) || rvl_selector_is_opaque(inner))
        return rvl_selector_is_opaque(outer) && rvl_selector_is_opaque(inner);
    return outer->first_port <= inner->first_port && inner->last_port <= outer->last_port;
}

bool
rvl_selector_includes(const RvlSelector *outer, const RvlSelector *inner)
{
    return (outer->protocol == 0 || outer->protocol == inner->protocol) &&
           ports_include(outer, inner) && rvl_range_includes(&outer->range, &inner->range);
}

static bool
intersect_ports(const RvlSelector *a, const RvlSelector *b, RvlSelector *both)
{
    const RvlSelector *inner = ports_include(b, a) ? a : ports_include(a, b) ? b : NULL;

    if (inner == NULL && (rvl_selector_is_opaque(a) || rvl_selector_is_opaque(b)))
        return false;
    both->first_port = inner != NULL ? inner->first_port : MAX(a->first_port, b->first_port);
    both->last_port = inner != NULL ? inner->last_port : MIN(a->last_port, b->last_port);
    return inner != NULL || both->first_port <= both->last_port;
}

bool
rvl_selector_intersect(const RvlSelector *a, const RvlSelector *b, RvlSelector *both)
{
    RvlSelector shared = {.protocol = a->protocol != 0 ? a->protocol : b->protocol};

    if (a->protocol != 0 && b->protocol != 0 && a->protocol != b->protocol)
        return false;
    if (!intersect_ports(a, b, &shared) ||
        !rvl_range_intersect(&a->range, &b->range, &shared.range))
        return false;
    *both = shared;
    return true;
}

bool
rvl_selector_matches(const RvlSelector *selector,
                     const RvlAddress *address,
                     uint8_t protocol,
                     bool port_known,
                     uint16_t port)
{
    if (selector->protocol != 0 && selector->protocol != protocol)
        return false;
    if (!rvl_range_contains(&selector->range, address))
        return false;
    if (has_any_port(selector))
        return true;
    if (rvl_selector_is_opaque(selector) || !port_known)
        return rvl_selector_is_opaque(selector) && !port_known;
    return selector->first_port <= port && port <= selector->last_port;
}
