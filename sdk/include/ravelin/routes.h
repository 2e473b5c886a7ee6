/* SPDX-License-Identifier: MIT */
/* Routes and DNS: who owns addresses, routes and the guard that keeps clear packets out. */
#pragma once

#include <ravelin/installer.h>

G_BEGIN_DECLS

/* Bits of RvlRouteSet.needs. */
#define RVL_ROUTES_NEEDS_TABLE (1u << 0)
#define RVL_ROUTES_NEEDS_DNS (1u << 1)
#define RVL_ROUTES_NEEDS_GUARD_ONLY (1u << 2)

/**
 * RvlRouteSet:
 * @needs: bits of the optional fields that are set: a plugin that doesn't know one refuses
 * @owner: tag of daemon instance and connection
 * @interface, @index: the installer's interface; NULL and 0 while there is none: only the
 *   unreachable routes and the guard stand then
 * @addresses: prefixes that the interface gets
 * @destinations: prefixes that are reached through the interface; for each an unreachable route of
 *   a worse metric stands beneath, so that nothing leaves in the clear when the interface goes
 * @sources: (nullable): our protected prefixes; a local address within them is the routes' source
 * @is_guarded: packets from @destinations to @sources that come in by another interface are dropped
 * @mtu: of the routes, 0 the interface's
 * @table: (optional) routing table, else main
 * @dns: (optional) servers
 * @is_guard_only: (optional) @destinations get the guard and no routes: somebody else routes into the
 *   interface
 *
 * All that one connection asks of the system.
 */
typedef struct {
    uint32_t size;
    uint32_t needs;
    const char *owner;
    const char *interface;
    uint32_t index;
    const RvlPrefix *addresses;
    size_t n_addresses;
    const RvlPrefix *destinations;
    size_t n_destinations;
    const RvlPrefix *sources;
    size_t n_sources;
    bool is_guarded;
    uint32_t mtu;
    uint32_t table;
    const RvlAddress *dns;
    size_t n_dns;
    bool is_guard_only;
} RvlRouteSet;

/**
 * RvlRoutesRule:
 * @name: of the rule, for reports
 * @action: RvlAction: BYPASS or DISCARD
 * @local, @remote: selectors, seen from this machine: outbound packets go from @local to @remote
 *
 * What is let through in the clear, or dropped, whatever connections protect (RFC 4301 4.4.1).
 */
typedef struct {
    uint32_t size;
    uint32_t needs;
    const char *name;
    uint8_t action;
    const RvlSelectors *local;
    const RvlSelectors *remote;
} RvlRoutesRule;

/**
 * RvlRoutesRules:
 * @owner: tag of the daemon instance's rules; unlike that of any connection
 * @rules, @n_rules, @stride: in the SPD's order: BYPASS before DISCARD
 * @ports, @n_ports: UDP ports of this machine that speak IKE, or IKE and ESP
 *
 * All rules of an instance. What speaks IKE, ESP or AH from and to this machine's own addresses
 * passes by itself: it carries the protection (RFC 4301 5.1, 5.2), also where a connection protects
 * everything. So does IPv6 Neighbor Discovery, which finds the way to the peer.
 */
typedef struct {
    uint32_t size;
    uint32_t needs;
    const char *owner;
    const RvlRoutesRule *rules;
    size_t n_rules;
    size_t stride;
    const uint16_t *ports;
    size_t n_ports;
} RvlRoutesRules;

/** RvlLocalAddress: an address of this machine; @scope: interface index of a link-local IPv6 one. */
typedef struct {
    RvlAddress address;
    uint32_t scope;
} RvlLocalAddress;

/** RvlAddressChanged: one came (and is usable) or went. */
typedef void (*RvlAddressChanged)(const RvlLocalAddress *local, bool is_present, void *user_data);

/**
 * RvlRoutes:
 * @set: makes the system hold exactly @routes of its owner: adds what lacks, removes what is too
 *   much, takes over what an earlier daemon with the same owner left
 * @remove: removes all of @owner; unknown owners are no error
 * @retain: removes what belongs to owners of @instance that are not in @owners: at start, what an
 *   earlier daemon left of connections that are gone
 * @watch_addresses: (nullable): tells of each local address that is there, within the call, and of
 *   each change from then on; @changed NULL ends that. NULL: addresses are read once, at start
 * @set_rules: (nullable): makes the system hold exactly @rules of their owner, all or none: packets
 *   of a BYPASS rule take the route that they would without any connection, and come in past each
 *   guard; those of a DISCARD rule are dropped. remove() and retain() know the owner. NULL: none
 *   can be had
 *
 * Thread: called on the main loop and must not block for long; done comes on the same loop, after
 * return.
 * Errors: RVL_CAUSE_PERMISSION_MISSING, RVL_CAUSE_KERNEL_UNSUPPORTED (names what is asked for in
 * vain), RVL_CAUSE_ROUTE_CONFLICT, RVL_CAUSE_INTERFACE_CONFLICT, RVL_CAUSE_INSTALL_FAILED.
 */
typedef struct {
    uint32_t size;
    const char *name;
    void (*set)(void *self, const RvlRouteSet *routes, RvlDone done, void *user_data);
    void (*remove)(void *self, const char *owner, RvlDone done, void *user_data);
    void (*retain)(void *self,
                   const char *instance,
                   const char *const *owners,
                   RvlDone done,
                   void *user_data);
    bool (*watch_addresses)(void *self, RvlAddressChanged changed, void *user_data, GError **error);
    void (*set_rules)(void *self, const RvlRoutesRules *rules, RvlDone done, void *user_data);
} RvlRoutes;

G_END_DECLS
