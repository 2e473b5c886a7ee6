/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A batch: every step is made ready first, so that carrying them out can't fail half-way. */
#include "config.h"

#include "batch.h"

#include <string.h>
#include <ravelin/error.h>
#include <ravelin/needs.h>
#include <ravelin/sized.h>

#include "later.h"
#include "retired.h"
#include "sa-route.h"

/* One operation, made ready. */
typedef struct {
    RvlOperationKind kind;
    uint64_t id;
    Sa *sa;
    Policy *policy;
    SaRoute *route;
} Step;

typedef struct {
    Plane *plane;
    GArray *steps;
} Stage;

/* What carrying out changes. */
typedef struct {
    Plane *plane;
    Spd *spd; /* (nullable): the next index of policies */
    Retired *retired;
} Change;

static void
clear_step(void *data)
{
    Step *step = data;

    g_clear_pointer(&step->sa, retired_free_sa);
    g_clear_pointer(&step->policy, policy_free);
    g_clear_pointer(&step->route, sa_route_free);
}

static const Sa *
find_sa(const Stage *stage, RvlSaId id)
{
    for (unsigned i = 0; i < stage->steps->len; i++) {
        const Step *step = &g_array_index(stage->steps, Step, i);

        if (step->kind == RVL_OPERATION_SA_ADD && step->sa->id == id)
            return step->sa;
    }
    return g_hash_table_lookup(stage->plane->sas, &id);
}

static bool
has_policy(const Stage *stage, RvlPolicyId id)
{
    for (unsigned i = 0; i < stage->steps->len; i++) {
        const Step *step = &g_array_index(stage->steps, Step, i);

        if (step->kind == RVL_OPERATION_POLICY_ADD && step->policy->id == id)
            return true;
    }
    return g_hash_table_contains(stage->plane->policies, &id);
}

static bool
refuse(GError **error, const char *parameter)
{
    rvl_error_set_found(error, RVL_CAUSE_KERNEL_UNSUPPORTED, parameter, NULL,
                        "installer userspace doesn't serve %s", parameter);
    return false;
}

static bool
check_sa(const Stage *stage, const RvlSaAdd *add, GError **error)
{
    const SaTable *table = &stage->plane->table;

    if (!rvl_needs_check("RvlSaAdd", add->needs,
                         RVL_SA_NEEDS_LIFETIME_OCTETS | RVL_SA_NEEDS_LIFETIME_PACKETS |
                             RVL_SA_NEEDS_MTU | RVL_SA_NEEDS_SEQUENCE,
                         error))
        return false;
    if (add->protocol != RVL_PROTOCOL_ESP)
        return refuse(error, "AH");
    if (add->mode != RVL_MODE_TUNNEL)
        return refuse(error, "transport mode");
    if (add->replay_window > REPLAY_WINDOW_MAX)
        return refuse(error, "a replay window as large");
    if (find_sa(stage, add->id) != NULL ||
        (add->direction == RVL_DIRECTION_IN && !sa_table_may_add(table, add->spi))) {
        rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED, "SPI 0x%08x is in use", add->spi);
        return false;
    }
    if (!has_policy(stage, add->policy)) {
        rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED, "SPI 0x%08x: its policy isn't installed",
                      add->spi);
        return false;
    }
    return true;
}

static bool
set_keys(const Stage *stage, Sa *sa, const RvlSaAdd *add, GError **error)
{
    const RvlHost *host = stage->plane->host;

    sa->suite = plane_suite(stage->plane, &add->encr, &add->integ, error);
    if (sa->suite == NULL)
        return false;
    sa->key = host->protection_key(host->context, sa->suite->protection, add->encr_key,
                                   add->integ_key, error);
    if (sa->key == NULL)
        return false;
    sa->key_id = rvl_protection_key_id(sa->key);
    return true;
}

static SaRoute *
make_route(const Stage *stage, const RvlPath *path, RvlDirection direction, GError **error)
{
    Endpoint *endpoint = plane_find_endpoint(stage->plane, path, error);

    return endpoint != NULL ? sa_route_new(path, endpoint, direction) : NULL;
}

static void
set_limits(Sa *sa, const RvlSaAdd *add)
{
    if ((add->needs & RVL_SA_NEEDS_LIFETIME_OCTETS) != 0) {
        sa->limits.soft_octets = add->soft_octets;
        sa->limits.hard_octets = add->hard_octets;
    }
    if ((add->needs & RVL_SA_NEEDS_LIFETIME_PACKETS) != 0) {
        sa->limits.soft_packets = add->soft_packets;
        sa->limits.hard_packets = add->hard_packets;
    }
    if ((add->needs & RVL_SA_NEEDS_MTU) != 0)
        sa->inner_limit = add->mtu;
}

static Sa *
make_sa(const Stage *stage, const RvlSaAdd *add, GError **error)
{
    Sa *sa = sa_new();
    Tun *tun = plane_find_tun(stage->plane, add->interface);
    SaRoute *route = NULL;

    sa->id = add->id;
    sa->pair = add->pair;
    sa->policy = add->policy;
    sa->owner = g_strdup(add->owner);
    sa->spi = add->spi;
    sa->direction = add->direction;
    sa->has_esn = add->has_esn;
    sa->local = rvl_selectors_ref(add->local);
    sa->remote = rvl_selectors_ref(add->remote);
    set_limits(sa, add);
    replay_window_init(&sa->window, add->direction == RVL_DIRECTION_IN ? add->replay_window : 0);
    if (tun == NULL)
        rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED, "no interface %u", add->interface);
    else
        sa->tun = tun_ref(tun);
    if (tun != NULL && set_keys(stage, sa, add, error))
        route = make_route(stage, add->path, add->direction, error);
    if (route == NULL) {
        retired_free_sa(sa);
        return NULL;
    }
    atomic_store(&sa->route, route);
    if ((add->needs & RVL_SA_NEEDS_SEQUENCE) != 0) {
        atomic_store(&sa->sequence, add->sequence);
        sa->window.top = add->direction == RVL_DIRECTION_IN ? add->sequence : 0;
    }
    return sa;
}

static Policy *
make_policy(const Stage *stage, const RvlPolicyAdd *add, bool is_update, GError **error)
{
    Policy *policy;

    if (!rvl_needs_check("RvlPolicyAdd", add->needs, 0, error))
        return NULL;
    if (is_update != has_policy(stage, add->id)) {
        rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED, "policy %" G_GUINT64_FORMAT " is%s there",
                      add->id, is_update ? "n't" : "");
        return NULL;
    }
    policy = g_new0(Policy, 1);
    policy->id = add->id;
    policy->owner = g_strdup(add->owner);
    policy->action = add->action;
    policy->is_trap = add->is_trap;
    policy->order = add->order;
    policy->sequence = ++stage->plane->policies_made;
    policy->interface = add->interface;
    policy->local = rvl_selectors_ref(add->local);
    policy->remote = rvl_selectors_ref(add->remote);
    return policy;
}

static bool
stage_activation(const Stage *stage, const RvlOperation *operation, GError **error)
{
    const Sa *sa = find_sa(stage, operation->id);

    if (sa != NULL && sa->direction == RVL_DIRECTION_OUT && has_policy(stage, sa->policy))
        return true;
    rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED,
                  "SA %" G_GUINT64_FORMAT " can't be activated: it is not outbound, or gone",
                  operation->id);
    return false;
}

static bool
stage_migration(const Stage *stage, const RvlOperation *operation, Step *step, GError **error)
{
    const Sa *sa = find_sa(stage, operation->id);

    if (sa == NULL) {
        rvl_error_set(error, RVL_CAUSE_INSTALL_FAILED, "SA %" G_GUINT64_FORMAT " is gone",
                      operation->id);
        return false;
    }
    step->route = make_route(stage, operation->path, sa->direction, error);
    return step->route != NULL;
}

/* Makes the step ready; false where it can't be. */
static bool
stage_operation(Stage *stage, const RvlOperation *operation, GError **error)
{
    Step step = {.kind = operation->kind, .id = operation->id};
    bool is_ready = false;

    switch (step.kind) {
    case RVL_OPERATION_SA_ADD:
        if (check_sa(stage, operation->sa_add, error))
            step.sa = make_sa(stage, operation->sa_add, error);
        is_ready = step.sa != NULL;
        break;
    case RVL_OPERATION_SA_ACTIVATE:
        is_ready = stage_activation(stage, operation, error);
        break;
    case RVL_OPERATION_SA_MIGRATE:
        is_ready = stage_migration(stage, operation, &step, error);
        break;
    case RVL_OPERATION_POLICY_ADD:
    case RVL_OPERATION_POLICY_UPDATE:
        step.policy =
            make_policy(stage, operation->policy, step.kind == RVL_OPERATION_POLICY_UPDATE, error);
        is_ready = step.policy != NULL;
        break;
    case RVL_OPERATION_SA_REMOVE:
    case RVL_OPERATION_POLICY_REMOVE:
        is_ready = true; /* what is gone already is no error */
        break;
    }
    if (!is_ready && error != NULL && *error == NULL)
        refuse(error, "an operation that is newer than it");
    if (is_ready)
        g_array_append_val(stage->steps, step);
    return is_ready;
}

/* Replaces the list of a policy's SAs. */
static void
set_list(Plane *plane,
         const Sa *sa,
         SaList *(*change)(const SaList *, const Sa *),
         Retired *retired)
{
    Policy *policy = g_hash_table_lookup(plane->policies, &sa->policy);

    if (policy == NULL)
        return;

    SaList *old = atomic_load(&policy->sas);

    atomic_store_explicit(&policy->sas, change(old, sa), memory_order_release);
    atomic_fetch_add_explicit(&policy->generation, 1, memory_order_release);
    retired_list(retired, old);
}

static SaList *
with(const SaList *list, const Sa *sa)
{
    return sa_list_with(list, (Sa *)sa);
}

static void
remove_sa(Plane *plane, RvlSaId id, Retired *retired)
{
    Sa *sa = g_hash_table_lookup(plane->sas, &id);

    if (sa == NULL)
        return;
    if (sa->direction == RVL_DIRECTION_IN)
        sa_table_remove(&plane->table, sa);
    else
        set_list(plane, sa, sa_list_without, retired);
    g_hash_table_remove(plane->sas, &id);
    retired_sa(retired, sa);
}

/* The index of policies, to be changed before it is published. */
static Spd *
next_spd(Change *change)
{
    if (change->spd == NULL)
        change->spd = spd_new(atomic_load(&change->plane->spd));
    return change->spd;
}

static void
put_policy(Change *change, Policy *policy)
{
    GHashTable *policies = change->plane->policies;
    Policy *old = g_hash_table_lookup(policies, &policy->id);

    if (old != NULL) {
        policy->sequence = old->sequence;
        atomic_store(&policy->sas, atomic_load(&old->sas));
        atomic_store(&policy->acquire, atomic_load(&old->acquire));
        atomic_store(&policy->quiet_until, atomic_load(&old->quiet_until));
        spd_remove(next_spd(change), old);
        g_hash_table_remove(policies, &policy->id);
        retired_shell(change->retired, old);
    }
    spd_add(next_spd(change), policy);
    g_hash_table_insert(policies, &policy->id, policy);
}

static void
remove_policy(Change *change, RvlPolicyId id)
{
    Policy *policy = g_hash_table_lookup(change->plane->policies, &id);

    if (policy == NULL)
        return;
    spd_remove(next_spd(change), policy);
    g_hash_table_remove(change->plane->policies, &id);
    retired_policy(change->retired, policy);
}

static void
migrate(Plane *plane, RvlSaId id, SaRoute *route, Retired *retired)
{
    Sa *sa = g_hash_table_lookup(plane->sas, &id);

    if (sa == NULL) /* removed by an earlier step of the same batch */
        retired_route(retired, route);
    else
        retired_route(retired, atomic_exchange(&sa->route, route));
}

static void
carry_out(Change *change, Step *step)
{
    Plane *plane = change->plane;
    Sa *sa;

    switch (step->kind) {
    case RVL_OPERATION_SA_ADD:
        sa = g_steal_pointer(&step->sa);
        g_hash_table_insert(plane->sas, &sa->id, sa);
        if (sa->direction == RVL_DIRECTION_IN)
            sa_table_add(&plane->table, sa);
        break;
    case RVL_OPERATION_SA_ACTIVATE:
        sa = g_hash_table_lookup(plane->sas, &step->id);
        if (sa != NULL)
            set_list(plane, sa, with, change->retired);
        break;
    case RVL_OPERATION_SA_MIGRATE:
        migrate(plane, step->id, g_steal_pointer(&step->route), change->retired);
        break;
    case RVL_OPERATION_SA_REMOVE:
        remove_sa(plane, step->id, change->retired);
        break;
    case RVL_OPERATION_POLICY_ADD:
    case RVL_OPERATION_POLICY_UPDATE:
        put_policy(change, g_steal_pointer(&step->policy));
        break;
    case RVL_OPERATION_POLICY_REMOVE:
        remove_policy(change, step->id);
        break;
    }
}

void
batch_apply(Plane *plane, const RvlSaBatch *batch, RvlCountersDone removed, void *user_data)
{
    Stage stage = {.plane = plane};
    g_autoptr(GArray) steps = g_array_new(FALSE, TRUE, sizeof(Step));
    g_autoptr(GError) error = NULL;
    Change change = {.plane = plane};

    g_array_set_clear_func(steps, clear_step);
    stage.steps = steps;
    for (size_t i = 0; i < batch->n_operations; i++) {
        RvlOperation operation;

        rvl_sized_copy(&operation, sizeof operation,
                       RVL_STRIDE(batch->operations, batch->stride, i), batch->stride);
        if (!stage_operation(&stage, &operation, &error)) {
            later_counters(plane, removed, user_data, NULL, g_steal_pointer(&error));
            return;
        }
    }
    change.retired = retired_begin(plane);
    for (unsigned i = 0; i < steps->len; i++)
        carry_out(&change, &g_array_index(steps, Step, i));
    if (change.spd != NULL) {
        retired_spd(change.retired, atomic_exchange(&plane->spd, change.spd));
        atomic_fetch_add_explicit(&plane->generation, 1, memory_order_release);
    }
    retired_end(plane, removed, user_data);
}
