/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Builds and searches the index of policies. */
#include "config.h"

#include "spd.h"

#include <string.h>

enum { IPV4_BITS = 32, IPV6_BITS = 128 };

typedef struct {
    uint8_t prefix[16];
    Policy *policy;
} Entry;

/* Entries whose prefixes have one length, by prefix, then in the policies' order. Shared by indexes. */
typedef struct {
    unsigned references; /* of indexes; the main loop's */
    uint8_t length;
    GArray *entries; /* of Entry */
} Group;

/* The longest prefixes first. */
typedef struct {
    size_t n;
    Group *groups[IPV6_BITS + 1];
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

/* Whether @a decides before @b (RFC 4301 4.4.1). */
static bool
precedes(const Policy *a, const Policy *b)
{
    return a->order != b->order ? a->order < b->order : a->sequence < b->sequence;
}

static void
group_unref(Group *group)
{
    if (--group->references > 0)
        return;
    g_array_unref(group->entries);
    g_free(group);
}

static Group *
group_new(uint8_t length, const GArray *entries)
{
    Group *group = g_new0(Group, 1);

    group->references = 1;
    group->length = length;
    group->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    if (entries != NULL)
        g_array_append_vals(group->entries, entries->data, entries->len);
    return group;
}

static const Entry *
entry_at(const Group *group, size_t i)
{
    return &g_array_index(group->entries, Entry, i);
}

/* The first entry that isn't before (@prefix, @policy); all of a prefix come after (@prefix, NULL). */
static size_t
lower_bound(const Group *group, const uint8_t prefix[16], const Policy *policy)
{
    size_t low = 0, high = group->entries->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const Entry *entry = entry_at(group, middle);
        int order = memcmp(entry->prefix, prefix, sizeof entry->prefix);

        if (order < 0 || (order == 0 && policy != NULL && precedes(entry->policy, policy)))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The place of the group in @index, or where it would be. */
static size_t
find_group(const FamilyIndex *index, uint8_t length)
{
    size_t at = 0;

    while (at < index->n && index->groups[at]->length > length)
        at++;
    return at;
}

/* The group, to be changed: a copy of its own where other indexes share it, made where it is missing. */
static Group *
own_group(FamilyIndex *index, uint8_t length)
{
    size_t at = find_group(index, length);
    Group *group = at < index->n ? index->groups[at] : NULL;

    if (group == NULL || group->length != length) {
        memmove(&index->groups[at + 1], &index->groups[at],
                (index->n++ - at) * sizeof index->groups[0]);
        index->groups[at] = group_new(length, NULL);
    } else if (group->references > 1) {
        index->groups[at] = group_new(length, group->entries);
        group_unref(group);
    }
    return index->groups[at];
}

static void
end_group_if_empty(FamilyIndex *index, uint8_t length)
{
    size_t at = find_group(index, length);

    if (index->groups[at]->entries->len > 0)
        return;
    group_unref(index->groups[at]);
    memmove(&index->groups[at], &index->groups[at + 1],
            (--index->n - at) * sizeof index->groups[0]);
}

/* One entry a remote selector: the smallest prefix that covers its range. */
static FamilyIndex *
place(Spd *spd, const RvlRange *range, Entry *entry, uint8_t *length)
{
    bool is_ipv6 = range->first.family == RVL_FAMILY_IPV6;

    *length = common_bits(range->first.octets, range->last.octets, is_ipv6 ? IPV6_BITS : IPV4_BITS);
    mask(entry->prefix, range->first.octets, *length);
    return is_ipv6 ? &spd->ipv6 : &spd->ipv4;
}

void
spd_add(Spd *spd, Policy *policy)
{
    for (size_t i = 0; i < rvl_selectors_count(policy->remote); i++) {
        Entry entry = {.policy = policy};
        uint8_t length;
        FamilyIndex *index =
            place(spd, &rvl_selectors_get(policy->remote, i)->range, &entry, &length);
        Group *group = own_group(index, length);

        g_array_insert_val(group->entries, lower_bound(group, entry.prefix, policy), entry);
    }
}

void
spd_remove(Spd *spd, const Policy *policy)
{
    for (size_t i = 0; i < rvl_selectors_count(policy->remote); i++) {
        Entry entry;
        uint8_t length;
        FamilyIndex *index =
            place(spd, &rvl_selectors_get(policy->remote, i)->range, &entry, &length);
        Group *group = own_group(index, length);
        size_t at = lower_bound(group, entry.prefix, policy);

        if (at < group->entries->len && entry_at(group, at)->policy == policy)
            g_array_remove_index(group->entries, (guint)at);
        end_group_if_empty(index, length);
    }
}

static void
share_index(FamilyIndex *index, const FamilyIndex *from)
{
    index->n = from->n;
    for (size_t i = 0; i < from->n; i++) {
        index->groups[i] = from->groups[i];
        index->groups[i]->references++;
    }
}

Spd *
spd_new(const Spd *from)
{
    Spd *spd = g_new0(Spd, 1);

    if (from != NULL) {
        share_index(&spd->ipv4, &from->ipv4);
        share_index(&spd->ipv6, &from->ipv6);
    }
    return spd;
}

static void
clear_index(FamilyIndex *index)
{
    for (size_t i = 0; i < index->n; i++)
        group_unref(index->groups[i]);
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
    Policy *best = NULL;

    for (size_t g = 0; g < index->n; g++) {
        const Group *group = index->groups[g];
        uint8_t prefix[16];

        mask(prefix, flow->destination, group->length);
        for (size_t i = lower_bound(group, prefix, NULL); i < group->entries->len; i++) {
            const Entry *entry = entry_at(group, i);

            if (memcmp(entry->prefix, prefix, sizeof prefix) != 0 ||
                (best != NULL && !precedes(entry->policy, best)))
                break;
            if (covers(entry->policy, flow, interface)) {
                best = entry->policy;
                break;
            }
        }
    }
    return best;
}
