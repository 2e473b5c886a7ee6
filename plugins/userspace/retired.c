/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Frees in the right order: out of the tables, past every worker, keys forgotten, memory. */
#include "config.h"

#include "retired.h"

#include "later.h"
#include "sa-route.h"
#include "worker.h"

/* Batches whose leavings wait for the workers to be woken. */
#define BATCHES_MAX 32

struct Retired {
    Message message; /* first: the workers know it as this */
    GPtrArray *sas;
    GPtrArray *routes;
    GPtrArray *lists;
    GPtrArray *spds;
    GPtrArray *policies;
    GPtrArray *shells;
    unsigned batches;
    RvlCountersDone removed;
    void *user_data;
};

void
retired_free_sa(void *data)
{
    Sa *sa = data;

    g_clear_pointer(&sa->tun, tun_unref);
    sa_free(sa);
}

static void
free_shell(void *data)
{
    Policy *policy = data;

    atomic_store(&policy->sas, NULL);
    policy_free(policy);
}

static Retired *
retired_new(void)
{
    Retired *retired = g_new0(Retired, 1);

    retired->sas = g_ptr_array_new_with_free_func(retired_free_sa);
    retired->routes = g_ptr_array_new_with_free_func((GDestroyNotify)sa_route_free);
    retired->lists = g_ptr_array_new_with_free_func(g_free);
    retired->spds = g_ptr_array_new_with_free_func((GDestroyNotify)spd_free);
    retired->policies = g_ptr_array_new_with_free_func((GDestroyNotify)policy_free);
    retired->shells = g_ptr_array_new_with_free_func(free_shell);
    return retired;
}

Retired *
retired_begin(Plane *plane)
{
    if (plane->gathered == NULL)
        plane->gathered = retired_new();
    return plane->gathered;
}

void
retired_free(Retired *retired)
{
    /* Indexes and lists before what they point at. */
    g_ptr_array_unref(retired->spds);
    g_ptr_array_unref(retired->lists);
    g_ptr_array_unref(retired->shells);
    g_ptr_array_unref(retired->policies);
    g_ptr_array_unref(retired->routes);
    g_ptr_array_unref(retired->sas);
    g_free(retired);
}

void
retired_sa(Retired *retired, Sa *sa)
{
    g_ptr_array_add(retired->sas, sa);
}

void
retired_route(Retired *retired, SaRoute *route)
{
    g_ptr_array_add(retired->routes, route);
}

void
retired_list(Retired *retired, SaList *list)
{
    if (list != NULL)
        g_ptr_array_add(retired->lists, list);
}

void
retired_spd(Retired *retired, Spd *spd)
{
    g_ptr_array_add(retired->spds, spd);
}

void
retired_policy(Retired *retired, Policy *policy)
{
    g_ptr_array_add(retired->policies, policy);
}

void
retired_shell(Retired *retired, Policy *policy)
{
    g_ptr_array_add(retired->shells, policy);
}

static void
forget_keys(Worker *worker, Message *message)
{
    const Retired *retired = (const Retired *)(const void *)message;

    for (unsigned i = 0; i < retired->sas->len; i++) {
        const Sa *sa = retired->sas->pdata[i];
        RvlProtectionScratch *scratch = worker->scratches[sa->suite->number];

        if (scratch != NULL)
            rvl_protection_scratch_forget(scratch, sa->key_id);
    }
}

static void
all_passed(Message *message)
{
    Retired *retired = (Retired *)(void *)message;
    g_autoptr(GArray) counters = g_array_new(FALSE, TRUE, sizeof(RvlSaCounters));

    g_array_set_size(counters, retired->sas->len);
    for (unsigned i = 0; i < retired->sas->len; i++)
        sa_read_counters(retired->sas->pdata[i], &g_array_index(counters, RvlSaCounters, i));

    RvlCountersDone removed = retired->removed;
    void *user_data = retired->user_data;

    retired_free(retired); /* keys are gone before the core hears that they are */
    removed((const RvlSaCounters *)(const void *)counters->data, counters->len,
            sizeof(RvlSaCounters), NULL, user_data);
}

static void
nobody_waits(const RvlSaCounters *counters,
             size_t n,
             size_t stride,
             const GError *error,
             void *user_data)
{
    (void)counters;
    (void)n;
    (void)stride;
    (void)error;
    (void)user_data;
}

void
retired_end(Plane *plane, RvlCountersDone removed, void *user_data)
{
    Retired *retired = plane->gathered;
    bool has_keys = retired->sas->len > 0;

    if (!has_keys) /* the answer needs not wait for the workers */
        later_counters(plane, removed, user_data, NULL, NULL);
    if (++retired->batches < BATCHES_MAX && !has_keys)
        return;
    plane->gathered = NULL;
    retired->message.run = forget_keys;
    retired->message.done = all_passed;
    retired->removed = has_keys ? removed : nobody_waits;
    retired->user_data = user_data;
    plane_post(plane, &retired->message);
}
