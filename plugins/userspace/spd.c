/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Builds and searches the index of policies. */
#include "config.h"

#include "spd.h"

#include <stdlib.h>
#include <string.h>

enum { IPV4_BITS = 32, IPV6_BITS = 128 };

typedef struct {
    uint8_t prefix[16];
    uint32_t rank; /* of the policy in the SPD's order */
    Policy *policy;
} Entry;

/* Entries whose prefixes have one length, by prefix, then rank. */
typedef struct {
    uint8_t length;
    size_t n;
    Entry *entries;
} Group;

typedef struct {
    size_t n;
    Group groups[IPV6_BITS + 1];
} FamilyIndex;

struct Spd {
    FamilyIndex ipv4;
    FamilyIndex ipv6;
};

void
policy_free(Policy *policy)
{
    if (policy == NULL)
        return;
    g_free(policy->owner);
    g_clear_pointer(&policy->local, rvl_selectors_unref);
    g_clear_pointer(&policy->remote, rvl_selectors_unref);
    g_free(atomic_load(&policy->sas));
    g_free(policy);
}

Sa *
policy_find_sa(const Policy *policy, const FlowKey *flow)
{
    const SaList *list = atomic_load_explicit(&policy->sas, memory_order_acquire);

    for (size_t i = 0; list != NULL && i < list->n; i++)
        if (flow_matches(flow, list->sas[i]->local, list->sas[i]->remote))
            return list->sas[i];
    return NULL;
}

SaList *
sa_list_without(const SaList *list, const Sa *sa)
{
    size_t n = list != NULL ? list->n : 0;
    g_autofree SaList *shorter = g_malloc(sizeof *shorter + n * sizeof(Sa *));

    shorter->n = 0;
    for (size_t i = 0; i < n; i++)
        if (list->sas[i] != sa)
            shorter->sas[shorter->n++] = list->sas[i];
    return shorter->n > 0 ? g_steal_pointer(&shorter) : NULL;
}

SaList *
sa_list_with(const SaList *list, Sa *sa)
{
    g_autofree SaList *others = sa_list_without(list, sa);
    size_t n = others != NULL ? others->n : 0;
    SaList *longer = g_malloc(sizeof *longer + (n + 1) * sizeof(Sa *));

    longer->n = n + 1;
    longer->sas[0] = sa;
    if (n > 0)
        memcpy(&longer->sas[1], others->sas, n * sizeof(Sa *));
    return longer;
}

/* Bits that both have in common, from the left. */
static uint8_t
common_bits(const uint8_t *a, const uint8_t *b, uint8_t bits)
{
    uint8_t n = 0;

    while (n < bits && ((a[n / 8] ^ b[n / 8]) >> (7 - n % 8) & 1) == 0)
        n++;
    return n;
}

static void
mask(uint8_t prefix[16], const uint8_t *address, uint8_t length)
{
    memset(prefix, 0, 16);
    memcpy(prefix, address, length / 8);
    if (length % 8 != 0)
        prefix[length / 8] = (uint8_t)(address[length / 8] & 0xff << (8 - length % 8));
}

static int
compare_entries(const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    int order = memcmp(x->prefix, y->prefix, sizeof x->prefix);

    return order != 0 ? order : (x->rank > y->rank) - (x->rank < y->rank);
}

static int
compare_policies(const void *a, const void *b)
{
    const Policy *x = *(Policy *const *)a, *y = *(Policy *const *)b;

    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

/* One entry a remote selector: the smallest prefix that covers its range. */
static void
add_entries(GArray *by_length[], Policy *policy, uint32_t rank, uint8_t family, uint8_t bits)
{
    for (size_t i = 0; i < rvl_selectors_count(policy->remote); i++) {
        const RvlRange *range = &rvl_selectors_get(policy->remote, i)->range;
        Entry entry = {.rank = rank, .policy = policy};

        if (range->first.family != family)
            continue;

        uint8_t length = common_bits(range->first.octets, range->last.octets, bits);

        mask(entry.prefix, range->first.octets, length);
        if (by_length[length] == NULL)
            by_length[length] = g_array_new(FALSE, FALSE, sizeof entry);
        g_array_append_val(by_length[length], entry);
    }
}

static void
build_index(FamilyIndex *index, Policy *const *sorted, size_t n, uint8_t family, uint8_t bits)
{
    GArray *by_length[IPV6_BITS + 1] = {NULL};

    for (size_t i = 0; i < n; i++)
        add_entries(by_length, sorted[i], (uint32_t)i, family, bits);
    for (int length = bits; length >= 0; length--) {
        if (by_length[length] == NULL)
            continue;

        Group *group = &index->groups[index->n++];

        group->length = (uint8_t)length;
        group->n = by_length[length]->len;
        group->entries = (Entry *)(void *)g_array_free(by_length[length], FALSE);
        qsort(group->entries, group->n, sizeof group->entries[0], compare_entries);
    }
}

Spd *
spd_new(Policy *const *policies, size_t n)
{
    Spd *spd = g_new0(Spd, 1);
    g_autofree Policy **sorted = g_new(Policy *, n + 1);

    for (size_t i = 0; i < n; i++)
        sorted[i] = policies[i];
    qsort(sorted, n, sizeof sorted[0], compare_policies);
    build_index(&spd->ipv4, sorted, n, RVL_FAMILY_IPV4, IPV4_BITS);
    build_index(&spd->ipv6, sorted, n, RVL_FAMILY_IPV6, IPV6_BITS);
    return spd;
}

static void
clear_index(FamilyIndex *index)
{
    for (size_t i = 0; i < index->n; i++)
        g_free(index->groups[i].entries);
}

void
spd_free(Spd *spd)
{
    if (spd == NULL)
        return;
    clear_index(&spd->ipv4);
    clear_index(&spd->ipv6);
    g_free(spd);
}

/* The first entry that isn't before (prefix, rank 0). */
static size_t
lower_bound(const Group *group, const uint8_t prefix[16])
{
    size_t low = 0, high = group->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(group->entries[middle].prefix, prefix, 16) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool
covers(const Policy *policy, const FlowKey *flow, uint32_t interface)
{
    return (policy->interface == 0 || policy->interface == interface) &&
           flow_matches(flow, policy->local, policy->remote);
}

Policy *
spd_find(const Spd *spd, const FlowKey *flow, uint32_t interface)
{
    const FamilyIndex *index = flow->family == RVL_FAMILY_IPV6 ? &spd->ipv6 : &spd->ipv4;
    const Entry *best = NULL;

    for (size_t g = 0; g < index->n; g++) {
        const Group *group = &index->groups[g];
        uint8_t prefix[16];

        mask(prefix, flow->destination, group->length);
        for (size_t i = lower_bound(group, prefix);
             i < group->n && memcmp(group->entries[i].prefix, prefix, 16) == 0 &&
             (best == NULL || group->entries[i].rank < best->rank);
             i++) {
            if (covers(group->entries[i].policy, flow, interface)) {
                best = &group->entries[i];
                break;
            }
        }
    }
    return best != NULL ? best->policy : NULL;
}
