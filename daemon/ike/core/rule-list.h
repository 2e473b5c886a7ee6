/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules as values: what is let through or dropped beside the connections, as jobs carry it. */
#pragma once

#include <ravelin/installer.h>

/**
 * RvlPolicyOrder: of what the installer gets (RFC 4301 4.4.1): bypass stands before discard, and both
 * before every connection. Within a kind, which one matches changes nothing.
 */
typedef enum {
    RVL_ORDER_BYPASS = 1,
    RVL_ORDER_DISCARD = 2,
    RVL_ORDER_PROTECT = 3,
} RvlPolicyOrder;

/**
 * RvlRule: an `[spd N]` as it is installed.
 * @id: the installer's policy; the same as long as the rule has its name
 * @action: RvlAction: BYPASS or DISCARD
 */
typedef struct {
    RvlPolicyId id;
    char *name;
    uint8_t action;
    RvlSelectors *local;
    RvlSelectors *remote;
} RvlRule;

/** rvl_rules_new: an empty array of RvlRule, which frees what is in it. */
GArray *rvl_rules_new(void);
/** rvl_rules_add: copies @rule. */
void rvl_rules_add(GArray *rules, const RvlRule *rule);
/** rvl_rules_add_all: copies those of @added behind what @rules has. */
void rvl_rules_add_all(GArray *rules, const GArray *added);
/** rvl_rules_copy: (transfer full): another array of the same. */
GArray *rvl_rules_copy(const GArray *rules);
/** rvl_rule_equal: whether @a and @b mean the same policy. */
bool rvl_rule_equal(const RvlRule *a, const RvlRule *b);
/** rvl_rules_find: (transfer none) (nullable): by the installer's policy. */
const RvlRule *rvl_rules_find(const GArray *rules, RvlPolicyId id);
RvlPolicyOrder rvl_rule_order(const RvlRule *rule);
