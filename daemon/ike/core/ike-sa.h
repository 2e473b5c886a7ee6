/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An IKE SA, made of parts with one subject each. */
#pragma once

#include <ravelin/identity.h>
#include "ike/core/child-sa.h"
#include "ike/core/exchange.h"
#include "ike/core/fragments.h"
#include "ike/core/keyed-table.h"
#include "ike/core/sa-keys.h"
#include "ike/core/timer-heap.h"
#include "ike/core/window.h"
#include "policy/candidates.h"

typedef struct RvlInit RvlInit;     /* ike/v2/init-state.h */
typedef struct RvlUpkeep RvlUpkeep; /* ike/core/upkeep.h */

/** RvlIkeSaState: named by what has happened; "ike/core/sa-life.h" has what may follow what. */
typedef enum {
    RVL_IKE_SA_BEGUN = 0,       /* IKE_SA_INIT is under way */
    RVL_IKE_SA_KEYED = 1,       /* keys stand; the ends haven't proved themselves */
    RVL_IKE_SA_ESTABLISHED = 2, /* both have */
    RVL_IKE_SA_REPLACED = 3,    /* rekeyed: its children have moved on; it waits for its delete */
    RVL_IKE_SA_DELETING = 4,    /* our delete is under way */
    RVL_IKE_SA_GONE = 5,        /* freed when the event is over */
} RvlIkeSaState;

#define RVL_IN_BEGUN (1u << RVL_IKE_SA_BEGUN)
#define RVL_IN_KEYED (1u << RVL_IKE_SA_KEYED)
#define RVL_IN_ESTABLISHED (1u << RVL_IKE_SA_ESTABLISHED)
#define RVL_IN_REPLACED (1u << RVL_IKE_SA_REPLACED)
#define RVL_IN_DELETING (1u << RVL_IKE_SA_DELETING)

/**
 * RvlSaPeer: who is at both ends, and under which part of the policy.
 * @connection: (nullable): the connection; of a responder NULL until it is known
 * @candidates: (nullable): until the SA is established: what it may still turn out to belong to;
 *   only shrinks
 * @local, @remote: (nullable): identities, once known
 * @local_auth, @remote_auth: (nullable): how each end proved itself, for status
 * @proof_ends: last second of wall time at which the peer's proof holds; 0: it holds for ever
 */
typedef struct {
    RvlConnection *connection;
    RvlCandidates *candidates;
    RvlIdentity *local;
    RvlIdentity *remote;
    char *local_auth;
    char *remote_auth;
    RvlWallTime proof_ends;
} RvlSaPeer;

/**
 * RvlSaPath: how messages travel.
 * @current: where our requests go
 * @has_nat_here, @has_nat_there: a NAT was found before this end, before the peer
 * @encapsulates: ESP goes in UDP
 * @fragments: the peer takes fragments (RFC 7383)
 */
typedef struct {
    RvlPath current;
    bool has_nat_here;
    bool has_nat_there;
    bool encapsulates;
    bool fragments;
} RvlSaPath;

/**
 * RvlSaTimers: the SA's own; its children have theirs.
 * @set_up: a half-open SA's end
 * @retransmit: of the request that is out
 * @liveness: when silence is to be asked about
 * @keepalive: of a NAT's mapping
 * @rekey: when it is to be replaced
 * @expire: its hard end
 * @queue: when an exchange that was put off may begin
 * @proof_end: when to look whether the peer's proof still holds
 */
typedef struct {
    RvlTimer set_up;
    RvlTimer retransmit;
    RvlTimer liveness;
    RvlTimer keepalive;
    RvlTimer rekey;
    RvlTimer expire;
    RvlTimer queue;
    RvlTimer proof_end;
} RvlSaTimers;

/**
 * RvlSaSent: our request that is out, octet by octet.
 * @tries: how often it went out again
 */
typedef struct {
    GPtrArray *datagrams;
    unsigned tries;
} RvlSaSent;

/**
 * RvlSaExchanges: in flight.
 * @asking: (nullable): ours
 * @waiting: (nullable): ours that wait for it to end, in order
 * @answering: (nullable): the peer's
 * @over: (nullable): ended with the SA, to be freed with it
 */
typedef struct {
    RvlExchange *asking;
    RvlExchange *waiting;
    RvlExchange *answering;
    RvlExchange *over;
    uint64_t next_token;
} RvlSaExchanges;

/** RvlParkedDatagram: nobody knows yet who sent it: what it may move is its own path alone. */
typedef struct {
    RvlPath path;
    GBytes *octets;
} RvlParkedDatagram;

/**
 * RvlSaParked: a message that came before its keys (RFC 7296 2.1: IKE_AUTH overtakes our own work).
 * @datagrams: (element-type RvlParkedDatagram) (nullable): one message, with all its fragments
 * @octets: of them in all
 */
typedef struct {
    GArray *datagrams;
    size_t octets;
} RvlSaParked;

/**
 * RvlSaTimes: for status, lifetimes and liveness.
 */
typedef struct {
    RvlTime begun;
    RvlTime established;
    RvlTime last_inbound; /* last verified message */
} RvlSaTimes;

/**
 * RvlSaOrigin: the set-up in which both ends proved themselves; rekeys pass it on.
 * @is_ours: we began it
 * @initiator_spi: of its first IKE SA
 */
typedef struct {
    bool is_ours;
    uint64_t initiator_spi;
    RvlTime begun;
    RvlTime established;
} RvlSaOrigin;

struct RvlIkeSa {
    RvlEngine *engine;
    RvlSaRef ref;
    uint64_t number; /* in order of set-up */
    RvlTableLink by_spi;
    RvlTableLink by_first; /* a responder's, until it is established */
    RvlTableLink by_peer;  /* once established: by connection and identity */
    GList link;            /* in the engine's list, in order of set-up */
    RvlIkeSaState state;
    bool is_initiator; /* original initiator: of this SA, not of the first (RFC 7296 2.18) */
    bool is_half_open; /* counted as such, by half_open_source */
    RvlEndpoint half_open_source; /* of its first message, whatever path it moved to */
    size_t held_octets;           /* parked and fragments, as the engine counts them */
    GList half_open_link;         /* in the engine's list of those, the oldest first */
    bool is_in_first;             /* stands in the table of first messages */
    bool is_in_peers;             /* stands in the table of peers */
    RvlUpkeep *upkeep;            /* (nullable): of its connection, while it belongs to it */
    GList upkeep_link;            /* in the upkeep's list, in order of set-up */
    uint64_t spi_local;
    uint64_t spi_remote;
    RvlSaPeer peer;
    RvlSaPath path;
    RvlSaKeys keys;
    RvlWindow window;
    RvlSaSent sent;
    RvlReassembly reassembly;
    RvlSaParked parked;
    RvlSaExchanges exchanges;
    RvlChildSa *children; /* in order of set-up */
    RvlSaTimers timers;
    RvlSaTimes times;
    RvlSaOrigin origin; /* known once it is established */
    RvlInit *init;      /* (nullable): what AUTH needs of IKE_SA_INIT; until established */
    GError *noted;      /* (nullable): what unauthenticated answers said; ends nothing by itself */
    uint64_t successor; /* number of the SA that replaced it, 0: none */
    RvlSaRef rekeyed;   /* of the SA that it may replace, id 0: none */
    RvlCause cause;     /* why it ended */
};

/** rvl_ike_sa_new: in the engine's tables, with a fresh SPI; NULL where randomness fails. */
RvlIkeSa *rvl_ike_sa_new(RvlEngine *engine, bool is_initiator, const RvlPath *path);
/** rvl_ike_sa_free: for the engine, once it is GONE. */
void rvl_ike_sa_free(RvlIkeSa *ike);

bool rvl_ike_sa_is_in(const RvlIkeSa *ike, uint32_t states);
/** rvl_ike_sa_initiator_spi: as the header has them. */
uint64_t rvl_ike_sa_initiator_spi(const RvlIkeSa *ike);
uint64_t rvl_ike_sa_responder_spi(const RvlIkeSa *ike);

/** rvl_ike_sa_find_child_in: (nullable): by our inbound SPI. */
RvlChildSa *rvl_ike_sa_find_child_in(const RvlIkeSa *ike, RvlProtocol protocol, uint32_t spi);
/** rvl_ike_sa_find_child_out: (nullable): by the peer's inbound SPI, as its messages name it. */
RvlChildSa *rvl_ike_sa_find_child_out(const RvlIkeSa *ike, RvlProtocol protocol, uint32_t spi);
RvlChildSa *rvl_ike_sa_find_child_number(const RvlIkeSa *ike, uint64_t number);
