/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a simulated host's services hold: SPIs, SAs, policies, deployments. */
#include "config.h"

#include "sim/ledger.h"

#include <ravelin/error.h>

struct SimLedger {
    const RvlSecretServices *secrets;
    uint32_t next_spi;
    GHashTable *spis;        /* reserved, nothing installed */
    GPtrArray *sas;          /* of SimSa */
    GHashTable *policies;    /* id -> its own */
    GHashTable *deployments; /* owner */
    char *complaint;
};

static void
sa_free(SimSa *sa)
{
    g_free(sa->key);
    g_clear_pointer(&sa->local, rvl_selectors_unref);
    g_clear_pointer(&sa->remote, rvl_selectors_unref);
    g_free(sa);
}

SimLedger *
sim_ledger_new(const RvlSecretServices *secrets, uint32_t first_spi)
{
    SimLedger *ledger = g_new0(SimLedger, 1);

    ledger->secrets = secrets;
    ledger->next_spi = first_spi;
    ledger->spis = g_hash_table_new(NULL, NULL);
    ledger->sas = g_ptr_array_new_with_free_func((GDestroyNotify)sa_free);
    ledger->policies = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    ledger->deployments = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return ledger;
}

void
sim_ledger_free(SimLedger *ledger)
{
    if (ledger == NULL)
        return;
    g_hash_table_unref(ledger->spis);
    g_ptr_array_unref(ledger->sas);
    g_hash_table_unref(ledger->policies);
    g_hash_table_unref(ledger->deployments);
    g_free(ledger->complaint);
    g_free(ledger);
}

static void G_GNUC_PRINTF(2, 3) complain(SimLedger *ledger, const char *format, ...)
{
    va_list arguments;

    if (ledger->complaint != NULL)
        return;
    va_start(arguments, format);
    ledger->complaint = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

/* SPIs. */

void
sim_ledger_reserve(SimLedger *ledger, size_t n, GArray *spis)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t spi = ledger->next_spi++;

        (void)g_hash_table_add(ledger->spis, GUINT_TO_POINTER(spi));
        g_array_append_val(spis, spi);
    }
}

void
sim_ledger_release(SimLedger *ledger, const GArray *spis)
{
    for (guint i = 0; i < spis->len; i++)
        (void)g_hash_table_remove(ledger->spis, GUINT_TO_POINTER(g_array_index(spis, uint32_t, i)));
}

/* SAs and policies. */

static SimSa *
find_by_id(const SimLedger *ledger, RvlSaId id)
{
    for (guint i = 0; i < ledger->sas->len; i++) {
        SimSa *sa = g_ptr_array_index(ledger->sas, i);

        if (sa->id == id)
            return sa;
    }
    return NULL;
}

const SimSa *
sim_ledger_find(const SimLedger *ledger, uint8_t direction, uint32_t spi)
{
    for (guint i = 0; i < ledger->sas->len; i++) {
        const SimSa *sa = g_ptr_array_index(ledger->sas, i);

        if (sa->direction == direction && sa->spi == spi)
            return sa;
    }
    return NULL;
}

static void
digest_secret(SimLedger *ledger, GChecksum *checksum, RvlSecretId id)
{
    g_autoptr(RvlSecret) secret = NULL;

    if (id == RVL_SECRET_ID_NONE)
        return;
    secret = ledger->secrets->get(ledger->secrets->context, id);
    if (secret == NULL)
        complain(ledger, "an SA's key handle %" G_GUINT64_FORMAT " is unknown", id);
    else
        g_checksum_update(checksum, rvl_secret_octets(secret), (gssize)rvl_secret_size(secret));
}

static char *
digest_keys(SimLedger *ledger, const RvlSaAdd *add)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

    digest_secret(ledger, checksum, add->encr_key);
    digest_secret(ledger, checksum, add->integ_key);
    return g_strdup(g_checksum_get_string(checksum));
}

static void
add_sa(SimLedger *ledger, const RvlApplyStep *step)
{
    const RvlSaAdd *add = &step->sa;
    SimSa *sa = g_new0(SimSa, 1);

    if (find_by_id(ledger, add->id) != NULL)
        complain(ledger, "SA %" G_GUINT64_FORMAT " is installed twice", add->id);
    if (sim_ledger_find(ledger, add->direction, add->spi) != NULL)
        complain(ledger, "SPI %08x is installed twice", add->spi);
    if (!g_hash_table_contains(ledger->policies, &add->policy))
        complain(ledger, "SA %" G_GUINT64_FORMAT " serves a policy that isn't there", add->id);
    sa->id = add->id;
    sa->direction = add->direction;
    sa->spi = add->spi;
    sa->policy = add->policy;
    sa->key = digest_keys(ledger, add);
    sa->local = rvl_selectors_ref(step->local);
    sa->remote = rvl_selectors_ref(step->remote);
    if (add->direction == RVL_DIRECTION_IN)
        (void)g_hash_table_remove(ledger->spis, GUINT_TO_POINTER(add->spi));
    g_ptr_array_add(ledger->sas, sa);
}

static void
activate_sa(SimLedger *ledger, RvlSaId id)
{
    SimSa *sa = find_by_id(ledger, id);

    if (sa == NULL || sa->direction != RVL_DIRECTION_OUT) {
        complain(ledger, "SA %" G_GUINT64_FORMAT " can't be activated", id);
        return;
    }
    for (guint i = 0; i < ledger->sas->len; i++) {
        SimSa *other = g_ptr_array_index(ledger->sas, i);

        if (other->policy == sa->policy)
            other->is_active = false;
    }
    sa->is_active = true;
}

static void
remove_sa(SimLedger *ledger, RvlSaId id, GArray *removed)
{
    SimSa *sa = find_by_id(ledger, id);
    RvlSaCounters counters = {.id = id, .last_inbound = RVL_TIME_NEVER};

    if (sa == NULL) {
        complain(ledger, "SA %" G_GUINT64_FORMAT " is removed and isn't there", id);
        return;
    }
    g_array_append_val(removed, counters);
    g_ptr_array_remove(ledger->sas, sa);
}

static void
add_policy(SimLedger *ledger, RvlPolicyId id)
{
    if (!g_hash_table_add(ledger->policies, g_memdup2(&id, sizeof(id))))
        complain(ledger, "policy %" G_GUINT64_FORMAT " is added twice", id);
}

static void
remove_policy(SimLedger *ledger, RvlPolicyId id)
{
    if (!g_hash_table_remove(ledger->policies, &id))
        complain(ledger, "policy %" G_GUINT64_FORMAT " is removed and isn't there", id);
    for (guint i = 0; i < ledger->sas->len; i++)
        if (((const SimSa *)g_ptr_array_index(ledger->sas, i))->policy == id)
            complain(ledger, "policy %" G_GUINT64_FORMAT " is removed under an SA", id);
}

static void
carry_out(SimLedger *ledger, const RvlApplyStep *step, GArray *removed)
{
    switch ((RvlOperationKind)step->kind) {
    case RVL_OPERATION_SA_ADD:
        add_sa(ledger, step);
        break;
    case RVL_OPERATION_SA_ACTIVATE:
        activate_sa(ledger, step->id);
        break;
    case RVL_OPERATION_SA_MIGRATE:
        if (find_by_id(ledger, step->id) == NULL)
            complain(ledger, "SA %" G_GUINT64_FORMAT " is moved and isn't there", step->id);
        break;
    case RVL_OPERATION_SA_REMOVE:
        remove_sa(ledger, step->id, removed);
        break;
    case RVL_OPERATION_POLICY_ADD:
        add_policy(ledger, step->policy.id);
        break;
    case RVL_OPERATION_POLICY_UPDATE:
        if (!g_hash_table_contains(ledger->policies, &step->policy.id))
            complain(ledger, "policy %" G_GUINT64_FORMAT " is updated and isn't there",
                     step->policy.id);
        break;
    case RVL_OPERATION_POLICY_REMOVE:
        remove_policy(ledger, step->id);
        break;
    }
}

static bool
has_key(const SimLedger *ledger, RvlSecretId id)
{
    g_autoptr(RvlSecret) secret = NULL;

    if (id == RVL_SECRET_ID_NONE)
        return true;
    secret = ledger->secrets->get(ledger->secrets->context, id);
    return secret != NULL;
}

bool
sim_ledger_has_keys(const SimLedger *ledger, const GArray *steps)
{
    for (guint i = 0; i < steps->len; i++) {
        const RvlApplyStep *step = &g_array_index(steps, RvlApplyStep, i);

        if (step->kind == RVL_OPERATION_SA_ADD &&
            (!has_key(ledger, step->sa.encr_key) || !has_key(ledger, step->sa.integ_key)))
            return false;
    }
    return true;
}

void
sim_ledger_apply(SimLedger *ledger, const GArray *steps, GArray *removed)
{
    for (guint i = 0; i < steps->len; i++)
        carry_out(ledger, &g_array_index(steps, RvlApplyStep, i), removed);
}

/* Deployments. */

void
sim_ledger_deploy(SimLedger *ledger, const char *owner)
{
    (void)g_hash_table_add(ledger->deployments, g_strdup(owner));
}

void
sim_ledger_withdraw(SimLedger *ledger, const char *owner)
{
    (void)g_hash_table_remove(ledger->deployments, owner);
}

/* What is held. */

const char *
sim_ledger_complaint(const SimLedger *ledger)
{
    return ledger->complaint;
}

size_t
sim_ledger_spis(const SimLedger *ledger)
{
    return g_hash_table_size(ledger->spis);
}

size_t
sim_ledger_sas(const SimLedger *ledger)
{
    return ledger->sas->len;
}

size_t
sim_ledger_policies(const SimLedger *ledger)
{
    return g_hash_table_size(ledger->policies);
}

RvlPolicyId
sim_ledger_policy(const SimLedger *ledger)
{
    RvlPolicyId lowest = 0;
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, ledger->policies);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        RvlPolicyId id = *(const RvlPolicyId *)key;

        if (lowest == 0 || id < lowest)
            lowest = id;
    }
    return lowest;
}

size_t
sim_ledger_deployments(const SimLedger *ledger)
{
    return g_hash_table_size(ledger->deployments);
}

const SimSa *
sim_ledger_sa(const SimLedger *ledger, size_t i)
{
    return i < ledger->sas->len ? g_ptr_array_index(ledger->sas, i) : NULL;
}
