/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Status: what the engine shows of its SAs. Views are borrowed for the length of a visit. */
#pragma once

#include <ravelin/identity.h>
#include <ravelin/installer.h>

typedef struct RvlEngine RvlEngine;

typedef enum {
    RVL_CONNECTION_DOWN = 0,
    RVL_CONNECTION_CONNECTING = 1,
    RVL_CONNECTION_WAITING = 2, /* for the next try */
    RVL_CONNECTION_UP = 3,
} RvlConnectionState;

typedef struct {
    const char *name;
    RvlConnectionState state;
    RvlTime since;
    RvlTime next_try; /* WAITING, else RVL_TIME_NEVER */
    uint32_t tries;
    uint32_t ike_sas;
    const char *peer;       /* address of the newest IKE SA or as configured */
    const char *interface;  /* (nullable) */
    uint32_t last_cause;    /* RvlCause of the last failure */
    const char *last_error; /* (nullable) */
} RvlConnectionStatus;

typedef struct {
    const char *connection;
    uint64_t local_spi;
    uint64_t remote_spi;
    bool is_initiator; /* original initiator */
    bool is_established;
    const char *state; /* word */
    const RvlPath *path;
    const RvlIdentity *local;
    const RvlIdentity *remote;
    const RvlTransform *proposal; /* negotiated */
    size_t n_proposal;
    RvlTime established;
    RvlTime rekey_at;
    RvlTime expires_at;
    RvlTime last_inbound;
    const char *local_auth;
    const char *remote_auth;
} RvlIkeStatus;

typedef struct {
    const char *connection;
    const char *child;
    uint64_t ike_spi; /* local SPI of its IKE SA */
    uint32_t spi_in;
    uint32_t spi_out;
    RvlSaId sa_in;
    RvlSaId sa_out;
    uint8_t protocol;
    uint8_t mode;
    const char *state; /* word: `installed`, `rekeyed`, `deleting` … */
    const RvlSelectors *local;
    const RvlSelectors *remote;
    const RvlTransform *proposal;
    size_t n_proposal;
    RvlTime installed;
    RvlTime rekey_at;
    RvlTime expires_at;
    const RvlPath *path;
} RvlChildStatus;

/**
 * RvlPolicyStatus: what the installer decides packets by (RFC 4301 4.4.1).
 * @name: of the rule, or of the child
 * @connection: (nullable): a rule has none
 * @state: word: `in-force`, `pending`, `refused`
 * @error: (nullable): why the last try was refused
 */
typedef struct {
    const char *name;
    const char *connection;
    uint8_t action; /* RvlAction */
    const char *state;
    const RvlSelectors *local;
    const RvlSelectors *remote;
    const char *error;
} RvlPolicyStatus;

/** RvlEngineCounts: totals, kept on change. */
typedef struct {
    uint32_t ike_sas;
    uint32_t half_open;
    uint32_t child_sas;
    uint32_t jobs;
    uint32_t exchanges;
    uint32_t reservations;
} RvlEngineCounts;

/* Visits go in the order of connection name, then of set-up; false from the visitor ends one. */
typedef bool (*RvlConnectionVisit)(const RvlConnectionStatus *status, void *user_data);
typedef bool (*RvlIkeVisit)(const RvlIkeStatus *status, void *user_data);
typedef bool (*RvlChildVisit)(const RvlChildStatus *status, void *user_data);
typedef bool (*RvlPolicyVisit)(const RvlPolicyStatus *status, void *user_data);

void rvl_engine_visit_connections(const RvlEngine *engine,
                                  RvlConnectionVisit visit,
                                  void *user_data);
void rvl_engine_visit_ike_sas(const RvlEngine *engine, RvlIkeVisit visit, void *user_data);
void rvl_engine_visit_child_sas(const RvlEngine *engine, RvlChildVisit visit, void *user_data);
/** rvl_engine_visit_policies: rules first, then those of connections, as packets are decided. */
void rvl_engine_visit_policies(const RvlEngine *engine, RvlPolicyVisit visit, void *user_data);
RvlEngineCounts rvl_engine_counts(const RvlEngine *engine);
