/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules: what the SPD lets through or drops beside the connections (RFC 4301 4.4.1), kept in force. */
#pragma once

#include "ike/core/rule-list.h"
#include "ike/core/timer-heap.h"
#include "policy/snapshot.h"

typedef struct RvlEngine RvlEngine;

/**
 * RvlRules:
 * @wanted: of RvlRule: the configuration's; @is_wanted: they, or connections, are there
 * @standing: of RvlRule: what the last job that ended well left; @stands: its is_wanted
 * @asked: (nullable): what the job under way is to leave; @is_asked: its is_wanted
 * @is_lost: the installer restarted while that job was under way
 * @timer: the next try, after one that failed
 * @last_error: (nullable): of that one
 *
 * One job is under way at a time: the next begins with the difference that is left when it ended.
 */
typedef struct {
    GArray *wanted;
    bool is_wanted;
    GArray *standing;
    bool stands;
    GArray *asked;
    bool is_asked;
    bool is_lost;
    RvlTimer timer;
    char *last_error;
} RvlRules;

void rvl_rules_init(RvlRules *rules);
void rvl_rules_fini(RvlEngine *engine);

/** rvl_rules_follow: @snapshot is in force: what differs is installed, updated, removed. */
void rvl_rules_follow(RvlEngine *engine, const RvlSnapshot *snapshot);
/** rvl_rules_due: the next try. */
void rvl_rules_due(RvlEngine *engine);
/** rvl_rules_reinstall: the installer has lost all policies. */
void rvl_rules_reinstall(RvlEngine *engine);
/**
 * rvl_rules_restore: the installer has lost the policy @id. Returns false, and does nothing, while a
 * job is under way.
 */
bool rvl_rules_restore(RvlEngine *engine, RvlPolicyId id) G_GNUC_WARN_UNUSED_RESULT;
/** rvl_rules_withdraw: an orderly stop. Returns whether nothing stands and nothing is under way. */
bool rvl_rules_withdraw(RvlEngine *engine);

/** rvl_rules_stand: whether @rule is in force as it is wanted. */
bool rvl_rules_stand(const RvlRules *rules, const RvlRule *rule);
