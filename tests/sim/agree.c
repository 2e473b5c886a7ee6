/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must hold of two hosts, at rest and at the end. */
#include "config.h"

#include "sim/agree.h"

#include <string.h>

typedef struct {
    unsigned ike;
    unsigned established;
    uint64_t local;
    uint64_t remote;
    unsigned installed;
    unsigned children;
} Seen;

static bool
see_ike(const RvlIkeStatus *status, void *user_data)
{
    Seen *seen = user_data;

    seen->ike++;
    if (status->is_established) {
        seen->established++;
        seen->local = status->local_spi;
        seen->remote = status->remote_spi;
    }
    return true;
}

static bool
see_child(const RvlChildStatus *status, void *user_data)
{
    Seen *seen = user_data;

    seen->children++;
    seen->installed += strcmp(status->state, "installed") == 0;
    return true;
}

static Seen
look_at(const SimHost *host)
{
    Seen seen = {0};

    rvl_engine_visit_ike_sas(sim_host_engine(host), see_ike, &seen);
    rvl_engine_visit_child_sas(sim_host_engine(host), see_child, &seen);
    return seen;
}

/* Nothing is under way, and what the engine counts is what there is. */
static char *
check_quiet(const SimHost *host, const Seen *seen)
{
    RvlEngineCounts counts = rvl_engine_counts(sim_host_engine(host));
    const SimLedger *ledger = sim_host_ledger(host);
    const char *name = sim_host_name(host);

    if (counts.half_open != 0 || counts.jobs != 0 || counts.exchanges != 0 ||
        counts.reservations != 0 || sim_host_jobs(host) != 0)
        return g_strdup_printf("%s: %u half-open, %u jobs (%u served), %u exchanges, %u "
                               "reservations under way",
                               name, counts.half_open, counts.jobs, sim_host_jobs(host),
                               counts.exchanges, counts.reservations);
    if (counts.ike_sas != seen->ike || counts.child_sas != seen->children)
        return g_strdup_printf("%s: counts %u IKE SAs and %u Child SAs, shows %u and %u", name,
                               counts.ike_sas, counts.child_sas, seen->ike, seen->children);
    if (sim_ledger_spis(ledger) != 0)
        return g_strdup_printf("%s: %zu SPIs are still reserved", name, sim_ledger_spis(ledger));
    return NULL;
}

static char *
check_host(const SimHost *host, unsigned children)
{
    Seen seen = look_at(host);
    size_t sas = sim_ledger_sas(sim_host_ledger(host));

    if (seen.ike != 1 || seen.established != 1 || seen.children != children ||
        seen.installed != children || sas != 2 * (size_t)children)
        return g_strdup_printf(
            "%s: %u IKE SAs, %u established; %u Child SAs, %u installed; %zu SAs "
            "with the installer; wanted %u pairs",
            sim_host_name(host), seen.ike, seen.established, seen.children, seen.installed, sas,
            children);
    return check_quiet(host, &seen);
}

static const SimSa *
other_end(SimHost *const hosts[2], int here, const SimSa *sa)
{
    return sim_ledger_find(sim_host_ledger(hosts[1 - here]),
                           sa->direction == RVL_DIRECTION_IN ? RVL_DIRECTION_OUT : RVL_DIRECTION_IN,
                           sa->spi);
}

static char *
check_mirrored(SimHost *const hosts[2], int here)
{
    const SimSa *sa;

    for (size_t i = 0; (sa = sim_ledger_sa(sim_host_ledger(hosts[here]), i)) != NULL; i++) {
        const SimSa *other = other_end(hosts, here, sa);
        const char *name = sim_host_name(hosts[here]);

        if (other == NULL)
            return g_strdup_printf("%s: SPI %08x is not at the peer", name, sa->spi);
        if (strcmp(sa->key, other->key) != 0)
            return g_strdup_printf("%s: SPI %08x has another key at the peer", name, sa->spi);
        if (!rvl_selectors_equal(sa->local, other->remote) ||
            !rvl_selectors_equal(sa->remote, other->local))
            return g_strdup_printf("%s: SPI %08x has other selectors at the peer", name, sa->spi);
        if (sa->direction == RVL_DIRECTION_OUT && !sa->is_active)
            return g_strdup_printf("%s: SPI %08x out serves no policy", name, sa->spi);
    }
    return NULL;
}

char *
sim_agree_at_rest(SimHost *const hosts[2], unsigned children)
{
    Seen a;
    Seen b;
    char *wrong = NULL;

    for (int i = 0; i < 2 && wrong == NULL; i++)
        wrong = check_host(hosts[i], children);
    for (int i = 0; i < 2 && wrong == NULL; i++)
        wrong = check_mirrored(hosts, i);
    if (wrong != NULL)
        return wrong;
    a = look_at(hosts[0]);
    b = look_at(hosts[1]);
    if (a.local != b.remote || a.remote != b.local)
        return g_strdup("the ends' IKE SAs have different SPIs");
    return NULL;
}

typedef struct {
    const SimNetwork *network;
    const SimHost *peer;
    bool is_lost;
} Way;

static bool
follow_path(const RvlIkeStatus *status, void *user_data)
{
    Way *way = user_data;

    if (status->is_established &&
        !sim_network_leads_to(way->network, &status->path->remote, sim_host_address(way->peer)))
        way->is_lost = true;
    return true;
}

char *
sim_agree_paths(SimHost *const hosts[2], const SimNetwork *network)
{
    for (int i = 0; i < 2; i++) {
        Way way = {.network = network, .peer = hosts[1 - i]};

        rvl_engine_visit_ike_sas(sim_host_engine(hosts[i]), follow_path, &way);
        if (way.is_lost)
            return g_strdup_printf("%s: the path of its IKE SA doesn't lead to the peer",
                                   sim_host_name(hosts[i]));
    }
    return NULL;
}

char *
sim_agree_is_empty(SimHost *host)
{
    const SimLedger *ledger = sim_host_ledger(host);
    Seen seen = look_at(host);
    char *wrong = check_quiet(host, &seen);

    if (wrong != NULL)
        return wrong;
    if (seen.ike + seen.children + sim_ledger_sas(ledger) + sim_ledger_policies(ledger) +
            sim_ledger_deployments(ledger) ==
        0)
        return NULL;
    return g_strdup_printf("%s: shut down, and holds %u IKE SAs, %u Child SAs; the installer %zu "
                           "SAs, %zu policies; %zu deployments",
                           sim_host_name(host), seen.ike, seen.children, sim_ledger_sas(ledger),
                           sim_ledger_policies(ledger), sim_ledger_deployments(ledger));
}

static bool
has_another(const SimHost *peer, const SimSa *sa)
{
    const SimSa *other;

    for (size_t i = 0; (other = sim_ledger_sa(sim_host_ledger(peer), i)) != NULL; i++)
        if (other->direction == RVL_DIRECTION_IN && rvl_selectors_equal(other->local, sa->remote) &&
            rvl_selectors_equal(other->remote, sa->local))
            return true;
    return false;
}

static bool
is_gap(SimHost *const hosts[2], int here, const SimSa *sa)
{
    const SimSa *other = other_end(hosts, here, sa);

    return sa->is_active && (other == NULL || strcmp(other->key, sa->key) != 0) &&
           has_another(hosts[1 - here], sa);
}

unsigned
sim_agree_gaps(SimHost *const hosts[2])
{
    unsigned gaps = 0;

    for (int i = 0; i < 2; i++) {
        const SimSa *sa;

        for (size_t n = 0; (sa = sim_ledger_sa(sim_host_ledger(hosts[i]), n)) != NULL; n++)
            gaps += is_gap(hosts, i, sa);
    }
    return gaps;
}
