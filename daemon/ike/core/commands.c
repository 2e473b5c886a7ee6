/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What operators and the installer ask of the engine. */
#include "config.h"

#include "ike/core/commands.h"

#include <string.h>

#include "ike/core/child-life.h"
#include "ike/core/engine-state.h"
#include "ike/core/report.h"
#include "ike/core/sa-life.h"
#include "ike/v2/exchanges.h"

/** RvlTarget: what a command names: a connection, and perhaps one of its children. */
typedef struct {
    RvlUpkeep *upkeep;
    const RvlChildPolicy *child;
} RvlTarget;

static void
set_missing(GError **error, const char *name, const char *what, const char *remedy)
{
    rvl_error_set(error, RVL_CAUSE_NO_SUCH_PEER, "%s: %s", name, what);
    rvl_error_set_remedy(error, remedy);
}

static bool
find_target(const RvlEngine *engine, const char *name, RvlTarget *target, GError **error)
{
    const char *slash = strchr(name, '/');
    g_autofree char *connection =
        slash != NULL ? g_strndup(name, (gsize)(slash - name)) : g_strdup(name);

    target->upkeep = rvl_upkeep_find(engine, connection);
    target->child = NULL;
    if (target->upkeep != NULL && slash != NULL)
        target->child = rvl_connection_child(target->upkeep->connection, slash + 1);
    if (target->upkeep != NULL && !target->upkeep->is_closing &&
        (slash == NULL || target->child != NULL))
        return true;
    set_missing(error, name, "no such connection or child",
                "choose one that ravelinctl list connection shows");
    return false;
}

static bool
is_meant(const RvlIkeSa *ike, const RvlTarget *target, const RvlCommand *command)
{
    return ike->peer.connection != NULL && ike->state != RVL_IKE_SA_GONE &&
           strcmp(ike->peer.connection->name, target->upkeep->connection->name) == 0 &&
           (command->ike_spi == 0 || command->ike_spi == ike->spi_local);
}

static bool
is_child_meant(const RvlChildSa *child, const RvlTarget *target, const RvlCommand *command)
{
    return child->state == RVL_CHILD_INSTALLED &&
           (target->child == NULL || strcmp(child->policy->name, target->child->name) == 0) &&
           (command->child_spi == 0 || command->child_spi == child->spi_in);
}

typedef void (*ForChild)(RvlIkeSa *ike, RvlChildSa *child);
typedef void (*ForIke)(RvlIkeSa *ike);

/* Returns how many were meant. */
static unsigned
for_each(RvlEngine *engine,
         const RvlTarget *target,
         const RvlCommand *command,
         ForIke for_ike,
         ForChild for_child)
{
    bool is_about_child = target->child != NULL || command->child_spi != 0;
    unsigned n = 0;

    for (GList *link = engine->sas.head, *next; link != NULL; link = next) {
        RvlIkeSa *ike = link->data;

        next = link->next;
        if (!is_meant(ike, target, command))
            continue;
        if (!is_about_child) {
            for_ike(ike);
            n++;
            continue;
        }
        for (RvlChildSa *child = ike->children, *after; child != NULL; child = after) {
            after = child->next;
            if (is_child_meant(child, target, command)) {
                for_child(ike, child);
                n++;
            }
        }
    }
    return n;
}

static void
delete_ike(RvlIkeSa *ike)
{
    rvl_sa_life_delete(ike, RVL_CAUSE_REQUESTED);
}

static void
delete_child(RvlIkeSa *ike, RvlChildSa *child)
{
    (void)ike;
    rvl_child_life_delete(child, RVL_CAUSE_REQUESTED);
}

static void
rekey_child(RvlIkeSa *ike, RvlChildSa *child)
{
    (void)ike;
    rvl_child_life_rekey_due(child);
}

static void
take_up(RvlEngine *engine, const RvlTarget *target, const RvlCommand *command)
{
    RvlWaiter waiter = {.child = target->child, .command = command->id};

    rvl_upkeep_want(engine, target->upkeep, &waiter);
}

static void
take_down(RvlEngine *engine, const RvlTarget *target, const RvlCommand *command)
{
    if (command->ike_spi == 0 && command->child_spi == 0)
        rvl_upkeep_rest(engine, target->upkeep);
    (void)for_each(engine, target, command, delete_ike, delete_child);
    rvl_engine_reply(engine, command->id, NULL);
}

static void
take_rekey(RvlEngine *engine, const RvlTarget *target, const RvlCommand *command)
{
    g_autoptr(GError) error = NULL;

    if (for_each(engine, target, command, rvl_exchanges_rekey_ike, rekey_child) == 0)
        set_missing(&error, command->name, "no SA of it stands", "set it up first");
    rvl_engine_reply(engine, command->id, error);
}

/* Time for a delete, one retransmission or two, and their answers: a peer that is gone holds up no stop. */
#define STOP_PATIENCE (2 * RVL_SECOND)

static void
take_shutdown(RvlEngine *engine, const RvlCommand *command)
{
    engine->is_stopping = true;
    engine->stop_command = command->id;
    rvl_engine_set_timer(engine, &engine->stop, STOP_PATIENCE);
    for (GList *link = engine->sas.head, *next; link != NULL; link = next) {
        RvlIkeSa *ike = link->data;

        next = link->next;
        if (ike->state == RVL_IKE_SA_KEYED)
            rvl_sa_life_end(ike, RVL_CAUSE_SHUTTING_DOWN, NULL);
        else if (ike->state != RVL_IKE_SA_GONE)
            rvl_sa_life_delete(ike, RVL_CAUSE_SHUTTING_DOWN);
    }
    for (guint i = engine->upkeeps->len; i-- > 0;) {
        RvlUpkeep *upkeep = g_ptr_array_index(engine->upkeeps, i);

        g_clear_pointer(&upkeep->next, rvl_connection_unref);
        rvl_upkeep_close(engine, upkeep, RVL_CAUSE_SHUTTING_DOWN);
    }
}

void
rvl_commands_stop_due(RvlEngine *engine)
{
    for (GList *link = engine->sas.head, *next; link != NULL; link = next) {
        next = link->next;
        rvl_sa_life_end(link->data, RVL_CAUSE_SHUTTING_DOWN, NULL);
    }
}

void
rvl_commands_stop_check(RvlEngine *engine)
{
    if (engine->sas.length > 0 || engine->upkeeps->len > 0 || g_hash_table_size(engine->jobs) > 0 ||
        engine->stop_command == 0 || !rvl_rules_withdraw(engine))
        return;
    rvl_engine_reply(engine, engine->stop_command, NULL);
    engine->stop_command = 0;
}

void
rvl_commands_take(RvlEngine *engine, const RvlCommand *command)
{
    g_autoptr(GError) error = NULL;
    RvlTarget target;

    if (command->kind == RVL_COMMAND_SHUTDOWN) {
        take_shutdown(engine, command);
        return;
    }
    if (!find_target(engine, command->name, &target, &error)) {
        rvl_engine_reply(engine, command->id, error);
        return;
    }
    switch (command->kind) {
    case RVL_COMMAND_UP:
        take_up(engine, &target, command);
        return;
    case RVL_COMMAND_DOWN:
        take_down(engine, &target, command);
        return;
    case RVL_COMMAND_REKEY:
        take_rekey(engine, &target, command);
        return;
    case RVL_COMMAND_SHUTDOWN:
        return;
    }
}

/* The installer */

static void
take_acquire(RvlEngine *engine, const RvlInstallerReport *report)
{
    RvlLineage *lineage = rvl_lineage_find(engine, report->policy);
    RvlUpkeep *upkeep = lineage != NULL ? rvl_upkeep_find(engine, lineage->connection->name) : NULL;
    RvlWaiter waiter = {.acquire = report->acquire, .packet = report->flow};
    RvlEngineAction gone = {.kind = RVL_ENGINE_ACQUIRE_DONE, .acquire = report->acquire};

    /* A packet that the policy doesn't hold says nothing of what is to be set up. */
    if (lineage != NULL && !rvl_child_life_hold(lineage->local, lineage->remote, &waiter.packet))
        waiter.packet = (RvlFlow){0};
    if (upkeep != NULL && !upkeep->is_closing)
        waiter.child = rvl_connection_child(upkeep->connection, lineage->policy->name);
    if (waiter.child == NULL) { /* its policy is on its way out */
        rvl_engine_act(engine, &gone);
        return;
    }
    rvl_report_acquire(engine, upkeep->connection->name, waiter.child->name, &report->flow);
    rvl_upkeep_want(engine, upkeep, &waiter);
}

/* One that is on its way out is nobody's any more. */
static RvlChildSa *
find_child(const RvlEngine *engine, RvlSaId sa)
{
    return g_hash_table_lookup(engine->by_sa_id, &sa);
}

static void
take_expired(RvlEngine *engine, const RvlInstallerReport *report)
{
    RvlChildSa *child = find_child(engine, report->sa);

    if (child != NULL)
        rvl_child_life_limit_reached(child, report->is_hard, report->cause);
}

/* ESP from a new mapping of the peer's NAT, verified and newer: IKE follows (2.23). */
static void
take_mapping(RvlEngine *engine, const RvlInstallerReport *report)
{
    RvlChildSa *child = find_child(engine, report->sa);
    RvlPath path;

    if (child == NULL)
        return;
    path = child->ike->path.current;
    path.remote = report->remote;
    rvl_sa_life_heard(child->ike, &path);
}

/* All SAs and policies are gone: what stood is set up anew. */
static void
take_restart(RvlEngine *engine)
{
    rvl_rules_reinstall(engine);
    for (GList *link = engine->lineages.head; link != NULL; link = link->next) {
        RvlLineage *lineage = link->data;

        lineage->is_installed = lineage->stands = false;
        if (lineage->is_permanent)
            rvl_lineage_install(engine, lineage);
    }
    for (GList *link = engine->sas.head, *next; link != NULL; link = next) {
        RvlIkeSa *ike = link->data;

        next = link->next;
        if (ike->state == RVL_IKE_SA_ESTABLISHED)
            rvl_sa_life_delete(ike, RVL_CAUSE_INSTALL_FAILED);
    }
}

void
rvl_commands_report(RvlEngine *engine, const RvlInstallerReport *report)
{
    switch (report->kind) {
    case RVL_INSTALLER_ACQUIRE:
        take_acquire(engine, report);
        return;
    case RVL_INSTALLER_EXPIRED:
        take_expired(engine, report);
        return;
    case RVL_INSTALLER_MAPPING_CHANGED:
        take_mapping(engine, report);
        return;
    case RVL_INSTALLER_RESTARTED:
        take_restart(engine);
        return;
    case RVL_INSTALLER_OVERRUN:
        rvl_stock_take(engine);
        return;
    }
}
