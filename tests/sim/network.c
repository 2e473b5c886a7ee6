/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network between simulated hosts: it delays, loses, doubles, reorders, damages and goes dark. */
#include "config.h"

#include "sim/network.h"

#include "wire/isakmp-header.h"

/* How much later a reordered datagram comes, and a replayed one. */
#define REORDER_DELAY (120 * RVL_MILLISECOND)
#define REPLAY_DELAY (20 * RVL_SECOND)

/* Where a third party sends from (RFC 5737). */
#define STRANGER "203.0.113.66"

typedef struct {
    RvlAddress address;
    SimArrival arrival;
    void *user_data;
    SimNat *nat; /* (nullable) */
} Host;

typedef struct {
    SimNetwork *network;
    RvlPath path; /* as the receiver sees it */
    GBytes *octets;
    RvlTimerId timer;
} Flight;

struct SimNetwork {
    FakeLoop *loop;
    SimDice *dice;
    SimWeather weather;
    GArray *hosts;       /* of Host */
    GHashTable *flights; /* of Flight */
    bool is_dark;
    unsigned faults[SIM_FAULTS];
    unsigned sights[SIM_SIGHTS];
};

const char *
sim_fault_word(SimFault fault)
{
    static const char *const words[SIM_FAULTS] = {
        [SIM_FAULT_NONE] = "passed",       [SIM_FAULT_LOST] = "lost",
        [SIM_FAULT_DOUBLED] = "doubled",   [SIM_FAULT_REORDERED] = "reordered",
        [SIM_FAULT_DAMAGED] = "damaged",   [SIM_FAULT_DARK] = "dark",
        [SIM_FAULT_REPLAYED] = "replayed", [SIM_FAULT_FORGED] = "forged",
        [SIM_FAULT_UNMAPPED] = "unmapped",
    };

    return words[fault];
}

static void
flight_free(Flight *flight)
{
    fake_loop_timer_remove(flight->network->loop, flight->timer);
    g_bytes_unref(flight->octets);
    g_free(flight);
}

SimNetwork *
sim_network_new(FakeLoop *loop, SimDice *dice, const SimWeather *weather)
{
    SimNetwork *network = g_new0(SimNetwork, 1);

    network->loop = loop;
    network->dice = dice;
    network->weather = *weather;
    network->hosts = g_array_new(FALSE, FALSE, sizeof(Host));
    network->flights = g_hash_table_new_full(NULL, NULL, (GDestroyNotify)flight_free, NULL);
    return network;
}

void
sim_network_free(SimNetwork *network)
{
    if (network == NULL)
        return;
    g_hash_table_unref(network->flights);
    for (guint i = 0; i < network->hosts->len; i++)
        sim_nat_free(g_array_index(network->hosts, Host, i).nat);
    g_array_unref(network->hosts);
    g_free(network);
}

static Host *
find_host(const SimNetwork *network, const RvlAddress *address)
{
    for (guint i = 0; i < network->hosts->len; i++) {
        Host *host = &g_array_index(network->hosts, Host, i);

        if (rvl_address_equal(&host->address, address))
            return host;
    }
    return NULL;
}

void
sim_network_attach(SimNetwork *network,
                   const RvlAddress *address,
                   SimArrival arrival,
                   void *user_data)
{
    Host *known = find_host(network, address);
    Host host = {*address, arrival, user_data, NULL};

    if (known == NULL) {
        g_array_append_val(network->hosts, host);
        return;
    }
    known->arrival = arrival;
    known->user_data = user_data;
}

void
sim_network_put_behind(SimNetwork *network, const RvlAddress *address, SimNat *nat)
{
    sim_network_attach(network, address, NULL, NULL);
    find_host(network, address)->nat = nat;
}

SimNat *
sim_network_nat(const SimNetwork *network, const RvlAddress *address)
{
    const Host *host = find_host(network, address);

    return host != NULL ? host->nat : NULL;
}

/* Who gets what is sent to @remote, and on which port of its own; NULL: nobody. */
static const Host *
find_receiver(const SimNetwork *network, const RvlEndpoint *remote, uint16_t *port)
{
    for (guint i = 0; i < network->hosts->len; i++) {
        const Host *host = &g_array_index(network->hosts, Host, i);
        const RvlAddress *public = host->nat != NULL ? sim_nat_outside(host->nat) : &host->address;

        if (!rvl_address_equal(public, &remote->address))
            continue;
        *port = host->nat != NULL ? sim_nat_come_in(host->nat, remote->port) : remote->port;
        return *port != 0 ? host : NULL;
    }
    return NULL;
}

bool
sim_network_leads_to(const SimNetwork *network,
                     const RvlEndpoint *remote,
                     const RvlAddress *address)
{
    uint16_t port;
    const Host *host = find_receiver(network, remote, &port);

    return host != NULL && rvl_address_equal(&host->address, address);
}

static void
arrive(void *user_data)
{
    Flight *flight = user_data;
    SimNetwork *network = flight->network;
    g_autoptr(GBytes) octets = g_bytes_ref(flight->octets);
    RvlPath path = flight->path;
    const Host *host = find_receiver(network, &flight->path.local, &path.local.port);
    gsize n;
    const uint8_t *data = g_bytes_get_data(octets, &n);

    (void)g_hash_table_remove(network->flights, flight);
    if (host == NULL) {
        network->faults[SIM_FAULT_UNMAPPED]++;
        return;
    }
    path.local.address = host->address;
    if (host->arrival != NULL)
        host->arrival(&path, data, n, host->user_data);
}

static void
fly(SimNetwork *network, const RvlPath *path, GBytes *octets, RvlTime extra)
{
    const SimWeather *weather = &network->weather;
    RvlTime span = weather->most_delay - weather->least_delay;
    RvlTime delay =
        weather->least_delay + (RvlTime)sim_dice_below(network->dice, (uint64_t)span + 1) + extra;
    Flight *flight = g_new0(Flight, 1);

    flight->network = network;
    flight->path = *path;
    flight->path.local = path->remote;
    flight->path.remote = path->local;
    flight->octets = g_bytes_ref(octets);
    flight->timer = fake_loop_timer_add(network->loop, delay, arrive, flight);
    (void)g_hash_table_add(network->flights, flight);
}

static bool
meets(SimNetwork *network, SimFault fault, unsigned permille)
{
    if (!sim_dice_chance(network->dice, permille))
        return false;
    network->faults[fault]++;
    return true;
}

static GBytes *
damage(SimNetwork *network, const uint8_t *octets, size_t n)
{
    uint8_t *copy = g_memdup2(octets, n);
    /* Drawn one after the other: within an expression the compiler chooses which comes first. */
    uint64_t bit = sim_dice_below(network->dice, 8);
    uint64_t octet = sim_dice_below(network->dice, MAX(n, 1));

    if (n > 0)
        copy[octet] ^= (uint8_t)(1u << bit);
    return g_bytes_new_take(copy, n);
}

/* The header as it is, with octets of its own behind: from the sender's address, or a stranger's. */
static void
forge(SimNetwork *network, const RvlPath *path, const uint8_t *octets, size_t n)
{
    g_autofree uint8_t *copy = g_memdup2(octets, n);
    g_autoptr(GBytes) forged = NULL;
    RvlPath from = *path;

    if (n > RVL_ISAKMP_HEADER_OCTETS)
        (void)sim_dice_fill(network->dice, copy + RVL_ISAKMP_HEADER_OCTETS,
                            n - RVL_ISAKMP_HEADER_OCTETS);
    if (sim_dice_chance(network->dice, 500))
        g_assert_true(rvl_address_parse(STRANGER, &from.local.address));
    forged = g_bytes_new_take(g_steal_pointer(&copy), n);
    fly(network, &from, forged, 0);
}

/* Counts the kind of a datagram, and what becomes of fragments. */
static void
watch(SimNetwork *network, SimSight sight, SimSight fate)
{
    if (sight < SIM_SIGHTS && fate == SIM_SIGHT_FRAGMENT)
        network->sights[sight]++;
    else if (sight == SIM_SIGHT_FRAGMENT)
        network->sights[fate]++;
}

/* As those outside see the sender: its NAT lends a port where it has none yet. */
static RvlPath
leave(const SimNetwork *network, const RvlPath *path)
{
    SimNat *nat = sim_network_nat(network, &path->local.address);
    RvlPath outside = *path;

    if (nat != NULL)
        sim_nat_go_out(nat, &outside.local);
    return outside;
}

void
sim_network_send(SimNetwork *network, const RvlPath *from, const uint8_t *octets, size_t n)
{
    const SimWeather *weather = &network->weather;
    const RvlPath outside = leave(network, from);
    const RvlPath *path = &outside;
    g_autoptr(GBytes) whole = g_bytes_new(octets, n);
    g_autoptr(GBytes) damaged = NULL;
    SimSight sight = sim_watch_datagram(octets, n);

    watch(network, sight, SIM_SIGHT_FRAGMENT);
    if (network->is_dark) {
        network->faults[SIM_FAULT_DARK]++;
        return;
    }
    if (meets(network, SIM_FAULT_FORGED, weather->forged))
        forge(network, path, octets, n);
    if (meets(network, SIM_FAULT_REPLAYED, weather->replayed))
        fly(network, path, whole, REPLAY_DELAY);
    if (meets(network, SIM_FAULT_LOST, weather->lost)) {
        watch(network, sight, SIM_SIGHT_FRAGMENT_LOST);
        return;
    }
    if (meets(network, SIM_FAULT_DAMAGED, weather->damaged)) {
        watch(network, sight, SIM_SIGHT_FRAGMENT_DAMAGED);
        damaged = damage(network, octets, n);
        fly(network, path, damaged, 0);
        return;
    }
    if (meets(network, SIM_FAULT_DOUBLED, weather->doubled)) {
        watch(network, sight, SIM_SIGHT_FRAGMENT_DOUBLED);
        fly(network, path, whole, 0);
    }
    if (meets(network, SIM_FAULT_REORDERED, weather->reordered)) {
        watch(network, sight, SIM_SIGHT_FRAGMENT_REORDERED);
        fly(network, path, whole, REORDER_DELAY);
        return;
    }
    network->faults[SIM_FAULT_NONE]++;
    fly(network, path, whole, 0);
}

void
sim_network_set_weather(SimNetwork *network, const SimWeather *weather)
{
    network->weather = *weather;
}

void
sim_network_set_dark(SimNetwork *network, bool is_dark)
{
    network->is_dark = is_dark;
}

unsigned
sim_network_faults(const SimNetwork *network, SimFault fault)
{
    return network->faults[fault];
}

unsigned
sim_network_sights(const SimNetwork *network, SimSight sight)
{
    return network->sights[sight];
}

unsigned
sim_network_flying(const SimNetwork *network)
{
    return g_hash_table_size(network->flights);
}
