/* SPDX-License-Identifier: MIT */
/* SA installers: who carries the packets of Child SAs. */
#pragma once

#include <ravelin/algorithm.h>
#include <ravelin/macros.h>
#include <ravelin/octets.h>
#include <ravelin/path.h>
#include <ravelin/secret.h>
#include <ravelin/selector.h>
#include <ravelin/time.h>

G_BEGIN_DECLS

/* Identifiers that the core chooses; never used again within the life of the daemon. */
typedef uint64_t RvlSaId;
typedef uint64_t RvlPolicyId;
/** RvlEndpointId: chosen by the core for a local endpoint that it offers. */
typedef uint64_t RvlEndpointId;

typedef enum { RVL_MODE_TUNNEL = 1, RVL_MODE_TRANSPORT = 2 } RvlMode;
typedef enum { RVL_DIRECTION_IN = 1, RVL_DIRECTION_OUT = 2 } RvlDirection;
typedef enum { RVL_ACTION_PROTECT = 1, RVL_ACTION_BYPASS = 2, RVL_ACTION_DISCARD = 3 } RvlAction;

/** RvlDropCause: a row of drops.def. */
typedef enum {
    RVL_DROP_NONE = 0,
#define RVL_DROP_ROW(number, symbol, word, sentence) RVL_DROP_##symbol = (number),
#include <ravelin/drops.def>
#undef RVL_DROP_ROW
    RVL_DROP_COUNT_ = 20 /* one more than the highest number */
} RvlDropCause;

/** rvl_drop_word: (transfer none): `replayed`; `unknown` for foreign values. */
const char *rvl_drop_word(uint32_t cause);

/** RvlEncapsulationWish: what an installer wants of `encapsulation = auto`. */
typedef enum {
    RVL_ENCAPSULATION_NONE = 0,      /* raw ESP is as good: encapsulate where a NAT is found */
    RVL_ENCAPSULATION_PREFERRED = 1, /* faster in UDP: force it unless `never` */
    RVL_ENCAPSULATION_REQUIRED = 2,  /* cannot carry raw ESP */
} RvlEncapsulationWish;

/**
 * RvlInstallerCapabilities:
 * @protocols, @modes, @families: bit masks of 1 << RvlProtocol, 1 << RvlMode, 1 << RvlFamily
 * @has_esn: extended sequence numbers
 * @largest_window: packets of the largest replay window
 * @encapsulation: RvlEncapsulationWish
 * @encapsulation_reason: (nullable): why raw ESP can't be carried, for a warning
 * @needs_interface: also with `interface = none`
 * @mtu_overhead: octets that it adds to a packet beside outer IP header, UDP encapsulation and ESP; 0:
 *   none
 */
typedef struct {
    uint32_t size;
    uint32_t protocols;
    uint32_t modes;
    uint32_t families;
    bool has_esn;
    uint32_t largest_window;
    uint32_t encapsulation;
    const char *encapsulation_reason;
    bool needs_interface;
    uint32_t mtu_overhead;
} RvlInstallerCapabilities;

/* Bits of RvlInterfaceRequest.needs. */
#define RVL_INTERFACE_NEEDS_NAME (1u << 0)

/**
 * RvlInterfaceRequest:
 * @needs: bits of the optional fields that are set: an installer that doesn't know one refuses
 * @owner: tag of daemon instance and connection; the same owner asks twice, the same answer comes
 * @name: wanted name, or NULL where the installer chooses one
 * @mtu: of inner packets
 */
typedef struct {
    uint32_t size;
    uint32_t needs;
    const char *owner;
    const char *name;
    uint32_t mtu;
} RvlInterfaceRequest;

/**
 * RvlEndpointOffer:
 * @id: for RvlInstallerHost.ike_datagram and endpoint_remove
 * @local: one local address, and port (0 where @ip_protocol has none); the wildcard is never offered
 * @ip_protocol: what the sockets speak: 17 UDP, 6 TCP, 50 raw ESP, 51 raw AH
 * @is_encapsulated: UDP in which ESP travels beside IKE with non-ESP marker (RFC 3948)
 * @descriptors: bound sockets, as many as descriptors_wanted() said, in the order of binding (which
 *   is the index in their SO_REUSEPORT group); each stays the core's: the installer duplicates
 *   what it keeps
 *
 * One local endpoint. Whoever takes its reading hands IKE back by ike_datagram.
 */
typedef struct {
    uint32_t size;
    uint32_t needs;
    RvlEndpointId id;
    RvlEndpoint local;
    uint8_t ip_protocol;
    bool is_encapsulated;
    const int *descriptors;
    size_t n_descriptors;
} RvlEndpointOffer;

/* Bits of RvlSaAdd.needs: optional fields that are set. */
#define RVL_SA_NEEDS_MARK (1u << 0)
#define RVL_SA_NEEDS_LIFETIME_OCTETS (1u << 1)
#define RVL_SA_NEEDS_LIFETIME_PACKETS (1u << 2)
#define RVL_SA_NEEDS_MTU (1u << 3)
#define RVL_SA_NEEDS_SEQUENCE (1u << 4)

/**
 * RvlSaAdd:
 * @needs: bits above; an installer that doesn't know one refuses the call and names the field
 * @id: this SA (one direction); @pair: the SA of the other direction, which may come later
 * @owner: tag of daemon instance and connection, for list() and adopt()
 * @policy: the policy that the SA serves
 * @direction, @protocol, @mode: RvlDirection, RvlProtocol, RvlMode
 * @spi: host order; the inbound SA's was reserved by this installer
 * @path: inbound: as the peer's packets come; outbound: as ours go
 * @encr, @integ: transforms; @integ.id NONE where @encr is combined
 * @encr_key, @integ_key: handles: key with salt; get them from the host when applying
 * @has_esn: extended sequence numbers
 * @replay_window: packets; 0 none
 * @local, @remote: selectors, seen from this end, in both directions
 * @interface: index of the interface, 0 where there is none
 * @mark, @soft_octets, @hard_octets, @soft_packets, @hard_packets, @mtu, @sequence: optional
 */
typedef struct {
    uint32_t size;
    uint32_t needs;
    RvlSaId id;
    RvlSaId pair;
    const char *owner;
    RvlPolicyId policy;
    uint8_t direction;
    uint8_t protocol;
    uint8_t mode;
    uint32_t spi;
    const RvlPath *path;
    RvlTransform encr;
    RvlTransform integ;
    RvlSecretId encr_key;
    RvlSecretId integ_key;
    bool has_esn;
    uint32_t replay_window;
    const RvlSelectors *local;
    const RvlSelectors *remote;
    uint32_t interface;
    uint32_t mark;
    uint64_t soft_octets;
    uint64_t hard_octets;
    uint64_t soft_packets;
    uint64_t hard_packets;
    uint32_t mtu;
    uint64_t sequence;
} RvlSaAdd;

/* Bits of RvlPolicyAdd.needs. */
#define RVL_POLICY_NEEDS_MARK (1u << 0)

/**
 * RvlPolicyAdd:
 * @action: RvlAction
 * @is_trap: a packet that meets no SA raises acquire; otherwise it is dropped
 * @local, @remote: selectors, seen from this end; both directions are enforced
 * @order: decides between policies that both match: lower first (RFC 4301 4.4.1)
 * @interface: index, or 0
 * @mark: (optional)
 */
typedef struct {
    uint32_t size;
    uint32_t needs;
    RvlPolicyId id;
    const char *owner;
    uint8_t action;
    bool is_trap;
    const RvlSelectors *local;
    const RvlSelectors *remote;
    uint32_t order;
    uint32_t interface;
    uint32_t mark;
} RvlPolicyAdd;

/** RvlOperationKind: operations of a batch, and which field of RvlOperation each reads. */
typedef enum {
    RVL_OPERATION_SA_ADD = 1,        /* sa_add; outbound: installed, not yet used */
    RVL_OPERATION_SA_ACTIVATE = 2,   /* id: this outbound SA serves its policy from now on */
    RVL_OPERATION_SA_MIGRATE = 3,    /* id, path */
    RVL_OPERATION_SA_REMOVE = 4,     /* id */
    RVL_OPERATION_POLICY_ADD = 5,    /* policy */
    RVL_OPERATION_POLICY_UPDATE = 6, /* policy: same id, other content, SAs stay */
    RVL_OPERATION_POLICY_REMOVE = 7, /* id */
} RvlOperationKind;

/** RvlOperation: one step of a batch; unused fields are zero. */
typedef struct {
    uint32_t kind;
    uint64_t id;
    const RvlSaAdd *sa_add;
    const RvlPolicyAdd *policy;
    const RvlPath *path;
} RvlOperation;

/** RvlSaBatch: carried out in order; borrowed for the call. */
typedef struct {
    uint32_t size;
    const RvlOperation *operations;
    size_t n_operations;
    size_t stride;
} RvlSaBatch;

/** RvlSaLimit: how far an SA's life has gone. */
typedef enum {
    RVL_SA_LIMIT_NONE = 0,
    RVL_SA_LIMIT_SOFT = 1, /* a rekey is due */
    RVL_SA_LIMIT_HARD = 2, /* nothing passes any more */
} RvlSaLimit;

/**
 * RvlSaCounters:
 * @octets, @packets: that passed; @drops: packets that didn't
 * @sequence: outbound: the last number used; inbound: the highest that was verified
 * @last_inbound: monotonic, RVL_TIME_NEVER where nothing came yet
 * @limit, @limit_cause: RvlSaLimit that was reached, and why, as RvlInstallerHost.expired tells it: so
 *   that a lost report can be made up for
 */
typedef struct {
    RvlSaId id;
    uint64_t octets;
    uint64_t packets;
    uint64_t sequence;
    RvlTime last_inbound;
    uint64_t drops;
    uint32_t limit;
    uint32_t limit_cause;
} RvlSaCounters;

/** RvlStandingKind: what an RvlStanding is. */
typedef enum { RVL_STANDING_SA = 1, RVL_STANDING_POLICY = 2 } RvlStandingKind;

/**
 * RvlStanding:
 * @kind: RvlStandingKind
 * @id: RvlSaId or RvlPolicyId as *this* daemon gave it; 0: an earlier daemon added it, whose numbers
 *   mean nothing any more. Such a one is known by its @owner and, an SA, by @protocol, @direction and
 *   @spi; a policy by its selectors
 * @owner: tag of daemon instance and connection, as it was added with
 * @direction, @protocol, @spi: of an SA: RvlDirection, RvlProtocol, host order; else 0
 * @policy: of an SA: id of the policy that it serves, 0 where that isn't known
 * @local, @remote: selectors, seen from this end
 *
 * An SA or policy that stands in the installer.
 */
typedef struct {
    uint32_t kind;
    uint64_t id;
    const char *owner;
    uint8_t direction;
    uint8_t protocol;
    uint32_t spi;
    RvlPolicyId policy;
    const RvlSelectors *local;
    const RvlSelectors *remote;
} RvlStanding;

/** RvlReportRow: an offload or feature, on, or off with its reason; or drops of one cause. */
typedef struct {
    const char *name;
    bool is_on;
    const char *reason; /* (nullable) */
    uint32_t drop;      /* RvlDropCause, or NONE */
    uint64_t count;     /* of drops */
} RvlReportRow;

/* Completions. @error is NULL on success, borrowed otherwise. All arrays are borrowed. */
typedef void (*RvlDone)(const GError *error, void *user_data);
typedef void (*RvlInterfaceDone)(const char *name,
                                 uint32_t index,
                                 const GError *error,
                                 void *user_data);
typedef void (*RvlEndpointDone)(bool reads, const GError *error, void *user_data);
typedef void (*RvlSpisDone)(const uint32_t *spis, size_t n, const GError *error, void *user_data);
typedef void (*RvlCountersDone)(const RvlSaCounters *counters,
                                size_t n,
                                size_t stride,
                                const GError *error,
                                void *user_data);
typedef void (*RvlStandingDone)(const RvlStanding *standing,
                                size_t n,
                                size_t stride,
                                const GError *error,
                                void *user_data);

/**
 * RvlInstallerHost:
 * @acquire: traffic for a trap; one stands a policy and selector until acquire_done. Answers
 *   false where the core's queue is full: the packet is counted as dropped
 * @expired: a limit of the SA was reached: soft asks for a rekey, after hard nothing passes; @cause is
 *   RVL_CAUSE_LIFETIME_EXPIRED (octets or packets) or RVL_CAUSE_SEQUENCE_EXHAUSTED
 * @mapping_changed: an authenticated, newer packet came from another remote endpoint (RFC 7296 2.23)
 * @path_mtu: packets on the SA's path pass up to @mtu octets
 * @ike_datagram: IKE that came on an endpoint whose reading the installer took, without non-ESP
 *   marker. False where the queue is full
 * @overrun: reports were lost, and SAs and policies stand: the core asks by query() and list()
 * @restarted: all SAs and policies are gone
 *
 * What an installer tells its host. Thread: any; these calls only copy and queue.
 */
typedef struct {
    uint32_t size;
    void *context;
    bool (*acquire)(void *context, RvlPolicyId policy, const RvlFlow *flow, uint64_t acquire_id);
    void (*expired)(void *context, RvlSaId sa, bool is_hard, uint32_t cause);
    void (*mapping_changed)(void *context, RvlSaId sa, const RvlEndpoint *remote);
    void (*path_mtu)(void *context, RvlSaId sa, uint32_t mtu);
    bool (*ike_datagram)(void *context,
                         RvlEndpointId endpoint,
                         const RvlPath *path,
                         const uint8_t *octets,
                         size_t n);
    void (*overrun)(void *context);
    void (*restarted)(void *context);
} RvlInstallerHost;

/**
 * RvlInstaller:
 * @size: sizeof(RvlInstaller) when the plugin was compiled; fields are only ever appended
 * @name: the word in `installer =`
 * @attach: @host is valid until unload; called once, before everything else
 * @capabilities: (transfer none): constant once the plugin is loaded
 * @interface_add: makes (or takes over) an interface
 * @interface_remove: of @owner; unknown owners are no error
 * @descriptors_wanted: how many bound sockets it wants of the endpoint that @offer (without
 *   descriptors) describes; 0: it leaves the endpoint to the core
 * @endpoint_add: offers an endpoint; done says whether the installer reads it
 * @endpoint_remove: done when no thread of it touches the descriptors
 * @reserve_spis: reserves @n inbound SPIs that no live SA uses; never 0..255
 * @release_spis: ends reservations that @path and @protocol were reserved for; unknown ones are ignored
 * @apply: carries out @batch in order; a failure undoes its adds and activations (removals come
 *   last), and removing what isn't there is none; copies what it keeps; secret handles stay valid
 *   until the SA's remove is done; @removed has the final counters of what was removed
 * @report: (nullable): offloads and drops: fills at most @max elements of @rows, @stride apart, and
 *   returns how many rows there are; what it points to stays valid until the next call
 * @query: (nullable): counters of @ids (of all SAs where @n is 0); unknown ones have no row
 * @list: (nullable): the SAs and policies of @owner (NULL: all), also what an earlier daemon left
 * @adopt: (nullable): takes over what an earlier daemon left: each of @standing (as list() had it) is
 *   known by its @id from now on; @id 0: it is removed. NULL where nothing outlives the daemon
 * @acquire_done: (nullable): the negotiation for an acquire ended; packets that wait go, or are dropped.
 *   NULL where none is ever raised
 *
 * Carries the packets of Child SAs. Each call ends in exactly one done, also when it fails. A
 * remove is done only when no thread can use the key and each has forgotten it.
 *
 * Thread: called on the main loop and must not block; done comes on the same loop, after return.
 * Errors: RVL_CAUSE_PERMISSION_MISSING, _KERNEL_UNSUPPORTED (names the parameter),
 * _INSTALL_FAILED (names the call).
 * Source: RFC 4301 4.4.2; RFC 4303 2.1 for the reserved SPIs.
 */
typedef struct {
    uint32_t size;
    const char *name;
    void (*attach)(void *self, const RvlInstallerHost *host);
    const RvlInstallerCapabilities *(*capabilities)(void *self);
    void (*interface_add)(void *self,
                          const RvlInterfaceRequest *request,
                          RvlInterfaceDone done,
                          void *user_data);
    void (*interface_remove)(void *self, const char *owner, RvlDone done, void *user_data);
    size_t (*descriptors_wanted)(void *self, const RvlEndpointOffer *offer);
    void (*endpoint_add)(void *self,
                         const RvlEndpointOffer *offer,
                         RvlEndpointDone done,
                         void *user_data);
    void (*endpoint_remove)(void *self, RvlEndpointId id, RvlDone done, void *user_data);
    void (*reserve_spis)(void *self,
                         const RvlPath *path,
                         uint8_t protocol,
                         size_t n,
                         RvlSpisDone done,
                         void *user_data);
    void (*release_spis)(void *self,
                         const RvlPath *path,
                         uint8_t protocol,
                         const uint32_t *spis,
                         size_t n);
    void (*apply)(void *self, const RvlSaBatch *batch, RvlCountersDone removed, void *user_data);
    size_t (*report)(void *self, RvlReportRow *rows, size_t stride, size_t max);
    void (*query)(void *self, const RvlSaId *ids, size_t n, RvlCountersDone done, void *user_data);
    void (*list)(void *self, const char *owner, RvlStandingDone done, void *user_data);
    void (*adopt)(void *self,
                  const RvlStanding *standing,
                  size_t n,
                  size_t stride,
                  RvlDone done,
                  void *user_data);
    void (*acquire_done)(void *self, uint64_t acquire_id, bool succeeded);
} RvlInstaller;

G_END_DECLS
