/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The SPD as the workers search it: policies in order, each with the SAs that serve it. */
#pragma once

#include "flow.h"
#include "sa.h"

G_BEGIN_DECLS

/* After an acquire ended, the same policy asks no more for this long; a few packets wait until then. */
#define ACQUIRE_QUIET RVL_SECOND

/** SaList: outbound SAs of a policy, the one that was activated last first. Replaced as a whole. */
typedef struct {
    size_t n;
    Sa *sas[];
} SaList;

/**
 * Policy:
 * @sequence: of its making, which decides between equal orders
 * @generation: grows with each change of @sas; what workers remember of its flows holds for one
 * @acquire: id of the acquire that stands, 0 for none
 * @quiet_until: no acquire before, after one that ended
 */
typedef struct {
    RvlPolicyId id;
    char *owner;
    uint8_t action;
    bool is_trap;
    uint32_t order;
    uint64_t sequence;
    uint32_t interface;
    RvlSelectors *local;
    RvlSelectors *remote;
    SaList *_Atomic sas;
    atomic_uint generation;
    atomic_uint_fast64_t acquire;
    atomic_int_fast64_t quiet_until;
} Policy;

void policy_free(Policy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Policy, policy_free)

/** policy_find_sa: (nullable): the SA of @policy whose selectors hold the flow. */
Sa *policy_find_sa(const Policy *policy, const FlowKey *flow);

/** sa_list_with: (transfer full): @sa first, then those of @list but @sa. */
SaList *sa_list_with(const SaList *list, Sa *sa);
/** sa_list_without: (transfer full) (nullable): NULL where nothing is left. */
SaList *sa_list_without(const SaList *list, const Sa *sa);

/**
 * Spd:
 *
 * An index over policies, which doesn't change once it is published. Those of a family are grouped
 * by the length of the prefix that covers a remote selector, and sorted by prefix within a group: a
 * look-up is a binary search for each length that occurs, whatever the number of policies. An index
 * shares the groups that it doesn't change with the one that it was made from.
 */
typedef struct Spd Spd;

/**
 * spd_new:
 * @from: (nullable): the index whose policies it begins with
 *
 * Thread: the main loop, as spd_add(), spd_remove() and spd_free().
 */
Spd *spd_new(const Spd *from);
/**
 * spd_add: before the index is published.
 * @policy: stays the caller's and must live as long; its order, sequence and selectors stay as they are
 */
void spd_add(Spd *spd, Policy *policy);
/** spd_remove: before the index is published; what isn't there is no error. */
void spd_remove(Spd *spd, const Policy *policy);
void spd_free(Spd *spd);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Spd, spd_free)

/**
 * spd_find:
 * @interface: by which the packet came
 *
 * Returns: (nullable): the first policy in order that covers the outbound flow (RFC 4301 4.4.1).
 */
Policy *spd_find(const Spd *spd, const FlowKey *flow, uint32_t interface);

G_END_DECLS
