/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From checked groups to a snapshot. */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

#include "config/value.h"
#include "policy/compile-parts.h"
#include "policy/connection-same.h"
#include "policy/protect.h"
#include "policy/snapshot-parts.h"

void
rvl_compiler_add(const RvlCompiler *compiler,
                 const RvlConfigGroup *group,
                 const char *key,
                 GError *error)
{
    RvlPlace place = rvl_config_group_place(group, key);

    rvl_problems_add(compiler->in->problems, &place, error);
}

void
rvl_compiler_say(const RvlCompiler *compiler,
                 const RvlConfigGroup *group,
                 const char *key,
                 const char *remedy,
                 const char *format,
                 ...)
{
    RvlPlace place = rvl_config_group_place(group, key);
    g_autofree char *what = NULL;
    va_list arguments;

    va_start(arguments, format);
    what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    rvl_problems_say(compiler->in->problems, &place, remedy, "%s", what);
}

static RvlProposals *
parse_named(const RvlCompiler *compiler,
            const RvlConfigGroup *group,
            const RvlProfile *profile,
            const RvlSetting *setting,
            RvlProtocol protocol)
{
    g_autofree char *shared_as = g_strdup_printf("%d %s", (int)protocol, setting->text);
    g_autoptr(RvlProposals) named = NULL;
    const RvlProposals *shared = g_hash_table_lookup(compiler->proposals, shared_as);
    GError *error = NULL;

    if (shared != NULL)
        named = rvl_proposals_ref(shared);
    else
        named =
            rvl_proposals_parse(compiler->in->registry, setting->texts, protocol, false, &error);
    if (named == NULL || !rvl_profile_allows(profile, named, compiler->in->registry, &error)) {
        rvl_compiler_add(compiler, group, setting->key, error);
        return NULL;
    }
    if (shared == NULL)
        g_hash_table_insert(compiler->proposals, g_steal_pointer(&shared_as),
                            rvl_proposals_ref(named));
    return g_steal_pointer(&named);
}

RvlProposals *
rvl_compiler_proposals(const RvlCompiler *compiler,
                       const RvlConfigGroup *group,
                       const RvlProfile *profile,
                       const char *key,
                       RvlProtocol protocol)
{
    const RvlSetting *setting = rvl_settings_find(group->settings, key);
    RvlProposals *defaults = protocol == RVL_PROTOCOL_IKE ? profile->ike : profile->esp;

    if (setting != NULL)
        return parse_named(compiler, group, profile, setting, protocol);
    if (defaults != NULL)
        return rvl_proposals_ref(defaults);
    rvl_compiler_say(compiler, group, key, "name some, or load the plugins that have them",
                     "no algorithm of profile %s is there", profile->group->name);
    return NULL;
}

static void
compile_profiles(RvlCompiler *compiler)
{
    const RvlConfigGroup *group;

    for (size_t i = 0;
         (group = rvl_configuration_at(compiler->in->configuration, "profile", i)) != NULL; i++)
        g_hash_table_insert(compiler->profiles, (gpointer)group->name,
                            rvl_profile_new(group, compiler->in->registry, compiler->in->problems));
}

/* Sorts [child CONNECTION/NAME] by its connection. */
static void
sort_children(RvlCompiler *compiler)
{
    const RvlConfigGroup *group;

    for (size_t i = 0;
         (group = rvl_configuration_at(compiler->in->configuration, "child", i)) != NULL; i++) {
        g_autofree char *owner = g_strndup(group->name, strcspn(group->name, "/"));
        GPtrArray *list = g_hash_table_lookup(compiler->children, owner);

        if (rvl_configuration_find(compiler->in->configuration, "connection", owner) == NULL) {
            rvl_compiler_say(compiler, group, NULL, NULL, "there is no [connection %s]", owner);
            continue;
        }
        if (list == NULL) {
            list = g_ptr_array_new();
            g_hash_table_insert(compiler->children, g_steal_pointer(&owner), list);
        }
        g_ptr_array_add(list, (gpointer)group);
    }
}

/* `500 ms, 2, 6`; a factor may have decimals. */
static bool
parse_retransmit(const char *const *parts, RvlRetransmit *retransmit)
{
    int64_t first;
    guint64 tries;
    double factor;
    char *end;

    if (g_strv_length((char **)parts) != 3 || !rvl_value_duration(parts[0], &first))
        return false;
    factor = g_ascii_strtod(parts[1], &end);
    if (*end != '\0' || !(factor >= 1 && factor <= 10) || first < 50 || first > 60000)
        return false;
    if (!g_ascii_string_to_unsigned(parts[2], 10, 1, 100, &tries, NULL))
        return false;
    *retransmit = (RvlRetransmit){
        .first = first * RVL_MILLISECOND,
        .factor_thousandths = (uint32_t)(factor * 1000 + 0.5),
        .tries = (uint32_t)tries,
    };
    return true;
}

static void
compile_retransmit(RvlCompiler *compiler)
{
    const RvlConfigGroup *daemon = compiler->in->daemon;
    const RvlSetting *setting = rvl_settings_find(daemon->settings, "retransmit");

    if (setting == NULL || !parse_retransmit(setting->texts, &compiler->retransmit))
        rvl_compiler_say(compiler, daemon, "retransmit",
                         "write the first wait (50 ms to 60 s), a factor (1 to 10) and the number "
                         "of sends (1 to 100): '500 ms, 2, 6'",
                         "'%s' is no schedule", setting != NULL ? setting->text : "");
}

static int
compare_rules(gconstpointer a, gconstpointer b)
{
    const RvlSpdRule *x = a, *y = b;

    return x->action != y->action ? (int)x->action - (int)y->action : strcmp(x->name, y->name);
}

static bool
has_dynamic(const RvlSelectors *selectors)
{
    for (size_t i = 0; i < rvl_selectors_count(selectors); i++) {
        if (rvl_selectors_get(selectors, i)->range.first.family == RVL_FAMILY_NONE)
            return true;
    }
    return false;
}

static void
compile_rule(const RvlCompiler *compiler, const RvlConfigGroup *group, RvlSnapshot *snapshot)
{
    const char *match = rvl_settings_text(group->settings, "match", NULL);
    const char *action = rvl_settings_text(group->settings, "action", NULL);
    RvlSpdRule rule = {.name = group->name, .settings = group->settings};
    GError *error = NULL;

    if (match == NULL || action == NULL) {
        rvl_compiler_say(compiler, group, NULL, NULL, "the group lacks %s",
                         match == NULL ? "match" : "action");
        return;
    }
    rule.action = strcmp(action, "bypass") == 0 ? RVL_ACTION_BYPASS : RVL_ACTION_DISCARD;
    if (!rvl_protect_parse(match, &rule.local, &rule.remote, &error)) {
        rvl_compiler_add(compiler, group, "match", error);
        return;
    }
    if (has_dynamic(rule.local) || has_dynamic(rule.remote)) {
        rvl_compiler_say(compiler, group, "match", "write the addresses",
                         "'dynamic' is a connection's own address, and the rule has none");
        rvl_selectors_unref(rule.local);
        rvl_selectors_unref(rule.remote);
        return;
    }
    g_array_append_val(snapshot->rules, rule);
    g_ptr_array_add(snapshot->rule_groups, rvl_config_group_ref(group));
}

static void
compile_rules(const RvlCompiler *compiler, RvlSnapshot *snapshot)
{
    const RvlConfigGroup *group;

    for (size_t i = 0;
         (group = rvl_configuration_at(compiler->in->configuration, "spd", i)) != NULL; i++)
        compile_rule(compiler, group, snapshot);
    g_array_sort(snapshot->rules, compare_rules);
}

static void
compile_limits(const RvlCompiler *compiler, RvlLimits *limits)
{
    const RvlSettings *daemon = compiler->in->daemon->settings;

    limits->half_open = (uint32_t)rvl_settings_number(daemon, "half-open-limit", 0);
    limits->half_open_per_source =
        (uint32_t)rvl_settings_number(daemon, "half-open-limit-per-source", 0);
    limits->cookie_threshold = (uint32_t)rvl_settings_number(daemon, "cookie-threshold", 0);
}

/* Returns the connection of the snapshot in force where nothing of it changed, not even a line. */
static RvlConnection *
share(const RvlCompiler *compiler, RvlConnection *connection)
{
    const RvlConnection *before = compiler->in->previous != NULL
                                      ? rvl_snapshot_find(compiler->in->previous, connection->name)
                                      : NULL;
    RvlConnection *shared;

    if (before == NULL || !rvl_connection_identical(before, connection))
        return connection;
    shared = rvl_connection_ref(before);
    rvl_connection_unref(connection);
    return shared;
}

static GPtrArray *
compile_connections(const RvlCompiler *compiler)
{
    GPtrArray *connections = g_ptr_array_new_with_free_func((GDestroyNotify)rvl_connection_unref);
    const RvlConfigGroup *group;

    for (size_t i = 0;
         (group = rvl_configuration_at(compiler->in->configuration, "connection", i)) != NULL;
         i++) {
        RvlConnection *connection = rvl_compile_connection(compiler, group);

        if (connection != NULL)
            g_ptr_array_add(connections, share(compiler, connection));
    }
    return connections;
}

static void
check_secrets(const RvlCompiler *compiler)
{
    const RvlConfigGroup *group;

    for (size_t i = 0;
         (group = rvl_configuration_at(compiler->in->configuration, "secret", i)) != NULL; i++) {
        if (rvl_settings_find(group->settings, "id") == NULL &&
            rvl_configuration_find(compiler->in->configuration, "connection", group->name) == NULL)
            rvl_compiler_say(compiler, group, NULL, "name the peer by id",
                             "there is no [connection %s] that the secret could be for",
                             group->name);
    }
}

RvlSnapshot *
rvl_snapshot_new(const RvlCompiling *compiling)
{
    RvlCompiler compiler = {.in = compiling};
    g_autoptr(RvlSnapshot) snapshot = NULL;

    compiler.profiles =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)rvl_profile_free);
    compiler.proposals =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)rvl_proposals_unref);
    compiler.children =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    compiler.identity_secrets =
        rvl_identity_secrets_new(compiling->configuration, compiling->schema, compiling->problems);
    compile_profiles(&compiler);
    sort_children(&compiler);
    compile_retransmit(&compiler);
    check_secrets(&compiler);
    snapshot = rvl_snapshot_assemble(compile_connections(&compiler));
    compile_limits(&compiler, &snapshot->limits);
    compile_rules(&compiler, snapshot);

    g_clear_pointer(&compiler.identity_secrets, rvl_identity_secrets_unref);
    g_hash_table_unref(compiler.children);
    g_hash_table_unref(compiler.proposals);
    g_hash_table_unref(compiler.profiles);
    return rvl_problems_count(compiling->problems) == 0 ? g_steal_pointer(&snapshot) : NULL;
}
