/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guard: an nftables table that drops clear packets, and remembers who asked for what. */
#pragma once

#include "netlink.h"
#include "records.h"

G_BEGIN_DECLS

/** GuardPair: clear packets from @source to @destination are dropped unless they come in by @interface. */
typedef struct {
    RvlPrefix source;
    RvlPrefix destination;
    const char *interface; /* (nullable): none is allowed */
} GuardPair;

/**
 * Guard:
 *
 * One table (`inet ravelin`, or `ravelin-INSTANCE`) with two chains: `guard`, whose rules drop,
 * and `records`, which is never evaluated and whose rules hold a record each. A rule's comment is
 * its owner's tag. Both outlive the daemon; a change is one transaction.
 */
typedef struct Guard Guard;

/** guard_new: @instance: the daemon instance's tag. */
Guard *guard_new(const char *instance, GError **error);
void guard_free(Guard *guard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Guard, guard_free)

/** GuardEntry: a rule that is there: @record: (nullable): of chain `records`. */
typedef struct {
    char *owner;
    uint64_t handle;
    bool is_record;
    Record record;
} GuardEntry;

/** guard_list: (transfer full) (element-type GuardEntry): all rules; NULL with @error. */
GArray *guard_list(Guard *guard, GError **error);

/**
 * guard_replace:
 * @owner: whose rules are replaced
 * @entries: as guard_list() gave them
 *
 * Takes away @owner's rules and adds these, all or nothing. The table is made with its first rule
 * and goes with its last.
 */
bool guard_replace(Guard *guard,
                   const char *owner,
                   const GArray *entries,
                   const GuardPair *pairs,
                   size_t n_pairs,
                   const Record *records,
                   size_t n_records,
                   GError **error);

G_END_DECLS
