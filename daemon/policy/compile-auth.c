/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How both ends of a connection prove themselves. */
#include "config.h"

#include <string.h>

#include <ravelin/authenticator.h>

#include "config/nearest.h"
#include "policy/compile-parts.h"
#include "policy/plugin-settings.h"
#include "registry/registry.h"

/* Keys of the core that authenticators are given beside their own. */
static const char *const given_keys[] = {"certificate", "key",       "authority",
                                         "local-id",    "remote-id", "id"};

static const RvlCapabilityEntry *
find_authenticator(const RvlCompiler *compiler,
                   const RvlConfigGroup *group,
                   const char *key,
                   const char *word)
{
    const RvlRegistry *registry = compiler->in->registry;
    const RvlCapabilityEntry *entry =
        rvl_registry_find(registry, RVL_CAPABILITY_AUTHENTICATOR, word);
    g_autofree char *remedy = NULL;
    const RvlCapabilityEntry *known;
    RvlNearest nearest;

    if (entry != NULL)
        return entry;
    rvl_nearest_init(&nearest, word);
    for (size_t i = 0;
         (known = rvl_registry_get(registry, RVL_CAPABILITY_AUTHENTICATOR, i)) != NULL; i++)
        rvl_nearest_offer(&nearest, known->name);
    remedy = nearest.best != NULL ? rvl_nearest_remedy(&nearest)
                                  : g_strdup("load the plugin that has it: ravelinctl plugins");
    rvl_compiler_say(compiler, group, key, remedy, "no loaded plugin proves by '%s'", word);
    return NULL;
}

/* Appends what @group holds of the keys that are given to every authenticator. */
static void
append_given(GArray *settings, const RvlConfigGroup *group)
{
    for (size_t i = 0; i < G_N_ELEMENTS(given_keys); i++) {
        const RvlSetting *setting = rvl_settings_find(group->settings, given_keys[i]);

        if (setting != NULL)
            g_array_append_vals(settings, setting, 1);
    }
}

/* Adds an authority's certificate; false after a problem. */
static bool
add_authority(const RvlCompiler *compiler, const RvlConfigGroup *authority, GPtrArray *files)
{
    const char *file = rvl_settings_text(authority->settings, "certificate", NULL);

    if (file == NULL) {
        rvl_compiler_say(compiler, authority, NULL, "write certificate = FILE",
                         "the authority has no certificate");
        return false;
    }
    g_ptr_array_add(files, (gpointer)file);
    return true;
}

/* Collects the certificates of the authorities that the connection names, or of all. */
static bool
collect_authorities(const RvlCompiler *compiler, const RvlConfigGroup *group, GPtrArray *files)
{
    const RvlConfiguration *configuration = compiler->in->configuration;
    const RvlSetting *named = rvl_settings_find(group->settings, "authority");
    const RvlConfigGroup *authority;
    bool is_good = true;

    for (size_t i = 0; named == NULL; i++) {
        authority = rvl_configuration_at(configuration, "authority", i);
        if (authority == NULL)
            return is_good;
        is_good &= add_authority(compiler, authority, files);
    }
    for (size_t i = 0; named->texts[i] != NULL; i++) {
        authority = rvl_configuration_find(configuration, "authority", named->texts[i]);
        if (authority != NULL) {
            is_good &= add_authority(compiler, authority, files);
            continue;
        }
        rvl_compiler_say(compiler, group, "authority", NULL, "there is no [authority %s]",
                         named->texts[i]);
        is_good = false;
    }
    return is_good;
}

/* The group of the connection's own secret, where it names no identity. */
static const RvlConfigGroup *
own_secret(const RvlCompiler *compiler, const RvlConfigGroup *group)
{
    return rvl_configuration_find(compiler->in->configuration, "secret", group->name);
}

static RvlSettings *
settings_for(const RvlCompiler *compiler,
             const RvlConfigGroup *group,
             const char *plugin,
             const char *const *authorities)
{
    g_autoptr(GArray) settings = g_array_new(FALSE, TRUE, sizeof(RvlSetting));
    const RvlConfigGroup *secret = own_secret(compiler, group);
    const RvlSetting files = {
        .key = "authority-certificate",
        .type = RVL_KEY_TEXTS,
        .texts = authorities,
    };

    append_given(settings, group);
    rvl_settings_append_claimed(settings, group, compiler->in->schema, plugin);
    if (secret != NULL) {
        append_given(settings, secret);
        rvl_settings_append_claimed(settings, secret, compiler->in->schema, plugin);
    }
    if (authorities[0] != NULL)
        g_array_append_val(settings, files);
    return rvl_settings_new(group->head, (const RvlSetting *)(const void *)settings->data,
                            settings->len);
}

/* One way of proof and the words that lead to it. */
typedef struct {
    const RvlCompiler *compiler;
    const RvlConfigGroup *group;
    const RvlProfile *profile;
    RvlConnection *connection;
    const char *const *authorities;
} Proofs;

/* Whether the method has what it needs. A peer's secret may be known by its identity only later. */
static bool
check_ready(const Proofs *proofs,
            const RvlCapabilityEntry *entry,
            const RvlAuthPolicy *auth,
            const char *key,
            bool proves)
{
    const RvlAuthenticator *authenticator = entry->interface;
    const RvlConnection *connection = proofs->connection;
    const RvlIdentity *remote =
        connection->n_remote_identities > 0 ? connection->remote_identities[0] : NULL;
    g_autoptr(RvlSettings) settings = rvl_connection_auth_settings(connection, auth, remote);
    bool is_open = connection->parts->identity_secrets != NULL &&
                   (remote == NULL || rvl_identity_is_pattern(remote));
    GError *error = NULL;

    if (is_open || !RVL_HAS_CALL(authenticator, is_ready) ||
        authenticator->is_ready(entry->self, settings, proves, &error))
        return true;
    if (error == NULL)
        rvl_error_set(&error, RVL_CAUSE_CONFIG_INVALID, "'%s' lacks what it needs", auth->word);
    rvl_compiler_add(proofs->compiler, proofs->group, key, error);
    return false;
}

/* Both ends' settings are the same where one plugin serves both: then they are shared. */
static RvlSettings *
settings_of_both(const Proofs *proofs, const RvlAuthPolicy *auth)
{
    const RvlConnection *connection = proofs->connection;

    for (size_t i = 0; i < connection->n_remote_auth; i++) {
        const RvlAuthPolicy *other = &connection->remote_auth[i];

        if (other->settings != NULL && strcmp(other->plugin, auth->plugin) == 0)
            return rvl_settings_ref(other->settings);
    }
    return settings_for(proofs->compiler, proofs->group, auth->plugin, proofs->authorities);
}

static bool
compile_one(const Proofs *proofs,
            const char *word,
            const char *key,
            bool proves,
            RvlAuthPolicy *auth)
{
    GError *error = NULL;
    const RvlCapabilityEntry *entry;

    auth->word = g_strdup(word);
    if (!rvl_profile_allows_auth(proofs->profile, word, &error)) {
        rvl_compiler_add(proofs->compiler, proofs->group, key, error);
        return false;
    }
    entry = find_authenticator(proofs->compiler, proofs->group, key, word);
    if (entry == NULL)
        return false;
    auth->plugin = g_strdup(entry->plugin);
    auth->settings = settings_of_both(proofs, auth);
    return check_ready(proofs, entry, auth, key, proves);
}

/* local-id, else what the method knows of us: a certificate's first name. */
static void
compile_local_identity(const Proofs *proofs)
{
    RvlConnection *connection = proofs->connection;
    const char *text = rvl_settings_text(proofs->group->settings, "local-id", NULL);
    const RvlCapabilityEntry *entry = rvl_registry_find(
        proofs->compiler->in->registry, RVL_CAPABILITY_AUTHENTICATOR, connection->local_auth.word);
    const RvlAuthenticator *authenticator = entry != NULL ? entry->interface : NULL;

    if (text != NULL)
        connection->local_identity = rvl_identity_parse(text, NULL); /* checked before */
    else if (RVL_HAS_CALL(authenticator, default_identity))
        connection->local_identity =
            authenticator->default_identity(entry->self, connection->local_auth.settings);
}

/* The words of @key, else of auth, else the profile's; @from is the key that had them. */
static const char *const *
words_of(const RvlConfigGroup *group, const RvlProfile *profile, const char *key, const char **from)
{
    const RvlSetting *own = rvl_settings_find(group->settings, key);
    const RvlSetting *both = rvl_settings_find(group->settings, "auth");

    *from = own != NULL ? key : "auth";
    if (own != NULL)
        return own->texts;
    return both != NULL ? both->texts : profile->auth;
}

static bool
compile_remote_auth(const Proofs *proofs, const char *const *words, const char *key)
{
    RvlConnection *connection = proofs->connection;
    size_t n = g_strv_length((char **)words);
    bool is_good = true;

    connection->parts->remote_auth = g_new0(RvlAuthPolicy, n);
    connection->remote_auth = connection->parts->remote_auth;
    connection->n_remote_auth = n;
    for (size_t i = 0; i < n; i++)
        is_good &= compile_one(proofs, words[i], key, false, &connection->parts->remote_auth[i]);
    return is_good;
}

bool
rvl_compile_auth(const RvlCompiler *compiler,
                 const RvlConfigGroup *group,
                 const RvlProfile *profile,
                 RvlConnection *connection)
{
    g_autoptr(GPtrArray) authorities = g_ptr_array_new();
    const RvlConfigGroup *secret = own_secret(compiler, group);
    const char *remote_key, *local_key;
    const char *const *remote = words_of(group, profile, "remote-auth", &remote_key);
    const char *const *local = words_of(group, profile, "local-auth", &local_key);
    Proofs proofs = {compiler, group, profile, connection, NULL};
    bool is_good = collect_authorities(compiler, group, authorities);

    g_ptr_array_add(authorities, NULL);
    proofs.authorities = (const char *const *)authorities->pdata;
    if (secret != NULL)
        g_ptr_array_add(connection->parts->groups, rvl_config_group_ref(secret));
    else if (compiler->identity_secrets != NULL)
        connection->parts->identity_secrets = rvl_identity_secrets_ref(compiler->identity_secrets);
    if (remote == NULL || local == NULL) {
        rvl_compiler_say(compiler, group, NULL, "write auth = METHOD",
                         "nothing says how the ends prove themselves");
        return false;
    }
    if (strcmp(local_key, "local-auth") == 0 && local[1] != NULL) {
        rvl_compiler_say(compiler, group, local_key, "name one",
                         "this release proves itself by one method");
        return false;
    }
    is_good &= compile_remote_auth(&proofs, remote, remote_key);
    if (!compile_one(&proofs, local[0], local_key, true, &connection->local_auth))
        return false;
    compile_local_identity(&proofs);
    return is_good;
}
