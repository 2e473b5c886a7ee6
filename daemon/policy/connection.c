/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections: what a peer may be and do (RFC 4301 4.4.3). */
#include "config.h"

#include "policy/connection.h"

#include <string.h>

#include "policy/connection-parts.h"

RvlConnection *
rvl_connection_ref(const RvlConnection *connection)
{
    RvlConnection *shared = (RvlConnection *)connection; /* counting changes nothing else */

    g_atomic_ref_count_inc(&shared->references);
    return shared;
}

static void
child_clear(RvlChildPolicy *child)
{
    g_free((char *)child->name);
    g_clear_pointer(&child->local, rvl_selectors_unref);
    g_clear_pointer(&child->remote, rvl_selectors_unref);
    g_clear_pointer(&child->proposals, rvl_proposals_unref);
    g_clear_pointer(&child->settings, rvl_settings_unref);
}

static void
auth_clear(RvlAuthPolicy *auth)
{
    g_free((char *)auth->word);
    g_free((char *)auth->plugin);
    g_clear_pointer(&auth->settings, rvl_settings_unref);
}

void
rvl_connection_unref(RvlConnection *connection)
{
    RvlConnectionParts *parts;

    if (connection == NULL || !g_atomic_ref_count_dec(&connection->references))
        return;
    parts = connection->parts;
    for (size_t i = 0; i < connection->n_children; i++)
        child_clear(&parts->children[i]);
    for (size_t i = 0; i < connection->n_remote_auth; i++)
        auth_clear(&parts->remote_auth[i]);
    for (size_t i = 0; i < connection->n_remotes; i++)
        g_free((char *)parts->remotes[i].name);
    for (size_t i = 0; i < connection->n_remote_identities; i++)
        rvl_identity_unref(parts->remote_identities[i]);
    auth_clear(&connection->local_auth);
    rvl_identity_unref(connection->local_identity);
    rvl_proposals_unref(connection->ike_proposals);
    rvl_settings_unref(connection->settings);
    g_free((char *)connection->name);
    g_free((char *)connection->profile);
    g_free((char *)connection->deployment.interface);
    g_free(parts->local_addresses);
    g_free(parts->remotes);
    g_free(parts->remote_identities);
    g_free(parts->remote_auth);
    g_free(parts->children);
    g_free(parts->interface_addresses);
    g_clear_pointer(&parts->groups, g_ptr_array_unref);
    g_clear_pointer(&parts->identity_secrets, rvl_identity_secrets_unref);
    g_free(parts);
    g_free(connection);
}

const RvlChildPolicy *
rvl_connection_child(const RvlConnection *connection, const char *name)
{
    for (size_t i = 0; i < connection->n_children; i++) {
        if (strcmp(connection->children[i].name, name) == 0)
            return &connection->children[i];
    }
    return NULL;
}

char *
rvl_connection_origin(const RvlConnection *connection, const RvlChildPolicy *child, const char *key)
{
    const RvlSettings *settings = child != NULL ? child->settings : connection->settings;
    const RvlSetting *setting = rvl_settings_find(settings, key);
    const RvlConfigGroup *head = g_ptr_array_index(connection->parts->groups, 0);

    if (setting != NULL && setting->file != NULL)
        return rvl_settings_origin(settings, key);
    return g_strdup_printf("profile %s (%s:%u)", connection->profile, head->file, head->line);
}

static bool
serves_local(const RvlConnection *connection, const RvlAddress *local)
{
    for (size_t i = 0; i < connection->n_local; i++) {
        if (rvl_address_equal(&connection->local_addresses[i], local))
            return true;
    }
    return connection->n_local == 0;
}

bool
rvl_connection_serves_address(const RvlConnection *connection,
                              const RvlAddress *local,
                              const RvlAddress *remote)
{
    if (!serves_local(connection, local))
        return false;
    for (size_t i = 0; i < connection->n_remotes; i++) {
        /* A name's addresses are not known here: its peer is told by its identity. */
        if (connection->remotes[i].name != NULL ||
            rvl_range_contains(&connection->remotes[i].range, remote))
            return true;
    }
    return connection->n_remotes == 0;
}

/* Whether @identity ends as `*.DOMAIN` or `*@DOMAIN` does. A star of the peer's own fits nothing. */
static bool
fits_pattern(const RvlIdentity *pattern, const RvlIdentity *identity)
{
    size_t n_pattern, n;
    const char *wanted = (const char *)rvl_identity_octets(pattern, &n_pattern);
    const char *has = (const char *)rvl_identity_octets(identity, &n);
    const char *tail;

    if (rvl_identity_type(identity) != rvl_identity_type(pattern) || n < n_pattern ||
        memchr(has, '*', n) != NULL || memchr(has, '\0', n) != NULL)
        return false;
    tail = has + n - (n_pattern - 1);
    /* `*@` stands for a mailbox: the domain must be the whole of what follows the last `@`. */
    return g_ascii_strncasecmp(tail, wanted + 1, n_pattern - 1) == 0;
}

bool
rvl_identity_is_pattern(const RvlIdentity *identity)
{
    size_t n;
    const uint8_t *octets = rvl_identity_octets(identity, &n);
    uint8_t type = rvl_identity_type(identity);

    return n > 2 && octets[0] == '*' &&
           ((type == RVL_IDENTITY_FQDN && octets[1] == '.') ||
            (type == RVL_IDENTITY_RFC822_ADDR && octets[1] == '@'));
}

bool
rvl_connection_fits_remote(const RvlConnection *connection, const RvlIdentity *identity)
{
    for (size_t i = 0; i < connection->n_remote_identities; i++) {
        const RvlIdentity *wanted = connection->remote_identities[i];

        if (rvl_identity_is_pattern(wanted) ? fits_pattern(wanted, identity)
                                            : rvl_identity_equal(wanted, identity))
            return true;
    }
    return connection->n_remote_identities == 0;
}

bool
rvl_connection_accepts_remote(const RvlConnection *connection,
                              const RvlIdentity *identity,
                              GError **error)
{
    g_autofree char *sent = NULL;
    g_autofree char *expected = NULL;
    g_autofree char *origin = NULL;

    if (rvl_connection_fits_remote(connection, identity))
        return true;
    sent = rvl_identity_format(identity);
    expected = rvl_identity_format(connection->remote_identities[0]);
    origin = rvl_connection_origin(connection, NULL, "remote-id");
    rvl_error_set_found(error, RVL_CAUSE_IDENTITY_MISMATCH, sent, expected, NULL);
    rvl_error_prefix_where(error, "%s: [connection %s] remote-id", origin, connection->name);
    return false;
}

RvlIdentity *
rvl_connection_local_identity(const RvlConnection *connection, const RvlAddress *own)
{
    return connection->local_identity != NULL ? rvl_identity_ref(connection->local_identity)
                                              : rvl_identity_from_address(own);
}

const RvlAuthPolicy *
rvl_connection_remote_auth(const RvlConnection *connection, const char *word)
{
    for (size_t i = 0; i < connection->n_remote_auth; i++) {
        if (strcmp(connection->remote_auth[i].word, word) == 0)
            return &connection->remote_auth[i];
    }
    return NULL;
}

RvlSettings *
rvl_connection_auth_settings(const RvlConnection *connection,
                             const RvlAuthPolicy *auth,
                             const RvlIdentity *remote)
{
    const RvlIdentitySecrets *secrets = connection->parts->identity_secrets;
    const RvlSettings *found = secrets != NULL && remote != NULL
                                   ? rvl_identity_secrets_find(secrets, auth->plugin, remote)
                                   : NULL;
    g_autofree RvlSetting *settings = NULL;
    const RvlSetting *setting;
    size_t n = 0;

    if (found == NULL)
        return rvl_settings_ref(auth->settings);
    settings = g_new0(RvlSetting, rvl_settings_count(found) + 1);
    while ((setting = rvl_settings_get(found, n)) != NULL)
        settings[n++] = *setting;
    return rvl_settings_new_over(rvl_settings_group(auth->settings), settings, n, auth->settings);
}
