/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is simulated. */
#include "config.h"

#include "sim/scenarios.h"

#define MS RVL_MILLISECOND

/* Rounds of acts in a run; MANY where the two must meet within a round trip, MOST within half of one. */
#define SOME 6
#define MANY 36
#define MOST 72

#define UP "keep = up\n"
#define NO_PFS "pfs = no\n"
#define SHORT "lifetime = 40 s\nike-lifetime = 2 min\n"

#define CROSSED(what, one, other)                                                                  \
    {                                                                                              \
        .name = (what), .a = UP, .first = SIM_ACT_##one, .second = SIM_ACT_##other,                \
        .gap = 150 * MS, .rounds = MANY                                                            \
    }
#define CROSSED_AT_ONCE(what, one, other)                                                          \
    {                                                                                              \
        .name = (what), .a = UP, .b = NO_PFS, .has_two = true, .first = SIM_ACT_##one,             \
        .second = SIM_ACT_##other, .gap = 30 * MS, .rounds = MOST                                  \
    }
#define CROSSED_SEAMLESS(what, one, other)                                                         \
    {                                                                                              \
        .name = (what), .a = UP, .first = SIM_ACT_##one, .second = SIM_ACT_##other,                \
        .gap = 150 * MS, .rounds = MANY, .is_seamless = true                                       \
    }

/* A's first guess of a group is one that B doesn't have: INVALID_KE_PAYLOAD (RFC 7296 1.2, 1.3). */
#define GROUPS(what, one, other)                                                                   \
    {                                                                                              \
        .name = (what),                                                                            \
        .a = UP "ike-proposals = aes256gcm16-prfsha256-curve25519-ecp256\n"                        \
                "child-proposals = aes256gcm16-curve25519-ecp256\n",                               \
        .b = "ike-proposals = aes256gcm16-prfsha256-ecp256\n"                                      \
             "child-proposals = aes256gcm16-ecp256\n",                                             \
        .first = SIM_ACT_##one, .second = SIM_ACT_##other, .gap = 150 * MS, .rounds = SOME         \
    }

const SimScenario sim_scenarios[] = {
    {.name = "set-up", .a = UP, .is_seamless = true},
    {.name = "set-up-by-both", .a = UP, .b = UP, .first = SIM_ACT_REKEY_CHILD, .gap = 150 * MS},
    {.name = "set-up-by-both-with-cookies",
     .a = UP,
     .b = UP,
     .daemon = "cookie-threshold = 0\n",
     .first = SIM_ACT_REKEY_IKE,
     .gap = 150 * MS},
    {.name = "set-up-with-cookies", .a = UP, .daemon = "cookie-threshold = 0\n"},
    {.name = "set-up-by-acquire",
     .a = "keep = trap\n",
     .b = "keep = trap\n",
     .first = SIM_ACT_ACQUIRE,
     .second = SIM_ACT_ACQUIRE,
     .gap = 300 * MS,
     .rounds = SOME},
    {.name = "set-up-by-acquire-with-cookies",
     .a = "keep = trap\n",
     .daemon = "cookie-threshold = 0\n",
     .first = SIM_ACT_DOWN,
     .second = SIM_ACT_ACQUIRE,
     .gap = 300 * MS,
     .rounds = SOME},
    GROUPS("groups-in-another-order", REKEY_CHILD, REKEY_IKE),
    GROUPS("groups-of-children-in-another-order", REKEY_CHILD, REKEY_CHILD),
    GROUPS("groups-in-another-order-and-deletes", REKEY_CHILD, DOWN),
    {.name = "child-rekey", .a = UP, .first = SIM_ACT_REKEY_CHILD, .is_seamless = true},
    {.name = "child-rekey-without-pfs",
     .a = UP NO_PFS,
     .b = NO_PFS,
     .first = SIM_ACT_REKEY_CHILD,
     .second = SIM_ACT_REKEY_CHILD,
     .gap = 300 * MS,
     .rounds = SOME,
     .is_seamless = true},
    {.name = "ike-rekey", .a = UP, .first = SIM_ACT_REKEY_IKE, .is_seamless = true},
    {.name = "two-children",
     .a = UP,
     .has_two = true,
     .first = SIM_ACT_REKEY_CHILD,
     .second = SIM_ACT_REKEY_IKE,
     .gap = 150 * MS,
     .is_seamless = true},
    CROSSED_SEAMLESS("child-rekey-and-child-rekey", REKEY_CHILD, REKEY_CHILD),
    CROSSED_SEAMLESS("ike-rekey-and-ike-rekey", REKEY_IKE, REKEY_IKE),
    CROSSED_SEAMLESS("child-rekey-and-ike-rekey", REKEY_CHILD, REKEY_IKE),
    CROSSED("child-rekey-and-child-delete", REKEY_CHILD, DOWN_CHILD),
    CROSSED("child-delete-and-child-delete", DOWN_CHILD, DOWN_CHILD),
    CROSSED("child-delete-and-ike-rekey", DOWN_CHILD, REKEY_IKE),
    CROSSED("ike-rekey-and-ike-delete", REKEY_IKE, DOWN),
    CROSSED("child-rekey-and-ike-delete", REKEY_CHILD, DOWN),
    CROSSED("child-delete-and-ike-delete", DOWN_CHILD, DOWN),
    CROSSED("ike-delete-and-ike-delete", DOWN, DOWN),
    CROSSED("ike-delete-and-set-up", DOWN, UP),
    CROSSED_AT_ONCE("child-rekey-and-child-delete-at-once", REKEY_CHILD, DOWN_CHILD),
    CROSSED_AT_ONCE("child-delete-and-child-rekey-at-once", DOWN_CHILD, REKEY_CHILD),
    CROSSED_AT_ONCE("child-delete-and-child-delete-at-once", DOWN_CHILD, DOWN_CHILD),
    CROSSED_AT_ONCE("ike-delete-and-child-rekey-at-once", DOWN, REKEY_CHILD),
    CROSSED_AT_ONCE("child-rekey-and-child-rekey-at-once", REKEY_CHILD, REKEY_CHILD),
    CROSSED_AT_ONCE("ike-rekey-and-ike-rekey-at-once", REKEY_IKE, REKEY_IKE),
    {.name = "short-lives", .a = UP SHORT, .b = SHORT, .is_seamless = true},
    {.name = "short-lives-of-two-children",
     .a = UP SHORT,
     .b = SHORT,
     .has_two = true,
     .first = SIM_ACT_REKEY_IKE},
    {.name = "dark-and-back",
     .a = UP "liveness = 5 s\n",
     .b = "liveness = 5 s\n",
     .first = SIM_ACT_DARK},
    {.name = "dark-during-a-rekey",
     .a = UP "liveness = 5 s\n",
     .b = "liveness = 5 s\n",
     .first = SIM_ACT_REKEY_IKE,
     .second = SIM_ACT_DARK,
     .gap = 150 * MS},
    {.name = "restart", .a = UP, .b = UP, .first = SIM_ACT_RESTART},
    {.name = "restart-during-a-rekey",
     .a = UP,
     .b = UP,
     .first = SIM_ACT_REKEY_IKE,
     .second = SIM_ACT_RESTART,
     .gap = 150 * MS},
    {.name = "reload-during-a-rekey",
     .a = UP,
     .first = SIM_ACT_REKEY_CHILD,
     .second = SIM_ACT_RELOAD,
     .gap = 150 * MS},
};
const size_t sim_n_scenarios = G_N_ELEMENTS(sim_scenarios);

const SimSky sim_skies[] = {
    {"calm", {.least_delay = 20 * MS, .most_delay = 20 * MS}},
    {"breeze",
     {.lost = 20, .doubled = 20, .reordered = 20, .least_delay = 5 * MS, .most_delay = 60 * MS}},
    {"rain",
     {.lost = 100,
      .doubled = 100,
      .reordered = 100,
      .damaged = 30,
      .replayed = 30,
      .forged = 30,
      .least_delay = 5 * MS,
      .most_delay = 200 * MS}},
    {"storm",
     {.lost = 300,
      .doubled = 200,
      .reordered = 200,
      .damaged = 50,
      .replayed = 50,
      .forged = 50,
      .least_delay = MS,
      .most_delay = 600 * MS}},
};
const size_t sim_n_skies = G_N_ELEMENTS(sim_skies);
