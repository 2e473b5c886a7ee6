/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Routes that only remember: they fail and delay as they are told, and say what they still hold. */
#pragma once

#include <ravelin/routes.h>

#include "fakes/answers.h"

/** FakeRouteSet: what an owner has in the system. */
typedef struct {
    char *interface; /* (nullable) */
    uint32_t index;
    size_t n_destinations;
    bool is_guarded;
    bool is_guard_only;
    uint32_t table;
    uint32_t mtu;
} FakeRouteSet;

/**
 * FakeRoutes:
 * @set_fails, @remove_fails: with which cause; NONE: they work. One that fails changes nothing
 * @answers: to be held back
 * @sets: owner -> FakeRouteSet
 * @address: of this machine, told to who watches
 * @watcher: (nullable), @watcher_data: who does
 */
typedef struct {
    RvlCause set_fails;
    RvlCause remove_fails;
    FakeAnswers *answers;
    GHashTable *sets;
    RvlLocalAddress address;
    RvlAddressChanged watcher;
    void *watcher_data;
} FakeRoutes;

/** fake_routes: their interface, `fake`; the instance is a FakeRoutes. */
extern const RvlRoutes fake_routes;

FakeRoutes *fake_routes_new(void);
void fake_routes_free(FakeRoutes *fake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakeRoutes, fake_routes_free)

/** fake_routes_find: (transfer none) (nullable): what @owner has. */
const FakeRouteSet *fake_routes_find(const FakeRoutes *fake, const char *owner);
