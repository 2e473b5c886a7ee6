/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network between simulated hosts: it delays, loses, doubles, reorders, damages and goes dark. */
#include "config.h"

#include "sim/network.h"

/* How much later a reordered datagram comes, and a replayed one. */
#define REORDER_DELAY (120 * RVL_MILLISECOND)
#define REPLAY_DELAY (20 * RVL_SECOND)

typedef struct {
    RvlAddress address;
    SimArrival arrival;
    void *user_data;
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
};

const char *
sim_fault_word(SimFault fault)
{
    static const char *const words[SIM_FAULTS] = {
        [SIM_FAULT_NONE] = "passed",       [SIM_FAULT_LOST] = "lost",
        [SIM_FAULT_DOUBLED] = "doubled",   [SIM_FAULT_REORDERED] = "reordered",
        [SIM_FAULT_DAMAGED] = "damaged",   [SIM_FAULT_DARK] = "dark",
        [SIM_FAULT_REPLAYED] = "replayed",
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
    Host host = {*address, arrival, user_data};

    if (known != NULL)
        *known = host;
    else
        g_array_append_val(network->hosts, host);
}

static void
arrive(void *user_data)
{
    Flight *flight = user_data;
    SimNetwork *network = flight->network;
    const Host *host = find_host(network, &flight->path.local.address);
    g_autoptr(GBytes) octets = g_bytes_ref(flight->octets);
    RvlPath path = flight->path;
    gsize n;
    const uint8_t *data = g_bytes_get_data(octets, &n);

    (void)g_hash_table_remove(network->flights, flight);
    if (host != NULL)
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

void
sim_network_send(SimNetwork *network, const RvlPath *path, const uint8_t *octets, size_t n)
{
    const SimWeather *weather = &network->weather;
    g_autoptr(GBytes) whole = g_bytes_new(octets, n);
    g_autoptr(GBytes) damaged = NULL;

    if (network->is_dark) {
        network->faults[SIM_FAULT_DARK]++;
        return;
    }
    if (meets(network, SIM_FAULT_REPLAYED, weather->replayed))
        fly(network, path, whole, REPLAY_DELAY);
    if (meets(network, SIM_FAULT_LOST, weather->lost))
        return;
    if (meets(network, SIM_FAULT_DAMAGED, weather->damaged)) {
        damaged = damage(network, octets, n);
        fly(network, path, damaged, 0);
        return;
    }
    if (meets(network, SIM_FAULT_DOUBLED, weather->doubled))
        fly(network, path, whole, 0);
    if (meets(network, SIM_FAULT_REORDERED, weather->reordered)) {
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
sim_network_flying(const SimNetwork *network)
{
    return g_hash_table_size(network->flights);
}
