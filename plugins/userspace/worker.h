/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A worker: one thread that carries packets in both directions, from reading to writing. */
#pragma once

#include <pthread.h>

#include "coalesce.h"
#include "esp-in.h"
#include "esp-out.h"
#include "plane.h"
#include "waiting.h"

G_BEGIN_DECLS

enum {
    /* Places of the flow caches; powers of two. */
    FLOW_CACHE = 1024,
    /* One receive call takes at most so many messages, and so many octets each. */
    UDP_MESSAGES = 8,
    UDP_MESSAGE_OCTETS = 65536,
    RAW_MESSAGES = 32,
    RAW_MESSAGE_OCTETS = 16384,
    TUN_READ_OCTETS = 65536 + 64,
};

/** SourceKind: what is read, and by which function. */
typedef enum {
    SOURCE_WAKE = 0,
    SOURCE_IKE = 1,
    SOURCE_ESP = 2,
    SOURCE_TUN = 3,
    SOURCE_KINDS_
} SourceKind;

/** Source: a descriptor that the worker reads. */
typedef struct {
    SourceKind kind;
    int fd;
    Endpoint *endpoint;
    Tun *tun;
    bool is_ready;
    bool has_error;
} Source;

/** OutFlow: what the SPD said of an outbound flow, as long as the generations hold, the plane's and the policy's. */
typedef struct {
    FlowKey key;
    uint32_t interface;
    uint32_t generation;
    uint32_t policy_generation;
    Policy *policy;
    Sa *sa;
} OutFlow;

/** InFlow: a flow that an inbound SA may carry, as long as the generation holds. */
typedef struct {
    FlowKey key;
    RvlSaId sa;
    uint32_t generation;
} InFlow;

/** Tokens: a bucket that keeps a kind of report from flooding. */
typedef struct {
    RvlTime filled;
    unsigned left;
} Tokens;

struct Worker {
    Plane *plane;
    unsigned index;
    pthread_t thread;
    int epoll;
    int wake;
    atomic_bool is_stopping;
    Mailbox mailbox;
    RvlTime now;
    uint64_t seed;
    GPtrArray *sources;
    GPtrArray *ready;

    RvlProtectionScratch *scratches[MAX_SUITES];
    EspOut *out;
    EspIn *in;
    Coalescer coalescer;
    uint8_t *tun_buffer;
    uint8_t *receive_buffer;
    RvlEndpoint remotes[RAW_MESSAGES]; /* of what lies in receive_buffer */
    uint8_t *segment_buffer;
    OutFlow out_flows[FLOW_CACHE];
    InFlow in_flows[FLOW_CACHE];
    Waiting waiting;
    Tokens icmp_tokens;
    Tokens mtu_tokens;

    atomic_uint_fast64_t drops[RVL_DROP_COUNT_];
    atomic_uint_fast64_t tun_reads, tun_packets_read, tun_writes, tun_packets_written;
    atomic_uint_fast64_t sends, packets_sent, receives, packets_received;
};

Worker *worker_new(Plane *plane, unsigned index, GError **error);
/** worker_start: its thread begins. */
bool worker_start(Worker *worker, GError **error);
/** worker_stop: waits for its end. */
void worker_stop(Worker *worker);
void worker_free(Worker *worker);
/** worker_wake: looks into its mailbox soon. Thread: any. */
void worker_wake(Worker *worker);

/* In the worker's thread, by messages. */
void worker_watch(Worker *worker, SourceKind kind, int fd, Endpoint *endpoint, Tun *tun);
/** worker_unwatch: all sources of the endpoint or interface. */
void worker_unwatch(Worker *worker, const Endpoint *endpoint, const Tun *tun);

/** worker_drop: counts packets that end here; @sa: (nullable). */
void worker_drop(Worker *worker, Sa *sa, RvlDropCause cause, uint64_t packets);

/** worker_count: counts packets of @sa, tells the core which lifetime ended; false: they were dropped. */
bool worker_count(Worker *worker, Sa *sa, uint64_t packets, uint64_t octets)
    G_GNUC_WARN_UNUSED_RESULT;

/** tokens_take: whether one more may go, @rate a second. */
bool tokens_take(Tokens *tokens, RvlTime now, unsigned rate);

static inline void
count(atomic_uint_fast64_t *counter, uint64_t n)
{
    /* One thread writes: no locked instruction. */
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

G_END_DECLS
