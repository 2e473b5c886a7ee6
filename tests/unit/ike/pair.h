/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two engines, a link in memory, virtual time, and services that count what they hold. */
#pragma once

#include "fakes/events.h"
#include "fakes/policy.h"
#include "fakes/toy-backend.h"
#include "ike/core/engine.h"
#include <ravelin/error.h>

/**
 * PairEnd:
 * @held_spis: reserved and not installed; (element-type uint32_t)
 * @sas: installed: RvlSaId -> PairSa
 * @policies: installed: RvlPolicyId -> text
 * @rules: the same of BYPASS and DISCARD: `bypass 1: 10.1.0.0/16 <-> 10.9.0.0/16[tcp/22]`
 * @rules_jobs: jobs that changed them; @has_passage: what carries protection may pass
 * @deployed: names of connections
 * @replies: of commands, in order: each an error or NULL
 * @verdict: on each proof of the peer's that holds; proved where nobody says otherwise
 * @steps: that commands heard of, in order, each ended by a comma
 * @acquires: that ended, in order: `1 served,` or `1 failed,`
 */
typedef struct {
    const char *name;
    RvlAddress address;
    RvlEngine *engine;
    RvlFakePolicy *policy;
    RvlSnapshot *snapshot;
    FakeEvents *events;
    ToyBackend *toy;
    RvlCrypto *crypto;
    RvlInstallerCapabilities installer;
    uint64_t random;
    uint32_t last_spi;
    RvlAuthVerdict verdict;
    GHashTable *held_spis;
    GHashTable *sas;
    GHashTable *policies;
    GHashTable *rules;
    unsigned rules_jobs;
    bool has_passage;
    GHashTable *deployed;
    GPtrArray *replies;
    GString *steps;
    GString *acquires;
    RvlTime last_inbound; /* what a query of SAs says of each; 0: nothing ever came */
    unsigned jobs;
    size_t secrets; /* that the configuration holds */
} PairEnd;

/** PairSa: an SA as it was installed. */
typedef struct {
    RvlSaId id;
    RvlSaId pair;
    uint8_t direction;
    uint32_t spi;
    RvlPolicyId policy;
    bool is_active;
    GBytes *key;    /* octets of its keys, so that both ends can be compared */
    uint32_t limit; /* RvlSaLimit that it has reached, for who takes stock */
    uint32_t limit_cause;
    char *selectors; /* `10.1.0.0/16 <-> 10.2.0.0/16` */
} PairSa;

/** PairDatagram: on its way; @to: index of the end that gets it. */
typedef struct {
    RvlTime at;
    int to;
    RvlPath path; /* as @to sees it */
    GBytes *octets;
} PairDatagram;

typedef struct Pair Pair;

/** PairFilter: what happens to a datagram; may change it. False: it is lost. */
typedef bool (*PairFilter)(Pair *pair, PairDatagram *datagram, void *user_data);
/** PairJobFilter: (nullable): what becomes of a job: NULL: served; else it fails with the error. */
typedef GError *(*PairJobFilter)(Pair *pair, int end, const RvlJob *job, void *user_data);
/** PairObserver: an event is over at @end: a datagram, a job's end, a timer. */
typedef void (*PairObserver)(Pair *pair, int end, void *user_data);

struct Pair {
    RvlTime now;
    PairEnd ends[2];
    GQueue datagrams;
    GQueue results; /* of finished jobs that wait for their turn */
    RvlTime latency;
    RvlTime job_delay;
    int64_t wall_ahead_s;      /* by which the wall clock was set */
    RvlWallTime proof_ends[2]; /* of what each end checks; 0: never */
    size_t certificate_octets; /* of a certificate that comes with each proof; 0: none */
    PairFilter filter;
    PairJobFilter job_filter;
    PairObserver observer;
    void *user_data;
    unsigned sent[2];
    size_t octets[2];
};

#define PAIR_A 0
#define PAIR_B 1

/* A's connection towards B, without a final newline's worth of further keys. */
#define PAIR_CONF_A                                                                                \
    "[connection ab]\nremote-address = 192.0.2.2\nlocal-address = 192.0.2.1\n"                     \
    "local-id = a.test\nremote-id = b.test\nprotect = 10.1.0.0/16 <-> 10.2.0.0/16\n"
#define PAIR_CONF_B                                                                                \
    "[connection ba]\nremote-address = 192.0.2.1\nlocal-address = 192.0.2.2\n"                     \
    "local-id = b.test\nremote-id = a.test\nprotect = 10.2.0.0/16 <-> 10.1.0.0/16\n"
#define PAIR_SECRET_A "[secret ab]\npsk = \"a secret of thirty-two characters\"\n"
#define PAIR_SECRET_B "[secret ba]\npsk = \"a secret of thirty-two characters\"\n"

/**
 * pair_new: @more_a, @more_b: (nullable): further lines of each end's configuration; `keep = none`
 * unless they say otherwise.
 */
Pair *pair_new(const char *more_a, const char *more_b);
/** pair_new_conf: whole configurations and secrets. */
Pair *pair_new_conf(const char *conf_a,
                    const char *secret_a,
                    const char *conf_b,
                    const char *secret_b);
void pair_free(Pair *pair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pair, pair_free)

/** pair_configure: another configuration for one end. */
void pair_configure(Pair *pair, int end, const char *conf, const char *secret);

/** pair_run: until @duration has passed; everything that is due happens, in order. */
void pair_run(Pair *pair, RvlTime duration);
/** pair_address_goes: the machine at @end loses its address; datagrams pass all the same. */
void pair_address_goes(Pair *pair, int end);
/** pair_command: @name: of connection or child. */
void pair_command(Pair *pair, int end, RvlCommandKind kind, const char *name);
void pair_report(Pair *pair, int end, const RvlInstallerReport *report);
/** pair_inject: a datagram to @to from nowhere, as if it came on the path between the two. */
void pair_inject(Pair *pair, int to, const void *octets, size_t n);
/** pair_inject_on: the same on any path, as @to sees it. */
void pair_inject_on(Pair *pair, int to, const RvlPath *path, const void *octets, size_t n);
RvlNow pair_now(const Pair *pair);
/** pair_sort_datagrams: by time, after a filter added some. */
void pair_sort_datagrams(Pair *pair);

/* What stands. */
unsigned pair_ike_sas(const Pair *pair, int end, bool established_only);
unsigned pair_children(const Pair *pair, int end);
/** pair_child_spi: inbound SPI of the first installed Child SA; 0: none. */
uint32_t pair_child_spi(const Pair *pair, int end);
uint64_t pair_ike_spi(const Pair *pair, int end);
/** pair_assert_agree: one IKE SA, @children Child SAs, the same SPIs and keys on both ends. */
void pair_assert_agree(Pair *pair, unsigned children);
/** pair_assert_clean: no SA, no reservation, no secret beyond the configuration's. */
void pair_assert_clean(Pair *pair);
/** pair_field: of the last event of @id at @end. */
const char *pair_field(Pair *pair, int end, RvlEventId id, const char *name);
size_t pair_events(Pair *pair, int end, RvlEventId id);
/** pair_print_events: what both ends said, as the test's messages: to see why a case failed. */
void pair_print_events(Pair *pair);
