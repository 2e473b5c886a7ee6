/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fake routes. */
#include "config.h"

#include "fakes/routes.h"

#include <ravelin/error.h>
#include <ravelin/needs.h>

typedef struct {
    RvlDone done;
    void *user_data;
    GError *error;
} Answer;

static void
give(void *data)
{
    Answer *answer = data;

    answer->done(answer->error, answer->user_data);
    g_clear_error(&answer->error);
    g_free(answer);
}

static void
answer_later(FakeRoutes *fake, RvlDone done, void *user_data, GError *error)
{
    const Answer answer = {done, user_data, error};

    fake_answers_add(fake->answers, give, g_memdup2(&answer, sizeof(answer)));
}

static bool
works(RvlCause cause, GError **error)
{
    if (cause == RVL_CAUSE_NONE)
        return true;
    rvl_error_set(error, cause, "the test wants it to fail");
    return false;
}

static void
set_free(void *data)
{
    FakeRouteSet *set = data;

    g_free(set->interface);
    g_free(set);
}

static FakeRouteSet *
set_of(const RvlRouteSet *routes)
{
    FakeRouteSet *set = g_new0(FakeRouteSet, 1);

    set->interface = g_strdup(routes->interface);
    set->index = routes->index;
    set->n_destinations = routes->n_destinations;
    set->is_guarded = routes->is_guarded;
    set->is_guard_only = (routes->needs & RVL_ROUTES_NEEDS_GUARD_ONLY) != 0;
    set->table = (routes->needs & RVL_ROUTES_NEEDS_TABLE) != 0 ? routes->table : 0;
    set->mtu = routes->mtu;
    return set;
}

static void
set(void *self, const RvlRouteSet *routes, RvlDone done, void *user_data)
{
    FakeRoutes *fake = self;
    GError *error = NULL;

    if (rvl_needs_check("RvlRouteSet", routes->needs,
                        RVL_ROUTES_NEEDS_TABLE | RVL_ROUTES_NEEDS_GUARD_ONLY, &error) &&
        works(fake->set_fails, &error))
        g_hash_table_replace(fake->sets, g_strdup(routes->owner), set_of(routes));
    answer_later(fake, done, user_data, error);
}

static void
remove_owner(void *self, const char *owner, RvlDone done, void *user_data)
{
    FakeRoutes *fake = self;
    GError *error = NULL;

    if (works(fake->remove_fails, &error))
        g_hash_table_remove(fake->sets, owner);
    answer_later(fake, done, user_data, error);
}

static void
retain(void *self, const char *instance, const char *const *owners, RvlDone done, void *user_data)
{
    FakeRoutes *fake = self;
    GHashTableIter iter;
    gpointer owner;

    g_hash_table_iter_init(&iter, fake->sets);
    while (g_hash_table_iter_next(&iter, &owner, NULL)) {
        if (g_str_has_prefix(owner, instance) && !g_strv_contains(owners, owner))
            g_hash_table_iter_remove(&iter);
    }
    answer_later(fake, done, user_data, NULL);
}

static bool
watch_addresses(void *self, RvlAddressChanged changed, void *user_data, GError **error)
{
    FakeRoutes *fake = self;

    fake->watcher = changed;
    fake->watcher_data = user_data;
    if (changed != NULL && fake->address.address.family != RVL_FAMILY_NONE)
        changed(&fake->address, true, user_data);
    return true;
}

const RvlRoutes fake_routes = {
    .size = sizeof(fake_routes),
    .name = "fake",
    .set = set,
    .remove = remove_owner,
    .retain = retain,
    .watch_addresses = watch_addresses,
};

FakeRoutes *
fake_routes_new(void)
{
    FakeRoutes *fake = g_new0(FakeRoutes, 1);

    fake->answers = fake_answers_new();
    fake->sets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, set_free);
    return fake;
}

void
fake_routes_free(FakeRoutes *fake)
{
    if (fake == NULL)
        return;
    fake_answers_free(fake->answers);
    g_hash_table_unref(fake->sets);
    g_free(fake);
}

const FakeRouteSet *
fake_routes_find(const FakeRoutes *fake, const char *owner)
{
    return g_hash_table_lookup(fake->sets, owner);
}
