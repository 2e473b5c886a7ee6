/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A [connection] with its children. */
#include "config.h"

#include <string.h>

#include "config/nearest.h"
#include "policy/compile-parts.h"

/* Octets of IP packets that carry fragments of IKE messages: what any path passes (RFC 7383 2.5.1). */
#define FRAGMENT_OCTETS 1280

static const char *
text_of(const RvlConfigGroup *group, const char *key)
{
    return rvl_settings_text(group->settings, key, "");
}

/* The position of a setting's text in @words, which are the row's. */
static unsigned
word_of(const RvlConfigGroup *group, const char *key, const char *const *words)
{
    const char *text = text_of(group, key);
    unsigned i = 0;

    while (words[i + 1] != NULL && strcmp(words[i], text) != 0)
        i++;
    return i;
}

static const RvlProfile *
find_profile(const RvlCompiler *compiler, const RvlConfigGroup *group)
{
    const char *name = text_of(group, "profile");
    const RvlProfile *profile = g_hash_table_lookup(compiler->profiles, name);
    g_autofree char *remedy = NULL;
    GHashTableIter iter;
    RvlNearest nearest;
    gpointer known;

    if (profile != NULL)
        return profile;
    rvl_nearest_init(&nearest, name);
    g_hash_table_iter_init(&iter, compiler->profiles);
    while (g_hash_table_iter_next(&iter, &known, NULL))
        rvl_nearest_offer(&nearest, known);
    remedy = rvl_nearest_remedy(&nearest);
    rvl_compiler_say(compiler, group, "profile", remedy, "there is no profile '%s'", name);
    return NULL;
}

/* Whether the setting is the word `any`, which stands alone. */
static bool
is_any(const RvlSetting *setting)
{
    return setting == NULL ||
           (g_strv_length((char **)setting->texts) == 1 && strcmp(setting->texts[0], "any") == 0);
}

static bool
compile_local_addresses(const RvlCompiler *compiler,
                        const RvlConfigGroup *group,
                        RvlConnection *connection)
{
    const RvlSetting *setting = rvl_settings_find(group->settings, "local-address");
    size_t n;

    if (is_any(setting))
        return true;
    n = g_strv_length((char **)setting->texts);
    connection->parts->local_addresses = g_new0(RvlAddress, n);
    connection->local_addresses = connection->parts->local_addresses;
    for (size_t i = 0; i < n; i++) {
        if (!rvl_address_parse(setting->texts[i], &connection->parts->local_addresses[i])) {
            rvl_compiler_say(compiler, group, setting->key, NULL, "'%s' is no address",
                             setting->texts[i]);
            return false;
        }
    }
    connection->n_local = n;
    return true;
}

static bool
is_host_name(const char *text)
{
    return g_ascii_isalnum(*text) &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
                        "XYZ0123456789-_.") == strlen(text) &&
           strspn(text, "0123456789.") != strlen(text); /* a broken address is no name */
}

static bool
compile_remote(const RvlCompiler *compiler,
               const RvlConfigGroup *group,
               const char *text,
               RvlRemote *remote)
{
    GError *error = NULL;
    RvlSelector selector;

    if (is_host_name(text)) {
        remote->name = g_strdup(text);
        return true;
    }
    if (strchr(text, '[') == NULL && rvl_selector_parse(text, &selector, &error)) {
        remote->range = selector.range;
        return true;
    }
    g_clear_error(&error);
    rvl_compiler_say(compiler, group, "remote-address", NULL,
                     "'%s' is neither address nor prefix nor name", text);
    return false;
}

static bool
compile_remotes(const RvlCompiler *compiler, const RvlConfigGroup *group, RvlConnection *connection)
{
    const RvlSetting *setting = rvl_settings_find(group->settings, "remote-address");
    size_t n;

    if (is_any(setting))
        return true;
    n = g_strv_length((char **)setting->texts);
    connection->parts->remotes = g_new0(RvlRemote, n);
    connection->remotes = connection->parts->remotes;
    connection->n_remotes = n;
    for (size_t i = 0; i < n; i++) {
        if (!compile_remote(compiler, group, setting->texts[i], &connection->parts->remotes[i]))
            return false;
    }
    return true;
}

bool
rvl_connection_has_remote(const RvlConnection *connection)
{
    for (size_t i = 0; i < connection->n_remotes; i++) {
        const RvlRemote *remote = &connection->remotes[i];

        if (remote->name != NULL || rvl_address_equal(&remote->range.first, &remote->range.last))
            return true;
    }
    return false;
}

/* remote-id, else what remote-address says by itself: one address, or one name. */
static void
compile_remote_identity(const RvlConfigGroup *group, RvlConnection *connection)
{
    const char *text = rvl_settings_text(group->settings, "remote-id", NULL);
    RvlIdentity *identity = NULL;

    if (text != NULL && strcmp(text, "any") == 0)
        return;
    if (text != NULL)
        identity = rvl_identity_parse(text, NULL); /* checked before */
    else if (connection->n_remotes == 1 && connection->remotes[0].name != NULL)
        identity = rvl_identity_new(RVL_IDENTITY_FQDN, connection->remotes[0].name,
                                    strlen(connection->remotes[0].name));
    else if (connection->n_remotes == 1 && rvl_connection_has_remote(connection))
        identity = rvl_identity_from_address(&connection->remotes[0].range.first);
    if (identity == NULL)
        return;
    connection->parts->remote_identities = g_new0(RvlIdentity *, 1);
    connection->parts->remote_identities[0] = identity;
    connection->remote_identities = connection->parts->remote_identities;
    connection->n_remote_identities = 1;
}

static bool
compile_ike_lifetime(const RvlCompiler *compiler,
                     const RvlConfigGroup *group,
                     const RvlProfile *profile,
                     RvlConnection *connection)
{
    GError *error = NULL;

    connection->ike_lifetime = rvl_lifetime_of(rvl_settings_find(group->settings, "ike-lifetime"));
    if (rvl_profile_bound(profile, &profile->ike_lifetime, &connection->ike_lifetime, &error))
        return true;
    rvl_compiler_add(compiler, group, "ike-lifetime", error);
    return false;
}

/* An interface's address: `10.9.0.1/24`; unlike a prefix it has host bits. */
static bool
parse_interface_address(const char *text, RvlPrefix *address)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", 2);
    guint64 length;

    if (parts[0] == NULL || !rvl_address_parse(parts[0], &address->address))
        return false;
    length = rvl_family_octets((RvlFamily)address->address.family) * 8;
    if (parts[1] != NULL && !g_ascii_string_to_unsigned(parts[1], 10, 0, length, &length, NULL))
        return false;
    address->length = (uint8_t)length;
    return true;
}

static bool
compile_interface_addresses(const RvlCompiler *compiler,
                            const RvlConfigGroup *group,
                            RvlConnection *connection)
{
    const RvlSetting *setting = rvl_settings_find(group->settings, "address");
    size_t n = setting != NULL ? g_strv_length((char **)setting->texts) : 0;

    connection->parts->interface_addresses = g_new0(RvlPrefix, n + 1);
    connection->deployment.addresses = connection->parts->interface_addresses;
    connection->deployment.n_addresses = n;
    for (size_t i = 0; i < n; i++) {
        if (!parse_interface_address(setting->texts[i],
                                     &connection->parts->interface_addresses[i])) {
            rvl_compiler_say(compiler, group, "address", NULL, "'%s' is no address",
                             setting->texts[i]);
            return false;
        }
    }
    return true;
}

static bool
compile_routes(const RvlCompiler *compiler, const RvlConfigGroup *group, RvlConnection *connection)
{
    const char *text = text_of(group, "routes");
    guint64 table;

    connection->deployment.has_routes = strcmp(text, "no") != 0;
    if (strcmp(text, "auto") == 0 || strcmp(text, "no") == 0)
        return true;
    if (g_str_has_prefix(text, "table ") &&
        g_ascii_string_to_unsigned(text + strlen("table "), 10, 1, UINT32_MAX, &table, NULL)) {
        connection->deployment.table = (uint32_t)table;
        return true;
    }
    rvl_compiler_say(compiler, group, "routes", "write auto, no, or table N",
                     "'%s' is no way to set routes", text);
    return false;
}

/* Linux takes 15 octets, no blank, no slash. */
static bool
compile_interface(const RvlCompiler *compiler,
                  const RvlConfigGroup *group,
                  RvlConnection *connection)
{
    const char *text = text_of(group, "interface");
    bool is_good;

    connection->deployment.interface = g_strdup(text);
    connection->deployment.mtu = (uint32_t)rvl_settings_number(group->settings, "mtu", 0);
    if (*text == '\0' || strlen(text) > 15 || strpbrk(text, " \t/%:") != NULL ||
        strcmp(text, ".") == 0 || strcmp(text, "..") == 0) {
        rvl_compiler_say(compiler, group, "interface", NULL, "'%s' is no name of an interface",
                         text);
        return false;
    }
    is_good = compile_interface_addresses(compiler, group, connection);
    return compile_routes(compiler, group, connection) && is_good;
}

static void
compile_words(const RvlConfigGroup *group, RvlConnection *connection)
{
    static const char *const encapsulations[] = {"auto", "always", "never", NULL};
    static const char *const uniques[] = {"replace", "keep", "never", NULL};

    connection->encapsulation = (RvlEncapsulate)word_of(group, "encapsulation", encapsulations);
    connection->unique = (RvlUnique)word_of(group, "unique", uniques);
    connection->rekey = strcmp(text_of(group, "rekey"), "no") != 0;
    connection->fragment_octets =
        strcmp(text_of(group, "fragmentation"), "no") != 0 ? FRAGMENT_OCTETS : 0;
    connection->liveness = rvl_settings_number(group->settings, "liveness", 0) * RVL_MILLISECOND;
    connection->remote_port = (uint16_t)rvl_settings_number(group->settings, "remote-port", 0);
}

static bool
compile_version(const RvlCompiler *compiler, const RvlConfigGroup *group, RvlConnection *connection)
{
    connection->version = 2;
    if (strcmp(text_of(group, "version"), "ikev1") != 0)
        return true;
    rvl_compiler_say(compiler, group, "version", "write ikev2",
                     "this release does not serve IKEv1 yet");
    return false;
}

/* The connection's own child, and those of [child]; the order is the configuration's. */
static bool
compile_children(const RvlCompiler *compiler,
                 const RvlConfigGroup *group,
                 const RvlProfile *profile,
                 RvlConnection *connection)
{
    const GPtrArray *further = g_hash_table_lookup(compiler->children, group->name);
    bool has_own = rvl_settings_find(group->settings, "protect") != NULL;
    size_t room = (further != NULL ? further->len : 0) + 1;
    bool is_good = true;

    connection->parts->children = g_new0(RvlChildPolicy, room);
    connection->children = connection->parts->children;
    for (size_t i = has_own ? 0 : 1; i < room; i++) {
        const RvlConfigGroup *from = i == 0 ? group : g_ptr_array_index(further, i - 1);

        if (!rvl_settings_bool(from->settings, "enabled", true))
            continue;
        if (i > 0)
            g_ptr_array_add(connection->parts->groups, rvl_config_group_ref(from));
        is_good &= rvl_compile_child(compiler, connection, profile, from,
                                     &connection->parts->children[connection->n_children++]);
    }
    for (size_t i = 0; i < connection->n_children; i++)
        connection->keep = MAX(connection->keep, connection->children[i].keep);
    if (connection->n_children > 0)
        return is_good;
    rvl_compiler_say(compiler, group, NULL, "write protect = LOCAL <-> REMOTE",
                     "the connection protects nothing");
    return false;
}

/* Each part is compiled though another is wrong: all problems are told at once. */
static bool
compile_parts(const RvlCompiler *compiler,
              const RvlConfigGroup *group,
              const RvlProfile *profile,
              RvlConnection *connection)
{
    bool is_good = compile_version(compiler, group, connection);

    is_good &= compile_local_addresses(compiler, group, connection);
    is_good &= compile_remotes(compiler, group, connection);
    is_good &= compile_interface(compiler, group, connection);
    compile_words(group, connection);
    compile_remote_identity(group, connection);
    connection->retransmit = compiler->retransmit;
    if (profile == NULL)
        return false;
    connection->profile = g_strdup(profile->group->name);
    connection->ike_proposals =
        rvl_compiler_proposals(compiler, group, profile, "ike-proposals", RVL_PROTOCOL_IKE);
    is_good &= connection->ike_proposals != NULL;
    is_good &= compile_ike_lifetime(compiler, group, profile, connection);
    is_good &= compile_children(compiler, group, profile, connection);
    is_good &= rvl_compile_auth(compiler, group, profile, connection);
    return is_good;
}

RvlConnection *
rvl_compile_connection(const RvlCompiler *compiler, const RvlConfigGroup *group)
{
    g_autoptr(RvlConnection) connection = NULL;

    if (!rvl_settings_bool(group->settings, "enabled", true))
        return NULL;
    connection = g_new0(RvlConnection, 1);
    g_atomic_ref_count_init(&connection->references);
    connection->parts = g_new0(RvlConnectionParts, 1);
    connection->parts->groups =
        g_ptr_array_new_with_free_func((GDestroyNotify)rvl_config_group_unref);
    g_ptr_array_add(connection->parts->groups, rvl_config_group_ref(group));
    connection->name = g_strdup(group->name);
    connection->settings = rvl_settings_ref(group->settings);
    return compile_parts(compiler, group, find_profile(compiler, group), connection)
               ? g_steal_pointer(&connection)
               : NULL;
}
