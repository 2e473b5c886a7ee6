/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A network namespace of the test's own, an interface like the installer's, and what the system holds. */
#pragma once

#include <net/if.h>

#include "connection-routes.h"

G_BEGIN_DECLS

/** enter_namespace: for the whole program; where none may be made, set_up() skips with the reason. */
void enter_namespace(void);

/** Fixture: an interface like the installer's, and the parts that change the system; @guard: NULL where skipped. */
typedef struct {
    int tun;
    char interface[IFNAMSIZ];
    uint32_t index;
    Netlink *netlink;
    Guard *guard;
} Fixture;

/* As the plugin has it, before it knows ports. */
#define SYSTEM(fixture)                                                                            \
    (&(System){.netlink = (fixture)->netlink,                                                      \
               .guard = (fixture)->guard,                                                          \
               .first = placement_first("test")})

void set_up(Fixture *fixture, gconstpointer data);
void tear_down(Fixture *fixture, gconstpointer data);
void set_flags_up(const char *name);
/** make_tun: an interface, up, which goes with the descriptor that is returned; -1: none may be made. */
int make_tun(const char *name);
bool open_tun(Fixture *fixture);

/** snapshot: (transfer full): routes and routing rules that somebody made, addresses, the guard's rules: a line each. */
char *snapshot(Fixture *fixture);
unsigned count_lines(const char *text, const char *part);

RvlPrefix prefix(const char *text);

/** Wanted: what 10.81.0.0/16, fd81::/64 <-> 10.82.0.0/16, fd82::/64 asks for. */
typedef struct {
    RvlPrefix addresses[2];
    RvlPrefix destinations[2];
    RvlPrefix sources[2];
    RvlRouteSet set;
} Wanted;

void fill_wanted(Wanted *wanted, const Fixture *fixture, const char *owner);
void must_set(Fixture *fixture, const RvlRouteSet *set);
void must_remove(Fixture *fixture, const char *owner);

G_END_DECLS
