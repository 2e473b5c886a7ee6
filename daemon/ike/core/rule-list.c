/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules as values: what is let through or dropped beside the connections, as jobs carry it. */
#include "config.h"

#include "ike/core/rule-list.h"

static void
rule_clear(void *data)
{
    RvlRule *rule = data;

    g_clear_pointer(&rule->name, g_free);
    g_clear_pointer(&rule->local, rvl_selectors_unref);
    g_clear_pointer(&rule->remote, rvl_selectors_unref);
}

GArray *
rvl_rules_new(void)
{
    GArray *rules = g_array_new(FALSE, FALSE, sizeof(RvlRule));

    g_array_set_clear_func(rules, rule_clear);
    return rules;
}

void
rvl_rules_add(GArray *rules, const RvlRule *rule)
{
    RvlRule copy = *rule;

    copy.name = g_strdup(rule->name);
    copy.local = rvl_selectors_ref(rule->local);
    copy.remote = rvl_selectors_ref(rule->remote);
    g_array_append_val(rules, copy);
}

void
rvl_rules_add_all(GArray *rules, const GArray *added)
{
    for (guint i = 0; i < added->len; i++)
        rvl_rules_add(rules, &g_array_index(added, RvlRule, i));
}

GArray *
rvl_rules_copy(const GArray *rules)
{
    GArray *copy = rvl_rules_new();

    rvl_rules_add_all(copy, rules);
    return copy;
}

bool
rvl_rule_equal(const RvlRule *a, const RvlRule *b)
{
    return a->id == b->id && a->action == b->action && rvl_selectors_equal(a->local, b->local) &&
           rvl_selectors_equal(a->remote, b->remote);
}

const RvlRule *
rvl_rules_find(const GArray *rules, RvlPolicyId id)
{
    for (guint i = 0; i < rules->len; i++) {
        const RvlRule *rule = &g_array_index(rules, RvlRule, i);

        if (rule->id == id)
            return rule;
    }
    return NULL;
}

RvlPolicyOrder
rvl_rule_order(const RvlRule *rule)
{
    return rule->action == RVL_ACTION_BYPASS ? RVL_ORDER_BYPASS : RVL_ORDER_DISCARD;
}
