/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inbound packets: what was decrypted must lie within its SA's selectors, and be discarded by no rule (RFC 4301 5.2). */
#include "config.h"

#include "inbound.h"

#include <errno.h>
#include <string.h>

#include "byte-order.h"
#include "receive.h"

enum {
    NON_ESP_MARKER = 4, /* zeros (RFC 3948 2.2) */
    /* Receive calls on one descriptor before the others have their turn. */
    CALLS = 4,
};

void
inbound_write(void *context, void *target, const struct iovec *iov, int n, unsigned packets)
{
    Worker *worker = context;
    Tun *tun = target;

    if (atomic_load_explicit(&tun->is_closed, memory_order_relaxed)) {
        worker_drop(worker, NULL, RVL_DROP_SEND_FAILED, packets);
        return;
    }
    count(&worker->tun_writes, 1);
    if (writev(tun_queue(tun, worker->index), iov, n) >= 0)
        count(&worker->tun_packets_written, packets);
    else
        worker_drop(worker, NULL, errno == EAGAIN ? RVL_DROP_QUEUE_FULL : RVL_DROP_SEND_FAILED,
                    packets);
}

/*
 * Whether the SPD discards the flow. Discards stand before what protects, so that an SA, whose
 * selectors don't leave them out, carries nothing of theirs on either way (RFC 4301 4.4.1).
 */
static bool
is_discarded(const Worker *worker, const Sa *sa, const FlowKey *key)
{
    const Spd *spd = atomic_load_explicit(&worker->plane->spd, memory_order_acquire);
    FlowKey outbound = flow_reversed(key);
    const Policy *policy = spd_find(spd, &outbound, sa->tun->index);

    return policy != NULL && policy->action == RVL_ACTION_DISCARD;
}

/* Asked anew when anything changed since. */
static RvlDropCause
decide(Worker *worker, const Sa *sa, const FlowKey *key)
{
    uint64_t hash = flow_hash(key, worker->seed ^ sa->id);
    InFlow *flow = &worker->in_flows[hash >> 32 & (FLOW_CACHE - 1)];
    uint32_t generation = atomic_load_explicit(&worker->plane->generation, memory_order_acquire);

    if (flow->sa == sa->id && flow->generation == generation &&
        memcmp(&flow->key, key, sizeof *key) == 0)
        return RVL_DROP_NONE;
    if (!flow_matches_reversed(key, sa->local, sa->remote))
        return RVL_DROP_SELECTOR;
    if (is_discarded(worker, sa, key))
        return RVL_DROP_DISCARD;
    *flow = (InFlow){.key = *key, .sa = sa->id, .generation = generation};
    return RVL_DROP_NONE;
}

/* An authenticated packet, newer than all before, from elsewhere: the peer's NAT maps anew (RFC 7296 2.23). */
static void
follow_remote(Worker *worker, const InPacket *p)
{
    Sa *sa = p->sa;
    const SaRoute *route = atomic_load_explicit(&sa->route, memory_order_acquire);
    const RvlInstallerHost *core = worker->plane->core;
    bool is_news;

    if (route->endpoint->kind != ENDPOINT_UDP || rvl_endpoint_equal(p->remote, &route->path.remote))
        return;
    sa_lock(sa);
    is_news = !rvl_endpoint_equal(&sa->told_remote, p->remote);
    sa->told_remote = *p->remote;
    sa_unlock(sa);
    if (is_news)
        core->mapping_changed(core->context, sa->id, p->remote);
}

/* What the run [i, end) of one SA's packets did to its lifetimes; false: nothing of it passes. */
static bool
count_run(Worker *worker, uint32_t i, uint32_t end)
{
    Sa *sa = worker->in->in[i].sa;
    uint64_t packets = 0, octets = 0;

    for (; i < end; i++) {
        const InPacket *p = &worker->in->in[i];

        if (p->drop != RVL_DROP_NONE) {
            worker_drop(worker, sa, p->drop, 1);
            continue;
        }
        packets++;
        octets += p->view.octets;
        if (p->is_newest)
            follow_remote(worker, p);
    }
    if (packets == 0)
        return false;
    atomic_store_explicit(&sa->counts.last_inbound, worker->now, memory_order_relaxed);
    return worker_count(worker, sa, packets, octets);
}

static void
hand_on(Worker *worker, InPacket *p)
{
    Tun *tun = p->sa->tun;
    CoalesceAbility ability = {
        .has_vnet_header = tun->vnet_header != 0,
        .has_tso = tun->has_tso,
        .has_uso = tun->has_uso,
    };

    RvlDropCause drop;

    if (p->drop != RVL_DROP_NONE)
        return;
    drop = decide(worker, p->sa, &p->view.key);
    if (drop != RVL_DROP_NONE) {
        worker_drop(worker, p->sa, drop, 1);
        return;
    }
    coalesce_add(&worker->coalescer, tun, &ability, p->inner, &p->view);
}

static void
process(Worker *worker)
{
    EspIn *in = worker->in;

    if (in->n == 0)
        return;
    esp_in_open(in, worker->scratches);
    for (uint32_t i = 0; i < in->n;) {
        uint32_t end = i + 1;

        while (end < in->n && in->in[end].sa == in->in[i].sa)
            end++;

        bool passes = count_run(worker, i, end);

        for (; i < end; i++)
            if (passes)
                hand_on(worker, &in->in[i]);
    }
    coalesce_flush(&worker->coalescer);
    esp_in_clear(in);
}

static void
hand_up_ike(Worker *worker, const Endpoint *endpoint, const Datagram *datagram)
{
    const RvlInstallerHost *core = worker->plane->core;
    RvlPath path = {
        .local = endpoint->local,
        .remote = *datagram->remote,
        .transport = RVL_TRANSPORT_UDP_ENCAP,
    };

    if (!core->ike_datagram(core->context, endpoint->id, &path, datagram->octets + NON_ESP_MARKER,
                            datagram->n - NON_ESP_MARKER))
        worker_drop(worker, NULL, RVL_DROP_QUEUE_FULL, 1);
}

/* One datagram of an endpoint: a keep-alive, IKE behind its marker, or ESP. */
static void
take_datagram(void *context, const Endpoint *endpoint, const Datagram *datagram)
{
    Worker *worker = context;
    RvlDropCause drop;

    if (endpoint->kind == ENDPOINT_UDP) {
        if (datagram->n == 1 && datagram->octets[0] == 0xff)
            return; /* RFC 3948 2.3 */
        if (datagram->n >= NON_ESP_MARKER && load32(datagram->octets) == 0) {
            hand_up_ike(worker, endpoint, datagram);
            return;
        }
    }
    count(&worker->packets_received, 1);
    drop = esp_in_add(worker->in, &worker->plane->table, datagram->octets, datagram->n,
                      datagram->remote, datagram->traffic_class);
    if (drop != RVL_DROP_NONE)
        worker_drop(worker, NULL, drop, 1);
    if (esp_in_is_full(worker->in))
        process(worker);
}

bool
inbound_serve(Worker *worker, Source *source)
{
    bool is_full = true;

    for (unsigned i = 0; is_full && i < CALLS; i++) {
        is_full = receive(worker, source, take_datagram);
        process(worker);
    }
    return is_full;
}
