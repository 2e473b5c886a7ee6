/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an installer tells its host, from any of its threads, brought to the main loop. */
#include "config.h"

#include "io/installer-link.h"

#include "io/bell.h"

/* Reports and datagrams that may wait for the main loop; a burst of traps, a flood of strangers. */
#define MAX_REPORTS 4096
#define MAX_DATAGRAMS 1024
/* Datagrams handled in one turn of the loop, so that timers and control have theirs. */
#define DATAGRAMS_A_TURN 64

typedef struct {
    RvlPath path;
    GBytes *octets;
} Datagram;

struct RvlInstallerLink {
    RvlInstallerHost host;
    RvlInstallerReported reported;
    RvlDatagramReceived received;
    void *user_data;
    GMutex lock; /* of the queues */
    GQueue reports;
    GQueue datagrams;
    GHashTable *mappings; /* SA to that of the reports which says where its peer is */
    bool overrun_waits;   /* one such report says it for all */
    RvlBell *bell;        /* rung when something waits */
};

static void
datagram_free(Datagram *datagram)
{
    g_bytes_unref(datagram->octets);
    g_free(datagram);
}

static bool
queue_report(RvlInstallerLink *link, const RvlInstallerReport *report, unsigned limit)
{
    bool is_taken;

    g_mutex_lock(&link->lock);
    is_taken = g_queue_get_length(&link->reports) < limit;
    if (is_taken)
        g_queue_push_tail(&link->reports, g_memdup2(report, sizeof(*report)));
    g_mutex_unlock(&link->lock);
    rvl_bell_ring(link->bell);
    return is_taken;
}

static bool
link_acquire(void *context, RvlPolicyId policy, const RvlFlow *flow, uint64_t acquire_id)
{
    RvlInstallerReport report = {
        .kind = RVL_INSTALLER_ACQUIRE, .policy = policy, .flow = *flow, .acquire = acquire_id};

    return queue_report(context, &report, MAX_REPORTS / 2);
}

static void
link_expired(void *context, RvlSaId sa, bool is_hard, uint32_t cause)
{
    RvlInstallerReport report = {
        .kind = RVL_INSTALLER_EXPIRED, .sa = sa, .is_hard = is_hard, .cause = cause};

    (void)queue_report(context, &report, G_MAXUINT); /* at most two an SA */
}

/* Where several wait, only where the peer is now matters: at most one an SA, and none is lost. */
static void
link_mapping_changed(void *context, RvlSaId sa, const RvlEndpoint *remote)
{
    RvlInstallerLink *link = context;
    RvlInstallerReport *waiting;

    g_mutex_lock(&link->lock);
    waiting = g_hash_table_lookup(link->mappings, &sa);
    if (waiting == NULL) {
        waiting = g_new0(RvlInstallerReport, 1);
        waiting->kind = RVL_INSTALLER_MAPPING_CHANGED;
        waiting->sa = sa;
        g_queue_push_tail(&link->reports, waiting);
        g_hash_table_insert(link->mappings, &waiting->sa, waiting);
    }
    waiting->remote = *remote;
    g_mutex_unlock(&link->lock);
    rvl_bell_ring(link->bell);
}

static void
link_path_mtu(void *context, RvlSaId sa, uint32_t mtu)
{
    (void)context; /* IKE fragments to what always passes; the installer keeps the MTU itself */
    (void)sa;
    (void)mtu;
}

static bool
link_ike_datagram(void *context,
                  RvlEndpointId endpoint,
                  const RvlPath *path,
                  const uint8_t *octets,
                  size_t n)
{
    RvlInstallerLink *link = context;
    bool is_taken;

    (void)endpoint;
    g_mutex_lock(&link->lock);
    is_taken = g_queue_get_length(&link->datagrams) < MAX_DATAGRAMS;
    if (is_taken) {
        Datagram *datagram = g_new0(Datagram, 1);

        datagram->path = *path;
        datagram->octets = g_bytes_new(octets, n);
        g_queue_push_tail(&link->datagrams, datagram);
    }
    g_mutex_unlock(&link->lock);
    rvl_bell_ring(link->bell);
    return is_taken;
}

static void
link_restarted(void *context)
{
    RvlInstallerReport report = {.kind = RVL_INSTALLER_RESTARTED};

    (void)queue_report(context, &report, G_MAXUINT);
}

static void
link_overrun(void *context)
{
    RvlInstallerLink *link = context;
    RvlInstallerReport report = {.kind = RVL_INSTALLER_OVERRUN};

    g_mutex_lock(&link->lock);
    if (!link->overrun_waits) {
        link->overrun_waits = true;
        g_queue_push_tail(&link->reports, g_memdup2(&report, sizeof(report)));
    }
    g_mutex_unlock(&link->lock);
    rvl_bell_ring(link->bell);
}

/* The main loop's side. */

static RvlInstallerReport *
take_report(RvlInstallerLink *link)
{
    RvlInstallerReport *report;

    g_mutex_lock(&link->lock);
    report = g_queue_pop_head(&link->reports);
    if (report != NULL && report->kind == RVL_INSTALLER_OVERRUN)
        link->overrun_waits = false;
    if (report != NULL && report->kind == RVL_INSTALLER_MAPPING_CHANGED)
        g_hash_table_remove(link->mappings, &report->sa);
    g_mutex_unlock(&link->lock);
    return report;
}

static Datagram *
take_datagram(RvlInstallerLink *link)
{
    Datagram *datagram;

    g_mutex_lock(&link->lock);
    datagram = g_queue_pop_head(&link->datagrams);
    g_mutex_unlock(&link->lock);
    return datagram;
}

static void
deliver(void *user_data)
{
    RvlInstallerLink *link = user_data;
    RvlInstallerReport *report;

    while ((report = take_report(link)) != NULL) {
        link->reported(report, link->user_data);
        g_free(report);
    }
    for (int i = 0; i < DATAGRAMS_A_TURN; i++) {
        Datagram *datagram = take_datagram(link);
        RvlOctets octets;

        if (datagram == NULL)
            return;
        octets = rvl_octets_from_bytes(datagram->octets);
        link->received(&datagram->path, octets.data, octets.size, link->user_data);
        datagram_free(datagram);
    }
    rvl_bell_ring(link->bell);
}

RvlInstallerLink *
rvl_installer_link_new(RvlInstallerReported reported, RvlDatagramReceived received, void *user_data)
{
    RvlInstallerLink *link = g_new0(RvlInstallerLink, 1);

    link->host = (RvlInstallerHost){
        .size = sizeof(link->host),
        .context = link,
        .acquire = link_acquire,
        .expired = link_expired,
        .mapping_changed = link_mapping_changed,
        .path_mtu = link_path_mtu,
        .ike_datagram = link_ike_datagram,
        .overrun = link_overrun,
        .restarted = link_restarted,
    };
    link->reported = reported;
    link->received = received;
    link->user_data = user_data;
    g_mutex_init(&link->lock);
    g_queue_init(&link->reports);
    g_queue_init(&link->datagrams);
    link->mappings = g_hash_table_new(g_int64_hash, g_int64_equal);
    link->bell = rvl_bell_new(deliver, link);
    return link;
}

void
rvl_installer_link_free(RvlInstallerLink *link)
{
    if (link == NULL)
        return;
    rvl_bell_free(link->bell);
    g_hash_table_unref(link->mappings);
    g_queue_clear_full(&link->reports, g_free);
    g_queue_clear_full(&link->datagrams, (GDestroyNotify)datagram_free);
    g_mutex_clear(&link->lock);
    g_free(link);
}

const RvlInstallerHost *
rvl_installer_link_host(RvlInstallerLink *link)
{
    return &link->host;
}
