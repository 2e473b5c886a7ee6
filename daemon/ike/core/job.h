/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs: all that may take long or may be somewhere else, as values that the driver serves. */
#pragma once

#include <ravelin/authenticator.h>
#include <ravelin/installer.h>

#include "ike/core/rule-list.h"

typedef uint64_t RvlJobId;

/** RvlSaRef: an IKE SA by number and generation: what a job's answer meets, or finds gone. */
typedef struct {
    uint64_t id;
    uint32_t generation;
} RvlSaRef;

/**
 * RvlJobKind: each with its request, its answer and its undo.
 * @RVL_JOB_RESOLVE: name or address -> addresses, with ours towards each; undo: none
 * @RVL_JOB_KE_OFFER: group -> public value, state; undo: release the state
 * @RVL_JOB_KE_ANSWER: group, peer's public value -> public value, shared secret; undo: release
 * @RVL_JOB_KE_FINISH: group, state, peer's public value -> shared secret; undo: release. The state is
 *   released by the job, also when it fails
 * @RVL_JOB_PROVE: our proof; undo: release state and MSK
 * @RVL_JOB_CHECK: the peer's proof; undo: the same
 * @RVL_JOB_RESERVE_SPIS: undo: release the SPIs
 * @RVL_JOB_APPLY: SAs and policies; undo: remove what was added
 * @RVL_JOB_QUERY: counters of SAs; undo: none
 * @RVL_JOB_DEPLOY: a connection's interface, addresses, routes, guard; undo: withdraw. One that fails
 *   has closed what it could: unreachable routes and guard, or what an earlier one left, stand until
 *   WITHDRAW
 * @RVL_JOB_WITHDRAW: takes a deployment away; undo: none
 * @RVL_JOB_RELEASE_SPIS: ends reservations that nothing was installed on; undo: none
 * @RVL_JOB_TAKE_STOCK: SAs -> what of them and of policies stands, counters; undo: none
 * @RVL_JOB_RULES: the SPD's BYPASS and DISCARD; undo: the rules before
 *
 * The undo gives back what a finished job took when nobody wants it any more: rvl_job_undo_of()
 * has it as data, and the driver carries it out.
 */
typedef enum {
    RVL_JOB_RESOLVE = 1,
    RVL_JOB_KE_OFFER = 2,
    RVL_JOB_KE_ANSWER = 3,
    RVL_JOB_KE_FINISH = 4,
    RVL_JOB_PROVE = 5,
    RVL_JOB_CHECK = 6,
    RVL_JOB_RESERVE_SPIS = 7,
    RVL_JOB_APPLY = 8,
    RVL_JOB_QUERY = 9,
    RVL_JOB_DEPLOY = 10,
    RVL_JOB_WITHDRAW = 11,
    RVL_JOB_RELEASE_SPIS = 12,
    RVL_JOB_TAKE_STOCK = 13,
    RVL_JOB_RULES = 14,
} RvlJobKind;

/** RvlJobClass: each has its own bound; a full stranger class means cookies or silence. */
typedef enum {
    RVL_JOB_STRANGER = 0,
    RVL_JOB_AUTHENTICATING = 1,
    RVL_JOB_ESTABLISHED = 2,
    RVL_JOB_TEARDOWN = 3,
} RvlJobClass;
#define RVL_JOB_CLASSES 4

/* Requests. Octets are GBytes and texts are owned by the job; secrets are handles. */

typedef struct {
    char *name;       /* a name, or a numeric address: that too has a route */
    uint8_t family;   /* wanted, or RVL_FAMILY_NONE for both */
    RvlAddress local; /* wanted as our end; family NONE: as the routes say */
} RvlResolveRequest;

typedef struct {
    uint16_t group;      /* transform ID of type KE */
    GBytes *peer_public; /* ANSWER and FINISH */
    RvlSecretId state;   /* FINISH: passes to the job */
} RvlKeRequest;

/** RvlProofRequest: octets of RvlAuthRequest, owned; the driver makes the borrowed form of it. */
typedef struct {
    char *authenticator; /* word */
    char *connection;
    bool is_initiator;
    RvlSettings *settings;
    RvlIdentity *local;
    RvlIdentity *remote;   /* (nullable) */
    RvlIdentity *expected; /* (nullable) */
    GBytes *message;
    GBytes *nonce;
    GBytes *id;
    GBytes *int_auth; /* (nullable) */
    uint16_t prf;
    RvlSecretId sk_p;     /* the SA's; it outlives the job or the job fails */
    GArray *notifies;     /* (nullable): of { uint16_t type; GBytes *data; } RvlJobOctets */
    GArray *certificates; /* (nullable): of RvlJobOctets, type being the encoding */
    GArray *authorities;  /* (nullable): of RvlJobOctets */
    uint8_t method;       /* CHECK */
    GBytes *proof;        /* CHECK */
    RvlWallTime wall;
} RvlProofRequest;

/** RvlJobOctets: octets with a number before them: a notify type, a certificate encoding. */
typedef struct {
    uint16_t type;
    GBytes *data;
} RvlJobOctets;

/** rvl_job_octets_new: an empty array of RvlJobOctets, which frees what is in it. */
GArray *rvl_job_octets_new(void);
/** rvl_job_octets_add: copies @data. */
void rvl_job_octets_add(GArray *array, uint16_t type, RvlOctets data);

/** rvl_job_octets_copy: (transfer full): another array of the same. */
GArray *rvl_job_octets_copy(const GArray *array);

typedef struct {
    RvlPath path;
    uint8_t protocol;
    size_t n;
} RvlReserveRequest;

/**
 * RvlApplyStep: one operation of a batch in owned form; unused fields are zero.
 */
typedef struct {
    uint32_t kind; /* RvlOperationKind */
    uint64_t id;
    RvlSaAdd sa;         /* SA_ADD: but for owner, path, local and remote, which stand below */
    RvlPolicyAdd policy; /* POLICY_ADD, _UPDATE: the same */
    char *owner;
    RvlPath path; /* SA_ADD, SA_MIGRATE */
    RvlSelectors *local;
    RvlSelectors *remote;
} RvlApplyStep;

typedef struct {
    RvlPath path; /* as they were reserved for */
    uint8_t protocol;
    GArray *spis; /* of uint32_t */
} RvlReleaseRequest;

typedef struct {
    GArray *steps; /* of RvlApplyStep */
} RvlApplyRequest;

typedef struct {
    GArray *ids; /* of RvlSaId; never empty: QUERY; as it comes: TAKE_STOCK */
} RvlQueryRequest;

/**
 * RvlDeploySuite:
 * @encr, @integ: a pair that a Child SA may come to use; @integ.id NONE where @encr is combined
 * @mode: RvlMode of that child
 */
typedef struct {
    RvlTransform encr;
    RvlTransform integ;
    RvlMode mode;
} RvlDeploySuite;

/** RvlDeployRequest: what a connection asks of the system, before any SA of it stands. */
typedef struct {
    char *connection;
    char *owner;
    char *interface;      /* `none`, `auto` or a name */
    uint32_t mtu;         /* 0: computed by the driver from the three below */
    GArray *suites;       /* of RvlDeploySuite */
    bool has_ipv6;        /* the peer may be reached by IPv6 */
    bool may_encapsulate; /* ESP may go in UDP */
    GArray *addresses;    /* of RvlPrefix */
    GArray *destinations; /* of RvlPrefix */
    GArray *sources;      /* of RvlPrefix */
    bool has_routes;      /* routes = no: only guard */
    uint32_t table;       /* 0: main */
} RvlDeployRequest;

/**
 * RvlRulesRequest:
 * @before: of RvlRule: what stands now
 * @after: of RvlRule: what is to stand, in the SPD's order
 * @is_wanted: anything is to stand: rules, or the passage of what carries protection
 * @was_wanted: the same of what stands now
 */
typedef struct {
    char *owner;
    GArray *before;
    GArray *after;
    bool was_wanted;
    bool is_wanted;
} RvlRulesRequest;

/**
 * RvlJob:
 * @sa: the IKE SA that asked; id 0 where the engine itself did (deployments, policies)
 * @token: the engine's own: which exchange of the SA asked
 *
 * A value: nothing in it points into the engine. Owned by whoever holds it.
 */
typedef struct {
    RvlJobId id;
    RvlJobKind kind;
    RvlJobClass class;
    RvlSaRef sa;
    uint64_t token;
    union {
        RvlResolveRequest resolve;
        RvlKeRequest ke;
        RvlProofRequest proof;
        RvlReserveRequest reserve;
        RvlReleaseRequest release;
        RvlApplyRequest apply;
        RvlQueryRequest query;   /* QUERY, TAKE_STOCK */
        RvlDeployRequest deploy; /* DEPLOY; WITHDRAW reads owner and connection */
        RvlRulesRequest rules;
    } request;
} RvlJob;

/** rvl_job_apply_add: appends @step to a job of kind APPLY, which takes over what it owns. */
void rvl_job_apply_add(RvlJob *job, const RvlApplyStep *step);

/**
 * rvl_rules_batch:
 *
 * Returns: (transfer full): a job of kind APPLY whose steps make of the installer's rules before those
 * after; those that are in both, unchanged, are not touched. It may have no step.
 */
RvlJob *rvl_rules_batch(const RvlRulesRequest *request);

/** rvl_apply_step_operation: @operation (out): the borrowed form of @step, for an installer. */
void rvl_apply_step_operation(RvlApplyStep *step, RvlOperation *operation);

/** RvlJobEnd: each job ends in exactly one of these. */
typedef enum {
    RVL_JOB_DONE = 1,
    RVL_JOB_FAILED = 2,
    RVL_JOB_CANCELLED = 3,
} RvlJobEnd;

/* Answers; owned by the result. */

/** RvlReach: an address of the peer, and which of ours a packet to it would bear. */
typedef struct {
    RvlEndpoint remote;        /* port 0 */
    RvlEndpoint local;         /* port: the one that is listened on, without non-ESP marker */
    uint16_t local_encap_port; /* the one with it */
} RvlReach;

typedef struct {
    GArray *reaches; /* of RvlReach, as the resolver ordered them; never empty when DONE */
} RvlResolveAnswer;

typedef struct {
    GBytes *public_value; /* OFFER, ANSWER */
    RvlSecretId secret;   /* OFFER: the state; ANSWER, FINISH: the shared secret */
} RvlKeAnswer;

typedef struct {
    uint32_t verdict; /* RvlAuthVerdict; REFUSED goes with FAILED and its error */
    uint8_t method;
    GBytes *proof;
    GArray *certificates;  /* (nullable): of RvlJobOctets */
    RvlIdentity *identity; /* (nullable) */
    char *description;     /* (nullable) */
    RvlWallTime not_after;
    RvlSecretId state;
    RvlSecretId msk;
} RvlProofAnswer;

typedef struct {
    RvlPath path; /* as the request had it, for who releases them */
    uint8_t protocol;
    GArray *spis; /* of uint32_t */
} RvlReserveAnswer;

typedef struct {
    GArray *counters; /* of RvlSaCounters: QUERY: of the SAs; APPLY: final ones of removed SAs */
} RvlCountersAnswer;

/** RvlStockAnswer: what stands; NULL where the installer can't say. */
typedef struct {
    GArray *sas;      /* (nullable): of RvlSaId: all that stand */
    GArray *policies; /* (nullable): of RvlPolicyId: the same */
    GArray *counters; /* (nullable): of RvlSaCounters: of those that were asked for and stand */
} RvlStockAnswer;

typedef struct {
    char *interface;
    uint32_t index;
    uint32_t mtu;
} RvlDeployAnswer;

/**
 * RvlJobResult:
 * @error: FAILED: why
 */
typedef struct {
    RvlJobId id;
    RvlJobKind kind;
    RvlSaRef sa;
    uint64_t token;
    RvlJobEnd end;
    GError *error;
    union {
        RvlResolveAnswer resolve;
        RvlKeAnswer ke;
        RvlProofAnswer proof;
        RvlReserveAnswer reserve;
        RvlCountersAnswer counters;
        RvlStockAnswer stock;
        RvlDeployAnswer deploy;
    } answer;
} RvlJobResult;

RvlJob *rvl_job_new(RvlJobKind kind, RvlJobClass class, RvlSaRef sa, uint64_t token);
void rvl_job_free(RvlJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlJob, rvl_job_free)

/** rvl_job_result_new: an empty answer to @job. */
RvlJobResult *rvl_job_result_new(const RvlJob *job, RvlJobEnd end);
/** rvl_job_result_new_failed: @error: (transfer full). */
RvlJobResult *rvl_job_result_new_failed(const RvlJob *job, GError *error);
void rvl_job_result_free(RvlJobResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlJobResult, rvl_job_result_free)

/** RvlUndo: what gives back what a finished job took. Owned fields; zero where not of the kind. */
typedef struct {
    RvlSecretId secrets[2]; /* released */
    RvlJob *job;            /* (nullable): carried out: RELEASE_SPIS, APPLY of removals, WITHDRAW */
} RvlUndo;

/**
 * rvl_job_undo_of:
 * @job: as it was asked (kept by the driver until its end)
 * @result: its answer; only DONE results hold anything
 *
 * Returns: what the driver must do when rvl_engine_complete() says that nobody wants @result.
 */
RvlUndo rvl_job_undo_of(const RvlJob *job, const RvlJobResult *result);
void rvl_undo_clear(RvlUndo *undo);
