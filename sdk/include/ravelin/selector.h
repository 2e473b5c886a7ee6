/* SPDX-License-Identifier: MIT */
/* Traffic selectors (RFC 7296 2.9, 3.13; RFC 4301 4.4.1.1): values and lists of them. */
#pragma once

#include <ravelin/address.h>

G_BEGIN_DECLS

/**
 * RvlSelector:
 * @protocol: IP protocol, 0 for any
 * @first_port, @last_port: 0 and 65535 for any; for ICMP, type in the upper and code in the lower
 *   octet (3.13.1); OPAQUE is first 65535 and last 0 (RFC 4301 4.4.1.1)
 * @range: addresses
 */
typedef struct {
    uint8_t protocol;
    uint16_t first_port;
    uint16_t last_port;
    RvlRange range;
} RvlSelector;

/** RVL_SELECTOR_TEXT: octets of the longest text of one selector, with its zero. */
#define RVL_SELECTOR_TEXT 160

/** rvl_selector_from_range: @selector: (out): every packet of these addresses. */
void rvl_selector_from_range(const RvlRange *range, RvlSelector *selector);
/** rvl_selector_any: @selector: (out): every packet of @family. */
void rvl_selector_any(RvlFamily family, RvlSelector *selector);
bool rvl_selector_is_opaque(const RvlSelector *selector);
bool rvl_selector_equal(const RvlSelector *a, const RvlSelector *b);
bool rvl_selector_includes(const RvlSelector *outer, const RvlSelector *inner);
bool rvl_selector_intersect(const RvlSelector *a,
                            const RvlSelector *b,
                            RvlSelector *both) G_GNUC_WARN_UNUSED_RESULT;
/**
 * rvl_selector_parse:
 * @text: addresses (`10.1.0.0/16`, `10.0.0.1-10.0.0.9`, `192.0.2.1`), then perhaps a protocol and
 *   ports in brackets, by name or number: `[tcp]`, `[tcp/443]`, `[udp/1000-2000]`, `[47]`,
 *   `[icmp/8]` (a type), `[icmp/3:1]` (type and code), `[tcp/opaque]`
 *
 * Errors: RVL_CAUSE_CONFIG_INVALID.
 */
bool rvl_selector_parse(const char *text,
                        RvlSelector *selector,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * rvl_selector_parse_protocol: the part in brackets alone, without them: `tcp/443`; sets protocol
 * and ports of @selector.
 */
bool rvl_selector_parse_protocol(const char *text,
                                 RvlSelector *selector,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** rvl_selector_format: as rvl_selector_parse() reads it; `10.1.0.0/16`, `10.0.0.1-10.0.0.9[tcp/443]`, `2001:db8::/32[icmpv6/128]`. */
const char *rvl_selector_format(const RvlSelector *selector, char text[RVL_SELECTOR_TEXT]);

/**
 * RvlFlow:
 *
 * What a packet shows of itself to selectors. @source_port and @destination_port are the ports,
 * or ICMP type and code in the upper and lower octet of both; @ports_known is false for
 * non-initial fragments and protocols without ports, which match only "any port" and OPAQUE.
 */
typedef struct {
    RvlAddress source;
    RvlAddress destination;
    uint8_t protocol;
    bool ports_known;
    uint16_t source_port;
    uint16_t destination_port;
} RvlFlow;

/** rvl_selector_matches: whether @address and @port of a packet of @protocol lie within. */
bool rvl_selector_matches(const RvlSelector *selector,
                          const RvlAddress *address,
                          uint8_t protocol,
                          bool port_known,
                          uint16_t port);

/**
 * RvlSelectors:
 *
 * An immutable, reference-counted list. Order is the maker's preference (2.9: the first may be
 * the packet that triggered). Thread: any.
 */
typedef struct RvlSelectors RvlSelectors;

/** RVL_SELECTORS_MAX: selectors in one payload (3.13: the count is one octet). */
#define RVL_SELECTORS_MAX 255

RvlSelectors *rvl_selectors_new(const RvlSelector *selectors, size_t n);
RvlSelectors *rvl_selectors_ref(const RvlSelectors *selectors);
void rvl_selectors_unref(RvlSelectors *selectors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlSelectors, rvl_selectors_unref)
size_t rvl_selectors_count(const RvlSelectors *selectors);
const RvlSelector *rvl_selectors_get(const RvlSelectors *selectors, size_t i);
bool rvl_selectors_equal(const RvlSelectors *a, const RvlSelectors *b);
/** rvl_selectors_includes: whether each of @inner lies within one of @outer. */
bool rvl_selectors_includes(const RvlSelectors *outer, const RvlSelectors *inner);
/** rvl_selectors_match: whether one of them holds the address, protocol and port. */
bool rvl_selectors_match(const RvlSelectors *selectors,
                         const RvlAddress *address,
                         uint8_t protocol,
                         bool port_known,
                         uint16_t port);

/**
 * rvl_selectors_narrow:
 * @offered: as the peer offered, its first perhaps the packet that triggered
 * @policy: ours
 *
 * The responder's choice of RFC 7296 2.9: pairwise intersections, in @policy's order, those that
 * hold @offered's first selector first; duplicates and included ones dropped.
 *
 * Returns: (transfer full) (nullable): NULL where they share nothing (TS_UNACCEPTABLE).
 */
RvlSelectors *rvl_selectors_narrow(const RvlSelectors *offered, const RvlSelectors *policy);

/** rvl_selectors_format: (transfer full): comma list. */
char *rvl_selectors_format(const RvlSelectors *selectors);

G_END_DECLS
