/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection as configured: peer, proofs, and the children that protect traffic. */
#pragma once

#include <ravelin/address.h>
#include <ravelin/identity.h>
#include <ravelin/installer.h>
#include <ravelin/selector.h>
#include <ravelin/settings.h>
#include <ravelin/time.h>

#include "policy/proposals.h"

/** RvlKeep: the desired state of a connection. */
typedef enum {
    RVL_KEEP_NONE = 0, /* only answers */
    RVL_KEEP_TRAP = 1, /* set up on the first packet */
    RVL_KEEP_UP = 2,   /* always up; never gives up */
} RvlKeep;

typedef enum {
    RVL_ENCAPSULATE_AUTO = 0, /* where a NAT is found or the installer wants it */
    RVL_ENCAPSULATE_ALWAYS = 1,
    RVL_ENCAPSULATE_NEVER = 2,
} RvlEncapsulate;

/** RvlUnique: what happens when an identity that is connected comes again. */
typedef enum {
    RVL_UNIQUE_REPLACE = 0, /* the new IKE SA replaces the old */
    RVL_UNIQUE_KEEP = 1,    /* both stand */
    RVL_UNIQUE_NEVER = 2,   /* the new one is refused: RVL_CAUSE_DUPLICATE_IDENTITY */
} RvlUnique;

typedef enum {
    RVL_PFS_NO = 0,
    RVL_PFS_YES = 1,     /* offered; a peer without it is accepted */
    RVL_PFS_REQUIRE = 2, /* RVL_CAUSE_PFS_GROUP_MISMATCH otherwise */
} RvlPfs;

typedef enum { RVL_ESN_AUTO = 0, RVL_ESN_YES = 1, RVL_ESN_NO = 2 } RvlEsn;

/** RvlLifetime: hard limits; 0: none. */
typedef struct {
    RvlTime time;
    uint64_t octets;
    uint64_t packets;
} RvlLifetime;

/** RvlRetransmit: the n-th wait is @first x @factor_thousandths^n / 1000^n; @tries sends in all. */
typedef struct {
    RvlTime first;
    uint32_t factor_thousandths;
    uint32_t tries;
} RvlRetransmit;

/**
 * RvlAuthPolicy:
 * @word: of the authenticator: `psk`, `pubkey`
 * @plugin: that has it
 * @settings: what it is given: the keys of connection and secret that it claims, and `certificate`,
 *   `key`, `authority`, `local-id`, `remote-id`; with `authority-certificate`, the certificates of
 *   the authorities that are named, or of all
 *
 * One way of proof. See also rvl_connection_auth_settings().
 */
typedef struct {
    const char *word;
    const char *plugin;
    RvlSettings *settings;
} RvlAuthPolicy;

/** RvlRemote: where a peer is: an address, a prefix of them, or a name to be resolved. */
typedef struct {
    const char *name; /* (nullable): asked at each attempt */
    RvlRange range;   /* where @name is NULL */
} RvlRemote;

/**
 * RvlChildPolicy:
 * @name: `berlin` for the connection's own, else the part behind the slash of `[child berlin/NAME]`
 * @protocol: RVL_PROTOCOL_ESP or _AH
 * @mode: RvlMode
 * @local, @remote: selectors as seen from this end; a range of family NONE is `dynamic`, with
 *   protocol and ports: see rvl_child_policy_selectors()
 * @proposals: without ESN, with the IKE SA's groups where they name none: see
 *   rvl_child_policy_offer()
 * @lifetime: hard
 * @rekey: whether it is rekeyed before that, or ends
 * @replay_window: packets
 * @settings: the group's keys with their places; for a connection's own child the connection's
 */
typedef struct {
    const char *name;
    RvlProtocol protocol;
    RvlMode mode;
    RvlKeep keep;
    RvlSelectors *local;
    RvlSelectors *remote;
    RvlProposals *proposals;
    RvlPfs pfs;
    RvlEsn esn;
    RvlLifetime lifetime;
    bool rekey;
    uint32_t replay_window;
    RvlSettings *settings;
} RvlChildPolicy;

/** RvlDeployment: what the connection asks of the system. */
typedef struct {
    const char *interface;      /* `none`, `auto` or a name */
    uint32_t mtu;               /* 0: computed */
    const RvlPrefix *addresses; /* of the interface */
    size_t n_addresses;
    bool has_routes; /* routes = no: only the guard */
    uint32_t table;  /* 0: main */
} RvlDeployment;

/**
 * RvlConnection:
 * @name: unique
 * @version: 2 (1 is not served yet)
 * @keep: the strongest of its children's
 * @local_addresses: (array length=n_local): ours; none: any
 * @remotes: (array length=n_remotes): none: any
 * @remote_port, @local_port: 0: the usual ones
 * @local_identity: (nullable): NULL: our address on the path
 * @remote_identities: (array length=n_remote_identities): what the peer may be: none: anybody who
 *   proves itself. The first is what we ask for (IDr)
 * @local_auth: how we prove ourselves
 * @remote_auth: (array length=n_remote_auth): how the peer may
 * @ike_proposals: by preference
 * @children: (array length=n_children): its own first, then by name
 * @ike_lifetime: hard; @rekey: rekeyed before that, or ended
 * @reauthenticate: 0: never
 * @liveness: 0: no probes
 * @fragment_octets: of IP packets that carry fragments; 0: no fragmentation
 * @profile: name
 * @settings: `[connection]` with places
 *
 * Immutable, reference counted, shared by snapshots where nothing of it changed. Thread: any.
 */
typedef struct {
    gatomicrefcount references;
    const char *name;
    uint8_t version;
    RvlKeep keep;
    const RvlAddress *local_addresses;
    size_t n_local;
    const RvlRemote *remotes;
    size_t n_remotes;
    uint16_t local_port;
    uint16_t remote_port;
    RvlIdentity *local_identity;
    RvlIdentity *const *remote_identities;
    size_t n_remote_identities;
    RvlAuthPolicy local_auth;
    const RvlAuthPolicy *remote_auth;
    size_t n_remote_auth;
    RvlProposals *ike_proposals;
    const RvlChildPolicy *children;
    size_t n_children;
    RvlLifetime ike_lifetime;
    bool rekey;
    RvlTime reauthenticate;
    RvlTime liveness;
    RvlEncapsulate encapsulation;
    uint32_t fragment_octets;
    bool mobike;
    RvlUnique unique;
    RvlRetransmit retransmit;
    RvlDeployment deployment;
    const char *profile;
    RvlSettings *settings;
    struct RvlConnectionParts *parts; /* what the fields above point into */
} RvlConnection;

RvlConnection *rvl_connection_ref(const RvlConnection *connection);
void rvl_connection_unref(RvlConnection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlConnection, rvl_connection_unref)

/** rvl_connection_child: (transfer none) (nullable): by name, without `connection/`. */
const RvlChildPolicy *rvl_connection_child(const RvlConnection *connection, const char *name);

/**
 * rvl_connection_origin:
 * @child: (nullable): a child's key, else the connection's
 *
 * Returns: (transfer full): the line to change: `/etc/ravelin/conf.d/berlin.conf:4`, or, where @key
 * is not set, `profile default (berlin.conf:1)` with the line of the group's head.
 */
char *rvl_connection_origin(const RvlConnection *connection,
                            const RvlChildPolicy *child,
                            const char *key);

/* The peer authorization database (RFC 4301 4.4.3): what a peer may be and do. */

bool rvl_connection_serves_address(const RvlConnection *connection,
                                   const RvlAddress *local,
                                   const RvlAddress *remote);

/**
 * rvl_connection_accepts_remote: whether the peer may be @identity: RVL_CAUSE_IDENTITY_MISMATCH.
 */
bool rvl_connection_accepts_remote(const RvlConnection *connection,
                                   const RvlIdentity *identity,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_connection_local_identity:
 * @own: our address on the path
 *
 * Returns: (transfer full): who we are.
 */
RvlIdentity *rvl_connection_local_identity(const RvlConnection *connection, const RvlAddress *own);

/** rvl_connection_remote_auth: (transfer none) (nullable): how the peer may prove itself by @word. */
const RvlAuthPolicy *rvl_connection_remote_auth(const RvlConnection *connection, const char *word);

/**
 * rvl_connection_auth_settings:
 * @auth: one of the connection's
 * @remote: (nullable): who the peer says it is: its `[secret]` by `id` where the connection has
 *   none of its own
 *
 * Returns: (transfer full): what the authenticator is given.
 */
RvlSettings *rvl_connection_auth_settings(const RvlConnection *connection,
                                          const RvlAuthPolicy *auth,
                                          const RvlIdentity *remote);

/**
 * rvl_child_policy_selectors:
 * @own: what `dynamic` stands for on this side: the address on the path, or the leased one
 * @is_local: which side
 *
 * Returns: (transfer full): the selectors with `dynamic` filled in.
 */
RvlSelectors *rvl_child_policy_selectors(const RvlChildPolicy *child,
                                         bool is_local,
                                         const RvlAddress *own);

/**
 * rvl_child_policy_offer:
 * @has_esn: whether the installer knows extended sequence numbers
 * @has_key_exchange: false in IKE_AUTH, where no KE payload can be (RFC 7296 1.2)
 *
 * Returns: (transfer full): what is offered and accepted: with ESN transforms as `esn` asks and,
 * with @has_key_exchange, groups as `pfs` asks.
 */
RvlProposals *rvl_child_policy_offer(const RvlChildPolicy *child,
                                     bool has_esn,
                                     bool has_key_exchange);
