/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Status: what the engine shows of its SAs. */
#include "config.h"

#include "ike/core/status.h"

#include "ike/core/engine-state.h"
#include "ike/core/sa-life.h"

static const char *const child_words[] = {
    [RVL_CHILD_NEGOTIATED] = "negotiated",
    [RVL_CHILD_INSTALLED] = "installed",
    [RVL_CHILD_REPLACED] = "rekeyed",
    [RVL_CHILD_DELETED] = "deleting",
};

/* The address of the newest IKE SA, or what the configuration has. */
static const char *
peer_text(const RvlUpkeep *upkeep, char text[RVL_ADDRESS_TEXT])
{
    const RvlConnection *connection = upkeep->connection;

    if (upkeep->current != NULL)
        return rvl_endpoint_format(&upkeep->current->path.current.remote, text);
    if (connection->n_remotes == 0)
        return "any";
    return connection->remotes[0].name != NULL
               ? connection->remotes[0].name
               : rvl_range_format(&connection->remotes[0].range, text);
}

void
rvl_engine_visit_connections(const RvlEngine *engine, RvlConnectionVisit visit, void *user_data)
{
    for (guint i = 0; i < engine->upkeeps->len; i++) {
        const RvlUpkeep *upkeep = g_ptr_array_index(engine->upkeeps, i);
        char text[RVL_ADDRESS_TEXT];
        const RvlConnectionStatus status = {
            .name = upkeep->connection->name,
            .state = rvl_upkeep_state(upkeep),
            .since = upkeep->since,
            .next_try = rvl_timer_is_set(&upkeep->timer) ? upkeep->timer.at : RVL_TIME_NEVER,
            .tries = upkeep->tries,
            .ike_sas = upkeep->sas.length,
            .peer = peer_text(upkeep, text),
            .interface = upkeep->interface,
            .last_cause = upkeep->last_cause,
            .last_error = upkeep->last_error,
        };

        if (!visit(&status, user_data))
            return;
    }
}

static size_t
plain_transforms(const RvlChoice *choice, RvlTransform transforms[RVL_CHOICE_TRANSFORMS])
{
    for (size_t i = 0; i < choice->n; i++)
        transforms[i] = choice->transforms[i].transform;
    return choice->n;
}

void
rvl_engine_visit_ike_sas(const RvlEngine *engine, RvlIkeVisit visit, void *user_data)
{
    for (GList *link = engine->sas.head; link != NULL; link = link->next) {
        const RvlIkeSa *ike = link->data;
        RvlTransform transforms[RVL_CHOICE_TRANSFORMS];
        const RvlIkeStatus status = {
            .connection = ike->peer.connection != NULL ? ike->peer.connection->name : NULL,
            .local_spi = ike->spi_local,
            .remote_spi = ike->spi_remote,
            .is_initiator = ike->is_initiator,
            .is_established = ike->state == RVL_IKE_SA_ESTABLISHED,
            .state = rvl_sa_life_state_word(ike->state),
            .path = &ike->path.current,
            .local = ike->peer.local,
            .remote = ike->peer.remote,
            .proposal = transforms,
            .n_proposal = plain_transforms(&ike->keys.choice, transforms),
            .established = ike->times.established,
            .rekey_at = ike->timers.rekey.at,
            .expires_at = ike->timers.expire.at,
            .last_inbound = ike->times.last_inbound,
            .local_auth = ike->peer.local_auth,
            .remote_auth = ike->peer.remote_auth,
        };

        if (ike->state != RVL_IKE_SA_GONE && !visit(&status, user_data))
            return;
    }
}

static bool
visit_children(const RvlIkeSa *ike, RvlChildVisit visit, void *user_data)
{
    for (const RvlChildSa *child = ike->children; child != NULL; child = child->next) {
        RvlTransform transforms[RVL_CHOICE_TRANSFORMS];
        const RvlChildStatus status = {
            .connection = ike->peer.connection->name,
            .child = child->policy->name,
            .ike_spi = ike->spi_local,
            .spi_in = child->spi_in,
            .spi_out = child->spi_out,
            .sa_in = child->id_in,
            .sa_out = child->id_out,
            .protocol = child->protocol,
            .mode = child->mode,
            .state = child_words[child->state],
            .local = child->local,
            .remote = child->remote,
            .proposal = transforms,
            .n_proposal = plain_transforms(&child->choice, transforms),
            .installed = child->installed,
            .rekey_at = child->rekey.at,
            .expires_at = child->expire.at,
            .path = &ike->path.current,
        };

        if (!visit(&status, user_data))
            return false;
    }
    return true;
}

void
rvl_engine_visit_child_sas(const RvlEngine *engine, RvlChildVisit visit, void *user_data)
{
    for (GList *link = engine->sas.head; link != NULL; link = link->next) {
        if (!visit_children(link->data, visit, user_data))
            return;
    }
}

static bool
visit_rules(const RvlRules *rules, RvlPolicyVisit visit, void *user_data)
{
    for (guint i = 0; i < rules->wanted->len; i++) {
        const RvlRule *rule = &g_array_index(rules->wanted, RvlRule, i);
        bool stands = rvl_rules_stand(rules, rule);
        const RvlPolicyStatus status = {
            .name = rule->name,
            .action = rule->action,
            .state = stands                      ? "in-force"
                     : rules->last_error != NULL ? "refused"
                                                 : "pending",
            .local = rule->local,
            .remote = rule->remote,
            .error = stands ? NULL : rules->last_error,
        };

        if (!visit(&status, user_data))
            return false;
    }
    return true;
}

void
rvl_engine_visit_policies(const RvlEngine *engine, RvlPolicyVisit visit, void *user_data)
{
    if (!visit_rules(&engine->rules, visit, user_data))
        return;
    for (GList *link = engine->lineages.head; link != NULL; link = link->next) {
        const RvlLineage *lineage = link->data;
        const RvlPolicyStatus status = {
            .name = lineage->policy->name,
            .connection = lineage->connection->name,
            .action = RVL_ACTION_PROTECT,
            .state = lineage->is_installed ? "in-force" : "pending",
            .local = lineage->local,
            .remote = lineage->remote,
        };

        if (!visit(&status, user_data))
            return;
    }
}
