/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Outbound packets: the SPD decides in order (RFC 4301 5.1), the SA carries. */
#include "config.h"

#include "outbound.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fragment.h"
#include "icmp.h"
#include "transmit.h"

enum {
    /* Reads of one queue before the others have their turn. */
    TUN_READS = 32,
    ICMP_RATE = 100,
    /* What every IPv6 link carries: no sender makes smaller packets (RFC 8200 5). */
    IPV6_LEAST_MTU = 1280,
};

/* What TUN gave, virtio-net header and packet; @is_fresh: it hasn't waited yet. */
typedef struct {
    const uint8_t *octets;
    size_t n;
    bool is_fresh;
} Unsent;

/* A packet on its way out. */
typedef struct {
    Worker *worker;
    Tun *tun;
    Sa *sa;
    SaRoute *route;
    const PacketView *view;
    const uint8_t *packet;
    uint32_t limit; /* octets of the largest inner packet */
} Outgoing;

void
outbound_flush(Worker *worker)
{
    if (worker->out->n_packets == 0)
        return;
    esp_out_seal(worker->out, worker->scratches);
    transmit(worker);
    esp_out_clear(worker->out);
}

/* The policy's SAs are those that the flow's was chosen from; the policy stands while the plane's generation does. */
static bool
is_current(const OutFlow *flow)
{
    return flow->policy == NULL ||
           flow->policy_generation ==
               atomic_load_explicit(&flow->policy->generation, memory_order_acquire);
}

/* What the SPD says of the flow; asked anew when anything changed since. */
static const OutFlow *
decide(Worker *worker, const Tun *tun, const FlowKey *key)
{
    Plane *plane = worker->plane;
    OutFlow *flow = &worker->out_flows[flow_hash(key, worker->seed) >> 32 & (FLOW_CACHE - 1)];
    uint32_t generation = atomic_load_explicit(&plane->generation, memory_order_acquire);

    if (flow->generation == generation && flow->interface == tun->index &&
        memcmp(&flow->key, key, sizeof *key) == 0 && is_current(flow))
        return flow;

    const Spd *spd = atomic_load_explicit(&plane->spd, memory_order_acquire);

    *flow = (OutFlow){
        .key = *key,
        .interface = tun->index,
        .generation = generation,
        .policy = spd_find(spd, key, tun->index),
    };
    if (flow->policy != NULL) /* before the SAs are read, so that it is never newer than they are */
        flow->policy_generation =
            atomic_load_explicit(&flow->policy->generation, memory_order_acquire);
    if (flow->policy != NULL && flow->policy->action == RVL_ACTION_PROTECT)
        flow->sa = policy_find_sa(flow->policy, key);
    return flow;
}

/* Numbers and lifetimes for @n packets; reports what has come to its end. */
static bool
take_numbers(Outgoing *o, uint32_t n, uint64_t octets, uint64_t *first)
{
    const RvlInstallerHost *core = o->worker->plane->core;

    if (!worker_count(o->worker, o->sa, n, octets))
        return false;
    if (sa_take_sequence(o->sa, n, first)) {
        if (sa_runs_short(o->sa))
            core->expired(core->context, o->sa->id, false, RVL_CAUSE_SEQUENCE_EXHAUSTED);
        return true;
    }
    atomic_store(&o->sa->counts.is_exhausted, true);
    if (!atomic_exchange(&o->sa->counts.hard_told, true))
        core->expired(core->context, o->sa->id, true, RVL_CAUSE_SEQUENCE_EXHAUSTED);
    worker_drop(o->worker, o->sa, RVL_DROP_SEQUENCE, n);
    return false;
}

static uint8_t *
add(Outgoing *o, uint64_t sequence, uint32_t octets)
{
    EspOut *out = o->worker->out;

    if (!esp_out_has_room(out, o->sa, octets))
        outbound_flush(o->worker);
    return esp_out_add(out, o->sa, o->route, sequence, octets,
                       o->view->key.family == RVL_FAMILY_IPV6 ? PROTOCOL_IPV6 : PROTOCOL_IPV4,
                       ecn_outer(o->view->traffic_class));
}

static void
send_segments(Outgoing *o, const Segmentation *s)
{
    uint64_t sequence;

    if (!take_numbers(o, s->count, o->view->octets + (uint64_t)(s->count - 1) * s->headers,
                      &sequence))
        return;
    for (uint32_t i = 0; i < s->count; i++)
        segmentation_write(s, i, add(o, sequence + i, segmentation_octets(s, i)));
}

/* Fragments a whole packet before encryption (RFC 4301 8.2.1 leaves it to us; the DF bit allows it). */
static void
send_fragments(Outgoing *o, const uint8_t *packet)
{
    Fragmentation f;
    PacketView view;
    uint64_t sequence;

    if (!packet_parse(packet, o->view->octets, &view) ||
        !fragmentation_init(&f, packet, &view, o->limit)) {
        worker_drop(o->worker, o->sa, RVL_DROP_TOO_BIG, 1);
        return;
    }
    if (!take_numbers(o, f.count, view.octets, &sequence))
        return;
    for (uint32_t i = 0; i < f.count; i++)
        fragmentation_write(&f, i, add(o, sequence + i, fragmentation_octets(&f, i)));
}

static void
tell_sender(Outgoing *o)
{
    uint8_t message[VNET_HEADER + ICMP_MESSAGE_MAX];
    size_t before = o->tun->vnet_header;
    bool is_ipv6 = o->view->key.family == RVL_FAMILY_IPV6;
    uint32_t mtu = is_ipv6 ? MAX(o->limit, IPV6_LEAST_MTU) : o->limit; /* less is ignored */
    size_t n;

    memset(message, 0, before);
    if (!tokens_take(&o->worker->icmp_tokens, o->worker->now, ICMP_RATE))
        return;
    n = icmp_too_big(o->packet, o->view, mtu, message + before);
    if (n > 0 && write(tun_queue(o->tun, o->worker->index), message, before + n) < 0)
        worker_drop(o->worker, o->sa, RVL_DROP_SEND_FAILED, 1);
}

/* Segments or packets larger than the path carries: cut where the sender allows it, else tell it. */
static void
send_too_big(Outgoing *o, const Segmentation *s)
{
    uint8_t *buffer = o->worker->segment_buffer;
    PacketView view;

    if (!o->view->may_fragment) {
        tell_sender(o);
        worker_drop(o->worker, o->sa, RVL_DROP_TOO_BIG, s->count);
        return;
    }
    for (uint32_t i = 0; i < s->count; i++) {
        Outgoing one = *o;

        segmentation_write(s, i, buffer);
        if (!packet_parse(buffer, segmentation_octets(s, i), &view))
            continue;
        one.view = &view;
        send_fragments(&one, buffer);
    }
}

static void
protect(Worker *worker,
        Tun *tun,
        Sa *sa,
        const struct virtio_net_hdr *header,
        const uint8_t *packet,
        const PacketView *view)
{
    SaRoute *route = atomic_load_explicit(&sa->route, memory_order_acquire);
    uint32_t mtu = sa_route_mtu(route, worker->now);
    Segmentation s;
    Outgoing o = {
        .worker = worker,
        .tun = tun,
        .sa = sa,
        .route = route,
        .view = view,
        .packet = packet,
        .limit = rvl_esp_largest_inner(&sa->suite->shape, mtu - route->outer_octets),
    };

    if (sa->inner_limit != 0)
        o.limit = MIN(o.limit, sa->inner_limit);
    if (!segmentation_init(&s, header, packet, view)) {
        worker_drop(worker, sa, RVL_DROP_MALFORMED, 1);
        return;
    }
    count(&worker->tun_packets_read, s.count);
    if (segmentation_octets(&s, 0) <= o.limit) {
        send_segments(&o, &s);
    } else if (view->key.family == RVL_FAMILY_IPV6 && o.limit < IPV6_LEAST_MTU &&
               segmentation_octets(&s, 0) <= IPV6_LEAST_MTU) {
        send_segments(&o, &s); /* no smaller packet can be asked for: the outer one is fragmented */
    } else {
        send_too_big(&o, &s);
    }
}

/* (out): @id: of the acquire that stands now, by others or asked for here. False: the core's queue is full. */
static bool
ask(Worker *worker, const OutFlow *flow, uint64_t *id)
{
    Plane *plane = worker->plane;
    uint_fast64_t standing = 0;
    uint_fast64_t fresh = atomic_fetch_add(&plane->next_acquire, 1) + 1;
    RvlFlow description;

    if (!atomic_compare_exchange_strong(&flow->policy->acquire, &standing, fresh)) {
        *id = standing;
        return true;
    }
    *id = fresh;
    flow_describe(&flow->key, &description);
    if (plane->core->acquire(plane->core->context, flow->policy->id, &description, fresh))
        return true;
    atomic_store(&flow->policy->acquire, 0);
    return false;
}

/*
 * A trap: asks for an SA once, and keeps a few packets until it stands (RFC 4301 4.4.1, 5.1.2). Where
 * one was asked for just now it keeps them until it may ask again; but none twice, so that none stays
 * for ever.
 */
static void
raise_acquire(Worker *worker, Tun *tun, const OutFlow *flow, const Unsent *unsent)
{
    Policy *policy = flow->policy;
    WaitingReason reason = {.kind = WAITING_FOR_ACQUIRE, .id = atomic_load(&policy->acquire)};
    RvlTime quiet_until = atomic_load(&policy->quiet_until);
    RvlDropCause drop = RVL_DROP_NONE;

    if (reason.id == 0 && worker->now < quiet_until) {
        reason = (WaitingReason){WAITING_FOR_TIME, policy->id, quiet_until};
        if (!unsent->is_fresh)
            drop = RVL_DROP_NO_SA;
    } else if (reason.id == 0 && !ask(worker, flow, &reason.id)) {
        drop = RVL_DROP_QUEUE_FULL;
    }
    if (drop == RVL_DROP_NONE &&
        !waiting_put(&worker->waiting, &reason, tun->index, unsent->octets, unsent->n))
        drop = RVL_DROP_QUEUE_FULL;
    if (drop != RVL_DROP_NONE)
        worker_drop(worker, NULL, drop, 1);
}

static void
carry(Worker *worker, Tun *tun, const Unsent *unsent)
{
    const uint8_t *octets = unsent->octets;
    size_t n = unsent->n;
    struct virtio_net_hdr header = {0};
    size_t before = tun->vnet_header;
    PacketView view;

    if (n < before || !packet_parse(octets + before, n - before, &view)) {
        worker_drop(worker, NULL, RVL_DROP_MALFORMED, 1);
        return;
    }
    memcpy(&header, octets, before);

    const OutFlow *flow = decide(worker, tun, &view.key);

    if (flow->sa != NULL)
        protect(worker, tun, flow->sa, &header, octets + before, &view);
    else if (flow->policy == NULL)
        worker_drop(worker, NULL, RVL_DROP_NO_POLICY, 1);
    else if (flow->policy->action == RVL_ACTION_DISCARD)
        worker_drop(worker, NULL, RVL_DROP_DISCARD, 1);
    else if (flow->policy->action == RVL_ACTION_BYPASS)
        /* Routing leads it past the interface: what comes in here nevertheless has no way out. */
        worker_drop(worker, NULL, RVL_DROP_BYPASS, 1);
    else if (flow->policy->is_trap)
        raise_acquire(worker, tun, flow, unsent);
    else
        worker_drop(worker, NULL, RVL_DROP_NO_SA, 1);
}

void
outbound_packet(Worker *worker, Tun *tun, const uint8_t *octets, size_t n)
{
    carry(worker, tun, &(const Unsent){octets, n, .is_fresh = true});
}

bool
outbound_serve(Worker *worker, Source *source)
{
    Tun *tun = source->tun;
    ssize_t n = 0;
    unsigned reads;

    for (reads = 0; reads < TUN_READS; reads++) {
        n = read(source->fd, worker->tun_buffer, TUN_READ_OCTETS);
        if (n <= 0)
            break;
        count(&worker->tun_reads, 1);
        outbound_packet(worker, tun, worker->tun_buffer, (size_t)n);
        /* Large reads fill messages by themselves: send them while they are in the cache. */
        if (worker->out->used > OUT_ARENA / 4)
            outbound_flush(worker);
    }
    outbound_flush(worker);
    return n > 0 || (n < 0 && errno == EINTR);
}

static Tun *
find_tun(const Worker *worker, uint32_t index)
{
    for (unsigned i = 0; i < worker->sources->len; i++) {
        const Source *source = worker->sources->pdata[i];

        if (source->tun != NULL && source->tun->index == index)
            return source->tun;
    }
    return NULL;
}

/* What has waited goes on, or ends; frees it. */
static void
end_wait(Worker *worker, const WaitingPacket *packet, bool may_go)
{
    Tun *tun = find_tun(worker, packet->interface);

    if (may_go && tun != NULL)
        carry(worker, tun, &(const Unsent){packet->octets, packet->n, .is_fresh = false});
    else
        worker_drop(worker, NULL, RVL_DROP_NO_SA, 1);
    g_free(packet->octets);
}

void
outbound_release(Worker *worker, uint64_t acquire, bool succeeded)
{
    WaitingPacket packet;

    while (waiting_take(&worker->waiting, acquire, &packet))
        end_wait(worker, &packet, succeeded);
    outbound_flush(worker);
}

void
outbound_retry(Worker *worker)
{
    WaitingPacket packet;

    while (waiting_take_due(&worker->waiting, worker->now, &packet))
        end_wait(worker, &packet, true);
    outbound_flush(worker);
}
