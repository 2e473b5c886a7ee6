/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guard: an nftables table that drops clear packets, and remembers who asked for what. */
#pragma once

#include "clear-flow.h"
#include "netlink.h"
#include "records.h"

G_BEGIN_DECLS

/** GuardPair: clear packets from @source to @destination are dropped unless they come in by @interface. */
typedef struct {
    RvlPrefix source;
    RvlPrefix destination;
    const char *interface; /* (nullable): none is allowed */
} GuardPair;

/* The guard's chains. */
#define GUARD_CHAIN "guard"
#define GUARD_CHAIN_IN "discard-in"
#define GUARD_CHAIN_THROUGH "discard-through"
#define GUARD_CHAIN_OUT "discard-out"
#define GUARD_CHAIN_RECORDS "records"

/**
 * GuardContent: an owner's rules.
 * @pairs, @records: a connection's
 * @bypasses, @discards: outbound packets; those of the way back are meant too
 * @has_passage: what carries protection passes, to and from this machine itself
 * @ports: UDP ports of this machine that speak IKE
 */
typedef struct {
    const GuardPair *pairs;
    size_t n_pairs;
    const Record *records;
    size_t n_records;
    const ClearFlow *bypasses;
    size_t n_bypasses;
    const ClearFlow *discards;
    size_t n_discards;
    bool has_passage;
    const uint16_t *ports;
    size_t n_ports;
} GuardContent;

/**
 * Guard:
 *
 * One table (`inet ravelin`, or `ravelin-INSTANCE`). Its chain `guard` sees what comes in: what
 * bypasses is let past, and first; then the connections' rules drop. Three chains see what comes to
 * this machine, goes through it, or leaves it: what bypasses is let past, and then discards are
 * dropped, so that the SPD's order holds (RFC 4301 4.4.1). `records` is never evaluated, and its
 * rules hold a record each. A rule's comment is its owner's tag. All outlive the daemon; a change is
 * one transaction.
 */
typedef struct Guard Guard;

/** guard_new: @instance: the daemon instance's tag. */
Guard *guard_new(const char *instance, GError **error);
void guard_free(Guard *guard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Guard, guard_free)

/**
 * GuardEntry: a rule that is there.
 * @record: of chain `records`
 * @is_bypass: of a BYPASS rule
 */
typedef struct {
    char *owner;
    char chain[32];
    uint64_t handle;
    bool is_bypass;
    bool is_record;
    Record record;
} GuardEntry;

/** guard_list: (transfer full) (element-type GuardEntry): all rules; NULL with @error. */
GArray *guard_list(Guard *guard, GError **error);
/** guard_has_bypass: whether one of @entries is of a BYPASS rule. */
bool guard_has_bypass(const GArray *entries);

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
                   const GuardContent *content,
                   GError **error);

G_END_DECLS
