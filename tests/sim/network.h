/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network between simulated hosts: it delays, loses, doubles, reorders, damages and goes dark. */
#pragma once

#include <ravelin/path.h>

#include "fakes/loop.h"
#include "sim/dice.h"
#include "sim/nat.h"
#include "sim/watch.h"

/** SimFault: what the network did to a datagram; each is counted. */
typedef enum {
    SIM_FAULT_NONE = 0,
    SIM_FAULT_LOST = 1,
    SIM_FAULT_DOUBLED = 2,
    SIM_FAULT_REORDERED = 3, /* arrives behind one that was sent later */
    SIM_FAULT_DAMAGED = 4,   /* one bit flipped */
    SIM_FAULT_DARK = 5,      /* sent while nothing passes */
    SIM_FAULT_REPLAYED = 6,  /* an old one comes once more, much later */
    SIM_FAULT_FORGED = 7,    /* a third party sends another one of the same header */
    SIM_FAULT_UNMAPPED = 8,  /* a NAT doesn't know (any more) whom it is for */
} SimFault;
#define SIM_FAULTS 9

const char *sim_fault_word(SimFault fault);

/** SimWeather: how often, in permille of datagrams; delays are uniform in the range. */
typedef struct {
    unsigned lost;
    unsigned doubled;
    unsigned reordered;
    unsigned damaged;
    unsigned replayed;
    unsigned forged;
    RvlTime least_delay;
    RvlTime most_delay;
} SimWeather;

typedef struct SimNetwork SimNetwork;

/** SimArrival: a datagram reaches a host. @path is seen from there. */
typedef void (*SimArrival)(const RvlPath *path, const uint8_t *octets, size_t n, void *user_data);

SimNetwork *sim_network_new(FakeLoop *loop, SimDice *dice, const SimWeather *weather);
void sim_network_free(SimNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimNetwork, sim_network_free)

/** sim_network_attach: what is sent to @address comes to @arrival; the last one attached counts. */
void sim_network_attach(SimNetwork *network,
                        const RvlAddress *address,
                        SimArrival arrival,
                        void *user_data);

/** sim_network_put_behind: @address is behind @nat (transfer full), which is asked for by its own. */
void sim_network_put_behind(SimNetwork *network, const RvlAddress *address, SimNat *nat);
/** sim_network_nat: (transfer none) (nullable): what @address is behind. */
SimNat *sim_network_nat(const SimNetwork *network, const RvlAddress *address);
/** sim_network_leads_to: whether what is sent to @remote comes to the host of @address. */
bool sim_network_leads_to(const SimNetwork *network,
                          const RvlEndpoint *remote,
                          const RvlAddress *address);

void sim_network_send(SimNetwork *network, const RvlPath *path, const uint8_t *octets, size_t n);

/** sim_network_set_weather: from now on. */
void sim_network_set_weather(SimNetwork *network, const SimWeather *weather);
/** sim_network_set_dark: whether nothing passes. */
void sim_network_set_dark(SimNetwork *network, bool is_dark);

/** sim_network_faults: how many datagrams met @fault. */
unsigned sim_network_faults(const SimNetwork *network, SimFault fault);
/** sim_network_sights: how many datagrams of that kind were sent. */
unsigned sim_network_sights(const SimNetwork *network, SimSight sight);
/** sim_network_flying: datagrams under way. */
unsigned sim_network_flying(const SimNetwork *network);
